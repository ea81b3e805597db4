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
//! | [`interrupt`], [`repair`], [`expire`] | a machine is taken away, is broken, is old |
//! | [`collect_claims`], [`collect_machines`] | claims without a machine, machines without a claim |
//! | [`check_consistency`], [`hydrate`], [`note_pod_event`] | what claims and Nodes are to say |
//! | [`mark_claim`], [`drift`], [`quiet_state`], [`roll_out_hash`] | drift and quiet, which disruption decides by |
//! | [`count_pool`], [`judge_pool`], [`record_registration`], [`reset_registration`] | what pools are to say |
//! | [`scale_up`], [`scale_down`] | static pools keep their replicas |
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
mod consistency;
mod do_not_disrupt;
mod drift;
mod event;
mod expiry;
mod garbage;
mod hydration;
mod instance;
mod interruption;
mod machine;
mod next;
mod pod_event;
mod pool;
mod repair;
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
    consistency::check_consistency,
    drift::{
        DriftReason, DriftState, DriftVerdict, HashStamp, ProviderDrift, QuietState, drift,
        mark_claim, quiet_state, roll_out_hash,
    },
    event::{Event, EventReason, Subject},
    expiry::expire,
    garbage::{collect_claims, collect_machines},
    hydration::hydrate,
    interruption::{Interruption, InterruptionKind, SPOT_NOTICE, interrupt},
    machine::{OwnedMachine, Sight},
    next::{Next, Wait},
    pod_event::{is_pod_event, note_pod_event},
    pool::{
        ClaimStage, ClassSight, Generations, PoolCensus, PoolChange, RegistrationOutcome,
        RegistrationRecord, StaticState, count_pool, exceeded_limit, is_usable, judge_pool,
        pool_resources, record_registration, reset_registration, scale_down, scale_up,
        template_claim,
    },
    repair::repair,
    settings::Settings,
    target::Target,
    termination::{
        EvictionAnswer, EvictionQueue, NodeState, QueuedPod, VolumeAttachment, terminate_node,
    },
    waiting::Waiting,
};
