//! Which pods hold a Node, may be evicted, or need another place; not in which order they leave.

use super::{DoNotDisrupt, Effect, Pod, Span, Taint, Timestamp, label};

/// How long after the end of its grace period a pod that is still there no longer counts: its kubelet is gone.
const STUCK: Span = Span::minutes(1);

/// Whether the pod runs, or will: it has neither ended nor is it being deleted.
pub const fn is_active(pod: &Pod) -> bool {
    !pod.is_finished() && pod.status.deleting_since.is_none()
}

/// Whether the pod is a minute past the end of its grace period. The deletion time of a pod has its grace period in it.
pub fn is_stuck(pod: &Pod, now: Timestamp) -> bool {
    pod.status.deleting_since.is_some_and(|deleted| now - deleted > STUCK)
}

/// Whether a `StatefulSet` (group apps) owns the pod.
pub fn is_stateful(pod: &Pod) -> bool {
    pod.owners.iter().any(|owner| owner.kind == "StatefulSet" && owner.api_version == "apps/v1")
}

/// Whether the pod tolerates the taint of Nodes that are on their way out, and so wants to stay until the end.
pub fn tolerates_disruption(pod: &Pod) -> bool {
    let taint = Taint::new(label::DISRUPTED_TAINT, Effect::NoSchedule);
    pod.spec.tolerations.iter().any(|toleration| toleration.tolerates(&taint))
}

/// Whether nothing on the pod itself speaks against its disruption.
pub fn is_disruptable(pod: &Pod, now: Timestamp) -> bool {
    !is_active(pod) || !DoNotDisrupt::of(pod, now).is_active()
}

/// Whether the eviction API may be asked; pod disruption budgets are another matter.
pub fn is_evictable(pod: &Pod, now: Timestamp) -> bool {
    is_active(pod)
        && !tolerates_disruption(pod)
        && !pod.is_mirror()
        && !DoNotDisrupt::of(pod, now).is_active()
}

/// Whether a drain concerns the pod; it waits for pods that must not be disrupted, too.
pub fn is_drainable(pod: &Pod, now: Timestamp) -> bool {
    !tolerates_disruption(pod) && !is_stuck(pod, now) && !pod.is_mirror()
}

/// Whether a drain waits for the pod.
pub fn holds_drain(pod: &Pod, now: Timestamp) -> bool {
    !pod.is_finished() && is_drainable(pod, now)
}

/// Whether the pod will need another place when its Node goes.
pub fn is_reschedulable(pod: &Pod) -> bool {
    // One of a stateful set comes back, even when it had finished before.
    let comes_back = pod.status.deleting_since.is_some() && is_stateful(pod);
    (is_active(pod) || comes_back) && !pod.is_daemon() && !pod.is_mirror()
}
