//! The stages of a Node's end in their order; not what each of them waits for.

use super::{NodeState, deadline, drain, volume};
use crate::{
    lifecycle::{
        Action, Cause, ClaimChange, Next, NodeChange, Settings, Sight, Target, change::is_held,
        conditions, instance,
    },
    model::{Effect, Node, NodeClaim, Taint, Timestamp, label},
};

/// Label by which load balancers leave a Node out.
const EXCLUDED: &str = "node.kubernetes.io/exclude-from-external-load-balancers";

/// The next actions for a Node that was deleted.
///
/// Nodes that are not ours, are not deleted, or lack the finalizer are left alone. In this order: the claim is deleted, too; the Node is
/// tainted; pods leave; volumes are detached; the machine is ended; the Node is released. See `docs/src/lifecycle.md`.
pub fn terminate_node(state: &NodeState<'_>, settings: &Settings, now: Timestamp) -> Next {
    let node = state.node;
    let mut next = Next::done();
    if node.deleting_since.is_none()
        || !is_held(&node.finalizers)
        || !settings.classes.manage_node(node)
    {
        return next;
    }
    let claim = state.claim();
    if let Some(claim) = claim.filter(|claim| claim.deleting_since.is_none()) {
        let (claim, cause) = (Target::claim(claim), Cause::NodeDeleted);
        next.act(Action::DeleteClaim { claim, cause });
    }
    if !conditions::is_true(&node.conditions, conditions::READY) && !node.provider_id.is_empty() {
        match state.sight {
            Sight::Gone => {
                next.act(Action::ReleaseNode { node: Target::node(node) });
                return next;
            }
            Sight::Unknown => next.look_up(&node.provider_id),
            Sight::Alive(_) | Sight::Ending(_) | Sight::Foreign => {}
        }
    }
    let deadline = deadline::of(claim, node, &mut next);
    let change = keep_pods_off(node);
    if !change.is_empty() {
        next.act(Action::UpdateNode(Box::new(change)));
    }
    leave(state, (claim, deadline), next, now)
}

/// The three stages; each may hold up the next one.
fn leave(
    state: &NodeState<'_>,
    (claim, deadline): (Option<&NodeClaim>, Option<Timestamp>),
    mut next: Next,
    now: Timestamp,
) -> Next {
    let node = state.node;
    let mut change = claim.map(ClaimChange::of);
    let is_drained = drain::drain(state, (claim, deadline), (&mut change, &mut next), now);
    let is_detached =
        is_drained && volume::detach(state, (claim, deadline), (&mut change, &mut next), now);
    let is_gone = is_detached
        && match (claim, &mut change) {
            (Some(claim), Some(change)) => {
                instance::end(claim, state.sight, change, &mut next, now)
            }
            _ => true,
        };
    if let Some(change) = change {
        next.update_claim(change);
    }
    if is_gone {
        next.act(Action::ReleaseNode { node: Target::node(node) });
    }
    next
}

/// The taint that keeps pods off, and the label that takes the Node out of load balancers.
fn keep_pods_off(node: &Node) -> NodeChange {
    let mut change = NodeChange::of(node);
    let taint = Taint::new(label::DISRUPTED_TAINT, Effect::NoSchedule);
    if !node.taints.iter().any(|own| own.is_same(&taint)) {
        let others = node.taints.iter().filter(|own| own.key == taint.key);
        change.remove_taints = others.cloned().collect();
        change.add_taints.push(taint);
    }
    if node.labels.get(EXCLUDED).is_none_or(|value| value != "karpenter") {
        change.labels.insert(EXCLUDED.to_owned(), "karpenter".to_owned());
    }
    change
}
