//! A provisioning round from snapshot to plan; not its execution.

use super::{Plan, decide};
use crate::{compile::compile, policy::Policy, snapshot::Snapshot, solve::solve};

/// Which machines should be bought for the pods that wait, and where each pod goes.
///
/// A pure function: the same snapshot and policy give the same plan, whatever the order in which the snapshot's objects were listed.
/// Every pod that waits for a place is in the plan exactly once, on a machine, on an existing node, or unplaced with its reasons.
///
/// ```
/// use karp_core::{
///     model::{CapacityType::OnDemand, InstanceType, NodePool, Pod, usd},
///     policy::Policy,
///     provision,
///     snapshot::Snapshot,
/// };
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let snapshot = Snapshot::builder("2026-01-15T12:00:00Z".parse()?)
///     .instance_types([
///         InstanceType::new("m.large").cpu("2").memory("8Gi").offering("z1", OnDemand, usd("0.096")),
///     ])
///     .node_pool(NodePool::new("general").limit("cpu", "100"))
///     .pods((0..10).map(|i| Pod::new(format!("web-{i}")).request("cpu", "500m")))
///     .build()?;
/// let plan = provision(&snapshot, &Policy::compat());
/// assert_eq!(plan.machines().len(), 3);
/// assert_eq!(plan.totals().price, usd("0.288")?);
/// # Ok(())
/// # }
/// ```
pub fn provision(snapshot: &Snapshot, policy: &Policy) -> Plan {
    let problem = compile(snapshot, policy);
    let mut plan = decide(&problem, &solve(&problem));
    plan.findings.extend(snapshot.findings.iter().cloned());
    plan.findings.sort();
    plan.findings.dedup();
    plan
}
