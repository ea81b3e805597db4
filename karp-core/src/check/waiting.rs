//! Which pods wait for a place; not where they go.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use crate::{
    model::{
        DaemonSet, Effect, IntOrPercent, NodeName, Pod, PodDisruptionBudget, PodId, Span, Taint,
        label,
    },
    snapshot::{Snapshot, StateNode},
};

/// Pods that wait: those without a node that nothing else holds back, and those whose node goes away.
pub(super) fn waiting<'s>(
    snapshot: &'s Snapshot,
    states: &[StateNode],
) -> BTreeMap<&'s PodId, &'s Arc<Pod>> {
    let leaving = states.iter().filter(|state| state.deleting);
    let leaving: BTreeSet<&NodeName> =
        leaving.filter_map(|state| Some(&state.node.as_ref()?.name)).collect();
    let waits = |pod: &Pod| match &pod.status.node {
        None => is_pending(pod),
        Some(node) => leaving.contains(node) && has_to_move(pod, snapshot),
    };
    snapshot.pods.iter().filter(|pod| waits(pod)).map(|pod| (&pod.id, pod)).collect()
}

/// Whether a pod that has no node waits for one.
pub(super) fn is_pending(pod: &Pod) -> bool {
    let held_back = pod.status.nominated_node.is_some() || !pod.spec.scheduling_gates.is_empty();
    pod.status.node.is_none()
        && !held_back
        && !pod.is_finished()
        && !pod.is_daemon()
        && !pod.is_mirror()
}

pub(super) fn is_of_daemon_set(pod: &Pod, set: &DaemonSet) -> bool {
    let owner = pod.controller().filter(|owner| owner.kind == "DaemonSet");
    pod.id.namespace() == set.id.namespace()
        && owner.is_some_and(|owner| owner.name == set.id.name())
}

/// Whether a pod needs another place when its node goes.
fn has_to_move(pod: &Pod, snapshot: &Snapshot) -> bool {
    let is_replaced = pod.owners.iter().any(|owner| owner.kind == "StatefulSet");
    let is_deleted = pod.status.deleting_since.is_some();
    (is_replaced || !is_deleted)
        && (is_deleted || !pod.is_finished())
        && !pod.is_daemon()
        && !pod.is_mirror()
        && (is_deleted || !is_protected(pod, snapshot))
        && !is_blocked(pod, snapshot)
}

/// Whether the pod says that it may not be disturbed now.
fn is_protected(pod: &Pod, snapshot: &Snapshot) -> bool {
    let Some(text) = pod.annotations.get(label::DO_NOT_DISRUPT) else {
        return false;
    };
    let Ok(span) = text.parse::<Span>() else {
        return text == "true";
    };
    let runs = |start| snapshot.now.since(start) < span;
    span > Span::ZERO && pod.status.started_at.is_none_or(runs)
}

/// Whether disruption budgets allow no eviction of the pod in any case.
fn is_blocked(pod: &Pod, snapshot: &Snapshot) -> bool {
    let disrupted = Taint::new(label::DISRUPTED_TAINT, Effect::NoSchedule);
    let stays = pod.spec.tolerations.iter().any(|toleration| toleration.tolerates(&disrupted));
    if stays || pod.status.deleting_since.is_some() {
        return false;
    }
    let mut selecting = snapshot.pod_disruption_budgets.iter().filter(|budget| {
        budget.id.namespace() == pod.id.namespace()
            && budget.selector.as_ref().is_some_and(|selector| selector.matches(&pod.labels))
    });
    match (selecting.next(), selecting.next()) {
        (None, _) => false,
        (Some(only), None) => allows_none(only, pod),
        (Some(_), Some(_)) => true,
    }
}

fn allows_none(budget: &PodDisruptionBudget, pod: &Pod) -> bool {
    let unhealthy = budget.always_allows_unhealthy && pod.status.ready == Some(false);
    let none_down =
        matches!(budget.max_unavailable, Some(IntOrPercent::Int(0) | IntOrPercent::Percent(0)));
    !unhealthy && (none_down || budget.min_available == Some(IntOrPercent::Percent(100)))
}
