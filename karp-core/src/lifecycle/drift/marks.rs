//! The conditions by which a claim is known to have drifted or to be quiet; not how that is found out.

use super::{DriftState, DriftVerdict, QuietState, drift, quiet_state};
use crate::{
    lifecycle::{
        ClaimChange, ConditionChange, Next, Settings, Waiting,
        conditions::{CONSOLIDATABLE, DRIFTED},
    },
    model::{ConditionStatus, Span, Timestamp},
};

/// How often drift is looked for.
const PERIOD: Span = Span::minutes(5);

/// Sets or clears `Drifted` and `Consolidatable` on a claim, both in one write, and says what was found out about its drift.
///
/// A claim that is not ours, or is being deleted, or whose pool is of another name, is left alone.
pub fn mark_claim(
    state: &DriftState<'_>,
    settings: &Settings,
    now: Timestamp,
) -> (Next, Option<DriftVerdict>) {
    let (claim, pool) = (state.claim, state.pool);
    let is_ours = settings.classes.manage(&claim.node_class)
        && claim.deleting_since.is_none()
        && claim.pool().as_ref() == Some(&pool.name);
    if !is_ours {
        return (Next::done(), None);
    }
    let verdict = drift(state, settings, now);
    let mut next = Next::wait(Waiting::Recheck, now + PERIOD);
    let mut change = ClaimChange::of(claim);
    if let Some(reason) = &verdict.reason {
        let (status, reason) = (ConditionStatus::True, reason.as_str());
        change = change.condition(claim, ConditionChange::set(DRIFTED, status, reason, reason));
    } else if !verdict.is_open {
        change = change.condition(claim, ConditionChange::Clear { kind: DRIFTED.to_owned() });
    }
    let quiet = match quiet_state(claim, pool, now) {
        QuietState::Quiet => ConditionChange::is_true(CONSOLIDATABLE),
        QuietState::QuietAt(end) => {
            next.wait_for(Waiting::Quiet, end);
            ConditionChange::Clear { kind: CONSOLIDATABLE.to_owned() }
        }
        QuietState::Never => ConditionChange::Clear { kind: CONSOLIDATABLE.to_owned() },
    };
    next.update_claim(change.condition(claim, quiet));
    (next, Some(verdict))
}
