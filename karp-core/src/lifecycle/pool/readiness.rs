//! Whether a pool can be used: its node class is ready and its spec is valid; not whether its machines join.

use serde::{Deserialize, Serialize};

use crate::{
    lifecycle::{
        Action, ConditionChange, Next, PoolChange, Settings,
        conditions::{self, NODE_CLASS_READY, READY, VALIDATION_SUCCEEDED},
    },
    model::{ConditionStatus, NodePool},
};

/// What is known of a pool's node class.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
#[serde(rename_all = "camelCase")]
pub enum ClassSight {
    /// It is being deleted.
    Deleting,
    /// It is not there.
    Missing,
    /// Its condition `Ready` is false.
    NotReady {
        /// The condition's reason.
        reason: String,
        /// The condition's message.
        message: String,
    },
    /// It can be used.
    Ready,
    /// It does not say whether it can be used.
    Unknown,
}

/// Sets the conditions of a pool. `problem` is what is wrong with its spec beyond what admission checks; none = nothing.
pub fn judge_pool(
    pool: &NodePool,
    class: &ClassSight,
    problem: Option<&str>,
    settings: &Settings,
) -> Next {
    let mut next = Next::done();
    if !settings.classes.manage_pool(pool) {
        return next;
    }
    let class = class_condition(class);
    let valid = problem.map_or_else(
        || ConditionChange::is_true(VALIDATION_SUCCEEDED),
        |text| refused(VALIDATION_SUCCEEDED, "NodePoolValidationFailed", text),
    );
    let statuses = [&class, &valid].map(status);
    let (status, reason) = if statuses.contains(&ConditionStatus::False) {
        (ConditionStatus::False, "UnhealthyDependents")
    } else if statuses.contains(&ConditionStatus::Unknown) {
        (ConditionStatus::Unknown, "UnhealthyDependents")
    } else {
        (ConditionStatus::True, READY)
    };
    let ready = ConditionChange::set(READY, status, reason, "");
    let change = [class, valid, ready]
        .into_iter()
        .fold(PoolChange::of(pool), |change, condition| change.condition(pool, condition));
    if !change.is_empty() {
        next.act(Action::UpdatePool(Box::new(change)));
    }
    next
}

/// Whether new machines may be made for a pool.
///
/// A pool that says nothing about itself can be used. One that says `Ready` must say that its class is ready and its spec valid, too, as far as
/// it speaks of them.
pub fn is_usable(pool: &NodePool) -> bool {
    [READY, NODE_CLASS_READY, VALIDATION_SUCCEEDED].into_iter().all(|kind| {
        conditions::find(&pool.conditions, kind)
            .is_none_or(|condition| condition.status == ConditionStatus::True)
    }) && pool.deleting_since.is_none()
}

fn class_condition(class: &ClassSight) -> ConditionChange {
    let refused = |reason, message: &str| refused(NODE_CLASS_READY, reason, message);
    match class {
        ClassSight::Deleting => refused("NodeClassTerminating", "NodeClass is terminating"),
        ClassSight::Missing => refused("NodeClassNotFound", "NodeClass not found on cluster"),
        ClassSight::NotReady { reason, message } => refused(reason, message),
        ClassSight::Ready => ConditionChange::is_true(NODE_CLASS_READY),
        ClassSight::Unknown => {
            refused("NodeClassReadinessUnknown", "NodeClass readiness is unknown")
        }
    }
}

fn refused(kind: &str, reason: &str, message: &str) -> ConditionChange {
    ConditionChange::set(kind, ConditionStatus::False, reason, message)
}

fn status(change: &ConditionChange) -> ConditionStatus {
    match change {
        ConditionChange::Clear { .. } => ConditionStatus::Unknown,
        ConditionChange::Set { status, .. } => *status,
    }
}
