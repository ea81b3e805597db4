//! The first stage of a claim: its machine is bought; not which machine.

use super::{BoughtMachine, ClaimState, Draft, LaunchAnswer, LaunchProblem};
use crate::{
    lifecycle::{
        Action, Backoff, Cause, Event, EventReason, Target, Waiting,
        conditions::{self, LAUNCHED},
    },
    model::{ConditionStatus, Timestamp},
};

/// Longest text of an error that a condition or event repeats, in characters.
const TEXT_MAX: usize = 300;

pub(super) fn launch(draft: &mut Draft<'_>, state: &ClaimState<'_>) {
    if draft.status(LAUNCHED) != ConditionStatus::Unknown {
        return;
    }
    if conditions::find(&draft.claim.status.conditions, LAUNCHED).is_none() {
        draft.set_unknown(LAUNCHED, "AwaitingReconciliation", "");
    }
    match state.launch {
        LaunchAnswer::Started(machine) => record(draft, machine),
        LaunchAnswer::NotAsked => ask(draft),
        LaunchAnswer::Pending { ask_again } => ask_from(draft, *ask_again, Waiting::Launch),
        LaunchAnswer::Failed { problem, at, failures } => {
            fail(draft, problem);
            if !draft.has_ended() {
                let again = *at + Backoff::CLAIM.after(*failures);
                ask_from(draft, again, Waiting::LaunchRetry);
            }
        }
    }
}

fn ask(draft: &mut Draft<'_>) {
    draft.act(Action::Launch { claim: Target::claim(&draft.claim) });
    draft.wait_for(Waiting::Launch, None);
}

fn ask_from(draft: &mut Draft<'_>, at: Timestamp, reason: Waiting) {
    if draft.now < at {
        draft.wait_for(reason, at);
    } else {
        ask(draft);
    }
}

/// Labels of the claim win over those of the machine, annotations of the provider over those of the claim.
fn record(draft: &mut Draft<'_>, machine: &BoughtMachine) {
    let claim = &mut draft.claim;
    for (key, value) in &machine.labels {
        claim.labels.entry(key.clone()).or_insert_with(|| value.clone());
    }
    claim.annotations.extend(machine.annotations.clone());
    claim.status.provider_id.clone_from(&machine.provider_id);
    claim.status.image_id.clone_from(&machine.image_id);
    claim.status.capacity.clone_from(&machine.capacity);
    claim.status.allocatable.clone_from(&machine.allocatable);
    draft.set_true(LAUNCHED);
}

fn fail(draft: &mut Draft<'_>, problem: &LaunchProblem) {
    match problem {
        LaunchProblem::InsufficientCapacity { message } => {
            let text = format!("NodeClaim {} event: {}", draft.claim.name, cut(message));
            let reason = EventReason::InsufficientCapacityError;
            draft.publish(Event::on_claim(&draft.claim, reason, text));
            draft.end(Cause::InsufficientCapacity);
        }
        LaunchProblem::NodeClassNotReady { .. } => draft.end(Cause::NodeClassNotReady),
        LaunchProblem::Named { reason, message } => {
            draft.set_answer(LAUNCHED, reason, message);
        }
        LaunchProblem::Other { message } => {
            draft.set_answer(LAUNCHED, "LaunchFailed", &cut(message));
        }
    }
}

/// A text of [`TEXT_MAX`] characters or more is cut there and marked.
fn cut(text: &str) -> String {
    let mut short: String = text.chars().take(TEXT_MAX).collect();
    if text.chars().count() >= TEXT_MAX {
        short.push_str("...");
    }
    short
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_errors_are_cut_at_characters() {
        assert_eq!(cut("no"), "no");
        assert_eq!(cut(&"ä".repeat(299)), "ä".repeat(299));
        assert_eq!(cut(&"ä".repeat(300)), "ä".repeat(300) + "...");
        assert_eq!(cut(&"ä".repeat(400)), "ä".repeat(300) + "...");
    }
}
