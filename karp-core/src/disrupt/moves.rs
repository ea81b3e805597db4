//! Moves that were carried out, and how many more their limits allow; not whether a move repays.

use std::collections::BTreeMap;

use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

use super::{Command, Disruption, Verdict, fleet::Machine};
use crate::{
    model::{NodePoolName, Pod, PodId, Timestamp, pod_rules},
    policy::ChurnLimits,
    snapshot::Snapshot,
};

/// A move that was carried out.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
#[serde(rename_all = "camelCase")]
pub struct PastMove {
    /// When it began.
    pub at: Timestamp,
    /// How many nodes were removed of each pool.
    pub nodes: BTreeMap<NodePoolName, usize>,
    /// How many pods of each workload moved.
    pub pods: Vec<MovedPods>,
}

/// Pods of one workload that moved.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[non_exhaustive]
#[serde(rename_all = "camelCase")]
pub struct MovedPods {
    /// Namespace of the workload.
    pub namespace: String,
    /// Kind of the controller, `ReplicaSet` for example; `Pod` for a pod without one.
    pub kind: String,
    /// Name of the controller, or of the pod.
    pub name: String,
    /// How many of its pods moved.
    pub pods: usize,
}

impl PastMove {
    /// Whether it still counts for anything.
    pub(super) fn counts(&self, rules: &ChurnLimits, now: Timestamp) -> bool {
        now.since(self.at) < rules.horizon.max(rules.window)
    }
}

impl Disruption<'_> {
    /// What a command that is carried out now will be remembered as, in [`Memory::moves`](super::Memory::moves).
    pub fn record(&self, command: &Command) -> PastMove {
        let mut own = PastMove { at: self.snapshot.now, nodes: BTreeMap::new(), pods: Vec::new() };
        let of = Pods::read(&self.snapshot);
        let mut moved: BTreeMap<Key<'_>, usize> = BTreeMap::new();
        for machine in self.fleet.machines.iter().filter(|own| command.nodes.contains(&own.name)) {
            *own.nodes.entry(machine.candidate.node_pool.clone()).or_default() += 1;
            for pod in of.on(machine) {
                *moved.entry(key(pod)).or_default() += 1;
            }
        }
        let pods = moved.into_iter().map(|((namespace, kind, name), pods)| MovedPods {
            namespace: namespace.to_owned(),
            kind: kind.to_owned(),
            name: name.to_owned(),
            pods,
        });
        own.pods = pods.collect();
        own
    }
}

/// Namespace, kind and name of a workload.
type Key<'s> = (&'s str, &'s str, &'s str);

fn key(pod: &Pod) -> Key<'_> {
    let namespace = pod.id.namespace();
    match pod.controller() {
        Some(owner) => (namespace, &owner.kind, &owner.name),
        None => (namespace, "Pod", pod.id.name()),
    }
}

/// Pods that would move, by node.
struct Pods<'s> {
    by_node: FxHashMap<&'s str, Vec<&'s Pod>>,
}

impl<'s> Pods<'s> {
    fn read(snapshot: &'s Snapshot) -> Self {
        let mut by_node: FxHashMap<&str, Vec<&Pod>> = FxHashMap::default();
        for pod in snapshot.pods.iter().filter(|pod| pod_rules::is_reschedulable(pod)) {
            if let Some(node) = &pod.status.node {
                by_node.entry(node.as_str()).or_default().push(pod);
            }
        }
        Self { by_node }
    }

    fn on(&self, machine: &Machine) -> &[&'s Pod] {
        let node = machine.state.node.as_ref();
        node.and_then(|node| self.by_node.get(node.name.as_str())).map_or(&[], Vec::as_slice)
    }
}

/// What moves may still be made, spent node by node.
pub(super) struct Allowance<'s> {
    rules: &'s ChurnLimits,
    pods: Pods<'s>,
    pools: FxHashMap<&'s str, Tally>,
    workloads: FxHashMap<Key<'s>, Tally>,
}

#[derive(Clone, Copy, Default)]
struct Tally {
    total: usize,
    /// Within the window.
    moved: usize,
    /// The first move within the horizon.
    since: Option<Timestamp>,
}

impl<'s> Allowance<'s> {
    /// What is left at the instant of a look; none where nothing is limited.
    pub(super) fn new(look: &'s Disruption<'_>) -> Option<Self> {
        let rules = look.policy.churn.as_ref()?;
        let pods = Pods::read(&look.snapshot);
        let mut pools: FxHashMap<&str, Tally> = FxHashMap::default();
        let mut workloads: FxHashMap<Key<'_>, Tally> = FxHashMap::default();
        for machine in look.fleet.machines.iter().filter(|own| own.state.claim.is_some()) {
            pools.entry(machine.candidate.node_pool.as_str()).or_default().total += 1;
            for pod in pods.on(machine) {
                workloads.entry(key(pod)).or_default().total += 1;
            }
        }
        let now = look.snapshot.now;
        for own in &look.memory.moves {
            let age = now.since(own.at);
            let is_lately = age < rules.window;
            for (pool, nodes) in own.nodes.iter().filter(|_| is_lately) {
                pools.entry(pool.as_str()).or_default().moved += nodes;
            }
            for pods in &own.pods {
                let key = (pods.namespace.as_str(), pods.kind.as_str(), pods.name.as_str());
                let tally = workloads.entry(key).or_default();
                tally.moved += if is_lately { pods.pods } else { 0 };
                if age < rules.horizon {
                    tally.since = Some(tally.since.map_or(own.at, |since| since.min(own.at)));
                }
            }
        }
        Some(Self { rules, pods, pools, workloads })
    }

    /// Why a node must not be moved now.
    pub(super) fn check(&self, machine: &Machine) -> Result<(), Verdict> {
        let pods = self.pods.on(machine);
        if let Some(pod) = pods.iter().find(|pod| self.is_settling(pod)) {
            return Err(Verdict::MovedLately { pod: pod.id.clone() });
        }
        let pool =
            self.pools.get(machine.candidate.node_pool.as_str()).copied().unwrap_or_default();
        let most = self.rules.nodes_per_pool.scaled_up(pool.total);
        if pool.moved >= most {
            return Err(Verdict::PoolMovedLately { nodes: pool.moved });
        }
        for (key, count) in counted(pods) {
            let own = self.workloads.get(&key).copied().unwrap_or_default();
            let most = self.rules.pods_per_workload.scaled_up(own.total);
            if most == 0 || (own.moved > 0 && own.moved.saturating_add(count) > most) {
                let of = pods.iter().find(|pod| self::key(pod) == key);
                let pod = of.map_or_else(|| PodId::new(key.0, key.2), |pod| pod.id.clone());
                return Err(Verdict::WorkloadMovedLately { pod, pods: own.moved });
            }
        }
        Ok(())
    }

    /// Spends what the removal of a node takes.
    pub(super) fn spend(&mut self, machine: &Machine) -> Result<(), Verdict> {
        self.check(machine)?;
        if let Some(pool) = self.pools.get_mut(machine.candidate.node_pool.as_str()) {
            pool.moved += 1;
        }
        for (key, count) in counted(self.pods.on(machine)) {
            if let Some(own) = self.workloads.get_mut(&key) {
                own.moved += count;
            }
        }
        Ok(())
    }

    /// Whether a pod may be one that a move made anew within the horizon.
    fn is_settling(&self, pod: &Pod) -> bool {
        let own = self.workloads.get(&key(pod));
        own.and_then(|own| own.since).is_some_and(|since| pod.created_at >= since)
    }
}

fn counted<'s>(pods: &[&'s Pod]) -> BTreeMap<Key<'s>, usize> {
    let mut counts = BTreeMap::new();
    for pod in pods {
        *counts.entry(key(pod)).or_default() += 1;
    }
    counts
}
