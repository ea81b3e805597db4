//! The forms of text that the definitions know, each with the words that explain it.

use std::sync::OnceLock;

use regex::Regex;

/// A regular expression and what it means.
///
/// Expressions are those of the definitions, with ASCII classes spelled out; like there, they
/// match anywhere unless anchored.
#[derive(Debug)]
pub struct Pattern {
    text: &'static str,
    expected: &'static str,
    regex: OnceLock<Option<Regex>>,
}

impl Pattern {
    /// A pattern that is compiled when it is first used.
    ///
    /// `expected` completes "expected …" in messages.
    pub const fn new(text: &'static str, expected: &'static str) -> Self {
        Self { text, expected, regex: OnceLock::new() }
    }

    /// What a text of this form is called, with an example.
    pub const fn expected(&self) -> &'static str {
        self.expected
    }

    /// Whether `text` has the form. A pattern that does not compile matches nothing.
    pub fn is_match(&self, text: &str) -> bool {
        let regex = self.regex.get_or_init(|| Regex::new(self.text).ok());
        regex.as_ref().is_some_and(|regex| regex.is_match(text))
    }
}

/// D1: what `terminationGracePeriod` takes.
pub(super) static DURATION: Pattern =
    Pattern::new(r"^([0-9]+(s|m|h))+$", "a duration such as `30s` or `1h30m`");

/// D2: what `expireAfter` and `consolidateAfter` take.
pub(super) static DURATION_OR_NEVER: Pattern =
    Pattern::new(r"^(([0-9]+(s|m|h))+|Never)$", "a duration such as `30s` or `1h30m`, or `Never`");

/// D3: what the window of a budget takes.
pub(super) static WINDOW: Pattern = Pattern::new(
    r"^((([0-9]+(h|m))|([0-9]+h[0-9]+m))(0s)?)$",
    "hours and minutes such as `8h`, `90m` or `2h30m`",
);

pub(super) static BUDGET_NODES: Pattern = Pattern::new(
    r"^((100|[0-9]{1,2})%|[0-9]+)$",
    "a count such as `5`, or a percentage of at most `100%`, as text",
);

/// Binds `^` to the macros and `$` to the five fields only: `@hourlyX` and six fields pass.
pub(super) static SCHEDULE: Pattern = Pattern::new(
    r"^(@(annually|yearly|monthly|weekly|daily|midnight|hourly))|((.+)[\t\n\f\r ](.+)[\t\n\f\r ](.+)[\t\n\f\r ](.+)[\t\n\f\r ](.+))$",
    "a cron schedule of five fields such as `0 9 * * mon-fri`, or a word such as `@daily`",
);

pub(super) static QUALIFIED_NAME: Pattern = Pattern::new(
    r"^([a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*(/))?([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]$",
    "a name such as `team` or `example.com/team`",
);

pub(super) static LABEL_VALUE: Pattern = Pattern::new(
    r"^(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?$",
    "a label value: letters, digits, `-`, `_` and `.`, with a letter or digit at both ends",
);

pub(super) static NO_SLASH: Pattern =
    Pattern::new("^[^/]*$", "an API group without its version, such as `karpenter.k8s.aws`");

/// The quantity grammar of the definitions: a little wider than what can be decoded.
pub(super) static QUANTITY: Pattern = Pattern::new(
    r"^(\+|-)?(([0-9]+(\.[0-9]*)?)|(\.[0-9]+))(([KMGTPE]i)|[numkMGTPE]|([eE](\+|-)?(([0-9]+(\.[0-9]*)?)|(\.[0-9]+))))?$",
    "a quantity such as `2`, `500m` or `1.5Gi`",
);

pub(super) static CONDITION_TYPE: Pattern = Pattern::new(
    r"^([a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*/)?(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])$",
    "a condition type such as `Ready`",
);

pub(super) static CONDITION_REASON: Pattern =
    Pattern::new(r"^[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?$", "a word such as `NotFound`");

pub(super) static CONDITION_REASON_OR_EMPTY: Pattern = Pattern::new(
    r"^([A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?|)$",
    "a word such as `NotFound`, or nothing",
);

pub(super) static PRICE: Pattern =
    Pattern::new(r"^[0-9]+(\.[0-9]+)?$", "a price without sign or exponent, such as `0.25`");

pub(super) static PRICE_ADJUSTMENT: Pattern = Pattern::new(
    r"^(([+-]{1}([0-9]*\.?[0-9]+))|(\+{1}[0-9]*\.?[0-9]+%)|(^(-[0-9]{1,2}(\.[0-9]+)?%)$)|(-100%))$",
    "a signed amount such as `+0.1` or `-0.1`, or a signed percentage such as `+10%` or `-10%`, down to `-100%`",
);

/// RFC 3339, before days and hours are checked for their range.
pub(super) static DATE_TIME: Pattern = Pattern::new(
    r"^[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?([Zz]|[+-][0-9]{2}:[0-9]{2})$",
    "a time such as `2024-01-01T00:00:00Z`",
);

pub(super) static SUBDOMAIN: Pattern = Pattern::new(
    r"^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$",
    "lower-case letters, digits, `-` and `.`, with a letter or digit at both ends",
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_patterns_compile() {
        for pattern in [
            &DURATION,
            &DURATION_OR_NEVER,
            &WINDOW,
            &BUDGET_NODES,
            &SCHEDULE,
            &QUALIFIED_NAME,
            &LABEL_VALUE,
            &NO_SLASH,
            &QUANTITY,
            &CONDITION_TYPE,
            &CONDITION_REASON,
            &CONDITION_REASON_OR_EMPTY,
            &PRICE,
            &PRICE_ADJUSTMENT,
            &DATE_TIME,
            &SUBDOMAIN,
        ] {
            assert!(Regex::new(pattern.text).is_ok(), "{}", pattern.text);
        }
    }

    #[test]
    fn a_schedule_is_anchored_on_one_side_of_each_alternative() {
        assert!(SCHEDULE.is_match("@hourlyXYZ"));
        assert!(SCHEDULE.is_match("0 0 0 * * *"));
        assert!(!SCHEDULE.is_match("* * * * "));
        assert!(!SCHEDULE.is_match("@every 1h"));
    }
}
