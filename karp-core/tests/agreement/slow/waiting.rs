//! Which pods wait for a place, and which of them are refused before anything is tried.

use std::sync::Arc;

use karp_core::{
    explain::{Reason, Unsupported},
    model::{Effect, Operator, Pod, PodDisruptionBudget, Span, Taint, label, untolerated},
    policy::Policy,
    snapshot::{Snapshot, StateNode},
};

use super::terms;

/// A pod that waits, and whether it is one that has a node which is going away.
#[derive(Debug)]
pub(crate) struct Waiting {
    pub(crate) pod: Arc<Pod>,
    pub(crate) leaving: bool,
}

/// All pods that wait, in the order of the snapshot.
pub(crate) fn waiting(snapshot: &Snapshot, nodes: &[StateNode]) -> Vec<Waiting> {
    let pending = snapshot
        .pods
        .iter()
        .filter(|pod| is_pending(pod))
        .map(|pod| Waiting { pod: Arc::clone(pod), leaving: false });
    let leaving = snapshot
        .pods
        .iter()
        .filter(|pod| is_leaving(pod, snapshot, nodes))
        .map(|pod| Waiting { pod: Arc::clone(pod), leaving: true });
    pending.chain(leaving).collect()
}

fn is_pending(pod: &Pod) -> bool {
    pod.status.node.is_none()
        && pod.status.nominated_node.is_none()
        && pod.spec.scheduling_gates.is_empty()
        && !pod.is_finished()
        && !pod.is_daemon()
        && !pod.is_mirror()
}

/// Whether the pod is on a node that goes away and has to find another place.
fn is_leaving(pod: &Pod, snapshot: &Snapshot, nodes: &[StateNode]) -> bool {
    let on_deleting_node = nodes.iter().any(|node| node.deleting && terms::is_on(pod, node));
    let of_stateful_set = pod.owners.iter().any(|owner| owner.kind == "StatefulSet");
    on_deleting_node
        && if pod.status.deleting_since.is_some() { of_stateful_set } else { !pod.is_finished() }
        && !pod.is_daemon()
        && !pod.is_mirror()
        && (pod.status.deleting_since.is_some() || !is_protected(pod, snapshot))
        && !is_blocked(pod, snapshot)
}

/// Whether `karpenter.sh/do-not-disrupt` holds now.
fn is_protected(pod: &Pod, snapshot: &Snapshot) -> bool {
    let Some(text) = pod.annotations.get(label::DO_NOT_DISRUPT) else { return false };
    if text == "true" {
        return true;
    }
    match (text.parse::<Span>(), pod.status.started_at) {
        (Ok(span), _) if span <= Span::ZERO => false,
        (Ok(span), Some(start)) => start + span > snapshot.now,
        (Ok(_), None) => true,
        (Err(_), _) => false,
    }
}

/// Whether budgets forbid every eviction of the pod, whatever the state of its peers.
fn is_blocked(pod: &Pod, snapshot: &Snapshot) -> bool {
    let disrupted = [Taint::new(label::DISRUPTED_TAINT, Effect::NoSchedule)];
    let evictable = pod.status.deleting_since.is_none()
        && untolerated(&disrupted, &pod.spec.tolerations).next().is_some();
    let budgets: Vec<&PodDisruptionBudget> = snapshot
        .pod_disruption_budgets
        .iter()
        .map(|budget| &**budget)
        .filter(|budget| budget.id.namespace() == pod.id.namespace())
        .filter(|budget| budget.selector.as_ref().is_some_and(|s| s.matches(&pod.labels)))
        .collect();
    evictable
        && match budgets.as_slice() {
            [] => false,
            [budget] => allows_nothing(budget, pod),
            [_, _, ..] => true,
        }
}

fn allows_nothing(budget: &PodDisruptionBudget, pod: &Pod) -> bool {
    let is = |value: &Option<_>, texts: &[&str]| {
        value.as_ref().is_some_and(|value| texts.contains(&ToString::to_string(value).as_str()))
    };
    let excused = budget.always_allows_unhealthy && pod.status.ready == Some(false);
    !excused && (is(&budget.max_unavailable, &["0", "0%"]) || is(&budget.min_available, &["100%"]))
}

/// Why a pod is refused before any place is tried; pods of nodes that go away are only asked for what karp does not know yet.
pub(crate) fn refusal(waiting: &Waiting, snapshot: &Snapshot, policy: &Policy) -> Option<Reason> {
    let vocabulary = &snapshot.vocabulary;
    let spec = &waiting.pod.spec;
    if !waiting.leaving && waiting.pod.buffer().is_none() {
        let affinity = &spec.node_affinity;
        let heaviest = super::demand::heaviest(affinity.preferred.iter().map(|wish| wish.weight));
        let wish = heaviest.map(|index| &affinity.preferred[index].preference);
        let opts_out = affinity
            .required
            .first()
            .into_iter()
            .chain(wish)
            .flat_map(|term| &term.match_expressions)
            .any(|entry| entry.operator == Operator::DoesNotExist && entry.key == label::NODE_POOL);
        if opts_out {
            return Some(Reason::OptedOut);
        }
        let required = spec.node_affinity.required.iter();
        let keys = spec
            .node_selector
            .keys()
            .chain(required.flat_map(|term| term.match_expressions.iter().map(|entry| &entry.key)));
        if let Some(key) = keys.into_iter().find(|key| vocabulary.is_restricted(key)) {
            return Some(Reason::RestrictedLabel { key: key.clone() });
        }
    }
    let devices = if policy.ignore_dynamic_resources {
        Reason::DynamicResourcesIgnored
    } else {
        Reason::Unsupported(Unsupported::DynamicResources)
    };
    (!spec.resource_claims.is_empty()).then_some(devices)
}
