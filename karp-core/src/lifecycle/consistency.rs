//! Whether a Node has what its cloud promised; not what is done when it has not.

use super::{
    ClaimChange, ConditionChange, Event, EventReason, Next, Settings, Waiting,
    conditions::{self, CONSISTENT_STATE_FOUND, INITIALIZED},
};
use crate::model::{ConditionStatus, Node, NodeClaim, Resources, Span, Timestamp, amount_text};

/// How often a claim is looked at.
const PERIOD: Span = Span::minutes(10);

/// Compares the Node of an initialized claim with what the claim says: of every resource that was asked for, nine tenths of the promised
/// capacity must be there.
///
/// ```text
/// expected 128Gi of resource memory, but found 64Gi (50.0% of expected)
/// ```
pub fn check_consistency(
    claim: &NodeClaim,
    node: &Node,
    settings: &Settings,
    now: Timestamp,
) -> Next {
    let is_due = settings.classes.manage(&claim.node_class)
        && !claim.status.provider_id.is_empty()
        && node.provider_id == claim.status.provider_id
        && claim.deleting_since.is_none()
        && conditions::is_true(&claim.status.conditions, INITIALIZED);
    if !is_due {
        return Next::done();
    }
    let mut next = Next::wait(Waiting::Recheck, now + PERIOD);
    let lacks = lacks(&claim.requests, &claim.status.capacity, &node.capacity);
    let found = if lacks.is_empty() {
        ConditionChange::is_true(CONSISTENT_STATE_FOUND)
    } else {
        let (status, text) = (ConditionStatus::False, lacks.join("; "));
        for lack in lacks {
            next.publish(Event::on_claim(claim, EventReason::FailedConsistencyCheck, lack));
        }
        ConditionChange::set(CONSISTENT_STATE_FOUND, status, "ConsistencyCheckFailed", &text)
    };
    next.update_claim(ClaimChange::of(claim).condition(claim, found));
    next
}

/// One line for each resource of which too little is there.
fn lacks(requests: &Resources, promised: &Resources, found: &Resources) -> Vec<String> {
    let mut lines = Vec::new();
    for (name, _) in requests.iter().filter(|(_, amount)| *amount != 0) {
        let (promised, found) = (promised.amount(name), found.amount(name));
        let (wanted, there) = (i128::from(promised), i128::from(found));
        if wanted <= 0 || there * 10 >= wanted * 9 {
            continue;
        }
        let per_mille = there * 1000 / wanted;
        let (whole, tenth) = (per_mille / 10, per_mille % 10);
        let (promised, found) = (amount_text(name, promised), amount_text(name, found));
        lines.push(format!(
            "expected {promised} of resource {name}, but found {found} ({whole}.{tenth}% of expected)"
        ));
    }
    lines
}
