//! Why a claim is deleted; not how its node is drained.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::InterruptionKind;

/// Why a claim is deleted.
///
/// [`code`](Self::code) is the value of the label `reason` of the metric `karpenter_nodeclaims_disrupted_total`.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Cause {
    /// It reached the age of `expireAfter`.
    Expired,
    /// Its machine is gone.
    GarbageCollected,
    /// Nothing that it lists could be bought.
    InsufficientCapacity,
    /// Its cloud takes the machine away, or says that it is broken.
    Interrupted(InterruptionKind),
    /// It was not launched in time.
    LaunchTimeout,
    /// Its node was deleted by somebody.
    NodeDeleted,
    /// Its node class is not ready.
    NodeClassNotReady,
    /// Its node did not join in time.
    RegistrationTimeout,
    /// Its static pool wants fewer nodes.
    ScaledDown,
    /// Its node has been unhealthy for too long.
    Unhealthy,
}

impl Cause {
    /// The stable code, in snake case.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Expired => "expired",
            Self::GarbageCollected => "garbage_collected",
            Self::InsufficientCapacity => "insufficient_capacity",
            Self::Interrupted(kind) => kind.code(),
            Self::LaunchTimeout => "launch_timeout",
            Self::NodeDeleted => "node_deleted",
            Self::NodeClassNotReady => "nodeclass_not_ready",
            Self::RegistrationTimeout => "registration_timeout",
            Self::ScaledDown => "scaled_down",
            Self::Unhealthy => "unhealthy",
        }
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.code())
    }
}
