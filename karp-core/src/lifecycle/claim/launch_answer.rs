//! What the cloud says when it is asked for a claim's machine; not what becomes of the claim.

use serde::{Deserialize, Serialize};

use crate::model::{Labels, Resources, Timestamp};

/// What the cloud said of the launch of a claim, since the claim's status last told.
#[derive(Clone, Debug, Default, Eq, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
#[serde(rename_all = "camelCase")]
pub enum LaunchAnswer {
    /// There is no machine of this claim and none will come of that call.
    Failed {
        /// Why.
        problem: LaunchProblem,
        /// When it was said.
        at: Timestamp,
        /// Failures in a row, this one included.
        failures: u32,
    },
    /// It was not asked, or its answer was lost.
    #[default]
    NotAsked,
    /// It is at it.
    Pending {
        /// When to ask again.
        ask_again: Timestamp,
    },
    /// The machine exists.
    Started(Box<BoughtMachine>),
}

/// A machine that was bought for a claim.
#[derive(Clone, Debug, Default, Eq, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
#[serde(rename_all = "camelCase")]
pub struct BoughtMachine {
    /// Id at the cloud.
    pub provider_id: String,
    /// Image that it runs.
    pub image_id: String,
    /// Labels of what it is: type, zone, capacity type and so on.
    pub labels: Labels,
    /// Annotations that the provider wants to find again.
    pub annotations: Labels,
    /// What it has in all.
    pub capacity: Resources,
    /// What pods can use.
    pub allocatable: Resources,
}

impl BoughtMachine {
    /// A machine of which only the id is known.
    pub fn new(provider_id: impl Into<String>) -> Self {
        Self { provider_id: provider_id.into(), ..Self::default() }
    }
}

/// Why a machine was not bought.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
#[serde(rename_all = "camelCase")]
pub enum LaunchProblem {
    /// Nothing that the claim lists can be had now.
    InsufficientCapacity {
        /// What the cloud said.
        message: String,
    },
    /// The node class is not there or not ready.
    NodeClassNotReady {
        /// What is wrong with it.
        message: String,
    },
    /// A failure whose reason the provider names.
    Named {
        /// The reason, one word.
        reason: String,
        /// One line for people.
        message: String,
    },
    /// Anything else.
    Other {
        /// The text of the error.
        message: String,
    },
}
