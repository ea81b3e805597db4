//! Whether a machine has been quiet for as long as its pool asks for; not whether it is worth replacing.

use crate::{
    lifecycle::conditions::{self, INITIALIZED},
    model::{NodeClaim, NodePool, Span, Timestamp},
};

/// Whether a machine has been quiet for long enough to be consolidated.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[expect(clippy::exhaustive_enums, reason = "it may be consolidated, not yet, or not")]
pub enum QuietState {
    /// It has been.
    Quiet,
    /// It will have been at that time, if no pod comes or goes before.
    QuietAt(Timestamp),
    /// Its pool does not want it, or it is not initialized.
    Never,
}

/// Whether a machine has been quiet for its pool's `consolidateAfter`: since a pod last came or went, else since it was initialized.
pub fn quiet_state(claim: &NodeClaim, pool: &NodePool, now: Timestamp) -> QuietState {
    let Some(quiet) = pool.disruption.consolidate_after.as_span() else { return QuietState::Never };
    if pool.is_static() || !conditions::is_true(&claim.status.conditions, INITIALIZED) {
        return QuietState::Never;
    }
    let end = claim.quiet_at(quiet).unwrap_or(claim.created_at + quiet);
    if quiet <= Span::ZERO || now >= end { QuietState::Quiet } else { QuietState::QuietAt(end) }
}
