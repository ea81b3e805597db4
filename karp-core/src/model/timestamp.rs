//! An instant in nanoseconds since 1970, UTC.
//!
//! Not here: where the time comes from; the clock of the machine is the caller's business.

use std::fmt;
use std::ops::{Add, Sub};
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::Span;
use super::civil::days_from_civil;

pub use super::civil::{Civil, Weekday};

const NANOS_PER_SECOND: i64 = 1_000_000_000;
const NANOS_PER_DAY: i64 = 86_400 * NANOS_PER_SECOND;

/// An instant, from September 1677 to April 2262, with nanoseconds.
///
/// The text form is RFC 3339 (<https://www.rfc-editor.org/rfc/rfc3339>): any offset is read, UTC is
/// written, with a fraction only where there is one. Digits below a nanosecond are cut. A leap second
/// (`:60`) is refused, as Kubernetes refuses it. Arithmetic stops at [`MIN`](Self::MIN) and
/// [`MAX`](Self::MAX).
///
/// # Example: an instant and a span
///
/// ```
/// use karp_core::model::{Span, Timestamp};
///
/// let created: Timestamp = "2026-03-01T13:00:00.5+01:00".parse()?;
/// assert_eq!(created.to_string(), "2026-03-01T12:00:00.5Z");
/// let expires = created + Span::hours(720);
/// assert_eq!(expires - created, Span::hours(720));
/// # Ok::<(), karp_core::model::ParseTimestampError>(())
/// ```
#[derive(Clone, Copy, Debug, Default, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Timestamp(i64);

/// Why a text is not an instant.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum ParseTimestampError {
    /// A part has a value that no calendar knows, such as month 13.
    #[error("`{text}` names a day or time of day that does not exist")]
    NoSuchTime {
        /// The text as given.
        text: String,
    },
    /// The instant lies outside the years 1678 to 2261.
    #[error("`{text}` lies outside the years 1678 to 2261")]
    OutOfRange {
        /// The text as given.
        text: String,
    },
    /// The text does not have the shape of RFC 3339.
    #[error("`{text}` is not an RFC 3339 time such as `2026-03-01T12:00:00Z`")]
    Shape {
        /// The text as given.
        text: String,
    },
}

impl Timestamp {
    /// 1970-01-01T00:00:00Z.
    pub const EPOCH: Self = Self(0);
    /// The last instant, in April 2262.
    pub const MAX: Self = Self(i64::MAX);
    /// The first instant, in September 1677.
    pub const MIN: Self = Self(i64::MIN);

    /// The instant `nanos` nanoseconds after the epoch.
    pub const fn from_unix_nanos(nanos: i64) -> Self {
        Self(nanos)
    }

    /// The instant `seconds` seconds after the epoch, held at the bounds.
    pub const fn from_unix_seconds(seconds: i64) -> Self {
        Self(seconds.saturating_mul(NANOS_PER_SECOND))
    }

    /// The instant of a date and time of day in UTC; `None` if the calendar has no such time or
    /// the type cannot hold it. The weekday is not looked at.
    ///
    /// ```
    /// use karp_core::model::Timestamp;
    ///
    /// let noon: Timestamp = "2024-02-29T12:00:00Z".parse().unwrap();
    /// assert_eq!(Timestamp::from_civil(noon.civil()), Some(noon));
    /// ```
    pub fn from_civil(civil: Civil) -> Option<Self> {
        let nanos = civil.unix_nanos()?;
        i64::try_from(nanos).ok().map(Self)
    }

    /// Nanoseconds since the epoch.
    pub const fn unix_nanos(self) -> i64 {
        self.0
    }

    /// Whole seconds since the epoch, cut towards the past.
    pub const fn unix_seconds(self) -> i64 {
        self.0.div_euclid(NANOS_PER_SECOND)
    }

    /// Date and time of day in UTC.
    pub fn civil(self) -> Civil {
        Civil::from_days(self.0.div_euclid(NANOS_PER_DAY), self.0.rem_euclid(NANOS_PER_DAY))
    }

    /// This instant without its fraction of a second, cut towards the past.
    ///
    /// Kubernetes stores the times of objects in whole seconds.
    #[must_use]
    pub const fn floor_second(self) -> Self {
        Self(self.0.saturating_sub(self.0.rem_euclid(NANOS_PER_SECOND)))
    }

    /// The span from `earlier` to this instant; negative if it is the later one.
    pub const fn since(self, earlier: Self) -> Span {
        Span::nanos(self.0.saturating_sub(earlier.0))
    }
}

impl Add<Span> for Timestamp {
    type Output = Self;

    /// The instant `span` later, held at the bounds.
    fn add(self, span: Span) -> Self {
        Self(self.0.saturating_add(span.as_nanos()))
    }
}

impl Sub<Span> for Timestamp {
    type Output = Self;

    /// The instant `span` earlier, held at the bounds.
    fn sub(self, span: Span) -> Self {
        Self(self.0.saturating_sub(span.as_nanos()))
    }
}

impl Sub for Timestamp {
    type Output = Span;

    /// The span between two instants, held at the bounds.
    fn sub(self, earlier: Self) -> Span {
        self.since(earlier)
    }
}

impl FromStr for Timestamp {
    type Err = ParseTimestampError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let parts = Parts::read(text)
            .ok_or_else(|| ParseTimestampError::Shape { text: text.to_owned() })?;
        let nanos = parts
            .unix_nanos()
            .ok_or_else(|| ParseTimestampError::NoSuchTime { text: text.to_owned() })?;
        i64::try_from(nanos)
            .map(Self)
            .map_err(|_beyond| ParseTimestampError::OutOfRange { text: text.to_owned() })
    }
}

/// The numbers of an RFC 3339 text.
struct Parts {
    year: i64,
    month: u32,
    day: u32,
    hour: u32,
    minute: u32,
    second: u32,
    nanosecond: u32,
    offset: Offset,
}

struct Offset {
    is_west: bool,
    hours: u32,
    minutes: u32,
}

impl Parts {
    fn read(text: &str) -> Option<Self> {
        let mut rest = Reader(text);
        let year = i64::from(rest.number(4)?);
        rest.one_of(b"-")?;
        let month = rest.number(2)?;
        rest.one_of(b"-")?;
        let day = rest.number(2)?;
        rest.one_of(b"Tt")?;
        let hour = rest.number(2)?;
        rest.one_of(b":")?;
        let minute = rest.number(2)?;
        rest.one_of(b":")?;
        let second = rest.number(2)?;
        let nanosecond = rest.fraction()?;
        let offset = match rest.one_of(b"Zz+-")? {
            b'Z' | b'z' => Offset { is_west: false, hours: 0, minutes: 0 },
            sign => {
                let hours = rest.number(2)?;
                rest.one_of(b":")?;
                Offset { is_west: sign == b'-', hours, minutes: rest.number(2)? }
            }
        };
        rest.0.is_empty().then_some(Self {
            year,
            month,
            day,
            hour,
            minute,
            second,
            nanosecond,
            offset,
        })
    }

    fn unix_nanos(&self) -> Option<i128> {
        let days = days_from_civil(self.year, self.month, self.day)?;
        let fits = self.hour < 24
            && self.minute < 60
            && self.second < 60
            && self.offset.hours < 24
            && self.offset.minutes < 60;
        let offset = i64::from(self.offset.hours * 3600 + self.offset.minutes * 60);
        let offset = if self.offset.is_west { -offset } else { offset };
        let of_day = i64::from(self.hour * 3600 + self.minute * 60 + self.second);
        let seconds = days * 86_400 + of_day - offset;
        let nanos =
            i128::from(seconds) * i128::from(NANOS_PER_SECOND) + i128::from(self.nanosecond);
        fits.then_some(nanos)
    }
}

/// The text that is still to be read.
struct Reader<'a>(&'a str);

impl Reader<'_> {
    fn number(&mut self, digits: usize) -> Option<u32> {
        let (number, rest) = self.0.split_at_checked(digits)?;
        let is_number = number.bytes().all(|byte| byte.is_ascii_digit());
        self.0 = rest;
        if is_number { number.parse().ok() } else { None }
    }

    fn one_of(&mut self, expected: &[u8]) -> Option<u8> {
        let byte = *self.0.as_bytes().first().filter(|byte| expected.contains(byte))?;
        self.0 = self.0.get(1..)?;
        Some(byte)
    }

    /// A point and at least one digit, as nanoseconds; or nothing, which is zero.
    fn fraction(&mut self) -> Option<u32> {
        let Some(rest) = self.0.strip_prefix('.') else { return Some(0) };
        let end = rest.bytes().position(|byte| !byte.is_ascii_digit()).unwrap_or(rest.len());
        let (digits, rest) = rest.split_at_checked(end).filter(|(digits, _)| !digits.is_empty())?;
        self.0 = rest;
        let nine = digits.bytes().chain(std::iter::repeat(b'0')).take(9);
        Some(nine.fold(0, |sum, digit| sum * 10 + u32::from(digit - b'0')))
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let civil = self.civil();
        let Civil { year, month, day, hour, minute, second, .. } = civil;
        let mut text = format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}");
        if civil.nanosecond != 0 {
            let digits = format!(".{:09}", civil.nanosecond);
            text += digits.trim_end_matches('0');
        }
        text.push('Z');
        f.pad(&text)
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}
