//! A provisioning round from snapshot to plan; not its execution.

use super::{Plan, decide};
use crate::{
    compile::{Problem, compile},
    improve::improve,
    model::Price,
    policy::Policy,
    snapshot::Snapshot,
    solve::{Placement, Progress, solve_opening, solve_while},
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
    provision_while(snapshot, policy, &mut |_| true)
}

/// The same as [`provision`], but pods are tried only as long as `go_on` says yes.
///
/// It is asked every few hundred steps (some microseconds), and never again once it said no. What was placed is placed as it would have been; pods
/// that nothing can be said about any more are unplaced with [`WorkLimit`](crate::explain::Reason::WorkLimit). The snapshot is compiled in any case: that
/// takes time in proportion to its size. For an end that is the same on every machine see [`Policy::work_limit`].
///
/// ```
/// use karp_core::{
///     decision::provision_while,
///     model::{CapacityType::OnDemand, InstanceType, NodePool, Pod, usd},
///     policy::Policy,
///     snapshot::Snapshot,
/// };
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let snapshot = Snapshot::builder("2026-01-15T12:00:00Z".parse()?)
///     .instance_types([
///         InstanceType::new("m.large").cpu("2").memory("8Gi").offering("z1", OnDemand, usd("0.096")),
///     ])
///     .node_pool(NodePool::new("general"))
///     .pods((0..10_000).map(|i| Pod::new(format!("web-{i}")).request("cpu", "500m")))
///     .build()?;
/// // With a clock: `|_| started.elapsed() < limit`.
/// let plan = provision_while(&snapshot, &Policy::compat(), &mut |progress| progress.waiting > 9_000);
/// let totals = plan.totals();
/// assert!((1..=2_000).contains(&totals.placed) && totals.placed + totals.unplaced == 10_000);
/// # Ok(())
/// # }
/// ```
pub fn provision_while(
    snapshot: &Snapshot,
    policy: &Policy,
    go_on: &mut dyn FnMut(Progress) -> bool,
) -> Plan {
    let problem = compile(snapshot, policy);
    let mut plan = plan_while(&problem, go_on);
    plan.findings.extend(snapshot.findings.iter().cloned());
    plan.findings.sort();
    plan.findings.dedup();
    plan
}

/// The plan for a compiled snapshot: what [`provision`] makes of it, without the snapshot's own findings.
///
/// For callers that need the problem for something else, too, such as a bound. With [`Policy::cheapest`] two plans are made and the better one is taken:
/// fewer pods left out, then less money (with a surcharge for each machine, as far as the plan is not dearer without it), then fewer machines. Opening
/// machines for the type that is cheapest per pod can be dearer in the end, where constraints or limits come between. Then the better one is improved, if the
/// policy says so.
pub fn plan_for(problem: &Problem) -> Plan {
    plan_while(problem, &mut |_| true)
}

/// The same as [`plan_for`], but ends as [`provision_while`] does: improving goes on only as long as `go_on` says yes, too, and what it has found is kept.
pub fn plan_while(problem: &Problem, go_on: &mut dyn FnMut(Progress) -> bool) -> Plan {
    let mut ended = false;
    let mut go_on = |progress: Progress| {
        ended = ended || !go_on(progress);
        !ended
    };
    let mut best = Candidate::of(problem, solve_while(problem, &mut go_on));
    // Nothing that is taken costs more than the plan of the reference's rules.
    let mut most = best.plan.totals().price;
    if problem.policy.opening.is_some() {
        let other = Candidate::of(problem, solve_opening(problem, None, &mut go_on));
        most = other.plan.totals().price;
        if !best.is_better(&other, most) {
            best = other;
        }
    }
    if let Some(improvement) = &problem.policy.improvement {
        let Candidate { placement, plan, rank } = best;
        let improved = Candidate::of(problem, improve(problem, placement, improvement, &mut go_on));
        return if improved.rank < rank && improved.plan.totals().price <= most {
            improved.plan
        } else {
            plan
        };
    }
    best.plan
}

/// A plan that may be taken.
struct Candidate {
    placement: Placement,
    plan: Plan,
    /// Pods left out, money and what machines are worth avoiding, machines.
    rank: (usize, Price, usize),
}

impl Candidate {
    fn of(problem: &Problem, placement: Placement) -> Self {
        let plan = decide(problem, &placement);
        let totals = plan.totals();
        let surcharge = problem.policy.surcharge();
        let machines = u64::try_from(totals.machines).unwrap_or(u64::MAX);
        let cost = totals.price.saturating_add(surcharge.times(machines));
        Self { placement, plan, rank: (totals.unplaced, cost, totals.machines) }
    }

    /// Whether it leaves fewer pods out than another one, or costs less and no more than `most`.
    fn is_better(&self, other: &Self, most: Price) -> bool {
        let fewer = self.rank.0 < other.rank.0;
        fewer || (self.rank <= other.rank && self.plan.totals().price <= most)
    }
}
