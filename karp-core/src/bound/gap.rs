//! How far a price is above a bound, in per cent; not the prices.

use std::fmt;

use serde::{Serialize, Serializer, ser};

use crate::model::Price;

/// How much dearer a plan is than what every plan costs at least, in per cent of that, rounded up to two digits after the point.
///
/// ```
/// use karp_core::{bound::GapPercent, model::usd};
///
/// let gap = GapPercent::between(usd("4.5")?, usd("4")?).expect("the bound is above zero");
/// assert_eq!(gap.to_string(), "12.50");
/// assert_eq!(GapPercent::between(usd("1")?, usd("0")?), None);
/// # Ok::<(), karp_core::model::ParsePriceError>(())
/// ```
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub struct GapPercent {
    /// Hundredths of a per cent.
    hundredths: u64,
}

impl GapPercent {
    /// The gap of a price above a bound; none when the price is not known, or the bound is zero and the price is not.
    pub fn between(price: Price, bound: Price) -> Option<Self> {
        if !price.is_known() {
            return None;
        }
        let above = u128::from(price.saturating_sub(bound).pico().unsigned_abs());
        let bound = u128::from(bound.pico().unsigned_abs());
        if above == 0 {
            return Some(Self { hundredths: 0 });
        }
        if bound == 0 {
            return None;
        }
        let hundredths = (above * 10_000).div_ceil(bound);
        Some(Self { hundredths: u64::try_from(hundredths).unwrap_or(u64::MAX) })
    }

    /// Hundredths of a per cent.
    pub const fn hundredths(self) -> u64 {
        self.hundredths
    }
}

impl fmt::Display for GapPercent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{:02}", self.hundredths / 100, self.hundredths % 100)
    }
}

impl Serialize for GapPercent {
    /// Writes a number.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let number: f64 = self.to_string().parse().map_err(ser::Error::custom)?;
        serializer.serialize_f64(number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::usd;

    fn between(price: &str, bound: &str) -> Option<String> {
        let of = |text| usd(text).expect("a price");
        GapPercent::between(of(price), of(bound)).map(|gap| gap.to_string())
    }

    #[test]
    fn gaps_are_rounded_up() {
        assert_eq!(between("1.00001", "1").as_deref(), Some("0.01"));
        assert_eq!(between("2", "1").as_deref(), Some("100.00"));
    }

    #[test]
    fn what_costs_the_bound_has_no_gap_even_when_it_is_free() {
        assert_eq!(between("1", "1").as_deref(), Some("0.00"));
        assert_eq!(between("0", "0").as_deref(), Some("0.00"));
    }

    #[test]
    fn there_is_no_gap_without_a_price_or_above_nothing() {
        assert_eq!(between("none", "1"), None);
        assert_eq!(between("1", "0"), None);
    }
}
