//! A count, or a share of a total: `3` or `10%`.
//!
//! Not here: what is counted; budgets and pod disruption budgets say so.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// A number of things, or a percentage of a total.
///
/// # Example: a tenth, rounded each way
///
/// ```
/// use karp_core::model::IntOrPercent;
///
/// let tenth: IntOrPercent = "10%".parse()?;
/// assert_eq!(tenth.scaled_up(25), 3);
/// assert_eq!(tenth.scaled_down(25), 2);
/// assert_eq!(IntOrPercent::Int(4).scaled_up(25), 4);
/// # Ok::<(), karp_core::model::ParseIntOrPercentError>(())
/// ```
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[expect(clippy::exhaustive_enums, reason = "the name says that there are two")]
pub enum IntOrPercent {
    /// A count.
    Int(u32),
    /// A percentage, at most 100 when it was read from text.
    Percent(u32),
}

/// Why a text is neither a count nor a percentage.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum ParseIntOrPercentError {
    /// The number has no place in the type.
    #[error("`{text}` is too large (the limits are 2147483647 and 100%)")]
    OutOfRange {
        /// The text as given.
        text: String,
    },
    /// The text is no number with or without `%`.
    #[error("`{text}` is neither a count such as `3` nor a percentage such as `10%`")]
    Shape {
        /// The text as given.
        text: String,
    },
}

impl IntOrPercent {
    /// The largest count, that of a 32-bit integer in Kubernetes.
    const INT_MAX: u32 = i32::MAX as u32;

    /// The count, or the share of `total` rounded up.
    pub fn scaled_up(self, total: usize) -> usize {
        self.scaled(total, 99)
    }

    /// The count, or the share of `total` rounded down.
    pub fn scaled_down(self, total: usize) -> usize {
        self.scaled(total, 0)
    }

    fn scaled(self, total: usize, rounding: u128) -> usize {
        let share = match self {
            Self::Int(count) => u128::from(count),
            Self::Percent(percent) => (total as u128 * u128::from(percent) + rounding) / 100,
        };
        usize::try_from(share).unwrap_or(usize::MAX)
    }
}

impl FromStr for IntOrPercent {
    type Err = ParseIntOrPercentError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (digits, is_percent) =
            text.strip_suffix('%').map_or((text, false), |digits| (digits, true));
        if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(ParseIntOrPercentError::Shape { text: text.to_owned() });
        }
        let (max, make): (u32, fn(u32) -> Self) =
            if is_percent { (100, Self::Percent) } else { (Self::INT_MAX, Self::Int) };
        let number = digits.parse().ok().filter(|number| *number <= max);
        number.map(make).ok_or_else(|| ParseIntOrPercentError::OutOfRange { text: text.to_owned() })
    }
}

impl fmt::Display for IntOrPercent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Int(count) => write!(f, "{count}"),
            Self::Percent(percent) => write!(f, "{percent}%"),
        }
    }
}

impl Serialize for IntOrPercent {
    /// Writes a count as a number and a percentage as text.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Int(count) => serializer.serialize_u32(*count),
            Self::Percent(_) => serializer.collect_str(self),
        }
    }
}

impl<'de> Deserialize<'de> for IntOrPercent {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(IntOrPercentVisitor)
    }
}

struct IntOrPercentVisitor;

impl de::Visitor<'_> for IntOrPercentVisitor {
    type Value = IntOrPercent;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a count such as `3` or a percentage such as `10%`")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<IntOrPercent, E> {
        text.parse().map_err(E::custom)
    }

    fn visit_i64<E: de::Error>(self, number: i64) -> Result<IntOrPercent, E> {
        self.visit_str(&number.to_string())
    }

    fn visit_u64<E: de::Error>(self, number: u64) -> Result<IntOrPercent, E> {
        self.visit_str(&number.to_string())
    }
}
