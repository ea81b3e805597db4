//! One look at a cluster: candidates, budgets, and what each method would do; not the order of methods in a pass.

use std::{borrow::Cow, cell::OnceCell, collections::BTreeMap, sync::Arc};

use super::{
    Candidate, Candidates, Command, Found, Memory, Method, NoPool, PoolTotals, Verdict,
    consolidate, drift, filter,
    fleet::{Fleet, Machine},
    moves::Allowance,
    multi,
    replay::{self, Replay},
    simulate::{Recompile, Simulator},
    single, static_drift, stock_out,
};
use crate::{
    budget::{Allowed, DisruptionReason, Ledger, PoolBudgets, PoolNodes},
    compile::{Problem, derive},
    model::{NodePoolName, Price},
    policy::Policy,
    snapshot::Snapshot,
};

/// One look at a cluster, at the instant of its snapshot.
///
/// # Example: an empty node is removed
///
/// ```
/// use karp_core::{
///     disrupt::{Disruption, Memory, Method},
///     model::{CapacityType::OnDemand, Condition, ConditionStatus, InstanceType, Node, NodeClaim, NodePool, Pod, label, usd},
///     policy::Policy,
///     snapshot::Snapshot,
/// };
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let large = InstanceType::new("m.large").cpu("2").memory("8Gi").offering("z1", OnDemand, usd("0.096"));
/// let pool = NodePool::new("general");
/// let is = |kind: &str| Condition {
///     kind: kind.into(), status: ConditionStatus::True, reason: String::new(), changed_at: None,
/// };
/// let mut claim = NodeClaim::new("general-1", &pool.name);
/// claim.status.node = Some("n1".into());
/// claim.status.conditions.push(is("Consolidatable"));
/// let mut node = Node::new("n1").of_pool("general").resource("cpu", "2");
/// node.conditions.push(is("Ready"));
/// let snapshot = Snapshot::builder("2026-01-15T12:00:00Z".parse()?)
///     .instance_types([large])
///     .node_pool(pool)
///     .node_claims([claim])
///     .node(node)
///     .build()?;
/// let look = Disruption::new(&snapshot, &Policy::compat(), &Memory::new());
/// let found = look.find(Method::Emptiness)?;
/// assert_eq!(found.commands[0].nodes[0].as_str(), "n1");
/// # Ok(())
/// # }
/// ```
pub struct Disruption<'s> {
    pub(super) snapshot: Cow<'s, Snapshot>,
    pub(super) policy: Policy,
    pub(super) fleet: Fleet,
    pub(super) memory: Memory,
    ledger: Ledger,
    totals: BTreeMap<NodePoolName, PoolTotals>,
    /// What simulations are made against, once one was asked for.
    problem: OnceCell<Problem>,
    recompiles: bool,
}

impl std::fmt::Debug for Disruption<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Disruption").field("now", &self.snapshot.now).finish_non_exhaustive()
    }
}

impl<'s> Disruption<'s> {
    /// Looks at a cluster.
    ///
    /// # Cost
    ///
    /// O(nodes + pods); simulations are made when a method is asked.
    pub fn new(snapshot: &'s Snapshot, policy: &Policy, memory: &Memory) -> Self {
        let mut snapshot = Cow::Borrowed(snapshot);
        for pool in &memory.pools_without_types {
            let types: Arc<[_]> = Arc::from([]);
            snapshot.to_mut().instance_types.insert(pool.clone(), types);
        }
        // What is wrong with overlays and the like is said by provisioning rounds.
        let mut snapshot = derive(snapshot, policy, &mut Vec::new());
        if let Some(rules) = &policy.stock_outs {
            stock_out::hide(&mut snapshot, rules, &memory.refusals);
        }
        let fleet = Fleet::new(&snapshot, memory);
        let states = || fleet.machines.iter().map(|machine| &machine.state);
        let nodes = PoolNodes::count(states(), |state| memory.is_marked(state));
        let mut ledger = Ledger::new(snapshot.now);
        for pool in &snapshot.node_pools {
            let budgets = PoolBudgets::read(&pool.disruption.budgets);
            let own = nodes.get(&pool.name).copied().unwrap_or_default();
            ledger.open(pool.name.clone(), &budgets, own);
        }
        let totals = fleet.totals(&snapshot);
        Self {
            policy: policy.clone(),
            memory: memory.clone(),
            snapshot,
            fleet,
            ledger,
            totals,
            problem: OnceCell::new(),
            recompiles: false,
        }
    }

    /// Answers every question by reading everything again: the slow, obvious way, to compare with.
    #[must_use]
    pub fn recompiling(mut self) -> Self {
        self.recompiles = true;
        self
    }

    /// Which nodes a method may disrupt, and why not the others.
    pub fn candidates(&self, method: Method) -> Candidates {
        let mut found = Candidates::default();
        for machine in &self.fleet.machines {
            match filter::reason(machine, method) {
                None => {
                    found.accepted.insert(machine.name.clone(), machine.candidate.clone());
                }
                Some(reason) => {
                    found.left_out.insert(machine.name.clone(), reason);
                }
            }
        }
        found
    }

    /// What scores of the policy `Balanced` are measured against: pools with a node that may be disrupted gracefully.
    pub const fn pool_totals(&self) -> &BTreeMap<NodePoolName, PoolTotals> {
        &self.totals
    }

    /// How many more nodes of each pool budgets let be disrupted for a reason; `usize::MAX` where nothing limits.
    pub fn left(&self, reason: DisruptionReason) -> BTreeMap<NodePoolName, usize> {
        let left = |pool: &NodePoolName| {
            let unbounded = self.ledger.allowed(pool, reason).is_some_and(Allowed::is_unbounded);
            if unbounded { usize::MAX } else { self.ledger.left(pool, reason) }
        };
        self.snapshot.node_pools.iter().map(|pool| (pool.name.clone(), left(&pool.name))).collect()
    }

    /// What a method would do now, and what it makes of each candidate.
    ///
    /// # Errors
    ///
    /// When nothing can be simulated, as no pool makes machines for pods. Emptiness and static drift need no simulation and never fail.
    pub fn find(&self, method: Method) -> Result<Found, NoPool> {
        let mut found = Found::nothing(method);
        let machines = self.fleet.machines.iter();
        let mut chosen: Vec<&Machine> =
            machines.filter(|one| filter::reason(one, method).is_none()).collect();
        if chosen.is_empty() {
            return Ok(found);
        }
        for machine in &chosen {
            found.verdicts.insert(machine.name.clone(), Verdict::NotReached);
        }
        if method.is_consolidation() {
            chosen.sort_by(|a, b| dearest_first(&a.candidate, &b.candidate));
        }
        let mut ledger = self.ledger.clone();
        match method {
            Method::Emptiness => {
                let taken = affordable(&chosen, (&mut ledger, None), &mut found);
                found.commands.extend(deletion(method, &taken));
            }
            Method::StaticDrift => static_drift::find(self, &chosen, &mut ledger, &mut found),
            Method::Drift => {
                drift::find(&mut *self.simulator()?, chosen, &ledger, &mut found);
            }
            Method::MultiNode => {
                let mut simulator = self.simulator()?;
                let allowance = Allowance::new(self);
                let taken = affordable(&chosen, (&mut ledger, allowance), &mut found);
                multi::find((self, &mut *simulator), &taken, &mut found);
            }
            Method::SingleNode => {
                if let Ok(mut simulator) = self.simulator() {
                    single::find((self, &mut *simulator), &chosen, &ledger, &mut found);
                }
            }
        }
        for command in &found.commands {
            for node in &command.nodes {
                found.verdicts.insert(node.clone(), Verdict::Chosen);
            }
        }
        Ok(found)
    }

    /// Something to simulate with.
    pub(super) fn simulator(&self) -> Result<Box<dyn Simulator + '_>, NoPool> {
        let mut simulator: Box<dyn Simulator> = if self.recompiles {
            let snapshot = Cow::Borrowed(&*self.snapshot);
            Box::new(Recompile::new(snapshot, &self.policy, &self.memory))
        } else {
            let compile = || {
                let states: Vec<_> =
                    self.fleet.machines.iter().map(|machine| &machine.state).collect();
                replay::compiled(&self.snapshot, (&self.policy, &self.memory), &states)
            };
            let problem = self.problem.get_or_init(compile);
            Box::new(Replay::new(problem, &self.snapshot, (&self.policy, &self.memory)))
        };
        if simulator.has_pool() { Ok(simulator) } else { Err(NoPool) }
    }

    pub(super) const fn ledger(&self) -> &Ledger {
        &self.ledger
    }
}

/// Nodes that cost most for each pod that moves come first, then by name.
fn dearest_first(a: &Candidate, b: &Candidate) -> std::cmp::Ordering {
    let ratio = |own: &Candidate, other: &Candidate| {
        i128::from(own.price.pico()).saturating_mul(i128::from(other.disruption_cost.steps()))
    };
    ratio(b, a).cmp(&ratio(a, b)).then_with(|| a.node.cmp(&b.node))
}

/// Those that budgets and limits on moves allow, in their order; each spends.
fn affordable<'m>(
    machines: &[&'m Machine],
    (ledger, mut allowance): (&mut Ledger, Option<Allowance<'_>>),
    found: &mut Found,
) -> Vec<&'m Machine> {
    let reason = found.method.reason();
    let mut take = |machine: &Machine| {
        if ledger.left(&machine.candidate.node_pool, reason) == 0 {
            return Err(Verdict::BudgetSpent);
        }
        allowance.as_mut().map_or(Ok(()), |allowance| allowance.spend(machine))?;
        ledger.spend(&machine.candidate.node_pool, reason).map_err(|_| Verdict::BudgetSpent)
    };
    let mut taken = Vec::new();
    for &machine in machines {
        match take(machine) {
            Ok(()) => taken.push(machine),
            Err(verdict) => {
                found.verdicts.insert(machine.name.clone(), verdict);
            }
        }
    }
    taken
}

/// One command that deletes all of them; none without nodes.
pub(super) fn deletion(method: Method, machines: &[&Machine]) -> Option<Command> {
    (!machines.is_empty()).then(|| Command {
        method,
        nodes: machines.iter().map(|machine| machine.name.clone()).collect(),
        replacements: Vec::new(),
        price_before: consolidate::price_of(machines),
        price_after: Price::ZERO,
        scores: BTreeMap::new(),
    })
}
