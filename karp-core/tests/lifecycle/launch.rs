//! The first stage of a claim (LAU-1 to LAU-6).

use karp_core::{
    lifecycle::{
        Action, BoughtMachine, Cause, ClaimState, EventReason, LaunchAnswer, LaunchProblem,
        conditions::LAUNCHED,
    },
    model::{ConditionStatus, Labels, Resources, Span},
};

use crate::fixture::*;

fn failed(problem: LaunchProblem) -> LaunchAnswer {
    LaunchAnswer::Failed { problem, at: now(), failures: 3 }
}

fn bought() -> BoughtMachine {
    let mut machine = BoughtMachine::new(MACHINE);
    machine.image_id = "image".into();
    machine.capacity = Resources::new().with("cpu", 4000);
    machine.labels = Labels::from([("zone".into(), "z1".into()), ("team".into(), "cloud".into())]);
    machine.annotations = Labels::from([("hash".into(), "new".into())]);
    machine
}

// LAU-1
#[test]
fn a_new_claim_is_launched_once_and_gets_its_provider_id() {
    let claim = claim();
    let next = advance(&ClaimState::new(&claim), now());
    assert_eq!(launches(&next), 1);
    let answer = LaunchAnswer::Started(Box::new(bought()));
    let next = advance(&ClaimState::new(&claim).with_launch(&answer), now());
    assert_eq!(launches(&next), 0);
    let after = claim_after(&next, &claim);
    assert_eq!(after.status.provider_id, MACHINE);
    assert_eq!(
        (after.status.image_id.as_str(), after.status.capacity.amount("cpu")),
        ("image", 4000)
    );
}

// LAU-2
#[test]
fn a_claim_of_somebody_else_is_not_launched() {
    let claim = foreign(claim());
    let next = advance(&ClaimState::new(&claim), now());
    assert!(next.actions.is_empty() && next.waits.is_empty());
}

// LAU-3
#[test]
fn a_bought_machine_makes_the_claim_launched() {
    let mut claim = claim();
    claim.labels.insert("team".into(), "shop".into());
    claim.annotations.insert("hash".into(), "old".into());
    let answer = LaunchAnswer::Started(Box::new(bought()));
    let after = claim_after(&advance(&ClaimState::new(&claim).with_launch(&answer), now()), &claim);
    assert_eq!(standing(&after, LAUNCHED), (ConditionStatus::True, LAUNCHED));
    // Labels of the claim win, annotations of the provider.
    assert_eq!((after.labels["team"].as_str(), after.labels["zone"].as_str()), ("shop", "z1"));
    assert_eq!(after.annotations["hash"], "new");
    let again = advance(&ClaimState::new(&after).with_launch(&answer), now());
    assert_eq!(launches(&again), 0);
}

// LAU-4
#[test]
fn a_claim_for_which_there_is_no_capacity_is_deleted() {
    let claim = claim();
    let answer = failed(LaunchProblem::InsufficientCapacity { message: "sold out".into() });
    let next = advance(&ClaimState::new(&claim).with_launch(&answer), now());
    assert_eq!(deletions(&next), [Cause::InsufficientCapacity]);
    assert_eq!(events(&next), [EventReason::InsufficientCapacityError]);
    let Action::Publish(event) = &next.actions[0] else { panic!("{next:?}") };
    assert_eq!(event.message, "NodeClaim general-1 event: sold out");
}

// LAU-5
#[test]
fn a_claim_whose_class_is_not_ready_is_deleted() {
    let claim = claim();
    let answer = failed(LaunchProblem::NodeClassNotReady { message: "no subnets".into() });
    let next = advance(&ClaimState::new(&claim).with_launch(&answer), now());
    assert_eq!(deletions(&next), [Cause::NodeClassNotReady]);
    assert!(events(&next).is_empty());
}

// LAU-6
#[test]
fn other_failures_are_told_and_tried_again_later() {
    let claim = claim();
    let named = LaunchProblem::Named { reason: "BadImage".into(), message: "no such image".into() };
    let other = LaunchProblem::Other { message: "x".repeat(400) };
    let cut = "x".repeat(300) + "...";
    for (problem, reason, text) in
        [(named, "BadImage", "no such image"), (other, "LaunchFailed", cut.as_str())]
    {
        let answer = failed(problem);
        let next = advance(&ClaimState::new(&claim).with_launch(&answer), now());
        let after = claim_after(&next, &claim);
        assert_eq!(standing(&after, LAUNCHED), (ConditionStatus::Unknown, reason));
        assert_eq!(message(&next, LAUNCHED), text);
        assert_eq!((launches(&next), deletions(&next).len()), (0, 0));
        // The third failure in a row waits four seconds.
        assert_eq!(next.look_again_at(), Some(now() + Span::seconds(4)));
        let later =
            advance(&ClaimState::new(&after).with_launch(&answer), now() + Span::seconds(4));
        assert_eq!(launches(&later), 1);
    }
}

#[test]
fn a_launch_under_way_is_asked_after_when_the_cloud_says_so() {
    let claim = claim();
    let answer = LaunchAnswer::Pending { ask_again: now() + Span::seconds(10) };
    let at = |second| {
        advance(&ClaimState::new(&claim).with_launch(&answer), now() + Span::seconds(second))
    };
    assert_eq!((launches(&at(0)), launches(&at(10))), (0, 1));
    assert_eq!(at(0).look_again_at(), Some(now() + Span::seconds(10)));
}

#[test]
fn a_lost_answer_is_asked_for_again() {
    let claim = claim();
    let next = advance(&ClaimState::new(&claim), now());
    let after = claim_after(&next, &claim);
    let again = advance(&ClaimState::new(&after), now());
    assert_eq!(launches(&again), 1, "equal tokens name one machine, so asking twice is safe");
    assert_eq!(again.actions.len(), 1, "nothing else is left to write: {again:?}");
}

// FIN-1 and FIN-2
#[test]
fn nothing_is_bought_for_a_claim_without_the_finalizer() {
    let mut bare = claim();
    bare.finalizers.clear();
    let next = advance(&ClaimState::new(&bare), now());
    let [Action::UpdateClaim(change)] = &next.actions[..] else { panic!("{next:?}") };
    assert!(change.add_finalizer);
    assert!(advance(&ClaimState::new(&foreign(bare)), now()).actions.is_empty());
}
