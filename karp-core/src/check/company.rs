//! Whether other pods decide where a pod goes; not whether they let it.

use super::{refusal::holds, world::World};
use crate::model::{Pod, WhenUnsatisfiable};

/// Whether a pod's place depends on other pods, so that a place can't be judged by the pod alone.
pub(super) fn depends_on_others(pod: &Pod, world: &World<'_>) -> bool {
    has_demands(pod) || world.some_reject_others
}

/// Whether the places of these pods depend on each other or on those that are there.
pub(super) fn matters(pods: &[&Pod], world: &World<'_>) -> bool {
    world.some_reject_others || pods.iter().any(|pod| has_demands(pod) || has_wishes(pod))
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

/// Whether a pod keeps others away.
pub(super) fn rejects_some(pod: &Pod) -> bool {
    !pod.is_finished() && !pod.spec.pod_anti_affinity.required.is_empty()
}

/// Whether a pod demands to be near others in domains of this key: only that the constraint is there is verified, not the counts.
pub(super) fn need_others(pod: &Pod, key: &str) -> Result<(), String> {
    let asked = pod.spec.pod_affinity.required.iter().any(|term| term.topology_key == key);
    holds(asked, "it need not be near pods")
}

/// Whether a pod demands to be away from others in domains of this key, or others from it; namespaces of others are not looked at.
pub(super) fn avoidance(
    pod: &Pod,
    key: &str,
    by_others: bool,
    world: &World<'_>,
) -> Result<(), String> {
    if !by_others {
        let asked = pod.spec.pod_anti_affinity.required.iter().any(|term| term.topology_key == key);
        return holds(asked, "it need not be away from pods");
    }
    let avoids = |other: &Pod| {
        other.spec.pod_anti_affinity.required.iter().any(|term| {
            let selector = term.label_selector.as_ref();
            term.topology_key == key && selector.is_some_and(|one| one.matches(&pod.labels))
        })
    };
    let avoided = world.snapshot.pods.iter().any(|other| avoids(other));
    holds(avoided, "no pod must be away from it")
}

/// Whether a pod must spread over domains of this key, by itself or by default.
pub(super) fn must_spread(pod: &Pod, key: &str) -> Result<(), String> {
    let asked = pod.spec.topology_spread.iter().any(|one| {
        one.topology_key == key && one.when_unsatisfiable == WhenUnsatisfiable::DoNotSchedule
    });
    holds(asked, "it need not spread over that key")
}
