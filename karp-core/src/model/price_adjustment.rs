//! How a node overlay changes a price: by an amount or by a percentage.
//!
//! Not here: which prices an overlay touches.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::Price;
use super::price::read_pico;

/// One hundred per cent in the unit of [`Change::Percent`].
const WHOLE: u128 = 100_000_000_000_000;

/// A signed change of a price, such as `+0.01`, `-0.2`, `+15%` or `-12.5%`.
///
/// # Example: a discount
///
/// ```
/// use karp_core::model::{PriceAdjustment, usd};
///
/// let discount: PriceAdjustment = "-12.5%".parse().unwrap();
/// assert_eq!(discount.apply(usd("0.08").unwrap()), usd("0.07").unwrap());
/// assert_eq!(discount.to_string(), "-12.5%");
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct PriceAdjustment {
    change: Change,
    is_reduction: bool,
    text: Box<str>,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Change {
    Amount(Price),
    /// In 10⁻¹² per cent.
    Percent(u128),
}

/// Why a text is not a change of a price.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum ParsePriceAdjustmentError {
    /// A reduction exceeds the price.
    #[error("`{text}` takes off more than everything (the limit is `-100%`)")]
    BelowZero {
        /// The text as given.
        text: String,
    },
    /// The text is no signed amount or percentage.
    #[error(
        "`{text}` is not a price change (expected text such as `+0.01`, `-0.2`, `+15%` or `-10%`)"
    )]
    Shape {
        /// The text as given.
        text: String,
    },
}

impl PriceAdjustment {
    /// The price after the change.
    ///
    /// A percentage `p` gives `price · (1 + p/100)`, rounded to the nearest 10⁻¹² dollar, halves
    /// up. The result is never below zero. [`Price::MAX`], no price, stays as it is.
    #[must_use]
    pub fn apply(&self, price: Price) -> Price {
        if !price.is_known() {
            return price;
        }
        match (self.change, self.is_reduction) {
            (Change::Amount(amount), true) => price.saturating_sub(amount),
            (Change::Amount(amount), false) => price.saturating_add(amount),
            (Change::Percent(percent), true) => scale(price, WHOLE.saturating_sub(percent)),
            (Change::Percent(percent), false) => scale(price, WHOLE.saturating_add(percent)),
        }
    }

    /// The change as it was written.
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

fn scale(price: Price, percent: u128) -> Price {
    let pico = u128::from(price.pico().unsigned_abs());
    let product = pico.saturating_mul(percent).saturating_add(WHOLE / 2) / WHOLE;
    i64::try_from(product).map_or(Price::MAX, Price::from_pico)
}

impl FromStr for PriceAdjustment {
    type Err = ParsePriceAdjustmentError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let shape = || ParsePriceAdjustmentError::Shape { text: text.to_owned() };
        let (is_reduction, unsigned) = match text.strip_prefix('-') {
            Some(unsigned) => (true, unsigned),
            None => (false, text.strip_prefix('+').ok_or_else(shape)?),
        };
        let (number, is_percent) =
            unsigned.strip_suffix('%').map_or((unsigned, false), |number| (number, true));
        if number.contains(['e', 'E']) || number.ends_with('.') {
            return Err(shape());
        }
        let pico = read_pico(number).ok_or_else(shape)?;
        if is_reduction && is_percent && pico > WHOLE {
            return Err(ParsePriceAdjustmentError::BelowZero { text: text.to_owned() });
        }
        let change = if is_percent {
            Change::Percent(pico)
        } else {
            Change::Amount(i64::try_from(pico).map_or(Price::MAX, Price::from_pico))
        };
        Ok(Self { change, is_reduction, text: text.into() })
    }
}

impl fmt::Display for PriceAdjustment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.text)
    }
}

impl Serialize for PriceAdjustment {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.text)
    }
}

impl<'de> Deserialize<'de> for PriceAdjustment {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}
