//! Snapshot to problem: names become numbers, equal pods one class, instance types bits; nothing is decided here.
//!
//! What is computed once per distinct thing (requirement, taint list, pod spec, type) is not computed once per pod. The tables are laid
//! out for the questions that a solve asks; docs/ARCHITECTURE.md, "How the solver gets fast", tells which.
#![expect(
    clippy::indexing_slicing,
    reason = "only tables are indexed, by ids that they made; slices never are"
)]

pub(crate) mod algebra;
mod assembly;
pub(crate) mod attachments;
pub(crate) mod bits;
pub(crate) mod catalog;
mod daemons;
mod derived;
pub(crate) mod forms;
pub(crate) mod going;
pub(crate) mod names;
pub(crate) mod nodes;
pub(crate) mod pending;
pub(crate) mod pools;
pub(crate) mod ports;
mod problem;
mod queue;
pub(crate) mod reader;
pub(crate) mod removals;
pub(crate) mod reservations;
mod residents;
pub(crate) mod resource;
mod shapes;
pub(crate) mod sizes;
mod storage;
pub(crate) mod table;
pub(crate) mod tolerance;
pub(crate) mod topology;
pub(crate) mod volumes;

pub use self::problem::Problem;
pub(crate) use self::{derived::derive, problem::PodIx};

use std::borrow::Cow;

use self::{assembly::Assembly, going::Going};
use crate::{policy::Policy, snapshot::Snapshot};

/// Prepares a snapshot for solving.
///
/// Never fails: pods and pools that can't be used become refusals with a reason, everything else that is left out a finding.
///
/// # Cost
///
/// O(n log n) in pods, O(n) in nodes, bound pods, and types times demanded label keys. Pods that share their spec and label
/// allocations, as those of a [`SnapshotBuilder`](crate::snapshot::SnapshotBuilder) do, are looked at once per group.
pub fn compile(snapshot: &Snapshot, policy: &Policy) -> Problem {
    let mut findings = Vec::new();
    let derived = derive(Cow::Borrowed(snapshot), policy, &mut findings);
    let mut problem = compile_without(&derived, policy, &Going::default());
    problem.findings.append(&mut findings);
    problem
}

/// The same for a snapshot that is [derived](derive), with some nodes on their way out, whatever it says.
pub(crate) fn compile_without(snapshot: &Snapshot, policy: &Policy, going: &Going<'_>) -> Problem {
    Assembly::new(snapshot, policy, going).finish()
}
