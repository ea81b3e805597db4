//! Claims whose machine is gone, and machines whose claim is; not claims that never came to life.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use super::{
    Action, Cause, Next, OwnedMachine, Settings, Target, Waiting,
    conditions::{self, READY, REGISTERED},
};
use crate::model::{Node, NodeClaim, Span, Timestamp};

/// How often claims and machines are compared.
const SWEEP: Span = Span::minutes(2);

/// Age below which a machine without a claim is left alone: its claim may not have been read yet.
const YOUNG: Span = Span::seconds(30);

/// Deletes claims whose machine is not among `machines`, the complete list of those of ours that are alive, read **before** the claims.
///
/// Only claims that had joined: others have deadlines of their own. A ready Node proves that its machine is there, whatever the list says.
pub fn collect_claims(
    claims: &[Arc<NodeClaim>],
    nodes: &[Arc<Node>],
    machines: &[OwnedMachine],
    settings: &Settings,
    now: Timestamp,
) -> Next {
    let alive: BTreeSet<&str> = machines.iter().map(OwnedMachine::id).collect();
    let ready: BTreeSet<&str> = nodes
        .iter()
        .filter(|node| conditions::is_true(&node.conditions, READY))
        .map(|node| node.provider_id.as_str())
        .collect();
    let is_garbage = |claim: &&NodeClaim| {
        let id = claim.status.provider_id.as_str();
        settings.classes.manage(&claim.node_class)
            && claim.deleting_since.is_none()
            && conditions::is_true(&claim.status.conditions, REGISTERED)
            && !alive.contains(id)
            && !ready.contains(id)
    };
    let mut garbage: Vec<&NodeClaim> = claims.iter().map(Arc::as_ref).filter(is_garbage).collect();
    garbage.sort_by(|a, b| a.name.cmp(&b.name));
    let mut next = Next::wait(Waiting::Recheck, now + SWEEP);
    for claim in garbage {
        let claim = Target::claim(claim);
        next.act(Action::DeleteClaim { claim, cause: Cause::GarbageCollected });
    }
    next
}

/// Deletes the Nodes of machines of ours that no claim stands for, and ends the machines. The machines must have been listed **before** the
/// claims. Nodes come first: once a machine ends it is not listed any more, and a Node that was forgotten would stay.
///
/// A machine is left alone while it is younger than half a minute, and when its tags name a claim that has no machine yet: that launch was not
/// answered, and asking again under the same token finds this machine.
pub fn collect_machines(
    machines: &[OwnedMachine],
    claims: &[Arc<NodeClaim>],
    nodes: &[Arc<Node>],
    now: Timestamp,
) -> Next {
    let known: BTreeSet<&str> =
        claims.iter().map(|claim| claim.status.provider_id.as_str()).collect();
    let unanswered: BTreeSet<&str> = claims
        .iter()
        .filter(|claim| claim.status.provider_id.is_empty())
        .map(|claim| claim.name.as_str())
        .collect();
    let is_leaked = |machine: &&OwnedMachine| {
        !known.contains(machine.id())
            && machine.claim().is_none_or(|claim| !unanswered.contains(claim.as_str()))
            && now - machine.launched_at() > YOUNG
    };
    let leaked: BTreeMap<&str, &OwnedMachine> =
        machines.iter().filter(is_leaked).map(|machine| (machine.id(), machine)).collect();
    let mut next = Next::wait(Waiting::Recheck, now + SWEEP);
    for (id, machine) in leaked {
        let mut own: Vec<&Arc<Node>> =
            nodes.iter().filter(|node| node.provider_id == *id).collect();
        own.sort_by(|a, b| a.name.cmp(&b.name));
        for node in own.into_iter().filter(|node| node.deleting_since.is_none()) {
            next.act(Action::DeleteNode { node: Target::node(node) });
        }
        next.act(Action::Terminate(machine.clone()));
    }
    next
}
