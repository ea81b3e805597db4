//! Behaviour across modules: the verifier, the slow solver, an oracle and the fast solver on the same snapshots.
#![expect(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::expect_used,
    reason = "test support: what should be there and is not should stop the test"
)]

mod against_oracle;
mod cheapest;
mod check;
mod company;
mod differential;
mod improved;
mod known;
mod mutants;
mod mutation;
mod oracle;
mod order;
mod pitfall;
mod slow;
mod spoilt_company;
mod work_limit;
mod worlds;

use karp_core::{decision::Plan, policy::Policy, snapshot::Snapshot};

/// Decides which machines to buy.
type Solver = fn(&Snapshot, &Policy) -> Plan;

/// Every solver there is, with its name.
fn solvers() -> [(&'static str, Solver); 2] {
    [("slow", slow::provision), ("fast", karp_core::provision)]
}
