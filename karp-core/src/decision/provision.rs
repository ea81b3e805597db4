//! A provisioning round from snapshot to plan; not its execution.

use super::{Plan, decide};
use crate::{
    compile::{Problem, compile},
    policy::Policy,
    snapshot::Snapshot,
    solve::{solve, solve_opening},
};

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
    let mut plan = plan_for(&problem);
    plan.findings.extend(snapshot.findings.iter().cloned());
    plan.findings.sort();
    plan.findings.dedup();
    plan
}

/// The plan for a compiled snapshot: what [`provision`] makes of it, without the snapshot's own findings.
///
/// For callers that need the problem for something else, too, such as a bound. With [`Policy::cheapest`] two plans are made and the better one is taken:
/// fewer pods left out, then less money, then fewer machines. Opening machines for the type that is cheapest per pod can be dearer in the end, where
/// constraints or limits come between.
pub fn plan_for(problem: &Problem) -> Plan {
    let plan = decide(problem, &solve(problem));
    if problem.opening.is_none() {
        return plan;
    }
    let other = decide(problem, &solve_opening(problem, None));
    let rank = |plan: &Plan| {
        let totals = plan.totals();
        (totals.unplaced, totals.price, totals.machines)
    };
    if rank(&other) < rank(&plan) { other } else { plan }
}
