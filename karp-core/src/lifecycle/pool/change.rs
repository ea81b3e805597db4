//! What is to be written into a pool; not why.

use serde::{Deserialize, Serialize};

use crate::{
    lifecycle::{ConditionChange, Target},
    model::{Labels, NodePool, NodePoolName, Resources},
};

/// What is to be written into a pool.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
#[serde(rename_all = "camelCase")]
pub struct PoolChange {
    /// The pool.
    pub target: Target<NodePoolName>,
    /// Annotations to set.
    pub annotations: Labels,
    /// What its machines have in all (`status.resources`).
    pub resources: Option<Resources>,
    /// How many there are (`status.nodes`).
    pub nodes: Option<i64>,
    /// Generation of the node class that the conditions tell of (`status.nodeClassObservedGeneration`).
    pub class_generation: Option<i64>,
    /// Conditions.
    pub conditions: Vec<ConditionChange>,
}

impl PoolChange {
    /// A change of nothing yet.
    pub fn of(pool: &NodePool) -> Self {
        Self {
            target: Target { name: pool.name.clone(), uid: pool.uid.clone() },
            annotations: Labels::new(),
            resources: None,
            nodes: None,
            class_generation: None,
            conditions: Vec::new(),
        }
    }

    /// Whether nothing is to be written.
    pub fn is_empty(&self) -> bool {
        self.annotations.is_empty()
            && self.resources.is_none()
            && self.nodes.is_none()
            && self.class_generation.is_none()
            && self.conditions.is_empty()
    }

    /// Adds what becomes of a condition, if that changes the pool.
    #[must_use]
    pub(in crate::lifecycle) fn condition(
        mut self,
        pool: &NodePool,
        change: ConditionChange,
    ) -> Self {
        if change.changes(&pool.conditions) {
            self.conditions.push(change);
        }
        self
    }
}
