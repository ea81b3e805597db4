//! Every machine with what all methods need to know of it; not which method may disrupt it.

use std::{collections::BTreeMap, sync::Arc};

use rustc_hash::FxHashMap;

use super::{Candidate, Cost, Memory, PoolTotals, Stays, pods::blocker};
use crate::{
    model::{
        EvictionBudgets, InstanceType, NodeClaim, NodeName, NodePool, NodePoolName, Pod, Price,
        label, over_lifetime, pod_rules,
    },
    snapshot::{Snapshot, StateNode, state_nodes},
};

/// A machine as disruption sees it.
#[derive(Debug)]
pub(super) struct Machine {
    pub(super) state: StateNode,
    pub(super) name: NodeName,
    /// Its pool, when it is there.
    pub(super) pool: Option<Arc<NodePool>>,
    pub(super) kind: Option<Arc<InstanceType>>,
    pub(super) candidate: Candidate,
    /// Why no graceful method may disrupt it.
    pub(super) rejection: Option<Stays>,
    /// Why no method may that pods hold up only until the grace period ends.
    pub(super) eventual_rejection: Option<Stays>,
    /// Pods that would need another place.
    pub(super) reschedulable: usize,
    /// What moving its pods counts in the pool's total when it is no candidate.
    stored_cost: Cost,
    pub(super) has_buffer_pods: bool,
}

/// All machines.
pub(super) struct Fleet {
    /// In the order of their names.
    pub(super) machines: Vec<Machine>,
}

impl Fleet {
    pub(super) fn new(snapshot: &Snapshot, memory: &Memory) -> Self {
        let mut by_node: FxHashMap<&str, Vec<&Arc<Pod>>> = FxHashMap::default();
        for pod in &snapshot.pods {
            if let Some(node) = &pod.status.node {
                by_node.entry(node.as_str()).or_default().push(pod);
            }
        }
        let reader = MachineReader {
            snapshot,
            memory,
            evictions: EvictionBudgets::new(&snapshot.pod_disruption_budgets),
            pools: snapshot.node_pools.iter().map(|pool| (pool.name.as_str(), pool)).collect(),
        };
        let machines = state_nodes(snapshot).into_iter().map(|state| {
            let node = state.node.as_ref().map(|node| node.name.as_str());
            let pods = node.and_then(|node| by_node.get(node)).map_or(&[][..], Vec::as_slice);
            reader.machine(state, pods)
        });
        Self { machines: machines.collect() }
    }

    /// What scores are measured against, for pools with a node that may be disrupted gracefully.
    pub(super) fn totals(&self, snapshot: &Snapshot) -> BTreeMap<NodePoolName, PoolTotals> {
        let mut totals: BTreeMap<NodePoolName, PoolTotals> = BTreeMap::new();
        for machine in self.machines.iter().filter(|machine| machine.rejection.is_none()) {
            let own = totals.entry(machine.candidate.node_pool.clone()).or_default();
            own.cost = own.cost.saturating_add(machine.candidate.price);
        }
        for machine in &self.machines {
            let pool = machine.state.pool();
            if let Some(own) = pool.and_then(|pool| totals.get_mut(&pool)) {
                let cost = if machine.rejection.is_none() {
                    machine.candidate.disruption_cost
                } else {
                    machine.stored_cost
                };
                own.disruption = own.disruption.plus(cost);
            }
        }
        for (pool, own) in &mut totals {
            let claims = snapshot.node_claims.iter();
            let prices = claims.filter_map(|claim| claim_price(snapshot, claim, pool));
            let cost = prices.fold(Price::ZERO, Price::saturating_add);
            if cost > Price::ZERO {
                own.cost = cost;
            }
        }
        totals
    }
}

/// What a claim of the pool costs, once its labels say what it became.
fn claim_price(snapshot: &Snapshot, claim: &NodeClaim, pool: &NodePoolName) -> Option<Price> {
    let value = |key: &str| claim.labels.get(key).map(String::as_str);
    if value(label::NODE_POOL)? != pool.as_str() {
        return None;
    }
    let (zone, capacity_type) = (value(label::ZONE)?, value(label::CAPACITY_TYPE)?);
    let name = value(label::INSTANCE_TYPE)?;
    let kind = snapshot.types_of(pool).iter().find(|kind| kind.name == *name)?;
    Some(offering_price(kind, zone, capacity_type))
}

/// Price of the first offering of these labels, to be had or not; nothing when there is none.
fn offering_price(kind: &InstanceType, zone: &str, capacity_type: &str) -> Price {
    let matches = |own: Option<&str>, label: &str| own == Some(label);
    kind.offerings
        .iter()
        .find(|offering| {
            matches(offering.zone(), zone)
                && matches(offering.single(label::CAPACITY_TYPE), capacity_type)
        })
        .map_or(Price::ZERO, |offering| offering.price)
}

struct MachineReader<'s> {
    snapshot: &'s Snapshot,
    memory: &'s Memory,
    evictions: EvictionBudgets<'s>,
    pools: FxHashMap<&'s str, &'s Arc<NodePool>>,
}

impl<'s> MachineReader<'s> {
    fn machine(&self, state: StateNode, pods: &[&'s Arc<Pod>]) -> Machine {
        let now = self.snapshot.now;
        let value = |key: &str| state.labels.get(key).map(String::as_str);
        let pool_name = NodePoolName::from(value(label::NODE_POOL).unwrap_or_default());
        let pool = self.pools.get(pool_name.as_str()).copied();
        let kinds = self.snapshot.types_of(&pool_name);
        let kind = value(label::INSTANCE_TYPE).and_then(|name| {
            let found = kinds.binary_search_by(|kind| kind.name.as_str().cmp(name)).ok()?;
            kinds.get(found)
        });
        let price = match (kind, value(label::ZONE), value(label::CAPACITY_TYPE)) {
            (Some(kind), Some(zone), Some(capacity)) => offering_price(kind, zone, capacity),
            _ => Price::ZERO,
        };
        let positive = |pod: &&&Arc<Pod>| Cost::of_pod(pod).max(Cost::ZERO);
        let moving = pods.iter().filter(|pod| pod_rules::is_reschedulable(pod));
        let all: Cost = pods.iter().map(|pod| Cost::of_pod(pod)).sum();
        let stored = pods.iter().filter(|pod| !pod.is_daemon() && !pod.is_finished());
        let rejection = self.of_machine(&state, pool, kinds.is_empty());
        let of_pods = || blocker(pods, &self.evictions, now);
        let is_bounded =
            state.claim.as_ref().is_some_and(|claim| claim.termination_grace_period.is_some());
        let graceful = rejection.clone().or_else(of_pods);
        let eventual = if is_bounded { rejection } else { graceful.clone() };
        let name = NodeName::new(Arc::clone(&state.name));
        Machine {
            name: name.clone(),
            candidate: Candidate {
                node: name,
                node_pool: pool_name,
                price,
                disruption_cost: Cost::ONE.plus(moving.clone().map(|pod| positive(&pod)).sum()),
                cost_times_lifetime: state
                    .claim
                    .as_ref()
                    .map_or(all, |claim| over_lifetime(all, claim, now)),
            },
            reschedulable: moving.count(),
            stored_cost: Cost::ONE.plus(stored.map(|pod| positive(&pod)).sum()),
            rejection: graceful,
            eventual_rejection: eventual,
            has_buffer_pods: self.memory.has_buffer_pods(&state),
            pool: pool.cloned(),
            kind: kind.cloned(),
            state,
        }
    }

    /// The first rule about the machine itself that excludes it.
    fn of_machine(
        &self,
        state: &StateNode,
        pool: Option<&Arc<NodePool>>,
        has_no_types: bool,
    ) -> Option<Stays> {
        if self.memory.is_queued(state) {
            return Some(Stays::AlreadyDisrupted);
        }
        if state.claim.is_none() {
            return Some(Stays::NotManaged);
        }
        let Some(node) = &state.node else { return Some(Stays::NoNode) };
        if !state.initialized {
            return Some(Stays::NotInitialized);
        }
        if state.deleting || self.memory.is_marked(state) {
            return Some(Stays::NodeDeleting);
        }
        if self.memory.is_nominated(state) {
            return Some(Stays::Nominated);
        }
        if node.annotations.get(label::DO_NOT_DISRUPT).is_some_and(|value| value == "true") {
            return Some(Stays::NodeDoNotDisrupt);
        }
        if !state.labels.contains_key(label::NODE_POOL) {
            return Some(Stays::LabelMissing { key: label::NODE_POOL.to_owned() });
        }
        (pool.is_none() || has_no_types).then_some(Stays::PoolMissing)
    }
}
