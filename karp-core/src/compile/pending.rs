//! Which pods look for a place; not whether one is found.

use std::sync::Arc;

use rustc_hash::{FxHashMap, FxHashSet};

use super::{going::Going, problem::Origin};
use crate::{
    model::{Effect, IntOrPercent, Pod, PodDisruptionBudget, Span, Taint, Timestamp, label},
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
    let budgets = Budgets::new(&snapshot.pod_disruption_budgets);
    let choose = |pod: &'s Arc<Pod>| match &pod.status.node {
        None => {
            let is_virtual = pod.buffer().is_some();
            let origin = if is_virtual { Origin::IsVirtual } else { Origin::Waits };
            waits(pod).then_some(Pending { pod, origin })
        }
        Some(node) => {
            let may_move = || staying.contains(node.as_str()).then_some(Origin::IsMoved);
            let origin = leaving.get(node.as_str()).copied().or_else(may_move)?;
            let moves = moves(pod, snapshot.now) && !budgets.block(pod, snapshot.now);
            moves.then_some(Pending { pod, origin })
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

/// Whether a pod of a node that is going needs another place.
fn moves(pod: &Pod, now: Timestamp) -> bool {
    let mut owners = pod.owners.iter();
    let goes_on = match pod.status.deleting_since {
        None => !pod.is_finished() && !is_protected(pod, now),
        // One of a stateful set comes back, even when it had finished before; it has nothing left to protect.
        Some(_) => owners
            .any(|owner| owner.kind == "StatefulSet" && owner.api_version.starts_with("apps/")),
    };
    goes_on && !pod.is_daemon() && !pod.is_mirror()
}

/// Whether the annotation `karpenter.sh/do-not-disrupt` keeps the pod where it is at `now`.
///
/// `true` does for ever; a positive duration does so long after the start, and before it. Anything else does not.
pub(crate) fn is_protected(pod: &Pod, now: Timestamp) -> bool {
    let Some(value) = pod.annotations.get(label::DO_NOT_DISRUPT) else { return false };
    if value == "true" {
        return true;
    }
    match value.parse::<Span>() {
        Ok(span) if span > Span::ZERO => {
            pod.status.started_at.is_none_or(|started| now.since(started) < span)
        }
        _ => false,
    }
}

/// Budgets by namespace.
pub(crate) struct Budgets<'s>(FxHashMap<&'s str, Vec<&'s PodDisruptionBudget>>);

impl<'s> Budgets<'s> {
    /// Sorts budgets by namespace.
    pub(crate) fn new(budgets: &'s [Arc<PodDisruptionBudget>]) -> Self {
        let mut by_namespace: FxHashMap<&str, Vec<&PodDisruptionBudget>> = FxHashMap::default();
        for budget in budgets {
            by_namespace.entry(budget.id.namespace()).or_default().push(budget);
        }
        Self(by_namespace)
    }

    /// Whether budgets can never let the pod be evicted: two select it, or one that allows nothing whatever happens.
    pub(crate) fn block(&self, pod: &Pod, now: Timestamp) -> bool {
        let Some(budgets) = self.0.get(pod.id.namespace()) else { return false };
        let mut selecting = budgets
            .iter()
            .filter(|budget| budget.selector.as_ref().is_some_and(|s| s.matches(&pod.labels)));
        match (selecting.next(), selecting.next()) {
            _ if !is_evictable(pod, now) => false,
            (None, _) => false,
            (Some(_), Some(_)) => true,
            (Some(budget), None) => {
                let is_exempt = budget.always_allows_unhealthy && pod.status.ready == Some(false);
                !is_exempt && allows_nothing(budget)
            }
        }
    }
}

/// Whether an eviction of the pod may be asked for at all.
pub(crate) fn is_evictable(pod: &Pod, now: Timestamp) -> bool {
    let disrupted = Taint::new(label::DISRUPTED_TAINT, Effect::NoSchedule);
    pod.status.deleting_since.is_none()
        && !pod.is_finished()
        && !pod.is_mirror()
        && !is_protected(pod, now)
        && !pod.spec.tolerations.iter().any(|toleration| toleration.tolerates(&disrupted))
}

fn allows_nothing(budget: &PodDisruptionBudget) -> bool {
    matches!(budget.max_unavailable, Some(IntOrPercent::Int(0) | IntOrPercent::Percent(0)))
        || budget.min_available == Some(IntOrPercent::Percent(100))
}
