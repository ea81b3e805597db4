//! How nodes of a forecast drain, and where their pods go; not which nodes, and not why.

use std::{collections::BTreeSet, sync::Arc};

use super::{
    Happening,
    world::{Leaver, World},
};
use crate::{
    decision::{Plan, provision},
    model::{
        DoNotDisrupt, EvictionBudgets, NodeClaimName, NodeName, Pod, PodId, PodPhase, Timestamp,
        pod_rules,
    },
};

impl World<'_> {
    /// Nodes that had time to drain are gone, but for those that protected pods hold.
    pub(super) fn leave(&mut self) {
        let now = self.now();
        let due: Vec<Leaver> = self
            .leaving
            .iter()
            .filter(|(_, at)| **at <= now)
            .map(|(leaver, _)| leaver.clone())
            .collect();
        for leaver in due {
            let (claim, node) = self.parts(&leaver);
            let Some(node) = node else {
                // Nothing joined yet: the machine just ends.
                self.remove(&leaver, claim.as_ref(), None);
                continue;
            };
            let deadline = self.deadline(claim.as_ref());
            let is_forced = deadline.is_some_and(|deadline| deadline <= now);
            let holders = if is_forced { Vec::new() } else { self.holders(&node) };
            if holders.is_empty() {
                self.remove(&leaver, claim.as_ref(), Some(&node));
            } else {
                let again = self.next_try(&holders, deadline);
                self.leaving.insert(leaver, again);
                self.hold(&node, holders);
            }
        }
    }

    fn parts(&self, leaver: &Leaver) -> (Option<NodeClaimName>, Option<NodeName>) {
        match leaver {
            Leaver::Node(node) => (None, Some(node.clone())),
            Leaver::Claim(name) => {
                let node = self.claim(name).and_then(|claim| self.node_of(claim));
                (Some(name.clone()), node.map(|node| node.name.clone()))
            }
        }
    }

    /// When pods are forced off.
    fn deadline(&self, claim: Option<&NodeClaimName>) -> Option<Timestamp> {
        let claim = claim.and_then(|claim| self.claim(claim))?;
        Some(claim.deleting_since? + claim.termination_grace_period?)
    }

    /// Pods of a node that must leave and may not.
    fn holders(&self, node: &NodeName) -> Vec<PodId> {
        let now = self.now();
        let budgets = EvictionBudgets::new(&self.snapshot.pod_disruption_budgets);
        let is_kept = |pod: &&Arc<Pod>| {
            pod.status.node.as_ref() == Some(node)
                && pod_rules::is_active(pod)
                && pod_rules::holds_drain(pod, now)
                && (!pod_rules::is_disruptable(pod, now) || budgets.blocking(pod, now).is_some())
        };
        self.snapshot.pods.iter().filter(is_kept).map(|pod| pod.id.clone()).collect()
    }

    /// When a held node may go on: a protection ends, or the deadline comes; nobody knows when budgets allow more.
    fn next_try(&self, holders: &[PodId], deadline: Option<Timestamp>) -> Timestamp {
        let now = self.now();
        let pods = self.snapshot.pods.iter().filter(|pod| holders.contains(&pod.id));
        let ends = pods.filter_map(|pod| {
            let DoNotDisrupt::Until(end) = DoNotDisrupt::of(pod, now) else { return None };
            Some(end)
        });
        ends.chain(deadline).min().unwrap_or(Timestamp::MAX)
    }

    /// The pods of a held node that may leave do.
    fn hold(&mut self, node: &NodeName, holders: Vec<PodId>) {
        let now = self.now();
        let mut moved = 0;
        let pods = self.snapshot.pods.iter_mut();
        for pod in pods.filter(|pod| pod.status.node.as_ref() == Some(node)) {
            let leaves = pod_rules::holds_drain(pod, now)
                && pod_rules::is_reschedulable(pod)
                && !holders.contains(&pod.id);
            if leaves {
                release(Arc::make_mut(pod), now);
                moved += 1;
            }
        }
        self.snapshot.add_pods([]);
        let is_known = self.held.contains_key(node);
        *self.held.entry(node.clone()).or_default() += moved;
        if !is_known {
            let fleet = self.fleet();
            self.log(Happening::Held { node: node.clone(), pods: holders }, fleet, fleet);
        }
    }

    /// A machine is gone, with its pods that nobody makes again.
    fn remove(&mut self, leaver: &Leaver, claim: Option<&NodeClaimName>, node: Option<&NodeName>) {
        let (now, before) = (self.now(), self.fleet());
        self.leaving.remove(leaver);
        let mut moved = 0;
        if let Some(node) = node {
            let is_here = |pod: &Pod| pod.status.node.as_ref() == Some(node);
            self.snapshot.pods.retain(|pod| !is_here(pod) || pod_rules::is_reschedulable(pod));
            for pod in self.snapshot.pods.iter_mut().filter(|pod| is_here(pod)) {
                release(Arc::make_mut(pod), now);
                moved += 1;
            }
            // In the order of their creation.
            self.snapshot.add_pods([]);
            self.snapshot.nodes.retain(|own| own.name != *node);
            self.snapshot.csi_nodes.retain(|own| own.node != *node);
        }
        self.snapshot.node_claims.retain(|own| Some(&own.name) != claim);
        let node = node.cloned().or_else(|| claim.map(|claim| NodeName::from(claim.as_str())));
        let Some(node) = node else { return };
        let memory = &mut self.memory;
        for set in [&mut memory.marked, &mut memory.queued, &mut memory.nominated] {
            set.remove(&node);
        }
        moved += self.held.remove(&node).unwrap_or_default();
        let after = self.fleet();
        self.log(Happening::Removed { node, pods: moved }, before, after);
    }

    /// A provisioning round: pods that wait are bound where there is room, machines are bought for those that find none.
    pub(super) fn place(&mut self) {
        let waits = |pod: &Arc<Pod>| pod.status.node.is_none() && pod_rules::is_active(pod);
        let keeps_room =
            self.policy.feature_gates.capacity_buffer && !self.snapshot.buffers.is_empty();
        let is_needed =
            keeps_room || !self.leaving.is_empty() || self.snapshot.pods.iter().any(waits);
        let mut plan =
            if is_needed { provision(&self.snapshot, self.policy) } else { Plan::new(self.now()) };
        for (node, pods) in &plan.existing {
            let pods: BTreeSet<&PodId> = pods.iter().collect();
            self.bind(node, &pods);
        }
        self.buy(&plan.machines);
        // Pods that have arrived are promised nothing any more, nor are those of which nobody knows when they come.
        let leaving: BTreeSet<NodeName> =
            self.leaving.keys().filter_map(|leaver| self.parts(leaver).1).collect();
        let is_under_way = |pod: &Arc<Pod>| {
            let node = pod.status.node.as_ref();
            node.is_none_or(|node| leaving.contains(node) && !self.held.contains_key(node))
        };
        let settled = self.snapshot.pods.iter().filter(|pod| !is_under_way(pod));
        let settled: BTreeSet<&PodId> = settled.map(|pod| &pod.id).collect();
        for pods in plan.existing.values_mut() {
            pods.retain(|pod| !settled.contains(pod));
        }
        self.memory.note_plan(&plan);
    }

    fn bind(&mut self, name: &NodeName, pods: &BTreeSet<&PodId>) {
        let now = self.now();
        if !self.takes_pods(name) {
            return;
        }
        let mut came = false;
        for pod in &mut self.snapshot.pods {
            if pod.status.node.is_none() && pods.contains(&pod.id) {
                let status = &mut Arc::make_mut(pod).status;
                status.node = Some(name.clone());
                status.phase = PodPhase::Running;
                status.started_at = Some(now);
                status.ready = Some(true);
                status.unschedulable = Some(false);
                came = true;
            }
        }
        if came {
            self.note_pod(name);
        }
    }
}

/// A pod loses its node and is made anew, as one that waits.
fn release(pod: &mut Pod, now: Timestamp) {
    pod.created_at = now;
    let status = &mut pod.status;
    status.node = None;
    status.nominated_node = None;
    status.phase = PodPhase::Pending;
    status.deleting_since = None;
    status.started_at = None;
    status.ready = None;
    status.unschedulable = None;
}
