//! Requirements from any entries keep the rules of their algebra.
#![no_main]

use karp_core::model::{Requirement, RequirementEntry};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: (&[u8], &str)| {
    let (bytes, value) = input;
    let Ok((a, b)) = serde_json::from_slice::<(RequirementEntry, RequirementEntry)>(bytes) else {
        return;
    };
    let (a, b) = (Requirement::from(&a), Requirement::from(&b));
    if a.key() != b.key() {
        return;
    }
    let both = a.intersect(&b);
    assert_eq!(both.has(value), a.has(value) && b.has(value));
    assert_eq!(a.has_intersection(&b), b.has_intersection(&a));
    assert_eq!(both, b.intersect(&a));
});
