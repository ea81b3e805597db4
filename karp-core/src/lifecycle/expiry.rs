//! Claims that are old enough to be replaced; not what replaces them.

use super::{Action, Cause, Next, Settings, Target, Waiting};
use crate::model::{NodeClaim, Timestamp};

/// Deletes a claim at the age that its `expireAfter` says, whatever budgets, pods, pool or readiness say: expiry is a ceiling on the age of
/// machines. No replacement is started first. The age is the claim's, not the Node's.
///
/// ```
/// use karp_core::{lifecycle::{self, Settings}, model::{NodeClaim, NodePoolName, Span, Timestamp}};
/// let claim = NodeClaim::new("general-1", &NodePoolName::from("general")); // 720 h, created in 1970
/// let next = lifecycle::expire(&claim, &Settings::compat(), Timestamp::EPOCH + Span::hours(719));
/// assert_eq!(next.look_again_at(), Some(Timestamp::EPOCH + Span::hours(720)));
/// ```
pub fn expire(claim: &NodeClaim, settings: &Settings, now: Timestamp) -> Next {
    let is_ours = settings.classes.manage(&claim.node_class);
    let Some(age) = claim.expire_after.as_span().filter(|_| is_ours) else { return Next::done() };
    if claim.deleting_since.is_some() {
        return Next::done();
    }
    let end = claim.created_at + age;
    if now < end {
        return Next::wait(Waiting::Expiry, end);
    }
    let mut next = Next::done();
    next.act(Action::DeleteClaim { claim: Target::claim(claim), cause: Cause::Expired });
    next
}
