//! Status conditions as the API writes them; not what follows from them.

use serde::Deserialize;

use crate::model::{Condition, ConditionStatus, Timestamp};

/// One of `status.conditions`.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ConditionFields {
    #[serde(rename = "type")]
    kind: String,
    status: ConditionStatus,
    #[serde(default)]
    reason: String,
    #[serde(default)]
    last_transition_time: Option<Timestamp>,
}

impl From<&ConditionFields> for Condition {
    fn from(fields: &ConditionFields) -> Self {
        Self {
            kind: fields.kind.clone(),
            status: fields.status,
            reason: fields.reason.clone(),
            changed_at: fields.last_transition_time,
        }
    }
}

/// All conditions in the model's words.
pub(crate) fn conditions(fields: &[ConditionFields]) -> Vec<Condition> {
    fields.iter().map(Condition::from).collect()
}
