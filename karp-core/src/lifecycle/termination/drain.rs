//! Which pods of a Node leave next; not how one is evicted.

use super::{NodeState, QueuedPod, deadline};
use crate::{
    lifecycle::{
        Action, ClaimChange, ConditionChange, Event, EventReason, Next, Target, Waiting,
        conditions::{self, DISRUPTION_REASON, DRAINED},
    },
    model::{ConditionStatus, NodeClaim, Pod, Span, Timestamp, pod_rules},
};

/// How often it is looked whether pods have left.
const POLL: Span = Span::seconds(1);

/// How long a drain lasts at least, so that pods are caught that were bound by a scheduler that had not yet seen the taint.
const SHORTEST: Span = Span::seconds(5);

/// Priority from which on Kubernetes gives to its own classes alone, `system-cluster-critical` and `system-node-critical`
/// (<https://kubernetes.io/docs/tasks/administer-cluster/guaranteed-scheduling-critical-addon-pods/>).
const CRITICAL: i32 = 2_000_000_000;

/// Whether no pod is left that must leave; otherwise hands those whose turn it is to the eviction queue.
pub(super) fn drain(
    state: &NodeState<'_>,
    (claim, deadline): (Option<&NodeClaim>, Option<Timestamp>),
    (change, next): (&mut Option<ClaimChange>, &mut Next),
    now: Timestamp,
) -> bool {
    let pods: Vec<&Pod> =
        state.pods().into_iter().filter(|pod| pod_rules::holds_drain(pod, now)).collect();
    let (forced, rest): (Vec<&Pod>, Vec<&Pod>) =
        pods.iter().partition(|pod| deadline::forced_grace(pod, deadline, now).is_some());
    let reason = reason(claim);
    let queued = forced.into_iter().chain(first_tier(&rest)).map(|pod| QueuedPod {
        pod: Target::pod(pod),
        node: Target::node(state.node),
        deadline,
        reason: reason.clone(),
    });
    let queued: Vec<QueuedPod> = queued.collect();
    if !queued.is_empty() {
        next.act(Action::QueueEvictions(queued));
    }
    if !pods.is_empty() {
        let message =
            format!("Failed to drain node, {} pods are waiting to be evicted", pods.len());
        next.publish(Event::on_node(state.node, EventReason::FailedDraining, message));
        next.wait_for(Waiting::PodsLeaving { pods: pods.len() }, now + POLL);
    }
    let is_over = claim.is_none_or(|claim| is_over(claim, now));
    let is_drained = pods.is_empty() && is_over;
    if pods.is_empty() && !is_over {
        next.wait_for(Waiting::MinimumDrain, now + POLL);
    }
    if let (Some(claim), Some(change)) = (claim, change) {
        note(claim, change, is_drained);
    }
    is_drained
}

/// Ordinary pods first, then ordinary daemons, critical pods, critical daemons: those of the first kind that is there.
fn first_tier<'a>(pods: &[&'a Pod]) -> Vec<&'a Pod> {
    let tier = |pod: &Pod| (pod.spec.priority >= CRITICAL, pod.is_daemon());
    let first = pods.iter().map(|pod| tier(pod)).min();
    pods.iter().filter(|pod| Some(tier(pod)) == first).copied().collect()
}

/// Whether the drain has lasted long enough.
fn is_over(claim: &NodeClaim, now: Timestamp) -> bool {
    match conditions::find(&claim.status.conditions, DRAINED) {
        Some(drained) if drained.status == ConditionStatus::Unknown => {
            drained.changed_at.is_none_or(|since| now - since >= SHORTEST)
        }
        Some(drained) => drained.status == ConditionStatus::True,
        None => false,
    }
}

/// Once drained, a claim stays drained: pods that come later tolerate the taint, or are caught by the Node's end.
fn note(claim: &NodeClaim, change: &mut ClaimChange, is_drained: bool) {
    let drained = if is_drained {
        ConditionChange::is_true(DRAINED)
    } else if conditions::is_true(&claim.status.conditions, DRAINED) {
        return;
    } else {
        ConditionChange::set(DRAINED, ConditionStatus::Unknown, "Draining", "")
    };
    if drained.changes(&claim.status.conditions) {
        change.conditions.push(drained);
    }
}

/// Why pods are told that they leave; empty when nobody knows.
fn reason(claim: Option<&NodeClaim>) -> String {
    let Some(claim) = claim else { return String::new() };
    match conditions::find(&claim.status.conditions, DISRUPTION_REASON) {
        Some(condition) if condition.status == ConditionStatus::True => condition.reason.clone(),
        _ => "Forceful Termination".to_owned(),
    }
}
