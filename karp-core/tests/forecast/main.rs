//! Weeks of passes in virtual time: what must hold whatever the cluster, and single rules.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that finds something else than it wants fails, wherever that happens"
)]

mod fixture;
mod properties;
mod rules;
