//! One field of a schedule as a bit mask.
//!
//! Not here: how the fields combine; see [`Cron`](super::Cron).

/// The values of one field that match.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Field {
    /// Bit `n` is set when value `n` matches.
    bits: u64,
    /// Whether a list item is a star without a step above 1.
    pub(super) is_star: bool,
}

impl Field {
    /// Whether `value` matches.
    pub(super) const fn has(self, value: u32) -> bool {
        value < 64 && self.bits >> value & 1 == 1
    }

    /// The first value that matches, at or after `from`.
    pub(super) const fn first_from(self, from: u32) -> Option<u32> {
        if from > 63 {
            return None;
        }
        let left = self.bits >> from << from;
        if left == 0 { None } else { Some(left.trailing_zeros()) }
    }
}

/// Why a text is not a schedule.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum ParseCronError {
    /// The range runs backwards; ranges do not wrap.
    #[error("`{item}` of the {field} field runs backwards (ranges do not wrap around)")]
    Backwards {
        /// The field's name.
        field: &'static str,
        /// The list item.
        item: String,
    },
    /// There are not exactly five fields.
    #[error(
        "`{text}` has {found} fields (expected five: minute, hour, day of month, month, weekday; \
         times are UTC)"
    )]
    FieldCount {
        /// The schedule as given.
        text: String,
        /// The number of fields.
        found: usize,
    },
    /// What follows `@every` is not a duration.
    #[error("`{text}` has no interval such as `1h30m`: {source}")]
    Interval {
        /// The schedule as given.
        text: String,
        /// What is wrong with the interval.
        source: super::ParseSpanError,
    },
    /// A list item is no star, number, name, range or step.
    #[error("`{item}` of the {field} field is not a number, range or `*`, with or without `/step`")]
    Item {
        /// The field's name.
        field: &'static str,
        /// The list item.
        item: String,
    },
    /// A number lies outside the field.
    #[error("`{item}` of the {field} field lies outside {min} to {max}")]
    OutOfRange {
        /// The field's name.
        field: &'static str,
        /// The list item.
        item: String,
        /// Smallest number allowed.
        min: u32,
        /// Largest number allowed.
        max: u32,
    },
    /// A word with `@` is none of the macros.
    #[error(
        "`{text}` is not a schedule (expected `@yearly`, `@annually`, `@monthly`, `@weekly`, \
         `@daily`, `@midnight` or `@hourly`)"
    )]
    UnknownMacro {
        /// The schedule as given.
        text: String,
    },
    /// A step is zero.
    #[error("`{item}` of the {field} field has a step of zero")]
    ZeroStep {
        /// The field's name.
        field: &'static str,
        /// The list item.
        item: String,
    },
}

/// The rules of one field.
pub(super) struct Rule {
    name: &'static str,
    min: u32,
    max: u32,
    /// Lower-case names; the first stands for `min`.
    names: &'static [&'static str],
}

pub(super) const MINUTE: Rule = Rule { name: "minute", min: 0, max: 59, names: &[] };
pub(super) const HOUR: Rule = Rule { name: "hour", min: 0, max: 23, names: &[] };
pub(super) const DAY_OF_MONTH: Rule = Rule { name: "day of month", min: 1, max: 31, names: &[] };
pub(super) const MONTH: Rule = Rule {
    name: "month",
    min: 1,
    max: 12,
    names: &["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"],
};
pub(super) const WEEKDAY: Rule = Rule {
    name: "weekday",
    min: 0,
    max: 6,
    names: &["sun", "mon", "tue", "wed", "thu", "fri", "sat"],
};

impl Rule {
    /// Reads a comma list; empty items are dropped, so that `,` is a field that never matches.
    pub(super) fn read(&self, list: &str) -> Result<Field, ParseCronError> {
        let mut field = Field { bits: 0, is_star: false };
        for item in list.split(',').filter(|item| !item.is_empty()) {
            let next = self.read_item(item)?;
            field.bits |= next.bits;
            field.is_star |= next.is_star;
        }
        Ok(field)
    }

    fn read_item(&self, item: &str) -> Result<Field, ParseCronError> {
        let unreadable = || ParseCronError::Item { field: self.name, item: item.to_owned() };
        let (range, step) = match item.split_once('/') {
            None => (item, None),
            Some((range, step)) => (range, Some(read_number(step).ok_or_else(unreadable)?)),
        };
        let (low, high) = match range.split_once('-') {
            None => (range, None),
            Some((low, high)) => (low, Some(high)),
        };
        let mut is_star = low == "*" || low == "?";
        let (first, mut last) = if is_star {
            (self.min, self.max)
        } else {
            let first = self.read_value(low).ok_or_else(unreadable)?;
            let last = high.map(|high| self.read_value(high).ok_or_else(unreadable)).transpose()?;
            (first, last.unwrap_or(first))
        };
        if step.is_some() && high.is_none() {
            last = self.max;
        }
        if step.is_some_and(|step| step > 1) {
            is_star = false;
        }
        self.check(item, (first, last), step)?;
        let step = usize::try_from(step.unwrap_or(1)).unwrap_or(usize::MAX);
        let bits = (first..=last).step_by(step).fold(0, |bits, value| bits | 1_u64 << value);
        Ok(Field { bits, is_star })
    }

    fn check(
        &self,
        item: &str,
        (first, last): (u32, u32),
        step: Option<u32>,
    ) -> Result<(), ParseCronError> {
        let (field, item) = (self.name, item.to_owned());
        if first < self.min || first > self.max || last > self.max {
            return Err(ParseCronError::OutOfRange { field, item, min: self.min, max: self.max });
        }
        if first > last {
            return Err(ParseCronError::Backwards { field, item });
        }
        if step == Some(0) {
            return Err(ParseCronError::ZeroStep { field, item });
        }
        Ok(())
    }

    fn read_value(&self, text: &str) -> Option<u32> {
        let name =
            self.names.iter().zip(self.min..).find(|(name, _)| text.eq_ignore_ascii_case(name));
        name.map_or_else(|| read_number(text), |(_, value)| Some(value))
    }
}

/// A number, with or without a plus sign, which `u64` accepts by itself.
fn read_number(text: &str) -> Option<u32> {
    text.parse::<u64>().ok().map(|number| u32::try_from(number).unwrap_or(u32::MAX))
}
