//! Which devices meet a claim in one place.
#![expect(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a fixture that can't be made, or what should be there and is not, fails its test"
)]

mod capacity;
#[cfg(feature = "cel")]
mod cel;
mod claims;
mod constraints;
mod counters;
mod fixture;
mod pools;
mod reach;
mod requests;
mod search;
