//! Five-field schedules (`0 9 * * mon-fri`) and the next time that one fires, in UTC.
//!
//! Not here: what happens at that time, and time zones. The grammar is that of the parser that
//! Kubernetes uses for cron jobs (<https://pkg.go.dev/github.com/robfig/cron/v3>), macros included.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::civil::{civil_from_days, days_from_civil, days_in_month, weekday};
use super::cron_field::{self, Field};
use super::{Span, Timestamp};

pub use super::cron_field::ParseCronError;

/// The years after that of the question that are searched for a hit.
const YEARS_SEARCHED: i64 = 5;
const SECONDS_PER_DAY: i64 = 86_400;

/// A schedule in UTC with minute precision.
///
/// Five fields in this order: minute 0–59, hour 0–23, day of month 1–31, month 1–12 or `jan`–`dec`,
/// weekday 0–6 or `sun`–`sat`. A field is a comma list of `*`, `N`, `N-M`, each optionally with
/// `/step`; `?` is `*`, and `N/step` runs to the end of the field. Names are read in any case.
/// Ranges do not wrap and 7 is no weekday. `@yearly`, `@annually`, `@monthly`, `@weekly`,
/// `@daily`, `@midnight` and `@hourly` stand for the obvious five fields; `@every 1h` fires one
/// interval (whole seconds, at least one) after whatever instant is asked about.
///
/// A day matches when day of month and weekday both match if one of them is a star, and when
/// either does if both are restricted. A star with a step above 1 counts as restricted.
///
/// # Example: weekday mornings
///
/// ```
/// use karp_core::model::Cron;
///
/// let cron: Cron = "0 9 * * mon-fri".parse().unwrap();
/// let friday = "2026-03-06T09:00:00Z".parse().unwrap();
/// let next = cron.next_after(friday).unwrap();
/// assert_eq!(next.to_string(), "2026-03-09T09:00:00Z");
/// ```
#[derive(Clone, Debug)]
pub struct Cron {
    times: Times,
    text: Box<str>,
}

/// When a schedule fires.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Times {
    /// At the minutes that all fields name.
    Calendar(Calendar),
    /// One interval after the instant asked about.
    Every(Span),
}

/// The five fields.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
struct Calendar {
    minute: Field,
    hour: Field,
    day_of_month: Field,
    month: Field,
    weekday: Field,
}

impl Cron {
    /// The first time strictly after `instant` at which the schedule fires.
    ///
    /// `None` if there is none until the end of the fifth year after that of `instant`: such a
    /// schedule, for example 30 February, never fires. It is for the caller to say what that
    /// means; a disruption budget with such a schedule counts as always active.
    ///
    /// # Cost
    ///
    /// Days are searched one by one, months that do not match are skipped: microseconds at worst.
    pub fn next_after(&self, instant: Timestamp) -> Option<Timestamp> {
        match &self.times {
            Times::Calendar(calendar) => calendar.next_after(instant),
            Times::Every(interval) => {
                let nanos = instant.floor_second().unix_nanos();
                nanos.checked_add(interval.as_nanos()).map(Timestamp::from_unix_nanos)
            }
        }
    }

    /// The interval of an `@every` schedule.
    pub const fn interval(&self) -> Option<Span> {
        match &self.times {
            Times::Calendar(_) => None,
            Times::Every(interval) => Some(*interval),
        }
    }

    /// The schedule as it was written.
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

impl Calendar {
    fn next_after(&self, instant: Timestamp) -> Option<Timestamp> {
        let start_minute = instant.unix_nanos().div_euclid(60_000_000_000) + 1;
        let first_day = start_minute.div_euclid(1440);
        let minute_of_first_day = u32::try_from(start_minute.rem_euclid(1440)).ok()?;
        let (first_year, mut month, mut day) = civil_from_days(first_day);
        let last_year = instant.civil().year + YEARS_SEARCHED;
        let mut year = first_year;
        let mut from_minute = minute_of_first_day;
        while year <= last_year {
            if self.month.has(month) {
                let first_of_search = days_from_civil(year, month, day)?;
                let days_left = days_in_month(year, month) - day;
                for (days, day) in (first_of_search..).zip(day..=day + days_left) {
                    if self.has_day(day, weekday(days) as u32)
                        && let Some(minute) = self.first_minute(from_minute)
                    {
                        return instant_of(days, minute);
                    }
                    from_minute = 0;
                }
            }
            from_minute = 0;
            day = 1;
            month += 1;
            if month > 12 {
                month = 1;
                year += 1;
            }
        }
        None
    }

    const fn has_day(&self, day_of_month: u32, weekday: u32) -> bool {
        let (by_month, by_week) = (self.day_of_month.has(day_of_month), self.weekday.has(weekday));
        if self.day_of_month.is_star || self.weekday.is_star {
            by_month && by_week
        } else {
            by_month || by_week
        }
    }

    /// The first minute of a day, at or after `from`, that the schedule names.
    fn first_minute(&self, from: u32) -> Option<u32> {
        let hour = self.hour.first_from(from / 60)?;
        if hour == from / 60 {
            if let Some(minute) = self.minute.first_from(from % 60) {
                return Some(hour * 60 + minute);
            }
            let hour = self.hour.first_from(hour + 1)?;
            return self.minute.first_from(0).map(|minute| hour * 60 + minute);
        }
        self.minute.first_from(0).map(|minute| hour * 60 + minute)
    }
}

/// The instant of a minute of a day; `None` beyond the range of the type.
fn instant_of(days: i64, minute: u32) -> Option<Timestamp> {
    let seconds = days * SECONDS_PER_DAY + i64::from(minute) * 60;
    let nanos = seconds.checked_mul(Span::seconds(1).as_nanos())?;
    Some(Timestamp::from_unix_nanos(nanos))
}

impl FromStr for Cron {
    type Err = ParseCronError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if let Some(interval) = text.trim().strip_prefix("@every ") {
            return Ok(Self {
                times: Times::Every(read_interval(text, interval)?),
                text: text.into(),
            });
        }
        let fields = expand_macro(text.trim())?;
        let mut fields_text = fields.split_whitespace();
        let mut next = || fields_text.next();
        let (Some(minute), Some(hour), Some(day_of_month), Some(month), Some(weekday), None) =
            (next(), next(), next(), next(), next(), next())
        else {
            let found = fields.split_whitespace().count();
            return Err(ParseCronError::FieldCount { text: text.to_owned(), found });
        };
        let times = Times::Calendar(Calendar {
            minute: cron_field::MINUTE.read(minute)?,
            hour: cron_field::HOUR.read(hour)?,
            day_of_month: cron_field::DAY_OF_MONTH.read(day_of_month)?,
            month: cron_field::MONTH.read(month)?,
            weekday: cron_field::WEEKDAY.read(weekday)?,
        });
        Ok(Self { times, text: text.into() })
    }
}

/// The interval after `@every`, cut to whole seconds.
fn read_interval(text: &str, interval: &str) -> Result<Span, ParseCronError> {
    let span: Span = interval
        .parse()
        .map_err(|source| ParseCronError::Interval { text: text.to_owned(), source })?;
    Ok(Span::seconds(span.as_seconds().max(1)))
}

fn expand_macro(text: &str) -> Result<&str, ParseCronError> {
    match text {
        "@yearly" | "@annually" => Ok("0 0 1 1 *"),
        "@monthly" => Ok("0 0 1 * *"),
        "@weekly" => Ok("0 0 * * 0"),
        "@daily" | "@midnight" => Ok("0 0 * * *"),
        "@hourly" => Ok("0 * * * *"),
        _ if text.starts_with('@') => Err(ParseCronError::UnknownMacro { text: text.to_owned() }),
        _ => Ok(text),
    }
}

impl fmt::Display for Cron {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.text)
    }
}

impl PartialEq for Cron {
    /// Whether both fire at the same times by the same fields or interval, however they are written.
    fn eq(&self, other: &Self) -> bool {
        self.times == other.times
    }
}

impl Eq for Cron {}

impl Serialize for Cron {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.text)
    }
}

impl<'de> Deserialize<'de> for Cron {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}
