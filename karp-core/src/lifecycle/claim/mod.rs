//! One claim from creation to its end: launch, registration, initialization, deadlines, finalization; not the drain of its Node.
//!
//! ```text
//! created ──finalizer──> launching ──bought──> launched ──Node, hooks──> registered ──checks──> initialized
//!    │                      │                      │
//!    │                      ├─ no capacity ─> deleted
//!    │                      └─ 5 min ───────> deleted └─ 15 min ─> deleted
//! any ──deleted──> Nodes drain ──> machine is ended ──> released
//! ```

mod draft;
mod driver_pools;
mod finalization;
mod initialization;
mod launch;
mod launch_answer;
mod liveness;
mod registration;
mod state;

use self::draft::Draft;
pub use self::{
    driver_pools::DriverSlice,
    launch_answer::{BoughtMachine, LaunchAnswer, LaunchProblem},
    registration::{HookAnswer, HookVerdict},
    state::ClaimState,
};
use super::{Action, ClaimChange, Next, Settings, change::is_held};
use crate::model::Timestamp;

/// The next actions for a claim.
///
/// A claim that is not ours is left alone. One without the finalizer gets it before anything is bought for it. Then launch, registration,
/// initialization and the deadlines are looked at in this order, every time; what one of them finds out the next one knows.
///
/// # Example: the first two passes over a new claim
///
/// ```
/// use karp_core::lifecycle::{self, Action, ClaimState, Settings};
/// use karp_core::model::{NodeClaim, NodePoolName, Timestamp};
///
/// let (now, settings) = (Timestamp::EPOCH, Settings::compat());
/// let mut claim = NodeClaim::new("general-1", &NodePoolName::from("general"));
/// let next = lifecycle::advance_claim(&ClaimState::new(&claim), &settings, now);
/// let [Action::UpdateClaim(change)] = &next.actions[..] else { panic!() };
/// assert!(change.add_finalizer);
/// change.apply(&mut claim, now);
/// let next = lifecycle::advance_claim(&ClaimState::new(&claim), &settings, now);
/// assert!(matches!(next.actions[0], Action::Launch { .. }));
/// ```
pub fn advance_claim(state: &ClaimState<'_>, settings: &Settings, now: Timestamp) -> Next {
    let claim = state.claim;
    if !settings.classes.manage(&claim.node_class) {
        return Next::done();
    }
    if claim.deleting_since.is_some() {
        return finalization::finalize(state, now);
    }
    if !is_held(&claim.finalizers) {
        let mut next = Next::done();
        let change = ClaimChange { add_finalizer: true, ..ClaimChange::of(claim) };
        next.act(Action::UpdateClaim(Box::new(change)));
        return next;
    }
    let mut draft = Draft::of(claim, now);
    launch::launch(&mut draft, state);
    if !draft.has_ended() {
        draft.meet_nodes(state.nodes);
        registration::register(&mut draft, state);
        initialization::initialize(&mut draft, state);
        liveness::watch(&mut draft, settings);
    }
    draft.finish()
}
