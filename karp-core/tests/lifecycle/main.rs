//! The lifecycle, rule by rule: tables, and worlds in which whole lives go by.
#![expect(
    clippy::indexing_slicing,
    clippy::expect_used,
    clippy::unwrap_used,
    reason = "a fixture that can't be made, or what should be there and is not, fails its test"
)]

mod drift;
mod eviction;
mod finalization;
mod fixture;
mod initialization;
mod launch;
mod liveness;
mod lives;
mod pods;
mod pools;
mod registration;
mod repair;
mod replicas;
mod termination;
mod upkeep;
mod world;
