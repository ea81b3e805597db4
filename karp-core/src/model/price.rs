//! What a machine costs per hour, exactly.
//!
//! Not here: where prices come from. Floating point never enters: a price is read from its
//! decimal text.

use std::fmt;
use std::iter::Sum;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// Decimal digits after the point that a price holds.
const FRACTION_DIGITS: usize = 12;
const PICO_PER_USD: i64 = 1_000_000_000_000;
/// What [`Price::MAX`] is written as.
const NO_PRICE: &str = "none";

/// A price in US dollars per hour, in steps of 10⁻¹² dollars, never negative.
///
/// [`MAX`](Self::MAX) means that there is no price: it is dearer than any, so that what has no
/// price is chosen last. Sums stop there. Real prices reach about 9.2 million dollars per hour.
///
/// # Example: three machines
///
/// ```
/// use karp_core::model::{Price, usd};
///
/// let price = usd("0.096")?;
/// assert_eq!(price.pico(), 96_000_000_000);
/// assert_eq!(price.times(3).to_string(), "0.288");
/// assert_eq!(usd("1e-7")?.to_string(), "0.0000001");
/// assert!(price < Price::MAX);
/// # Ok::<(), karp_core::model::ParsePriceError>(())
/// ```
#[derive(Clone, Copy, Debug, Default, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Price(i64);

/// Why a text is not a price.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum ParsePriceError {
    /// The price is below zero.
    #[error("`{text}` is negative (a price is at least 0)")]
    Negative {
        /// The text as given.
        text: String,
    },
    /// The text is no decimal number.
    #[error("`{text}` is not a price (expected dollars per hour such as `0.096`)")]
    Shape {
        /// The text as given.
        text: String,
    },
    /// The price exceeds nine million dollars per hour.
    #[error("`{text}` is too high (the limit is 9 million dollars per hour)")]
    TooHigh {
        /// The text as given.
        text: String,
    },
}

/// Reads a price from text such as `0.096`; the same as [`str::parse`].
///
/// # Errors
///
/// As [`Price::from_str`].
pub fn usd(text: &str) -> Result<Price, ParsePriceError> {
    text.parse()
}

impl Price {
    /// No price: dearer than any price.
    pub const MAX: Self = Self(i64::MAX);
    /// Free of charge.
    pub const ZERO: Self = Self(0);

    /// A price in 10⁻¹² dollars per hour; a negative number gives [`ZERO`](Self::ZERO).
    pub const fn from_pico(pico_usd_per_hour: i64) -> Self {
        Self(if pico_usd_per_hour < 0 { 0 } else { pico_usd_per_hour })
    }

    /// The price in 10⁻¹² dollars per hour.
    pub const fn pico(self) -> i64 {
        self.0
    }

    /// Whether there is a price at all.
    pub const fn is_known(self) -> bool {
        self.0 != i64::MAX
    }

    /// The sum, at most [`MAX`](Self::MAX).
    #[must_use]
    pub const fn saturating_add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }

    /// The difference, at least zero. Anything taken off [`MAX`](Self::MAX) leaves `MAX`.
    #[must_use]
    pub const fn saturating_sub(self, other: Self) -> Self {
        if self.is_known() { Self::from_pico(self.0 - other.0) } else { self }
    }

    /// This price `count` times, at most [`MAX`](Self::MAX).
    #[must_use]
    pub fn times(self, count: u64) -> Self {
        let product = u128::from(self.0.unsigned_abs()) * u128::from(count);
        Self(i64::try_from(product).unwrap_or(i64::MAX))
    }

    /// This price times `numerator / denominator`, rounded to the nearest 10⁻¹² dollar, halves up.
    ///
    /// [`MAX`](Self::MAX) stays `MAX`, and so does a price whose product exceeds it; a denominator
    /// of zero changes nothing.
    #[must_use]
    pub fn scaled(self, numerator: u64, denominator: u64) -> Self {
        if !self.is_known() || denominator == 0 {
            return self;
        }
        let denominator = u128::from(denominator);
        let product = u128::from(self.0.unsigned_abs()) * u128::from(numerator);
        let rounded = (product + denominator / 2) / denominator;
        Self(i64::try_from(rounded).unwrap_or(i64::MAX))
    }
}

impl Sum for Price {
    fn sum<I: Iterator<Item = Self>>(prices: I) -> Self {
        prices.fold(Self::ZERO, Self::saturating_add)
    }
}

impl FromStr for Price {
    type Err = ParsePriceError;

    /// Reads a decimal number of dollars per hour, exponent allowed (`1e-7`, as JSON writes small
    /// numbers), or `none` for [`Price::MAX`].
    ///
    /// Digits beyond the twelfth after the point round to the nearest, halves up.
    ///
    /// # Errors
    ///
    /// [`ParsePriceError::Negative`] below zero, [`ParsePriceError::TooHigh`] above nine million
    /// dollars, [`ParsePriceError::Shape`] for anything that is no decimal number, `NaN` and `inf`
    /// included.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text == NO_PRICE {
            return Ok(Self::MAX);
        }
        let magnitude = text.strip_prefix('-');
        let pico = read_pico(magnitude.unwrap_or(text))
            .ok_or_else(|| ParsePriceError::Shape { text: text.to_owned() })?;
        if magnitude.is_some() && pico > 0 {
            return Err(ParsePriceError::Negative { text: text.to_owned() });
        }
        i64::try_from(pico)
            .ok()
            .filter(|pico| *pico < i64::MAX)
            .map(Self)
            .ok_or_else(|| ParsePriceError::TooHigh { text: text.to_owned() })
    }
}

/// The number of 10⁻¹² units of an unsigned decimal number, held at `u128::MAX`.
pub(super) fn read_pico(text: &str) -> Option<u128> {
    let (number, exponent) = match text.split_once(['e', 'E']) {
        None => (text, 0),
        Some((number, exponent)) => (number, exponent.parse::<i32>().ok()?),
    };
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    let digits = || whole.bytes().chain(fraction.bytes());
    if digits().next().is_none() || digits().any(|byte| !byte.is_ascii_digit()) {
        return None;
    }
    // The place of each digit, as a power of ten in pico units; anything below zero is rounding.
    let first = i64::try_from(whole.len() + FRACTION_DIGITS).ok()? - 1 + i64::from(exponent);
    let mut pico: u128 = 0;
    for (digit, place) in digits().zip((i64::MIN..=first).rev()) {
        let digit = u128::from(digit - b'0');
        let amount = match u32::try_from(place) {
            Ok(place) if digit > 0 => {
                10_u128.checked_pow(place).map_or(u128::MAX, |power| digit.saturating_mul(power))
            }
            Ok(_) => 0,
            Err(_) => u128::from(place == -1 && digit >= 5),
        };
        pico = pico.saturating_add(amount);
    }
    Some(pico)
}

impl fmt::Display for Price {
    /// Writes dollars with two to twelve digits after the point, or `none`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.is_known() {
            return f.pad(NO_PRICE);
        }
        let (whole, rest) = (self.0 / PICO_PER_USD, self.0 % PICO_PER_USD);
        let digits = format!("{rest:012}");
        let (cents, further) = digits.split_at_checked(2).unwrap_or((&digits, ""));
        f.pad(&format!("{whole}.{cents}{}", further.trim_end_matches('0')))
    }
}

impl Serialize for Price {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Price {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(PriceVisitor)
    }
}

struct PriceVisitor;

impl de::Visitor<'_> for PriceVisitor {
    type Value = Price;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("dollars per hour as text or number, such as `0.096`")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Price, E> {
        text.parse().map_err(E::custom)
    }

    fn visit_i64<E: de::Error>(self, number: i64) -> Result<Price, E> {
        self.visit_str(&number.to_string())
    }

    fn visit_u64<E: de::Error>(self, number: u64) -> Result<Price, E> {
        self.visit_str(&number.to_string())
    }

    /// A number is read by its shortest text that stands for the same number.
    fn visit_f64<E: de::Error>(self, number: f64) -> Result<Price, E> {
        self.visit_str(&number.to_string())
    }
}
