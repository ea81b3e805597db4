//! Types of status conditions that the lifecycle writes, and how one is read and set; not when.

use crate::model::{Condition, ConditionStatus, Timestamp};

/// Of a claim: its machine was bought.
pub const LAUNCHED: &str = "Launched";
/// Of a claim: its Node has joined and carries its labels and taints.
pub const REGISTERED: &str = "Registered";
/// Of a claim: its Node takes pods.
pub const INITIALIZED: &str = "Initialized";
/// Of a claim: launched, registered and initialized. Of a pool: it can be used. Of a Node: its kubelet is well.
pub const READY: &str = "Ready";
/// Of a claim: it no longer is what its pool or class asks for.
pub const DRIFTED: &str = "Drifted";
/// Of a claim: it has been quiet for as long as its pool asks for.
pub const CONSOLIDATABLE: &str = "Consolidatable";
/// Of a claim: a decision to remove it is being carried out.
pub const DISRUPTION_REASON: &str = "DisruptionReason";
/// Of a claim: no pod is left that must leave; `Unknown` while there are some.
pub const DRAINED: &str = "Drained";
/// Of a claim: no volume is attached that must be detached; `False` when the deadline passed first.
pub const VOLUMES_DETACHED: &str = "VolumesDetached";
/// Of a claim: its cloud accepted to end its machine.
pub const INSTANCE_TERMINATING: &str = "InstanceTerminating";
/// Of a claim: its Node has what was promised.
pub const CONSISTENT_STATE_FOUND: &str = "ConsistentStateFound";
/// Of a pool: its node class is ready.
pub const NODE_CLASS_READY: &str = "NodeClassReady";
/// Of a pool: its spec can be used.
pub const VALIDATION_SUCCEEDED: &str = "ValidationSucceeded";
/// Of a pool: its machines join; for people and metrics, nothing waits for it.
pub const NODE_REGISTRATION_HEALTHY: &str = "NodeRegistrationHealthy";

/// The condition of this type.
pub(super) fn find<'a>(conditions: &'a [Condition], kind: &str) -> Option<&'a Condition> {
    conditions.iter().find(|condition| condition.kind == kind)
}

/// Its status; a condition that is not there is unknown.
pub(super) fn status(conditions: &[Condition], kind: &str) -> ConditionStatus {
    find(conditions, kind).map_or(ConditionStatus::Unknown, |condition| condition.status)
}

/// Whether it is there and true.
pub(super) fn is_true(conditions: &[Condition], kind: &str) -> bool {
    status(conditions, kind) == ConditionStatus::True
}

/// When its status last changed; a condition that is not there has been unknown since `creation`.
pub(super) fn since(conditions: &[Condition], kind: &str, creation: Timestamp) -> Timestamp {
    find(conditions, kind).and_then(|condition| condition.changed_at).unwrap_or(creation)
}

/// Sets status and reason; the time of the last change moves only with the status.
pub(super) fn set(
    conditions: &mut Vec<Condition>,
    kind: &str,
    (status, reason): (ConditionStatus, &str),
    now: Timestamp,
) {
    if let Some(own) = conditions.iter_mut().find(|condition| condition.kind == kind) {
        if own.status != status {
            own.changed_at = Some(now);
        }
        own.status = status;
        reason.clone_into(&mut own.reason);
    } else {
        let (kind, reason) = (kind.to_owned(), reason.to_owned());
        conditions.push(Condition { kind, status, reason, changed_at: Some(now) });
    }
}

/// Removes the condition.
pub(super) fn clear(conditions: &mut Vec<Condition>, kind: &str) {
    conditions.retain(|condition| condition.kind != kind);
}
