//! A duration, or `Never`, that is written back exactly as it was read.
//!
//! Not here: what never happens; the fields that hold such a value say so.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{ParseSpanError, Span};

/// A [`Span`] or `Never`.
///
/// The text is kept, so that a tool that compares manifests sees no change after a read and a
/// write. Equality looks at the value alone: `1h` equals `60m`. `Never` is not a very long span;
/// it has none.
///
/// # Example: the text survives
///
/// ```
/// use karp_core::model::{NillableSpan, Span};
///
/// let month: NillableSpan = "720h".parse()?;
/// assert_eq!(month.as_span(), Some(Span::hours(720)));
/// assert_eq!(month.to_string(), "720h");
/// assert_eq!(NillableSpan::new(Span::hours(720)).to_string(), "720h0m0s");
/// assert_eq!("Never".parse::<NillableSpan>()?, NillableSpan::NEVER);
/// # Ok::<(), karp_core::model::ParseSpanError>(())
/// ```
#[derive(Clone, Debug)]
pub struct NillableSpan {
    span: Option<Span>,
    text: Option<Box<str>>,
}

impl NillableSpan {
    /// No span at all.
    pub const NEVER: Self = Self { span: None, text: None };

    /// A span, written in canonical form.
    pub const fn new(span: Span) -> Self {
        Self { span: Some(span), text: None }
    }

    /// The span, or `None` for `Never`.
    pub const fn as_span(&self) -> Option<Span> {
        self.span
    }

    /// Whether the value is `Never`.
    pub const fn is_never(&self) -> bool {
        self.span.is_none()
    }
}

/// `Never`, as the reference's types read a field that is not there.
impl Default for NillableSpan {
    fn default() -> Self {
        Self::NEVER
    }
}

impl From<Span> for NillableSpan {
    fn from(span: Span) -> Self {
        Self::new(span)
    }
}

impl FromStr for NillableSpan {
    type Err = ParseSpanError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text == "Never" {
            return Ok(Self::NEVER);
        }
        Ok(Self { span: Some(text.parse()?), text: Some(text.into()) })
    }
}

impl fmt::Display for NillableSpan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.text, self.span) {
            (Some(text), _) => f.pad(text),
            (None, Some(span)) => span.fmt(f),
            (None, None) => f.pad("Never"),
        }
    }
}

impl PartialEq for NillableSpan {
    fn eq(&self, other: &Self) -> bool {
        self.span == other.span
    }
}

impl Eq for NillableSpan {}

impl Serialize for NillableSpan {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for NillableSpan {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}
