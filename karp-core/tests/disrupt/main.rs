//! Disruption as a whole: what must hold in every sequence of passes, and what the named policies promise.
#![expect(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a cluster that can't be made, or what should be there and is not, fails its test"
)]

mod churn;
mod cluster;
mod dice;
mod equal;
mod every_candidate;
mod lines;
mod rules;
mod sequences;
mod stock_outs;
mod worlds;
