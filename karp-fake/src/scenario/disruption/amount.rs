//! Prices and costs as JSON numbers, as answers about disruption write them; not how they come about.

use std::fmt;

use karp_core::{disrupt::Cost, model::Price};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de, ser};
use serde_json::Number;

/// A price in USD per hour or a cost in pods, to twelve digits after the point; a cost can be negative.
#[derive(Clone, Copy, Debug, Default, Eq, Ord, PartialEq, PartialOrd)]
pub struct Amount(i64);

/// Steps in a millionth.
const MICRO: i64 = 1_000_000;

impl Amount {
    /// Nothing.
    pub const ZERO: Self = Self(0);

    /// An amount in millionths, held at the bounds of the type.
    pub const fn from_micro(micro: i64) -> Self {
        Self(micro.saturating_mul(MICRO))
    }

    /// In steps of 10⁻¹².
    pub const fn pico(self) -> i64 {
        self.0
    }

    /// Whether it is the same but for rounding: less than a millionth away.
    pub const fn is_near(self, other: Self) -> bool {
        self.0.abs_diff(other.0) < MICRO.unsigned_abs()
    }
}

impl From<Price> for Amount {
    fn from(price: Price) -> Self {
        Self(price.pico())
    }
}

impl From<Cost> for Amount {
    fn from(cost: Cost) -> Self {
        Self::from_micro(cost.micro())
    }
}

impl fmt::Display for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        write!(f, "{sign}{}", Price::from_pico(self.0.saturating_abs()))
    }
}

impl Serialize for Amount {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let number: Number = self.to_string().parse().map_err(ser::Error::custom)?;
        number.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Amount {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Number::deserialize(deserializer)?.to_string();
        let magnitude = text.strip_prefix('-');
        let price: Price = magnitude.unwrap_or(&text).parse().map_err(de::Error::custom)?;
        Ok(Self(if magnitude.is_some() { -price.pico() } else { price.pico() }))
    }
}
