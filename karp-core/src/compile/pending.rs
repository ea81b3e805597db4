//! Which pods look for a place; not whether one is found.

use std::sync::Arc;

use rustc_hash::{FxHashMap, FxHashSet};

use super::{going::Going, problem::Origin};
use crate::{
    model::{EvictionBudgets, Pod},
    snapshot::{Snapshot, StateNode},
};

/// A pod that looks for a place.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pending<'s> {
    /// The pod.
    pub(super) pod: &'s Arc<Pod>,
    /// What it does at the moment: pods that run already or don't exist are not validated.
    pub(super) origin: Origin,
}

/// Pods that look for a place, in the order of the snapshot.
///
/// Those that wait: not bound, not gated, not finished, not promised to a node by preemption, neither a daemon's nor a mirror. And
/// those of nodes that are going, unless they will not be evicted.
pub(super) fn pending<'s>(
    snapshot: &'s Snapshot,
    nodes: &[StateNode],
    going: &Going<'_>,
) -> Vec<Pending<'s>> {
    let leaving: FxHashMap<&str, Origin> = nodes
        .iter()
        .filter(|state| state.deleting)
        .filter_map(|state| {
            let is_removed = going.removed.contains(&*state.name);
            let origin = if is_removed { Origin::IsMoved } else { Origin::Leaves };
            state.node.as_ref().map(|node| (node.name.as_str(), origin))
        })
        .collect();
    let staying: FxHashSet<&str> = nodes
        .iter()
        .filter(|state| going.any_may_go && !state.deleting)
        .filter_map(|state| state.node.as_ref().map(|node| node.name.as_str()))
        .collect();
    let none_moves = leaving.is_empty() && staying.is_empty();
    let budgets = EvictionBudgets::new(&snapshot.pod_disruption_budgets);
    let choose = |pod: &'s Arc<Pod>| match &pod.status.node {
        None => {
            let is_virtual = pod.buffer().is_some();
            let origin = if is_virtual { Origin::IsVirtual } else { Origin::Waits };
            waits(pod).then_some(Pending { pod, origin })
        }
        Some(_) if none_moves => None,
        Some(node) => {
            let may_move = || staying.contains(node.as_str()).then_some(Origin::IsMoved);
            let origin = leaving.get(node.as_str()).copied().or_else(may_move)?;
            budgets.can_be_moved(pod, snapshot.now).then_some(Pending { pod, origin })
        }
    };
    snapshot.pods.iter().filter_map(choose).collect()
}

/// Whether an unbound pod waits for a place.
fn waits(pod: &Pod) -> bool {
    pod.spec.scheduling_gates.is_empty()
        && pod.status.nominated_node.is_none()
        && !pod.is_finished()
        && !pod.is_daemon()
        && !pod.is_mirror()
}
