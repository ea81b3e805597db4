//! Expiry, garbage, consistency, labels and pod events (UPK-1 to UPK-27), and messages of the cloud.

use karp_core::{
    lifecycle::{
        self, Action, Cause, Event, EventReason, Interruption, InterruptionKind, Next,
        OwnedMachine,
        conditions::{CONSISTENT_STATE_FOUND, READY},
    },
    model::{
        CapacityType,
        ConditionStatus::{False, True, Unknown},
        NillableSpan, Node, NodeClaim, Pod, PodPhase, Resources, Span, Timestamp, label,
    },
};

use crate::fixture::*;

fn expire(claim: &NodeClaim, at: Timestamp) -> Next {
    lifecycle::expire(claim, &settings(), at)
}

// UPK-21 to UPK-27
#[test]
fn claims_end_at_the_age_that_they_say() {
    let (mut claim, hours) = (initialized(), Span::hours);
    assert_eq!(deletions(&expire(&claim, now() + hours(720))), [Cause::Expired]);
    let next = expire(&claim, now() + hours(719));
    assert!(next.actions.is_empty());
    assert_eq!(next.look_again_at(), Some(now() + hours(720)));
    assert_eq!(expire(&foreign(claim.clone()), now() + hours(9999)), Next::done());
    claim.expire_after = NillableSpan::NEVER;
    assert_eq!(expire(&claim, now() + hours(9999)), Next::done());
    claim.expire_after = NillableSpan::new(minutes(1));
    claim.deleting_since = Some(now());
    assert_eq!(expire(&claim, now() + hours(9999)), Next::done());
}

fn sweep(claims: &[NodeClaim], nodes: &[Node], machines: &[OwnedMachine]) -> Vec<Cause> {
    let (claims, nodes) = (arcs(claims.to_vec()), arcs(nodes.to_vec()));
    deletions(&lifecycle::collect_claims(&claims, &nodes, machines, &settings(), now()))
}

fn dead() -> Node {
    let mut node = joined();
    node.conditions = vec![is(READY, Unknown, now())];
    node
}

// UPK-1 to UPK-5
#[test]
fn claims_without_a_machine_are_collected_unless_their_kubelet_is_well() {
    assert_eq!(sweep(&[initialized()], &[dead()], &[]), [Cause::GarbageCollected]);
    assert_eq!(sweep(&[initialized()], &[], &[]), [Cause::GarbageCollected]);
    assert!(sweep(&[initialized()], &[joined()], &[]).is_empty());
    assert!(sweep(&[initialized()], &[], &[machine()]).is_empty());
    assert!(sweep(&[launched()], &[], &[]).is_empty());
    assert!(sweep(&[foreign(initialized())], &[], &[]).is_empty());
    let mut going = initialized();
    going.deleting_since = Some(now());
    assert!(sweep(&[going], &[], &[]).is_empty());
    let many: Vec<NodeClaim> = (0..50)
        .map(|i| {
            let mut claim = initialized();
            claim.name = format!("general-{i}").as_str().into();
            claim.status.provider_id = format!("fake:///m{i}");
            claim
        })
        .collect();
    assert_eq!(sweep(&many, &[], &[]).len(), 50);
}

fn leaks(machines: &[OwnedMachine], claims: &[NodeClaim], nodes: &[Node], age: i64) -> Next {
    let (claims, nodes) = (arcs(claims.to_vec()), arcs(nodes.to_vec()));
    lifecycle::collect_machines(machines, &claims, &nodes, now() + Span::seconds(age))
}

#[test]
fn machines_without_a_claim_are_ended_with_their_nodes() {
    let next = leaks(&[machine()], &[], &[joined()], 31);
    let [Action::DeleteNode { node }, Action::Terminate(ended)] = &next.actions[..] else {
        panic!("{next:?}")
    };
    assert_eq!((ended.id(), node.name.as_str()), (MACHINE, "n1"));
    assert!(leaks(&[machine()], &[], &[joined()], 30).actions.is_empty(), "too young to tell");
    assert!(leaks(&[machine()], &[initialized()], &[], 600).actions.is_empty());
}

#[test]
fn a_machine_whose_launch_was_not_answered_waits_for_its_claim() {
    assert!(leaks(&[machine()], &[claim()], &[], 600).actions.is_empty());
    let mut other = claim();
    other.name = "general-2".into();
    assert_eq!(terminations(&leaks(&[machine()], &[other], &[], 600)), 1);
    // A second machine of a claim that has one is one too many.
    let twin = OwnedMachine::listed("fake:///m2", now()).tagged("general-1");
    assert_eq!(terminations(&leaks(&[machine(), twin], &[initialized()], &[], 600)), 1);
}

fn consistency(claim: &NodeClaim, memory: i64) -> Next {
    let mut node = joined();
    node.capacity = Resources::new().with("cpu", 8000).with("memory", memory << 30);
    lifecycle::check_consistency(claim, &node, &settings(), now())
}

fn promised() -> NodeClaim {
    let mut claim = initialized();
    claim.requests = Resources::new().with("memory", 1 << 30).with("cpu", 100);
    claim.status.capacity = Resources::new().with("cpu", 8000).with("memory", 128 << 30);
    claim
}

// UPK-6 to UPK-8
#[test]
fn a_machine_must_have_nine_tenths_of_what_was_promised() {
    let claim = promised();
    for (memory, status) in [(128, True), (116, True), (115, False), (64, False)] {
        let after = claim_after(&consistency(&claim, memory), &claim);
        assert_eq!(standing(&after, CONSISTENT_STATE_FOUND).0, status, "{memory}");
    }
    let next = consistency(&claim, 64);
    let [Action::Publish(event), Action::UpdateClaim(_)] = &next.actions[..] else {
        panic!("{next:?}")
    };
    let text = "expected 128Gi of resource memory, but found 64Gi (50.0% of expected)";
    assert_eq!((event.reason, event.message.as_str()), (EventReason::FailedConsistencyCheck, text));
    assert_eq!(next.look_again_at(), Some(now() + minutes(10)));
    assert_eq!(consistency(&foreign(claim), 64), Next::done());
    assert_eq!(consistency(&registered(), 64), Next::done());
}

// UPK-9 to UPK-12
#[test]
fn claims_and_nodes_get_the_label_of_their_class() {
    let key = class("TestNodeClass").label_key();
    let mut node = joined();
    node.labels.remove(&key);
    let next = lifecycle::hydrate(&initialized(), Some(&node), &settings());
    let (claim, after) = written(&next, &initialized(), &node, now());
    assert_eq!((claim.labels[&key].as_str(), after.labels[&key].as_str()), ("default", "default"));
    assert_eq!(lifecycle::hydrate(&claim, Some(&after), &settings()), Next::done());
    assert_eq!(lifecycle::hydrate(&foreign(claim.clone()), Some(&node), &settings()), Next::done());
    node.provider_id = "fake:///other".into();
    assert_eq!(lifecycle::hydrate(&claim, Some(&node), &settings()), Next::done());
}

// UPK-13 to UPK-17
#[test]
fn the_time_of_the_last_pod_event_is_noted_every_ten_seconds_at_most() {
    let mut claim = initialized();
    let note = |claim: &NodeClaim| {
        let next = lifecycle::note_pod_event(claim, &settings(), now());
        claim_after(&next, claim).status.last_pod_event_at
    };
    assert_eq!(note(&claim), Some(now()));
    for (age, noted) in [(9, now() - Span::seconds(9)), (10, now()), (600, now())] {
        claim.status.last_pod_event_at = Some(now() - Span::seconds(age));
        assert_eq!(note(&claim), Some(noted), "{age}");
    }
    assert_eq!(note(&foreign(launched())), None);
}

#[test]
fn binding_ending_and_leaving_are_pod_events() {
    let unbound = Pod::new("p");
    let bound = pod("p");
    let mut ended = bound.clone();
    ended.status.phase = PodPhase::Succeeded;
    let mut leaving = bound.clone();
    leaving.status.deleting_since = Some(now());
    let daemon = owned_by(bound.clone(), "apps/v1", "DaemonSet");
    for (before, after, wanted) in [
        (None, Some(&bound), true),
        (Some(&unbound), Some(&bound), true),
        (Some(&bound), Some(&bound), false),
        (Some(&bound), Some(&ended), true),
        (Some(&ended), Some(&ended), false),
        (Some(&bound), Some(&leaving), true),
        (Some(&leaving), None, false),
        (None, Some(&unbound), false),
        (None, Some(&daemon), false),
    ] {
        assert_eq!(lifecycle::is_pod_event(before, after), wanted, "{before:?} {after:?}");
    }
}

fn interrupt(claim: &NodeClaim, kind: InterruptionKind, bounds: bool) -> (Next, Option<String>) {
    let mut settings = settings();
    settings.spot_notice_bounds_drain = bounds;
    let notice = Interruption::new(kind, now() - Span::seconds(5));
    let next = lifecycle::interrupt(claim, Some(&joined()), &notice, &settings, now());
    let after = claim_after(&next, claim);
    (next, after.annotations.get(label::TERMINATION_TIMESTAMP).cloned())
}

#[test]
fn messages_of_the_cloud_have_their_consequences() {
    use InterruptionKind as Kind;
    for (kind, reason, ends, deadline) in [
        (Kind::SpotInterrupted, EventReason::SpotInterrupted, true, None),
        (
            Kind::CapacityReservationInterrupted,
            EventReason::CapacityReservationInstanceInterrupted,
            true,
            None,
        ),
        (Kind::RebalanceRecommendation, EventReason::SpotRebalanceRecommendation, false, None),
        (Kind::InstanceStopped, EventReason::InstanceStopping, true, None),
        (Kind::InstanceTerminated, EventReason::InstanceTerminating, true, None),
        (Kind::ScheduledChange, EventReason::InstanceUnhealthy, true, None),
        (Kind::EventStatus, EventReason::InstanceUnhealthy, true, None),
        (Kind::InstanceStatus, EventReason::InstanceUnhealthy, true, Some("2026-01-15T12:00:00Z")),
        (Kind::SystemStatus, EventReason::InstanceUnhealthy, true, Some("2026-01-15T12:00:00Z")),
    ] {
        let (next, found) = interrupt(&initialized(), kind, false);
        let causes = if ends { vec![Cause::Interrupted(kind)] } else { vec![] };
        assert_eq!(deletions(&next), causes);
        assert_eq!(events(&next)[..2], [reason; 2], "claim and node are told");
        assert_eq!(events(&next).contains(&EventReason::TerminatingOnInterruption), ends);
        assert_eq!(found.as_deref(), deadline, "{kind}");
    }
}

#[test]
fn a_message_that_comes_again_does_not_delete_again() {
    let mut claim = initialized();
    claim.deleting_since = Some(now());
    let (next, _) = interrupt(&claim, InterruptionKind::SpotInterrupted, false);
    assert!(next.is_quiet() && deletions(&next).is_empty());
    assert_eq!(
        interrupt(&foreign(claim), InterruptionKind::SpotInterrupted, false).0,
        Next::done()
    );
}

#[test]
fn a_spot_notice_can_bound_the_drain() {
    let deadline =
        |claim: &NodeClaim| interrupt(claim, InterruptionKind::SpotInterrupted, true).1.unwrap();
    let mut claim = initialized();
    assert_eq!(deadline(&claim), "2026-01-15T12:01:55Z");
    claim.termination_grace_period = Some(Span::seconds(30));
    assert_eq!(deadline(&claim), "2026-01-15T12:00:30Z", "its own grace period is shorter");
    for (known, wanted) in [
        ("2026-01-15T12:00:10Z", "2026-01-15T12:00:10Z"),
        ("2026-01-15T13:00:00Z", "2026-01-15T12:00:30Z"),
        ("rubbish", "2026-01-15T12:00:30Z"),
    ] {
        claim.annotations.insert(label::TERMINATION_TIMESTAMP.into(), known.into());
        assert_eq!(deadline(&claim), wanted, "{known}");
    }
}

#[test]
fn an_interrupted_spot_offering_is_avoided() {
    let mut claim = initialized();
    let marks = |claim: &NodeClaim, kind| {
        let next = interrupt(claim, kind, false).0;
        next.actions.into_iter().find(|own| matches!(own, Action::MarkUnavailable { .. }))
    };
    assert_eq!(marks(&claim, InterruptionKind::SpotInterrupted), None, "nobody knows what it is");
    claim.labels.insert(label::INSTANCE_TYPE.into(), "m.large".into());
    claim.labels.insert(label::ZONE.into(), "z1".into());
    let (instance_type, zone) = ("m.large".into(), "z1".to_owned());
    let capacity_type = CapacityType::Spot;
    let mark = Action::MarkUnavailable { instance_type, zone, capacity_type };
    assert_eq!(marks(&claim, InterruptionKind::SpotInterrupted), Some(mark));
    assert_eq!(marks(&claim, InterruptionKind::InstanceStopped), None);
}

#[test]
fn events_name_their_object() {
    let (next, _) = interrupt(&initialized(), InterruptionKind::InstanceStopped, false);
    let Action::Publish(event) = &next.actions[0] else { panic!() };
    let Event { subject, message, .. } = event.as_ref();
    assert!(matches!(subject, lifecycle::Subject::Claim(_)));
    assert_eq!(message, "The cloud says: instance_stopped");
}
