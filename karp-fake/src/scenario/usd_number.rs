//! Prices as JSON numbers of USD, as answers write them; not prices as text, which is how karp writes them elsewhere.

use karp_core::model::Price;
use serde::{Deserialize, Deserializer, Serialize, Serializer, ser::Error as _};
use serde_json::Number;

/// Pico-USD in a micro-USD, the step of answers.
const MICRO_USD_PICO: i64 = 1_000_000;

/// `price` rounded to six decimals, halves up.
pub(super) const fn rounded(price: Price) -> Price {
    let halves_up = price.pico().saturating_add(MICRO_USD_PICO / 2);
    Price::from_pico(halves_up.div_euclid(MICRO_USD_PICO) * MICRO_USD_PICO)
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands out references")]
pub(super) fn serialize<S: Serializer>(price: &Price, serializer: S) -> Result<S::Ok, S::Error> {
    number(*price).map_err(S::Error::custom)?.serialize(serializer)
}

pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Price, D::Error> {
    Price::deserialize(deserializer)
}

fn number(price: Price) -> Result<Number, serde_json::Error> {
    price.to_string().parse()
}

/// The same for the two ends of a range.
pub(super) mod pair {
    use super::{Deserialize, Deserializer, Price, Serialize, Serializer, number};

    pub(in super::super) fn serialize<S: Serializer>(
        [least, greatest]: &[Price; 2],
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        match (number(*least), number(*greatest)) {
            (Ok(least), Ok(greatest)) => [least, greatest].serialize(serializer),
            (Err(error), _) | (_, Err(error)) => Err(serde::ser::Error::custom(error)),
        }
    }

    pub(in super::super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<[Price; 2], D::Error> {
        <[Price; 2]>::deserialize(deserializer)
    }
}
