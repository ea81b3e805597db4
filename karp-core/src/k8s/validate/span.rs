//! Durations that the definitions admit and no client can read.

use crate::model::Span;

/// Why an admitted duration can't be decoded: the patterns have no upper bound, nanoseconds do.
pub(super) fn span(text: &str) -> Option<String> {
    if text == "Never" {
        return None;
    }
    text.parse::<Span>().err().map(|error| error.to_string())
}
