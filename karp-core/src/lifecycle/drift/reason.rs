//! Why a machine counts as drifted; not how that is found out.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Why a machine counts as drifted: reason and message of the condition `Drifted`.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub enum DriftReason {
    /// Its instance type, or every way to buy it like this, is gone from the catalog.
    InstanceTypeNotFound,
    /// The template of its pool has changed, apart from requirements.
    NodePoolDrifted,
    /// What its provider says, in one word.
    Provider(String),
    /// Its labels no longer meet the requirements of its pool.
    RequirementsDrifted,
}

impl DriftReason {
    /// The word that people see.
    pub fn as_str(&self) -> &str {
        match self {
            Self::InstanceTypeNotFound => "InstanceTypeNotFound",
            Self::NodePoolDrifted => "NodePoolDrifted",
            Self::Provider(reason) => reason,
            Self::RequirementsDrifted => "RequirementsDrifted",
        }
    }
}

impl fmt::Display for DriftReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}
