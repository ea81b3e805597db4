//! Deadlines of a claim that does not come to life; not of one that has joined.

use super::{Draft, registration::pool_uid};
use crate::{
    lifecycle::{
        Action, Cause, RegistrationOutcome, Settings, Waiting,
        conditions::{self, LAUNCHED, REGISTERED},
    },
    model::ConditionStatus,
};

/// The times run from the last change of the condition, not from the claim's creation.
pub(super) fn watch(draft: &mut Draft<'_>, settings: &Settings) {
    if draft.status(REGISTERED) == ConditionStatus::True {
        return;
    }
    let launched = draft.status(LAUNCHED) == ConditionStatus::True;
    let (deadline, cause, waiting) = if launched {
        let deadline = draft.since(REGISTERED) + settings.registration_timeout;
        (deadline, Cause::RegistrationTimeout, Waiting::RegistrationDeadline)
    } else {
        let deadline = draft.since(LAUNCHED) + settings.launch_timeout;
        (deadline, Cause::LaunchTimeout, Waiting::LaunchDeadline)
    };
    if draft.now < deadline {
        draft.wait_for(waiting, deadline);
        return;
    }
    let reason = conditions::find(&draft.claim.status.conditions, LAUNCHED)
        .filter(|_| !launched)
        .map(|condition| condition.reason.clone());
    if let Some(pool) = pool_uid(&draft.claim) {
        let outcome = RegistrationOutcome::Failed { reason };
        draft.act_last(Action::RecordRegistration { pool, outcome });
    }
    draft.end(cause);
}
