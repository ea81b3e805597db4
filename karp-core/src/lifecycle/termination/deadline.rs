//! By when a Node must be gone, and when that forces a pod off; not what else makes pods leave.

use crate::{
    lifecycle::{Event, EventReason, Next},
    model::{Node, NodeClaim, Pod, Span, Timestamp, label},
};

/// Time between the stop signal and the kill of a pod that does not say it, which only pods from manifests do
/// (<https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#pod-termination>).
const GRACE: Span = Span::seconds(30);

/// The shortest grace period of a forced deletion. Zero would remove the object while its containers may still run.
const SHORTEST: Span = Span::seconds(1);

/// The deadline that the claim was given. One that can't be read forces nobody off; people are told.
pub(super) fn of(claim: Option<&NodeClaim>, node: &Node, next: &mut Next) -> Option<Timestamp> {
    let text = claim?.annotations.get(label::TERMINATION_TIMESTAMP)?;
    match text.parse::<Timestamp>() {
        Ok(deadline) => {
            let message = format!("All pods will be deleted by {deadline}");
            let reason = EventReason::TerminationGracePeriodExpiring;
            next.publish(Event::on_node(node, reason, message));
            Some(deadline)
        }
        Err(error) => {
            let message = format!("Failed to drain node, deadline of the claim: {error}");
            next.publish(Event::on_node(node, EventReason::FailedDraining, message));
            None
        }
    }
}

/// The grace period with which a pod must be deleted now, whatever protects it, for its Node to keep the deadline.
///
/// A pod is due when its own grace period would no longer end before the deadline; one that is stopping already, when it would stop later.
pub(super) fn forced_grace(pod: &Pod, deadline: Option<Timestamp>, now: Timestamp) -> Option<Span> {
    let is_due = match pod.status.deleting_since {
        Some(ends) => ends > deadline?,
        None => now >= due_at(pod, deadline)?,
    };
    let deadline = deadline?;
    is_due.then(|| Span::seconds((deadline - now).as_seconds()).max(SHORTEST))
}

/// When a pod that is not stopping yet becomes due.
pub(super) fn due_at(pod: &Pod, deadline: Option<Timestamp>) -> Option<Timestamp> {
    let grace = pod.spec.termination_grace_period.unwrap_or(GRACE);
    deadline.map(|deadline| deadline - grace + Span::nanos(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_unix_seconds(second)
    }

    fn pod(grace: i64) -> Pod {
        let mut pod = Pod::new("p");
        pod.spec_mut().termination_grace_period = Some(Span::seconds(grace));
        pod
    }

    // TER-22, TER-24
    #[test]
    fn a_pod_is_due_when_its_grace_period_no_longer_fits() {
        let due = |grace, now| forced_grace(&pod(grace), Some(at(300)), at(now));
        assert_eq!(due(300, 0), None);
        assert_eq!(due(300, 1), Some(Span::seconds(299)));
        assert_eq!(due(60, 240), None);
        assert_eq!(due(60, 241), Some(Span::seconds(59)));
        // EVQ-14
        assert_eq!(due(60, 300), Some(SHORTEST));
        assert_eq!(due(60, 1000), Some(SHORTEST));
        assert_eq!(due(0, 300), None);
        assert_eq!(forced_grace(&pod(60), None, at(1000)), None);
    }

    #[test]
    fn a_pod_without_a_grace_period_has_the_usual_one() {
        assert_eq!(forced_grace(&Pod::new("p"), Some(at(300)), at(270)), None);
        assert_eq!(forced_grace(&Pod::new("p"), Some(at(300)), at(271)), Some(Span::seconds(29)));
    }

    // TER-25
    #[test]
    fn a_pod_that_stops_later_than_the_deadline_is_told_to_hurry() {
        let mut stopping = pod(6000);
        stopping.status.deleting_since = Some(at(6000));
        assert_eq!(forced_grace(&stopping, Some(at(300)), at(10)), Some(Span::seconds(290)));
        stopping.status.deleting_since = Some(at(300));
        assert_eq!(forced_grace(&stopping, Some(at(300)), at(10)), None);
    }
}
