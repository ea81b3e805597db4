//! Whether other pods decide where a pod goes; not whether they let it.

use super::world::World;
use crate::model::{Pod, WhenUnsatisfiable};

/// Whether a pod's place depends on other pods, so that a place can't be judged by the pod alone.
pub(super) fn depends_on_others(pod: &Pod, world: &World<'_>) -> bool {
    has_demands(pod) || world.snapshot.pods.iter().any(|other| rejects_some(other))
}

/// Whether a pod has wishes about others, which it gives up before it stays without a place.
pub(super) fn has_wishes(pod: &Pod) -> bool {
    let spec = &pod.spec;
    let soft = |when| when == WhenUnsatisfiable::ScheduleAnyway;
    spec.topology_spread.iter().any(|one| soft(one.when_unsatisfiable))
        || !spec.pod_affinity.preferred.is_empty()
        || !spec.pod_anti_affinity.preferred.is_empty()
}

fn has_demands(pod: &Pod) -> bool {
    let spec = &pod.spec;
    let hard = |when| when == WhenUnsatisfiable::DoNotSchedule;
    spec.topology_spread.iter().any(|one| hard(one.when_unsatisfiable))
        || !spec.pod_affinity.required.is_empty()
        || !spec.pod_anti_affinity.required.is_empty()
        || !spec.host_ports.is_empty()
}

fn rejects_some(pod: &Pod) -> bool {
    !pod.is_finished() && !pod.spec.pod_anti_affinity.required.is_empty()
}

/// Whether a pod demands to be near others in domains of this key.
pub(super) fn must_be_near(pod: &Pod, key: &str) -> bool {
    pod.spec.pod_affinity.required.iter().any(|term| term.topology_key == key)
}

/// Whether a pod demands to be away from others in domains of this key.
pub(super) fn must_be_away(pod: &Pod, key: &str) -> bool {
    pod.spec.pod_anti_affinity.required.iter().any(|term| term.topology_key == key)
}

/// Whether another pod demands to be away from this one in domains of this key; namespaces are not looked at.
pub(super) fn is_avoided(pod: &Pod, key: &str, world: &World<'_>) -> bool {
    world.snapshot.pods.iter().filter(|other| other.id != pod.id).any(|other| {
        other.spec.pod_anti_affinity.required.iter().any(|term| {
            term.topology_key == key
                && term
                    .label_selector
                    .as_ref()
                    .is_some_and(|selector| selector.matches(&pod.labels))
        })
    })
}

/// Whether a pod must spread over domains of this key, by itself or by default.
pub(super) fn must_spread(pod: &Pod, key: &str, world: &World<'_>) -> bool {
    let own = &pod.spec.topology_spread;
    let all = if own.is_empty() { &world.policy.default_spread } else { own };
    all.iter().any(|one| {
        one.topology_key == key && one.when_unsatisfiable == WhenUnsatisfiable::DoNotSchedule
    })
}
