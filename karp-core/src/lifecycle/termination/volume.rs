//! Volumes that must be detached before a machine ends, lest its pods wait for them elsewhere; not the detaching.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::NodeState;
use crate::{
    lifecycle::{
        ClaimChange, ConditionChange, Event, EventReason, Next, Waiting,
        conditions::VOLUMES_DETACHED,
    },
    model::{ConditionStatus, NodeClaim, NodeName, Span, Timestamp, pod_rules},
};

/// How often it is looked whether volumes are detached.
const POLL: Span = Span::seconds(1);

/// How many attachments an event names.
const NAMED: usize = 5;

/// A `VolumeAttachment`: a volume on a Node. The cluster's own controller detaches it.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[expect(clippy::exhaustive_structs, reason = "these three say what is attached where")]
#[serde(rename_all = "camelCase")]
pub struct VolumeAttachment {
    /// Name.
    pub name: String,
    /// The Node.
    pub node: NodeName,
    /// The `PersistentVolume`; none for a volume that is described in place, which is not waited for.
    pub volume: Option<String>,
}

/// Whether the machine may end as far as volumes go: none is attached that must be detached, or the deadline has passed.
pub(super) fn detach(
    state: &NodeState<'_>,
    (claim, deadline): (Option<&NodeClaim>, Option<Timestamp>),
    (change, next): (&mut Option<ClaimChange>, &mut Next),
    now: Timestamp,
) -> bool {
    let pending = pending(state, now);
    let is_late = deadline.is_some_and(|deadline| now > deadline);
    let detached = if pending.is_empty() {
        ConditionChange::is_true(VOLUMES_DETACHED)
    } else if is_late {
        let status = ConditionStatus::False;
        ConditionChange::set(VOLUMES_DETACHED, status, "TerminationGracePeriodElapsed", "")
    } else {
        let status = ConditionStatus::Unknown;
        ConditionChange::set(VOLUMES_DETACHED, status, "AwaitingVolumeDetachment", "")
    };
    if let (Some(claim), Some(change)) = (claim, change)
        && detached.changes(&claim.status.conditions)
    {
        change.conditions.push(detached);
    }
    if pending.is_empty() || is_late {
        return true;
    }
    let named: Vec<&str> = pending.iter().take(NAMED).map(String::as_str).collect();
    let others = pending.len().saturating_sub(NAMED);
    let more = if others > 0 { format!(" and {others} others") } else { String::new() };
    let message = format!("Awaiting volume detachment: {}{more}", named.join(", "));
    next.publish(Event::on_node(state.node, EventReason::AwaitingVolumeDetachment, message));
    next.wait_for(Waiting::AttachedVolumes { attachments: pending }, now + POLL);
    false
}

/// Attachments of the Node whose volume no pod uses that stays until the end, in name order.
fn pending(state: &NodeState<'_>, now: Timestamp) -> Vec<String> {
    let stay = state.pods().into_iter().filter(|pod| !pod_rules::is_drainable(pod, now));
    let kept: BTreeSet<&str> = stay
        .flat_map(|pod| pod.spec.volumes.iter().map(|volume| (pod.id.namespace(), &volume.claim)))
        .filter_map(|(namespace, name)| {
            let is_meant = |claim: &&std::sync::Arc<crate::model::PersistentVolumeClaim>| {
                claim.id.namespace() == namespace && claim.id.name() == name
            };
            state.volume_claims.iter().find(is_meant)?.volume.as_deref()
        })
        .collect();
    let is_pending = |attachment: &&VolumeAttachment| {
        let volume = attachment.volume.as_deref();
        attachment.node == state.node.name && volume.is_some_and(|volume| !kept.contains(volume))
    };
    let mut pending: Vec<String> =
        state.attachments.iter().filter(is_pending).map(|own| own.name.clone()).collect();
    pending.sort();
    pending
}
