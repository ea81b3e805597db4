//! The end of a claim: its Nodes drain, its machine is ended, the object goes; not how a Node drains.

use super::{ClaimState, draft::nodes_of};
use crate::{
    lifecycle::{
        Action, ClaimChange, Event, EventReason, Next, Target, Waiting,
        change::is_held,
        conditions::{self, REGISTERED},
        instance,
    },
    model::{NodeClaim, Timestamp, label},
};

pub(super) fn finalize(state: &ClaimState<'_>, now: Timestamp) -> Next {
    let claim = state.claim;
    if !is_held(&claim.finalizers) {
        return Next::done();
    }
    let mut next = Next::done();
    let mut change = ClaimChange::of(claim);
    set_deadline(claim, &mut change, &mut next);
    let nodes = nodes_of(&claim.status.provider_id, state.nodes);
    if !nodes.is_empty() && conditions::is_true(&claim.status.conditions, REGISTERED) {
        next.update_claim(change);
        for node in nodes.iter().filter(|node| node.deleting_since.is_none()) {
            next.act(Action::DeleteNode { node: Target::node(node) });
        }
        next.wait_for(Waiting::NodesGone { nodes: nodes.len() }, None);
        return next;
    }
    let is_gone = claim.status.provider_id.is_empty()
        || instance::end(claim, state.sight, &mut change, &mut next, now);
    next.update_claim(change);
    if is_gone {
        next.act(Action::ReleaseClaim { claim: Target::claim(claim) });
    }
    next
}

/// Notes by when the claim's Node must be gone: once, so that a later change of mind does not move it.
fn set_deadline(claim: &NodeClaim, change: &mut ClaimChange, next: &mut Next) {
    let (Some(deleted), Some(grace)) = (claim.deleting_since, claim.termination_grace_period)
    else {
        return;
    };
    if claim.annotations.contains_key(label::TERMINATION_TIMESTAMP) {
        return;
    }
    let deadline = (deleted + grace).to_string();
    let message = format!("All pods will be deleted by {deadline}");
    change.annotations.insert(label::TERMINATION_TIMESTAMP.to_owned(), deadline);
    let reason = EventReason::TerminationGracePeriodExpiring;
    next.publish(Event::on_claim(claim, reason, message));
}
