//! The end of a claim (FIN-3 to FIN-18; FIN-1 and FIN-2 are in `launch`).

use karp_core::{
    lifecycle::{
        Action, ClaimState, EventReason, Next, OwnedMachine, Sight,
        conditions::{INSTANCE_TERMINATING, READY},
    },
    model::{ConditionStatus::True, Node, NodeClaim, Span, label},
};

use crate::fixture::*;

fn going(mut claim: NodeClaim) -> NodeClaim {
    claim.deleting_since = Some(now());
    claim
}

fn finalize(claim: &NodeClaim, nodes: &[Node], sight: &Sight) -> Next {
    let nodes = arcs(nodes.to_vec());
    advance(&ClaimState::new(claim).with_nodes(&nodes).with_sight(sight), now())
}

fn deleted_nodes(next: &Next) -> Vec<&str> {
    let names = next.actions.iter().filter_map(|action| match action {
        Action::DeleteNode { node } => Some(node.name.as_str()),
        _ => None,
    });
    names.collect()
}

// FIN-5
#[test]
fn nodes_go_first_then_the_machine_then_the_claim() {
    let claim = going(initialized());
    let next = finalize(&claim, &[joined()], &alive());
    assert_eq!((deleted_nodes(&next), terminations(&next)), (vec!["n1"], 0));
    assert_eq!(waits(&next), ["nodes-gone"]);
    let next = finalize(&claim, &[], &alive());
    assert_eq!((terminations(&next), releases_claim(&next)), (1, false));
    assert_eq!(next.look_again_at(), Some(now() + Span::seconds(5)));
    let claim = claim_after(&next, &claim);
    assert_eq!(standing(&claim, INSTANCE_TERMINATING).0, True);
    let next = finalize(&claim, &[], &Sight::Gone);
    assert_eq!((next.actions.len(), releases_claim(&next)), (1, true));
}

// FIN-6
#[test]
fn the_end_of_claims_of_others_is_not_ours() {
    assert!(finalize(&foreign(going(initialized())), &[joined()], &alive()).actions.is_empty());
}

// FIN-7
#[test]
fn a_terminating_machine_leaves_the_summary_as_it_is() {
    let mut claim = going(initialized());
    set(&mut claim, READY, True, now());
    let after = claim_after(&finalize(&claim, &[], &alive()), &claim);
    assert_eq!(standing(&after, READY).0, True);
}

// FIN-9, FIN-10
#[test]
fn the_claim_stays_until_the_cloud_says_that_the_machine_is_gone() {
    let claim = going(initialized());
    for (sight, asked, ended) in
        [(Sight::Unknown, 1, 0), (alive(), 0, 1), (Sight::Ending(machine()), 0, 0)]
    {
        let next = finalize(&claim, &[], &sight);
        let asks = next.actions.iter().filter(|own| matches!(own, Action::LookUp { .. })).count();
        assert_eq!((asks, terminations(&next)), (asked, ended), "{sight:?}");
        assert!(!releases_claim(&next) && !next.waits.is_empty(), "{sight:?}");
    }
}

// FIN-11, FIN-12
#[test]
fn every_node_of_the_machine_goes_first() {
    let claim = going(initialized());
    let mut second = joined();
    second.name = "n2".into();
    let next = finalize(&claim, &[joined(), second.clone()], &alive());
    assert_eq!(deleted_nodes(&next), ["n1", "n2"]);
    second.deleting_since = Some(now());
    let next = finalize(&claim, &[second], &alive());
    assert!(next.actions.is_empty() && waits(&next) == ["nodes-gone"]);
}

// FIN-13, FIN-14
#[test]
fn a_claim_without_a_machine_goes_at_once_and_takes_nothing_with_it() {
    let mut nameless = joined();
    nameless.provider_id.clear();
    let next = finalize(&going(claim()), &[nameless], &Sight::Unknown);
    assert_eq!((next.actions.len(), releases_claim(&next)), (1, true));
}

// FIN-15 to FIN-17
#[test]
fn the_deadline_is_noted_once() {
    let note = |claim: &NodeClaim| {
        let next = finalize(claim, &[joined()], &alive());
        let after = claim_after(&next, claim);
        let events = events(&next);
        (after.annotations.get(label::TERMINATION_TIMESTAMP).cloned(), events)
    };
    let mut claim = going(initialized());
    assert_eq!(note(&claim), (None, vec![]));
    claim.termination_grace_period = Some(Span::minutes(5));
    let told = vec![EventReason::TerminationGracePeriodExpiring];
    assert_eq!(note(&claim), (Some("2026-01-15T12:05:00Z".to_owned()), told));
    claim.annotations.insert(label::TERMINATION_TIMESTAMP.into(), "2026-01-15T12:01:00Z".into());
    assert_eq!(note(&claim), (Some("2026-01-15T12:01:00Z".to_owned()), vec![]));
}

// FIN-18
#[test]
fn nodes_of_a_claim_that_has_not_joined_are_left_alone() {
    let next = finalize(&going(launched()), &[joining()], &alive());
    assert_eq!((deleted_nodes(&next), terminations(&next)), (vec![], 1));
}

#[test]
fn a_claim_without_the_finalizer_needs_nothing() {
    let mut claim = going(initialized());
    claim.finalizers.clear();
    assert_eq!(finalize(&claim, &[joined()], &alive()), Next::done());
}

#[test]
fn a_machine_that_is_not_ours_is_never_ended() {
    let claim = going(initialized());
    let listed = || OwnedMachine::listed(MACHINE, now());
    for sight in [
        Sight::Foreign,
        Sight::Alive(listed().tagged("general-2")),
        Sight::Alive(listed().of_pool("other")),
        Sight::Ending(listed().tagged("general-2")),
        Sight::Alive(OwnedMachine::listed("fake:///m2", now())),
    ] {
        let next = finalize(&claim, &[], &sight);
        assert_eq!((terminations(&next), releases_claim(&next)), (0, false), "{sight:?}");
        assert_eq!(events(&next), [EventReason::FailedTermination]);
        assert_eq!(waits(&next), ["machine-not-ours"]);
    }
    // A cloud that keeps no tags lists what is ours all the same.
    assert_eq!(terminations(&finalize(&claim, &[], &Sight::Alive(listed()))), 1);
}
