//! What becomes of claims, Nodes and pools from their creation to their end; not which machines are bought or removed, and no input or output.
//!
//! Every rule is a pure function: `(state, now)` or `(state, event)` in, [`Next`] out: the [`Action`]s that a shell carries out in their
//! order, and what is [waited](Waiting) for. Nothing here reads a clock, and nothing is remembered but in values that the caller keeps
//! ([`EvictionQueue`], [`RegistrationRecord`]). States, timers and texts are in `docs/src/lifecycle.md`.
//!
//! | Rule | Is |
//! |---|---|
//! | [`advance_claim`] | launch, registration, initialization, deadlines and the end of a claim |
//! | [`terminate_node`] | drain, volumes, machine, release of a Node |
//! | [`EvictionQueue`] | pods that must leave, asked again until they go |
//! | [`interrupt`] | the cloud takes a machine away |
//!
//! Three things hold whatever happens. A machine is ended only with the cloud's word that it is ours ([`OwnedMachine`]). A pod that asks not to
//! be disrupted, or that a budget protects, stays until the deadline of its Node forces it off. Whoever repeats a rule without a change of the
//! state gets the same answer.

mod action;
mod backoff;
mod cause;
mod change;
mod claim;
mod classes;
pub mod conditions;
mod do_not_disrupt;
mod event;
mod eviction_budgets;
mod instance;
mod interruption;
mod machine;
mod next;
pub mod pod_rules;
mod pool;
mod settings;
mod target;
mod termination;
mod waiting;

pub use self::{
    action::Action,
    backoff::Backoff,
    cause::Cause,
    change::{Bought, ClaimChange, ConditionChange, NodeChange},
    claim::{
        BoughtMachine, ClaimState, DriverSlice, HookAnswer, HookVerdict, LaunchAnswer,
        LaunchProblem, advance_claim,
    },
    classes::Classes,
    do_not_disrupt::DoNotDisrupt,
    event::{Event, EventReason, Subject},
    eviction_budgets::{BudgetBlock, EvictionBudgets},
    interruption::{Interruption, InterruptionKind, SPOT_NOTICE, interrupt},
    machine::{OwnedMachine, Sight},
    next::{Next, Wait},
    pool::{PoolChange, RegistrationOutcome, RegistrationRecord},
    settings::Settings,
    target::Target,
    termination::{
        EvictionAnswer, EvictionQueue, NodeState, QueuedPod, VolumeAttachment, terminate_node,
    },
    waiting::Waiting,
};
