//! Eviction thresholds of the kubelet: an amount, or a share of the capacity; not what happens when one is crossed.

use karp_core::model::Quantity;

/// Billionths of a percent in one hundred percent.
const HUNDRED_PERCENT: i128 = 100 * 1_000_000_000;

/// How much of a resource the kubelet keeps free.
///
/// <https://kubernetes.io/docs/concepts/scheduling-eviction/node-pressure-eviction/#hard-eviction-thresholds>
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub(crate) enum Threshold {
    /// A number of bytes.
    Bytes(i64),
    /// A share of the capacity, in billionths of a percent, 0 to [`HUNDRED_PERCENT`].
    Share(i128),
}

impl Threshold {
    /// Reads `500Mi`, or `5%` with any decimal fraction.
    ///
    /// # Errors
    ///
    /// What is wrong, in words.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let Some(percent) = text.strip_suffix('%') else {
            let quantity: Quantity =
                text.parse().map_err(|error| format!("{error}, or a percentage such as `5%`"))?;
            if quantity.nanos() < 0 {
                return Err(format!("`{text}` is negative (a threshold is at least 0)"));
            }
            return Ok(Self::Bytes(quantity.units_ceil()));
        };
        let wrong = || format!("`{text}` is not a percentage (expected `0%` to `100%`)");
        // Quantities are read exactly; their unit letters have no place in a percentage.
        if !percent.bytes().all(|byte| byte.is_ascii_digit() || b"+-.eE".contains(&byte)) {
            return Err(wrong());
        }
        let share = percent.parse::<Quantity>().map_err(|_| wrong())?;
        match share.nanos() {
            nanos @ 0..=HUNDRED_PERCENT => Ok(Self::Share(nanos)),
            _ => Err(wrong()),
        }
    }

    /// The bytes that are kept free of `capacity`, a fraction rounded up; 100 % switches the threshold off.
    pub(crate) fn of(self, capacity: i64) -> i64 {
        match self {
            Self::Bytes(bytes) => bytes,
            Self::Share(HUNDRED_PERCENT) => 0,
            Self::Share(share) => {
                let product = i128::from(capacity).saturating_mul(share);
                let whole = product.div_euclid(HUNDRED_PERCENT);
                let rest = i128::from(product.rem_euclid(HUNDRED_PERCENT) > 0);
                i64::try_from(whole + rest).unwrap_or(i64::MAX)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str, capacity: i64) -> i64 {
        Threshold::parse(text).unwrap().of(capacity)
    }

    #[test]
    fn amounts_and_shares_are_read() {
        assert_eq!(of("500Mi", 0), 500 << 20);
        assert_eq!(of("10%", 1001), 101);
        assert_eq!(of("0%", 1000), 0);
        assert_eq!(of("12.5%", 1000), 125);
        assert_eq!(of(".1%", 1000), 1);
        assert_eq!(of("1e1%", 1000), 100);
    }

    #[test]
    fn a_hundred_percent_switches_the_threshold_off() {
        assert_eq!(of("100%", 1000), 0);
        assert_eq!(of("100.0%", 1000), 0);
    }

    #[test]
    fn what_is_neither_is_refused() {
        for text in ["", "%", "101%", "-1%", "-5Mi", "5k%", "abc", "5 %", "1n%", "100.000000001%"] {
            assert!(Threshold::parse(text).is_err(), "{text}");
        }
    }
}
