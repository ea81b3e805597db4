//! A pod alone before some pools: what they say when nobody else waits; not what is said to the user.

use std::sync::Arc;

use super::PassedBy;
use crate::{
    decision::{Plan, provision},
    explain::Reason,
    model::{Node, NodeClaim, NodePool, NodePoolName, Pod, PodId, ResourceName},
    policy::Policy,
    snapshot::Snapshot,
};

/// The snapshot with one pod that waits, and without room on any node.
pub(super) struct Bench<'a> {
    snapshot: Snapshot,
    policy: &'a Policy,
    pod: PodId,
    /// The pool that makes the machine.
    own: Option<Arc<NodePool>>,
}

impl<'a> Bench<'a> {
    /// A bench of a [derived](crate::compile::derive) snapshot.
    pub(super) fn new(
        derived: &Snapshot,
        policy: &'a Policy,
        (pod, own): (&Arc<Pod>, &NodePoolName),
    ) -> Self {
        let mut snapshot = derived.clone();
        // What these make is there already.
        snapshot.overlays.clear();
        snapshot.buffers.clear();
        snapshot.pods.retain(|other| other.id == pod.id || other.status.node.is_some());
        if let Some(same) = snapshot.pods.iter_mut().find(|other| other.id == pod.id) {
            // One that runs on a node that goes looks for a place like any other.
            Arc::make_mut(same).status.node = None;
        }
        snapshot.nodes.iter_mut().for_each(|node| fill(Arc::make_mut(node)));
        snapshot.node_claims.iter_mut().for_each(|claim| fill_claim(Arc::make_mut(claim)));
        let own = derived.node_pool(own).cloned();
        Self { snapshot, policy, pod: pod.id.clone(), own }
    }

    /// Why a pool that is tried before does not make the machine.
    pub(super) fn passed_by(&self, before: &Arc<NodePool>) -> PassedBy {
        let Some(own) = &self.own else { return PassedBy::OtherPods };
        // The own pool must not make anything, but be there: without any pool nothing is said about pools.
        let mut closed = NodePool::clone(own);
        closed.limits.get_or_insert_default().set(ResourceName::NODES, 0);
        let alone = self.plan([Arc::clone(before), Arc::new(closed)]);
        if let Some(reason) = refusal(&alone, &self.pod, &before.name) {
            return PassedBy::Refusal(reason);
        }
        let both = self.plan([Arc::clone(before), Arc::clone(own)]);
        let chosen = both.machines.iter().find(|machine| machine.pods.contains(&self.pod));
        match chosen {
            Some(machine) if machine.node_pool == own.name => PassedBy::Wishes,
            _ => PassedBy::OtherPods,
        }
    }

    fn plan(&self, pools: [Arc<NodePool>; 2]) -> Plan {
        let mut snapshot = self.snapshot.clone();
        snapshot.node_pools.retain(|pool| pool.is_static());
        snapshot.node_pools.extend(pools);
        provision(&snapshot, self.policy)
    }
}

fn refusal(plan: &Plan, pod: &PodId, pool: &NodePoolName) -> Option<Reason> {
    let unplaced = plan.unplaced.iter().find(|unplaced| unplaced.pod == *pod)?;
    let of_pool = unplaced
        .reasons
        .iter()
        .find(|refusal| refusal.node_pool.as_ref().is_none_or(|own| own == pool));
    of_pool.map(|refusal| refusal.reason.clone())
}

/// Leaves no room for a further pod; what it has in all still counts against limits.
fn fill(node: &mut Node) {
    node.allocatable.set(ResourceName::PODS, 0);
}

fn fill_claim(claim: &mut NodeClaim) {
    claim.status.allocatable.set(ResourceName::PODS, 0);
}
