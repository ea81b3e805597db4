//! When pods last came to or went from a machine, which says how long it has been quiet; not what pods do otherwise.

use super::{ClaimChange, Next, Settings};
use crate::model::{NodeClaim, Pod, Span, Timestamp};

/// How close together two events are that count as one. Shorter than the time for which a decision to consolidate is checked again.
const CLOSE: Span = Span::seconds(10);

/// Whether a pod came to its Node or began to leave it between two readings; one of them may be missing.
///
/// Binding, ending and the begin of a deletion are events, as is a bound pod that is seen for the first time. A pod that is simply gone is
/// none: its deletion has been seen before, or nobody can tell.
pub fn is_pod_event(before: Option<&Pod>, after: Option<&Pod>) -> bool {
    let Some(after) = after.filter(|after| after.status.node.is_some() && !after.is_daemon())
    else {
        return false;
    };
    let Some(before) = before else { return true };
    let was_bound = before.status.node == after.status.node;
    let has_ended = after.is_finished() && !before.is_finished();
    let is_leaving =
        after.status.deleting_since.is_some() && before.status.deleting_since.is_none();
    !was_bound || has_ended || is_leaving
}

/// Notes on the claim that a pod came or went now, unless another did in the last ten seconds.
pub fn note_pod_event(claim: &NodeClaim, settings: &Settings, now: Timestamp) -> Next {
    let mut next = Next::done();
    let is_close = claim.status.last_pod_event_at.is_some_and(|last| now - last < CLOSE);
    if settings.classes.manage(&claim.node_class) && !is_close {
        let mut change = ClaimChange::of(claim);
        change.last_pod_event_at = Some(now);
        next.update_claim(change);
    }
    next
}
