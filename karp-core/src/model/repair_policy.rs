//! When an unhealthy node is to be replaced, as its cloud advises; not whether it is replaced.

use serde::{Deserialize, Serialize};

use super::{ConditionStatus, Span};

/// When a node with a condition is to be replaced.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
#[serde(rename_all = "camelCase")]
pub struct RepairPolicy {
    /// Type of the Node's condition.
    pub condition: String,
    /// Its status.
    pub status: ConditionStatus,
    /// How long it is tolerated.
    pub toleration: Span,
}

impl RepairPolicy {
    /// Replaces nodes whose `condition` has had `status` for longer than `toleration`.
    pub fn new(condition: impl Into<String>, status: ConditionStatus, toleration: Span) -> Self {
        Self { condition: condition.into(), status, toleration }
    }
}
