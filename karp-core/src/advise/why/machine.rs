//! Why a machine is of its type and of its pool; not which pods are on it.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::{Priced, RuledOut, bench::Bench, cheaper::Tables};
use crate::{
    advise::{Advisor, change::Likeness},
    decision::{CheapestOffering, PlannedMachine},
    explain::Reason,
    model::{NodeClaimName, NodePool, NodePoolName, PodId},
    snapshot::state_nodes,
};

/// Why a machine is of its type and of its pool.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
#[serde(rename_all = "camelCase")]
pub struct WhyMachine {
    /// The machine.
    pub machine: NodeClaimName,
    /// The pool that makes it.
    pub node_pool: NodePoolName,
    /// The pod that it was opened for.
    pub opened_for: Option<PodId>,
    /// How many pods it holds.
    pub pods: usize,
    /// How it is bought; none when no offering has a price.
    pub offering: Option<CheapestOffering>,
    /// How many types hold its pods, as far as they are listed.
    pub types: usize,
    /// The second cheapest of them.
    pub next: Option<Priced>,
    /// What rules out the types that are cheaper, by the first rule that does.
    pub cheaper: Vec<RuledOut>,
    /// Pools that are tried before this one, and why they don't make the machine; in the order in which they are tried.
    pub passed_over: Vec<PassedOver>,
    /// How many nodes there are, none of which took the pods.
    pub nodes: usize,
}

/// A pool that is tried before the one that makes a machine.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
#[serde(rename_all = "camelCase")]
pub struct PassedOver {
    /// The pool.
    pub node_pool: NodePoolName,
    /// Its weight.
    pub weight: u32,
    /// Why it does not make the machine.
    pub by: PassedBy,
}

/// Why a pool does not make a machine for the pod that the machine was opened for.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
#[serde(rename_all = "kebab-case")]
pub enum PassedBy {
    /// It would refuse the pod if no other pod waited.
    Refusal(Reason),
    /// It would take the pod, but keeps fewer of its wishes than the pool that makes the machine.
    Wishes,
    /// It would take the pod if no other pod waited: others came first and used up its limits, its reserved capacity or its domains.
    OtherPods,
}

impl Advisor<'_> {
    /// Why a machine of the plan is of its type and of its pool.
    pub fn why_machine(&mut self, machine: &PlannedMachine) -> WhyMachine {
        if self.tables.is_none() {
            self.tables = Some(Tables::new(&self.derived, self.policy));
        }
        let tables = self.tables.as_mut();
        let looked = tables.map(|tables| tables.look(machine, &self.derived)).unwrap_or_default();
        let nodes = state_nodes(self.snapshot).iter().filter(|state| !state.deleting).count();
        WhyMachine {
            machine: machine.name.clone(),
            node_pool: machine.node_pool.clone(),
            opened_for: machine.pods.first().cloned(),
            pods: machine.pods.len(),
            offering: machine.cheapest.clone(),
            types: machine.instance_types.len(),
            next: looked.next,
            cheaper: looked.cheaper,
            passed_over: self.passed_over(machine),
            nodes,
        }
    }

    fn passed_over(&mut self, machine: &PlannedMachine) -> Vec<PassedOver> {
        let order = |pool: &NodePool| (pool.weight, pool.name.clone());
        let Some(own) = self.derived.node_pool(&machine.node_pool).map(|pool| order(pool)) else {
            return Vec::new();
        };
        // Heaviest first, equal ones by name, the last first.
        let pools = self.derived.node_pools.iter().filter(|pool| !pool.is_static());
        let mut before: Vec<_> = pools.filter(|pool| order(pool) > own).cloned().collect();
        before.sort_by_key(|pool| std::cmp::Reverse(order(pool)));
        let first = machine.pods.first().filter(|_| !before.is_empty());
        let Some(first) = first.and_then(|id| self.derived.pods.iter().find(|pod| pod.id == *id))
        else {
            return Vec::new();
        };
        let bench = Bench::new(&self.derived, self.policy, (first, &machine.node_pool));
        let mut passed = Vec::new();
        for pool in before {
            let key = (Likeness::of(first), machine.node_pool.clone(), pool.name.clone());
            let by = self.passed.entry(key).or_insert_with(|| bench.passed_by(&pool)).clone();
            passed.push(PassedOver { node_pool: pool.name.clone(), weight: pool.weight, by });
        }
        passed
    }
}

impl fmt::Display for WhyMachine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.offering, self.types) {
            (Some(offering), types) => {
                let rank = if types == 1 {
                    "the only type that holds".to_owned()
                } else {
                    format!("the cheapest of {types} types that hold")
                };
                write!(
                    f,
                    "  {}, {rank} its pods ({}): {} in {} at {} USD per hour",
                    offering.instance_type,
                    self.pods,
                    offering.capacity_type,
                    offering.zone,
                    offering.price
                )?;
                match &self.next {
                    Some(next) => writeln!(f, "; the next is {next}")?,
                    None => writeln!(f)?,
                }
            }
            (None, types) => {
                writeln!(f, "  {types} types hold its pods ({}), none has a price", self.pods)?;
            }
        }
        self.cheaper.iter().try_for_each(|ruled| writeln!(f, "  {ruled}"))?;
        if self.nodes > 0 {
            writeln!(f, "  nodes that are there and did not take them: {}", self.nodes)?;
        }
        self.passed_over.iter().try_for_each(|pool| writeln!(f, "  {pool}"))
    }
}

impl fmt::Display for PassedOver {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "node pool `{}` (weight {}) is tried before: ", self.node_pool, self.weight)?;
        match &self.by {
            PassedBy::Refusal(reason) => reason.fmt(f),
            PassedBy::Wishes => f.write_str("it keeps fewer wishes of the pod"),
            PassedBy::OtherPods => f.write_str("it would take the pod, but other pods came first"),
        }
    }
}
