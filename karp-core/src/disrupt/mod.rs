//! Which nodes to remove or replace, and why the others stay; not how pods leave them, and no decision about new pods.
//!
//! A [`Disruption`] looks at a snapshot: which nodes a [`Method`] may disrupt ([`Candidates`]), what budgets allow, and what it would do
//! ([`Found`]). What it finds is looked at again a while later ([`Disruption::confirm`]) before it is carried out. Rules, codes and the order of
//! methods: docs/src/disruption.md.
#![expect(
    clippy::indexing_slicing,
    reason = "only tables are indexed, by ids that they made; slices never are"
)]

mod candidate;
mod command;
mod confirm;
mod consolidate;
mod disruption;
mod drift;
mod filter;
mod fleet;
mod market;
mod memory;
mod method;
mod moves;
mod multi;
mod pass;
mod pods;
mod replay;
#[cfg(all(test, feature = "proptest"))]
mod replay_test;
mod score;
mod simulate;
mod single;
mod static_drift;
mod stays;
mod stock_out;
mod terms;
mod verdict;

pub use self::{
    candidate::{Candidate, Candidates, PoolTotals},
    command::{Command, Score},
    confirm::Unconfirmed,
    disruption::Disruption,
    memory::Memory,
    method::Method,
    moves::{MovedPods, PastMove},
    pass::{Fate, Outlook, Pass, Why},
    stays::Stays,
    stock_out::Refusal,
    verdict::{Found, NoPool, Verdict},
};
pub use crate::model::Cost;
