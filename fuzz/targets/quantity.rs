//! A quantity that can be read has a canonical text of the same value.
#![no_main]

use karp_core::model::Quantity;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let Ok(quantity) = text.parse::<Quantity>() else { return };
    let canonical = quantity.canonical();
    let again: Quantity = canonical.parse().expect("a canonical text can be read");
    assert_eq!(again, quantity, "{text} -> {canonical}");
    assert_eq!(again.canonical(), canonical);
    assert!(quantity.milli_floor() <= quantity.milli_ceil());
    assert!(quantity.units_floor() <= quantity.units_ceil());
});
