//! Which devices meet a claim in one place.

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
