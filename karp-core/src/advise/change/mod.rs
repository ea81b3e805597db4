//! A single change of what was read or of the policy, and its carrying out on a snapshot; not whether it helps.

mod likeness;
mod pod;
mod policy;
mod pool;
mod size;
mod storage;

use std::fmt;

use serde::{Deserialize, Serialize};

pub(super) use self::likeness::Likeness;
pub use self::{
    pod::PodChange,
    policy::PolicyChange,
    pool::PoolChange,
    size::{Scope, Size},
    storage::StorageChange,
};
use crate::{
    model::{NodePoolName, PodId},
    policy::Policy,
    snapshot::Snapshot,
};

/// One change that somebody could make, so that pods have a place.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[non_exhaustive]
#[serde(rename_all = "kebab-case", rename_all_fields = "camelCase", tag = "of")]
pub enum Change {
    /// Of a pod and of all that are like it: same namespace, same controller (same labels where there is none), same spec but for the names of
    /// volume claims. That is what a change of their workload's template would do. Pods that are bound already keep what they have, but for what
    /// they keep other pods from.
    Pods {
        /// One of them.
        like: PodId,
        /// What is changed.
        change: PodChange,
    },
    /// Of a pool.
    Pool {
        /// The pool.
        node_pool: NodePoolName,
        /// What is changed.
        change: PoolChange,
    },
    /// Of the objects behind volumes.
    Storage {
        /// What is changed.
        change: StorageChange,
    },
    /// Of the policy.
    Policy {
        /// What is changed.
        change: PolicyChange,
    },
}

impl Change {
    /// The snapshot and the policy after the change. What the change names and is not there stays away.
    pub fn apply(&self, snapshot: &Snapshot, policy: &Policy) -> (Snapshot, Policy) {
        let (mut snapshot, mut policy) = (snapshot.clone(), policy.clone());
        match self {
            Self::Pods { like, change } => change.apply(like, &mut snapshot),
            Self::Pool { node_pool, change } => change.apply(node_pool, &mut snapshot),
            Self::Storage { change } => change.apply(&mut snapshot),
            Self::Policy { change } => change.apply(&mut policy),
        }
        (snapshot, policy)
    }

    /// How large the change is.
    pub fn size(&self) -> Size {
        match self {
            Self::Pods { change, .. } => Size::new(change.share(), Scope::Workload),
            Self::Pool { change, .. } => Size::new(change.share(), Scope::Pool),
            Self::Storage { .. } => Size::new(Size::WHOLE, Scope::Storage),
            Self::Policy { .. } => Size::new(Size::WHOLE, Scope::Policy),
        }
    }
}

impl fmt::Display for Change {
    /// One line, as an order: `raise the cpu limit of node pool general from 8 to 10`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Pods { like, change } => change.describe(like, f),
            Self::Pool { node_pool, change } => change.describe(node_pool, f),
            Self::Storage { change } => change.fmt(f),
            Self::Policy { change } => change.fmt(f),
        }
    }
}
