//! The end of a Node: drain, volumes, machine (TER-1 to TER-29; metrics are the shell's).

use karp_core::{
    lifecycle::{
        self, Action, Cause, EventReason, Next, NodeState, QueuedPod, Sight, VolumeAttachment,
        conditions::{DISRUPTION_REASON, DRAINED, INSTANCE_TERMINATING, READY, VOLUMES_DETACHED},
    },
    model::{
        ConditionStatus::{False, True, Unknown},
        Effect, Node, NodeClaim, ObjectId, PersistentVolumeClaim, Pod, PodPhase, PodVolume, Span,
        Taint, Timestamp, Toleration, label,
    },
};

use crate::fixture::*;

const CRITICAL: i32 = 2_000_000_000;

fn going_node() -> Node {
    let mut node = joined();
    node.deleting_since = Some(now());
    node
}

fn going_claim() -> NodeClaim {
    let mut claim = initialized();
    claim.deleting_since = Some(now());
    claim
}

/// A claim whose drain began long enough ago.
fn draining_claim() -> NodeClaim {
    let mut claim = going_claim();
    set(&mut claim, DRAINED, Unknown, now() - Span::seconds(10));
    claim
}

fn terminate(node: &Node, claims: &[NodeClaim], pods: &[Pod], sight: &Sight) -> Next {
    let (claims, pods) = (arcs(claims.to_vec()), arcs(pods.to_vec()));
    let state = NodeState::new(node).with_claims(&claims).with_pods(&pods).with_sight(sight);
    lifecycle::terminate_node(&state, &settings(), now())
}

fn queued(next: &Next) -> Vec<QueuedPod> {
    let queues = next.actions.iter().filter_map(|action| match action {
        Action::QueueEvictions(pods) => Some(pods.clone()),
        _ => None,
    });
    queues.flatten().collect()
}

fn queued_names(next: &Next) -> Vec<String> {
    queued(next).iter().map(|queued| queued.pod.name.name().to_owned()).collect()
}

fn with_deadline(mut claim: NodeClaim, deadline: Timestamp) -> NodeClaim {
    claim.annotations.insert(label::TERMINATION_TIMESTAMP.into(), deadline.to_string());
    claim
}

// TER-1
#[test]
fn a_node_goes_after_its_pods_and_its_machine() {
    let (node, mut claim) = (going_node(), going_claim());
    let next = terminate(&node, &[claim.clone()], &[pod("web")], &alive());
    assert_eq!(queued_names(&next), ["web"]);
    assert_eq!((terminations(&next), releases_node(&next)), (0, false));
    assert_eq!(events(&next), [EventReason::FailedDraining]);
    let (after, node) = written(&next, &claim, &node, now());
    assert_eq!(standing(&after, DRAINED), (Unknown, "Draining"));
    claim = draining_claim();
    let next = terminate(&node, &[claim.clone()], &[], &alive());
    assert_eq!((terminations(&next), releases_node(&next)), (1, false));
    let (claim, node) = written(&next, &claim, &node, now());
    for kind in [DRAINED, VOLUMES_DETACHED, INSTANCE_TERMINATING] {
        assert_eq!(standing(&claim, kind).0, True, "{kind}");
    }
    let next = terminate(&node, &[claim], &[], &Sight::Gone);
    assert_eq!((next.actions.len(), releases_node(&next)), (1, true));
}

// TER-2, TER-3
#[test]
fn a_node_without_a_claim_or_with_two_goes_without_ending_a_machine() {
    let mut twin = draining_claim();
    twin.name = "general-2".into();
    for claims in [vec![], vec![draining_claim(), twin]] {
        let next = terminate(&going_node(), &claims, &[], &alive());
        assert_eq!((terminations(&next), releases_node(&next)), (0, true));
    }
}

// TER-4
#[test]
fn nodes_of_others_and_nodes_that_stay_are_left_alone() {
    let mut other = going_node();
    other.labels.remove(&class("TestNodeClass").label_key());
    let mut bare = going_node();
    bare.finalizers.clear();
    for node in [other, bare, joined()] {
        assert_eq!(terminate(&node, &[going_claim()], &[], &alive()), Next::done());
    }
}

// TER-5
#[test]
fn the_claim_of_a_deleted_node_is_deleted() {
    let next = terminate(&going_node(), &[initialized()], &[], &alive());
    assert_eq!(deletions(&next), [Cause::NodeDeleted]);
    assert!(deletions(&terminate(&going_node(), &[going_claim()], &[], &alive())).is_empty());
}

// TER-7
#[test]
fn a_node_that_goes_takes_no_pods_and_no_traffic() {
    let (_, node) = written(
        &terminate(&going_node(), &[going_claim()], &[], &alive()),
        &going_claim(),
        &going_node(),
        now(),
    );
    let taint = Taint::new(label::DISRUPTED_TAINT, Effect::NoSchedule);
    assert_eq!(node.taints, std::slice::from_ref(&taint));
    let key = "node.kubernetes.io/exclude-from-external-load-balancers";
    assert_eq!(node.labels[key], "karpenter");
    let next = terminate(&node, &[draining_claim()], &[pod("web")], &alive());
    assert!(!next.actions.iter().any(|own| matches!(own, Action::UpdateNode(_))));
    // Another effect of the same key gives way.
    let mut other = going_node();
    other.taints = vec![Taint::new(label::DISRUPTED_TAINT, Effect::NoExecute)];
    let next = terminate(&other, &[going_claim()], &[], &alive());
    assert_eq!(written(&next, &going_claim(), &other, now()).1.taints, [taint]);
}

fn ended(mut pod: Pod, phase: PodPhase) -> Pod {
    pod.status.phase = phase;
    pod
}

fn stopping(mut pod: Pod, until: Timestamp) -> Pod {
    pod.status.deleting_since = Some(until);
    pod
}

// TER-8 to TER-12, TER-16, TER-20
#[test]
fn only_pods_that_a_drain_concerns_hold_the_node() {
    let tolerant = |toleration: Toleration| pod("p").tolerate(toleration);
    let mirror = owned_by(pod("p"), "v1", "Node");
    let seconds = Span::seconds;
    for (pod, holds, queued) in [
        (tolerant(Toleration::equal(label::DISRUPTED_TAINT, "")), false, false),
        (tolerant(Toleration::exists(label::DISRUPTED_TAINT)), false, false),
        (tolerant(Toleration::everything()), false, false),
        (tolerant(Toleration::exists("node.kubernetes.io/unschedulable")), true, true),
        (pod("p"), true, true),
        (ended(pod("p"), PodPhase::Succeeded), false, false),
        (ended(pod("p"), PodPhase::Failed), false, false),
        (mirror, false, false),
        (stopping(pod("p"), now() - seconds(61)), false, false),
        (stopping(pod("p"), now() - seconds(60)), true, true),
        (annotated(pod("p"), label::DO_NOT_DISRUPT, "true"), true, true),
        (pod("p").bound_to("n2"), false, false),
    ] {
        let next =
            terminate(&going_node(), &[draining_claim()], std::slice::from_ref(&pod), &alive());
        assert_eq!(!queued_names(&next).is_empty(), queued, "{pod:?}");
        assert_eq!(terminations(&next) == 0, holds, "{pod:?}");
    }
}

// TER-14, TER-15, TER-17
#[test]
fn pods_leave_tier_by_tier() {
    let critical = |name: &str| {
        let mut pod = pod(name);
        pod.spec_mut().priority = CRITICAL;
        pod
    };
    let daemon = |pod: Pod| owned_by(pod, "apps/v1", "DaemonSet");
    let mut pods = vec![
        daemon(critical("d")),
        critical("c"),
        daemon(pod("b")),
        pod("a"),
        stopping(pod("a2"), now() + Span::seconds(20)),
    ];
    for tier in [vec!["a", "a2"], vec!["b"], vec!["c"], vec!["d"]] {
        let next = terminate(&going_node(), &[draining_claim()], &pods, &alive());
        assert_eq!(queued_names(&next), tier);
        pods.retain(|pod| !tier.contains(&pod.id.name()));
    }
    assert_eq!(terminations(&terminate(&going_node(), &[draining_claim()], &pods, &alive())), 1);
}

// TER-18, TER-19
#[test]
fn a_node_whose_machine_is_gone_goes_at_once_unless_its_kubelet_is_well() {
    let mut dead = going_node();
    dead.conditions = vec![is(READY, Unknown, now())];
    let pods = [pod("web")];
    let next = terminate(&dead, &[going_claim()], &pods, &Sight::Gone);
    assert!(releases_node(&next) && queued_names(&next).is_empty());
    let next = terminate(&going_node(), &[going_claim()], &pods, &Sight::Gone);
    assert_eq!((releases_node(&next), queued_names(&next).len()), (false, 1));
    // Before that, the cloud is asked, and the drain goes on meanwhile.
    let next = terminate(&dead, &[going_claim()], &pods, &Sight::Unknown);
    let asks = next.actions.iter().filter(|own| matches!(own, Action::LookUp { .. })).count();
    assert_eq!((asks, queued_names(&next).len()), (1, 1));
    assert_eq!(
        terminate(&dead, &[draining_claim()], &[], &Sight::Unknown)
            .actions
            .iter()
            .filter(|own| matches!(own, Action::LookUp { .. }))
            .count(),
        1
    );
}

// TER-22 to TER-24
#[test]
fn pods_that_are_due_leave_out_of_turn() {
    let mut late = pod("late");
    late.spec_mut().priority = CRITICAL;
    late.spec_mut().termination_grace_period = Some(Span::seconds(300));
    let early = annotated(pod("early"), label::DO_NOT_DISRUPT, "true");
    let claim = with_deadline(draining_claim(), now() + Span::seconds(299));
    let next = terminate(&going_node(), &[claim], &[late, early], &alive());
    assert_eq!(queued_names(&next), ["late", "early"]);
    assert!(events(&next).contains(&EventReason::TerminationGracePeriodExpiring));
    let deadlines: Vec<_> = queued(&next).iter().map(|queued| queued.deadline).collect();
    assert_eq!(deadlines, [Some(now() + Span::seconds(299)); 2]);
}

// EVQ-9
#[test]
fn pods_are_told_why_they_leave() {
    let reason = |claims: &[NodeClaim]| {
        queued(&terminate(&going_node(), claims, &[pod("web")], &alive()))[0].reason.clone()
    };
    assert_eq!(reason(&[]), "");
    assert_eq!(reason(&[going_claim()]), "Forceful Termination");
    let mut claim = going_claim();
    set(&mut claim, DISRUPTION_REASON, True, now());
    claim.status.conditions.last_mut().unwrap().reason = "Underutilized".into();
    assert_eq!(reason(&[claim]), "Underutilized");
}

// TER-26
#[test]
fn a_drain_lasts_at_least_five_seconds() {
    let mut claim = going_claim();
    let next = terminate(&going_node(), &[claim.clone()], &[], &alive());
    assert_eq!((terminations(&next), waits(&next)), (0, vec!["minimum-drain"]));
    for (seconds, ended) in [(4, 0), (5, 1)] {
        set(&mut claim, DRAINED, Unknown, now() - Span::seconds(seconds));
        assert_eq!(terminations(&terminate(&going_node(), &[claim.clone()], &[], &alive())), ended);
    }
}

fn attached(name: &str, node: &str, volume: Option<&str>) -> VolumeAttachment {
    VolumeAttachment { name: name.into(), node: node.into(), volume: volume.map(str::to_owned) }
}

fn detach(claim: NodeClaim, pods: &[Pod], attachments: &[VolumeAttachment]) -> (Next, NodeClaim) {
    let node = going_node();
    let mut volume_claim = PersistentVolumeClaim::new(ObjectId::new("default", "data"));
    volume_claim.volume = Some("pv-data".into());
    let (claims, pods, volume_claims) = (arcs([claim]), arcs(pods.to_vec()), arcs([volume_claim]));
    let sight = alive();
    let state = NodeState::new(&node)
        .with_claims(&claims)
        .with_pods(&pods)
        .with_volumes(attachments, &volume_claims)
        .with_sight(&sight);
    let next = lifecycle::terminate_node(&state, &settings(), now());
    let after = claim_after(&next, &claims[0]);
    (next, after)
}

// TER-27
#[test]
fn volumes_are_waited_for() {
    let own = attached("a", "n1", Some("pv-1"));
    let (next, claim) = detach(draining_claim(), &[], &[own]);
    assert_eq!((terminations(&next), waits(&next)), (0, vec!["attached-volumes"]));
    assert_eq!(events(&next), [EventReason::AwaitingVolumeDetachment]);
    assert_eq!(
        (standing(&claim, DRAINED).0, standing(&claim, VOLUMES_DETACHED).0),
        (True, Unknown)
    );
    let others = [attached("b", "n2", Some("pv-2")), attached("c", "n1", None)];
    let (next, claim) = detach(draining_claim(), &[], &others);
    assert_eq!((terminations(&next), standing(&claim, VOLUMES_DETACHED).0), (1, True));
}

// TER-28
#[test]
fn volumes_of_pods_that_stay_are_not_waited_for() {
    let mut stays = pod("agent").tolerate(Toleration::everything());
    let volume = PodVolume { name: "data".into(), claim: "data".into(), ephemeral: None };
    stays.spec_mut().volumes = vec![volume];
    let attachments = [attached("a", "n1", Some("pv-data"))];
    assert_eq!(terminations(&detach(draining_claim(), &[stays], &attachments).0), 1);
    assert_eq!(terminations(&detach(draining_claim(), &[], &attachments).0), 0);
}

// TER-29
#[test]
fn the_deadline_ends_the_wait_for_volumes() {
    let attachments = [attached("a", "n1", Some("pv-1"))];
    let claim = |deadline| with_deadline(draining_claim(), deadline);
    assert_eq!(terminations(&detach(claim(now()), &[], &attachments).0), 0);
    let (next, claim) = detach(claim(now() - Span::seconds(1)), &[], &attachments);
    assert_eq!(terminations(&next), 1);
    assert_eq!(standing(&claim, VOLUMES_DETACHED), (False, "TerminationGracePeriodElapsed"));
}

#[test]
fn an_event_names_five_attachments() {
    let attachments: Vec<_> =
        (0..7).rev().map(|i| attached(&format!("a{i}"), "n1", Some("pv"))).collect();
    let (next, _) = detach(draining_claim(), &[], &attachments);
    let messages = next.actions.iter().find_map(|action| match action {
        Action::Publish(event) => Some(event.message.as_str()),
        _ => None,
    });
    let text = "Awaiting volume detachment: a0, a1, a2, a3, a4 and 2 others";
    assert_eq!(messages, Some(text));
}

#[test]
fn a_deadline_that_cannot_be_read_forces_nobody_off() {
    let mut claim = draining_claim();
    claim.annotations.insert(label::TERMINATION_TIMESTAMP.into(), "soon".into());
    let next = terminate(&going_node(), &[claim], &[pod("web")], &alive());
    assert_eq!(queued(&next)[0].deadline, None);
    assert_eq!(events(&next), [EventReason::FailedDraining, EventReason::FailedDraining]);
}

#[test]
fn a_machine_that_is_not_ours_is_not_ended_by_its_node() {
    let next = terminate(&going_node(), &[draining_claim()], &[], &Sight::Foreign);
    assert_eq!((terminations(&next), releases_node(&next)), (0, false));
    assert_eq!(waits(&next), ["machine-not-ours"]);
}
