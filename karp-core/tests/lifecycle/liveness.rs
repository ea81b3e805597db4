//! Deadlines of a claim (LIV-1 to LIV-11, but those of a pool's health).

use karp_core::{
    lifecycle::{
        self, Action, Cause, ClaimState, LaunchAnswer, LaunchProblem, RegistrationOutcome,
        conditions::{LAUNCHED, REGISTERED},
    },
    model::{ConditionStatus::Unknown, NodeClaim, Span, Timestamp, Uid},
};

use crate::fixture::*;

fn ends(claim: &NodeClaim, at: Timestamp) -> Vec<Cause> {
    deletions(&advance(&ClaimState::new(claim), at))
}

// LIV-1, LIV-3, LIV-8
#[test]
fn a_node_must_join_within_a_quarter_of_an_hour() {
    let claim = launched();
    assert!(ends(&claim, now() + minutes(15) - Span::seconds(1)).is_empty());
    assert_eq!(ends(&claim, now() + minutes(15)), [Cause::RegistrationTimeout]);
    assert!(ends(&registered(), now() + minutes(600)).is_empty());
    let mut late = launched();
    set(&mut late, REGISTERED, Unknown, now() + minutes(60));
    assert!(ends(&late, now() + minutes(74)).is_empty());
    assert_eq!(ends(&late, now() + minutes(75)), [Cause::RegistrationTimeout]);
}

// LIV-2
#[test]
fn claims_of_others_may_take_as_long_as_they_like() {
    assert!(ends(&foreign(claim()), now() + minutes(600)).is_empty());
}

// LIV-4, LIV-5, LIV-7
#[test]
fn a_claim_must_be_launched_within_five_minutes() {
    assert!(ends(&claim(), now() + minutes(5) - Span::nanos(1)).is_empty());
    assert_eq!(ends(&claim(), now() + minutes(5)), [Cause::LaunchTimeout]);
    let mut late = claim();
    set(&mut late, LAUNCHED, Unknown, now() + minutes(60));
    assert!(ends(&late, now() + minutes(64)).is_empty());
    assert_eq!(ends(&late, now() + minutes(65)), [Cause::LaunchTimeout]);
}

// LIV-6
#[test]
fn the_time_to_launch_can_be_set() {
    let mut settings = settings();
    settings.launch_timeout = Span::seconds(30);
    let at = |second| {
        let at = now() + Span::seconds(second);
        deletions(&lifecycle::advance_claim(&ClaimState::new(&claim()), &settings, at))
    };
    assert!(at(29).is_empty());
    assert_eq!(at(30), [Cause::LaunchTimeout]);
}

#[test]
fn the_pool_is_told_after_the_claim_was_deleted() {
    let answer = LaunchAnswer::Failed {
        problem: LaunchProblem::Named { reason: "BadImage".into(), message: String::new() },
        at: now(),
        failures: 9,
    };
    let (early, late) = (claim(), launched());
    for (state, reason) in [
        (ClaimState::new(&early).with_launch(&answer), Some("BadImage".to_owned())),
        (ClaimState::new(&late), None),
    ] {
        let next = advance(&state, now() + minutes(15));
        let outcome = RegistrationOutcome::Failed { reason };
        let record = Action::RecordRegistration { pool: Uid::new(POOL_UID), outcome };
        let [.., Action::DeleteClaim { .. }, last] = &next.actions[..] else { panic!("{next:?}") };
        assert_eq!(last, &record);
    }
}

#[test]
fn a_claim_that_is_deleted_is_not_written_to() {
    let next = advance(&ClaimState::new(&claim()), now() + minutes(5));
    assert!(!next.actions.iter().any(|own| matches!(own, Action::UpdateClaim(_))), "{next:?}");
    assert!(next.waits.is_empty());
}
