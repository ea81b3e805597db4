//! Status conditions of objects; not their history.

use serde::{Deserialize, Serialize};

use super::Timestamp;

/// One condition of an object's status.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Condition {
    /// Type, `Ready` for example.
    #[serde(rename = "type")]
    pub kind: String,
    /// `True`, `False` or `Unknown`.
    pub status: ConditionStatus,
    /// Reason, in one word; may be empty.
    #[serde(default)]
    pub reason: String,
    /// When the status last changed.
    #[serde(default)]
    pub changed_at: Option<Timestamp>,
}

/// Status of a condition.
#[derive(
    Clone, Copy, Debug, Default, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize,
)]
#[expect(clippy::exhaustive_enums, reason = "Kubernetes fixes the three values")]
pub enum ConditionStatus {
    /// It does not hold.
    False,
    /// It holds.
    True,
    /// Nobody knows.
    #[default]
    Unknown,
}

/// The status of the condition of `kind`, if it is there.
pub fn condition(conditions: &[Condition], kind: &str) -> Option<ConditionStatus> {
    conditions.iter().find(|condition| condition.kind == kind).map(|condition| condition.status)
}
