//! What a pool says about the machines that should have joined it; not the record of them.

use super::{RegistrationOutcome, RegistrationRecord};
use crate::{
    lifecycle::{
        Action, ConditionChange, Next, PoolChange, Settings,
        conditions::{self, NODE_REGISTRATION_HEALTHY},
    },
    model::{ConditionStatus, NodePool, Uid},
};

/// Takes note of one outcome for the pool of this UID; an outcome of an earlier pool of the same name counts for nobody.
///
/// A machine that joins makes the pool healthy if the record with it is; one that does not makes it unhealthy if the record with it is.
pub fn record_registration(
    pool: &NodePool,
    owner: &Uid,
    outcome: &RegistrationOutcome,
    record: &mut RegistrationRecord,
) -> Next {
    let mut next = Next::done();
    if pool.uid != *owner {
        return next;
    }
    let joined = matches!(outcome, RegistrationOutcome::Joined);
    let health = record.with(joined).health();
    record.note(joined);
    let change = match (outcome, health) {
        (RegistrationOutcome::Joined, ConditionStatus::True) => {
            ConditionChange::is_true(NODE_REGISTRATION_HEALTHY)
        }
        (RegistrationOutcome::Failed { reason }, ConditionStatus::False) => {
            failed(reason.as_deref())
        }
        _ => return next,
    };
    let change = PoolChange::of(pool).condition(pool, change);
    let is_false =
        conditions::status(&pool.conditions, NODE_REGISTRATION_HEALTHY) == ConditionStatus::False;
    if !change.is_empty() && (joined || !is_false) {
        next.act(Action::UpdatePool(Box::new(change)));
    }
    next
}

/// The launch's reason where the launch was the problem.
fn failed(reason: Option<&str>) -> ConditionChange {
    let usual = "Failed to register node";
    let (reason, message) =
        reason.map_or(("RegistrationFailed", usual), |reason| (reason, LAUNCH_FAILED));
    ConditionChange::set(NODE_REGISTRATION_HEALTHY, ConditionStatus::False, reason, message)
}

const LAUNCH_FAILED: &str = "Failed to launch node";

/// Generations that decide whether a pool's record still counts.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[expect(clippy::exhaustive_structs, reason = "three numbers that the pool and its class carry")]
pub struct Generations {
    /// Of the node class; none = the class is not there, and nothing is done.
    pub class: Option<i64>,
    /// Of the node class when the pool's status was last written (`status.nodeClassObservedGeneration`).
    pub observed_class: i64,
    /// Of the pool when its condition was last written (`observedGeneration` of the condition).
    pub observed_pool: i64,
}

/// Forgets the record of a pool that was changed, or whose class was: nobody knows yet whether its machines join now.
///
/// A record that was lost in a restart is made up from the condition.
pub fn reset_registration(
    pool: &NodePool,
    generations: Generations,
    record: &mut RegistrationRecord,
    settings: &Settings,
) -> Next {
    let mut next = Next::done();
    let Some(class) = generations.class.filter(|_| settings.classes.manage_pool(pool)) else {
        return next;
    };
    let known = conditions::find(&pool.conditions, NODE_REGISTRATION_HEALTHY);
    let is_current =
        generations.observed_class == class && generations.observed_pool == pool.generation;
    if let Some(condition) = known.filter(|_| is_current) {
        if record.health() == ConditionStatus::Unknown {
            *record = RegistrationRecord::of(condition.status);
        }
        return next;
    }
    *record = RegistrationRecord::new();
    let mut change = PoolChange::of(pool);
    change.class_generation = Some(class);
    change.conditions.push(ConditionChange::set(
        NODE_REGISTRATION_HEALTHY,
        ConditionStatus::Unknown,
        "AwaitingReconciliation",
        "",
    ));
    next.act(Action::UpdatePool(Box::new(change)));
    next
}
