//! Ending the machine of a claim, if the cloud says that it is ours; not draining its Node.

use super::{
    Action, ClaimChange, ConditionChange, Event, EventReason, Next, Sight, Waiting,
    conditions::INSTANCE_TERMINATING,
};
use crate::model::{NodeClaim, Span, Timestamp};

/// How often it is looked whether a machine is gone.
const POLL: Span = Span::seconds(5);

/// Whether the machine is gone; otherwise what is to be done so that it will be.
///
/// A machine that the cloud does not list as ours, or whose tags name another claim, is never ended: people are told, and the object stays.
pub(super) fn end(
    claim: &NodeClaim,
    sight: &Sight,
    change: &mut ClaimChange,
    next: &mut Next,
    now: Timestamp,
) -> bool {
    match sight {
        Sight::Gone => return true,
        Sight::Unknown => {
            next.look_up(&claim.status.provider_id);
            next.wait_for(Waiting::MachineUnknown, None);
            return false;
        }
        Sight::Alive(machine) if machine.belongs_to(claim) => {
            next.act(Action::Terminate(machine.clone()));
        }
        Sight::Ending(machine) if machine.belongs_to(claim) => {}
        Sight::Foreign | Sight::Alive(_) | Sight::Ending(_) => {
            let machine = &claim.status.provider_id;
            let message = format!("Machine {machine} is not ours to terminate");
            next.publish(Event::on_claim(claim, EventReason::FailedTermination, message));
            next.wait_for(Waiting::MachineNotOurs, None);
            return false;
        }
    }
    let is_terminating = ConditionChange::is_true(INSTANCE_TERMINATING);
    if is_terminating.changes(&claim.status.conditions) {
        change.conditions.push(is_terminating);
    }
    next.wait_for(Waiting::MachineGone, now + POLL);
    false
}
