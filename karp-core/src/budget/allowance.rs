//! What the field `nodes` of a budget comes to for a pool of so many nodes; not when it holds.

use std::{fmt, str::FromStr};

/// A count of nodes, or a share of the pool's nodes rounded up.
///
/// Wider than [`IntOrPercent`](crate::model::IntOrPercent), which holds what the API server admits: objects that were written past it
/// may hold `-1`, `+3` or `110%`, and controllers evaluate those as they stand. A count is a 32-bit integer in Kubernetes; larger ones wrap around.
///
/// ```
/// use karp_core::budget::Allowance;
///
/// let of = |text: &str, nodes| text.parse::<Allowance>().unwrap().of(nodes);
/// assert_eq!(of("10%", 1), 1);
/// assert_eq!(of("10%", 25), 3);
/// assert_eq!(of("0%", 25), 0);
/// assert_eq!(of("30", 25), 30);
/// assert!("ten".parse::<Allowance>().is_err());
/// ```
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[expect(clippy::exhaustive_enums, reason = "the two forms are those of the API")]
pub enum Allowance {
    /// So many nodes, however many the pool has.
    Count(i32),
    /// So many hundredths of the pool's nodes, rounded up.
    Percent(i64),
}

/// A text that is neither a count nor a percentage.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("`{text}` is neither a count such as `3` nor a percentage such as `10%`")]
#[expect(clippy::exhaustive_structs, reason = "there is nothing else to say about it")]
pub struct ParseAllowanceError {
    /// The text as given.
    pub text: String,
}

impl Allowance {
    /// The number of nodes, held at the bounds of the type; negative for what admission would have refused.
    pub fn of(self, nodes: usize) -> i64 {
        match self {
            Self::Count(count) => i64::from(count),
            Self::Percent(percent) => {
                let nodes = i128::try_from(nodes).unwrap_or(i128::MAX);
                let hundredths = nodes.saturating_mul(i128::from(percent));
                let whole = hundredths.div_euclid(100);
                let up = i128::from(hundredths.rem_euclid(100) != 0);
                let share = whole.saturating_add(up);
                i64::try_from(share).unwrap_or(if share < 0 { i64::MIN } else { i64::MAX })
            }
        }
    }
}

impl FromStr for Allowance {
    type Err = ParseAllowanceError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (digits, is_percent) =
            text.strip_suffix('%').map_or((text, false), |digits| (digits, true));
        let number: i64 =
            digits.parse().map_err(|_| ParseAllowanceError { text: text.to_owned() })?;
        Ok(if is_percent { Self::Percent(number) } else { Self::Count(wrap(number)) })
    }
}

/// The low 32 bits, as the API's integer type keeps them.
const fn wrap(number: i64) -> i32 {
    let [a, b, c, d, ..] = number.to_le_bytes();
    i32::from_le_bytes([a, b, c, d])
}

impl fmt::Display for Allowance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Count(count) => write!(f, "{count}"),
            Self::Percent(percent) => write!(f, "{percent}%"),
        }
    }
}
