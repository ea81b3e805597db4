//! A length of time, written as Go writes durations: `1h30m0s`, `1.5s`.
//!
//! Not here: instants ([`Timestamp`](super::Timestamp)) and the word `Never`
//! ([`NillableSpan`](super::NillableSpan)).

use std::fmt;
use std::ops::{Add, Neg, Sub};
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::span_text;

/// A signed length of time in nanoseconds, up to about 292 years.
///
/// Arithmetic stops at [`MIN`](Self::MIN) and [`MAX`](Self::MAX). The text forms are those of Go's
/// `time.ParseDuration` and `Duration.String` (<https://pkg.go.dev/time#ParseDuration>), which is
/// what Kubernetes objects hold.
///
/// # Example: reading and writing
///
/// ```
/// use karp_core::model::Span;
///
/// let span: Span = "90m".parse()?;
/// assert_eq!(span, Span::hours(1) + Span::minutes(30));
/// assert_eq!(span.to_string(), "1h30m0s");
/// assert!("1d".parse::<Span>().is_err());
/// # Ok::<(), karp_core::model::ParseSpanError>(())
/// ```
#[derive(Clone, Copy, Debug, Default, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Span(i64);

/// Why a text is not a duration.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum ParseSpanError {
    /// A number has no unit after it.
    #[error("`{text}` lacks a unit (expected `h`, `m`, `s`, `ms`, `us` or `ns` after each number)")]
    MissingUnit {
        /// The text as given.
        text: String,
    },
    /// The text is no sequence of numbers with units.
    #[error("`{text}` is not a duration (expected text such as `30s`, `10m` or `1h30m`)")]
    Shape {
        /// The text as given.
        text: String,
    },
    /// The duration exceeds 292 years.
    #[error("`{text}` is too long a duration (the limit is `2562047h47m16.854775807s`)")]
    TooLong {
        /// The text as given.
        text: String,
    },
    /// A unit is none of those that Go knows.
    #[error("`{unit}` in `{text}` is not a unit (expected `h`, `m`, `s`, `ms`, `us` or `ns`)")]
    UnknownUnit {
        /// The text as given.
        text: String,
        /// The unit.
        unit: String,
    },
}

impl Span {
    /// The longest span, 2⁶³ − 1 nanoseconds.
    pub const MAX: Self = Self(i64::MAX);
    /// The most negative span.
    pub const MIN: Self = Self(i64::MIN);
    /// No time.
    pub const ZERO: Self = Self(0);

    /// A span of nanoseconds.
    pub const fn nanos(nanos: i64) -> Self {
        Self(nanos)
    }

    /// A span of milliseconds.
    pub const fn millis(millis: i64) -> Self {
        Self(millis.saturating_mul(1_000_000))
    }

    /// A span of seconds.
    pub const fn seconds(seconds: i64) -> Self {
        Self(seconds.saturating_mul(1_000_000_000))
    }

    /// A span of minutes.
    pub const fn minutes(minutes: i64) -> Self {
        Self(minutes.saturating_mul(60_000_000_000))
    }

    /// A span of hours.
    pub const fn hours(hours: i64) -> Self {
        Self(hours.saturating_mul(3_600_000_000_000))
    }

    /// The length in nanoseconds.
    pub const fn as_nanos(self) -> i64 {
        self.0
    }

    /// The length in whole milliseconds, cut towards zero.
    pub const fn as_millis(self) -> i64 {
        self.0 / 1_000_000
    }

    /// The length in whole seconds, cut towards zero.
    pub const fn as_seconds(self) -> i64 {
        self.0 / 1_000_000_000
    }

    /// Whether the span is shorter than no time at all.
    pub const fn is_negative(self) -> bool {
        self.0 < 0
    }

    /// Whether the span is empty.
    pub const fn is_zero(self) -> bool {
        self.0 == 0
    }

    /// The sum, held at the bounds.
    #[must_use]
    pub const fn saturating_add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }

    /// The difference, held at the bounds.
    #[must_use]
    pub const fn saturating_sub(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }

    /// This span `factor` times, held at the bounds.
    #[must_use]
    pub const fn saturating_mul(self, factor: i64) -> Self {
        Self(self.0.saturating_mul(factor))
    }
}

impl Add for Span {
    type Output = Self;

    /// The sum, held at the bounds.
    fn add(self, other: Self) -> Self {
        self.saturating_add(other)
    }
}

impl Sub for Span {
    type Output = Self;

    /// The difference, held at the bounds.
    fn sub(self, other: Self) -> Self {
        self.saturating_sub(other)
    }
}

impl Neg for Span {
    type Output = Self;

    /// The opposite, held at the bounds.
    fn neg(self) -> Self {
        Self(self.0.saturating_neg())
    }
}

impl FromStr for Span {
    type Err = ParseSpanError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        span_text::read(text).map(Self)
    }
}

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        span_text::write(self.0, f)
    }
}

impl Serialize for Span {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Span {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}
