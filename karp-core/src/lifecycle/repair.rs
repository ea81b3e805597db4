//! Nodes that have been unhealthy for too long, unless so many are that the cause lies elsewhere; not what makes a Node unhealthy.

use std::sync::Arc;

use super::{Action, Cause, ClaimChange, Event, EventReason, Next, Settings, Target, Waiting};
use crate::model::{Node, NodeClaim, RepairPolicy, Span, Timestamp, label};

/// When a blocked repair is looked at again.
const BLOCKED: Span = Span::minutes(5);

/// Share of a pool, or of the cluster, that may be unhealthy for one of it to be repaired: a fifth, rounded up.
const SHARE: usize = 5;

/// Deletes the claim of a Node whose condition its provider no longer tolerates. `nodes` are all Nodes of the cluster.
///
/// The deadline of the drain is now: nothing on a broken machine can be asked to stop nicely. Budgets, do-not-disrupt and pod disruption budgets
/// are passed over. When more than a fifth (rounded up) of the pool's Nodes are unhealthy, or of all Nodes for a claim without a pool, nothing is
/// done: replacing them would not help, and take away what still works.
pub fn repair(
    claim: &NodeClaim,
    node: &Node,
    nodes: &[Arc<Node>],
    settings: &Settings,
    now: Timestamp,
) -> Next {
    let is_ours = settings.node_repair
        && settings.classes.manage(&claim.node_class)
        && !node.provider_id.is_empty()
        && node.provider_id == claim.status.provider_id;
    let Some(end) = end_of_tolerance(node, &settings.repair_policies).filter(|_| is_ours) else {
        return Next::done();
    };
    if claim.deleting_since.is_some() {
        return Next::done();
    }
    if now < end {
        return Next::wait(Waiting::UnhealthyTolerated, end);
    }
    if let Some(next) = blocked(claim, node, nodes, (settings, now)) {
        return next;
    }
    let mut next = Next::done();
    next.update_claim(due_now(claim, now));
    next.act(Action::DeleteClaim { claim: Target::claim(claim), cause: Cause::Unhealthy });
    next
}

/// The earliest time at which one of the Node's conditions is no longer tolerated.
fn end_of_tolerance(node: &Node, policies: &[RepairPolicy]) -> Option<Timestamp> {
    let ends = policies.iter().filter_map(|policy| {
        let condition = node.conditions.iter().find(|condition| {
            condition.kind == policy.condition && condition.status == policy.status
        })?;
        Some(condition.changed_at.unwrap_or(node.created_at) + policy.toleration)
    });
    ends.min()
}

/// Why nothing is done, if too many Nodes are unhealthy, for however short a time.
fn blocked(
    claim: &NodeClaim,
    node: &Node,
    nodes: &[Arc<Node>],
    (settings, now): (&Settings, Timestamp),
) -> Option<Next> {
    let pool = claim.labels.get(label::NODE_POOL);
    let is_counted =
        |node: &&Arc<Node>| pool.is_none() || node.labels.get(label::NODE_POOL) == pool;
    let population: Vec<&Arc<Node>> = nodes.iter().filter(is_counted).collect();
    let is_unhealthy =
        |node: &&&Arc<Node>| end_of_tolerance(node, &settings.repair_policies).is_some();
    let unhealthy = population.iter().filter(is_unhealthy).count();
    if unhealthy <= population.len().div_ceil(SHARE) {
        return None;
    }
    let scope = if pool.is_some() { "nodepool" } else { "cluster" };
    let message = format!("more than 20% nodes are unhealthy in the {scope}");
    let waiting = Waiting::TooManyUnhealthy { unhealthy, of: population.len() };
    let mut next = Next::wait(waiting, now + BLOCKED);
    next.publish(Event::on_node(node, EventReason::NodeRepairBlocked, message));
    Some(next)
}

/// Moves the deadline to now, unless it has passed already.
fn due_now(claim: &NodeClaim, now: Timestamp) -> ClaimChange {
    let mut change = ClaimChange::of(claim);
    let known = claim.annotations.get(label::TERMINATION_TIMESTAMP);
    let has_passed = known
        .and_then(|text| text.parse::<Timestamp>().ok())
        .is_some_and(|deadline| deadline <= now);
    if !has_passed {
        let now = now.floor_second().to_string();
        change.annotations.insert(label::TERMINATION_TIMESTAMP.to_owned(), now);
    }
    change
}
