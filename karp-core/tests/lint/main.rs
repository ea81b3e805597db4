//! Lints from outside: each fires on what is bad, stays silent on the good one next to it, and never fails.
#![expect(clippy::unwrap_used, reason = "a test that can't set its stage has failed")]

mod budgets;
mod fixture;
mod overlap;
mod pools;
mod properties;
mod workloads;
