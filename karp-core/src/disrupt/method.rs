//! The ways in which nodes are disrupted, in the order in which a pass tries them; not how each decides.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::budget::DisruptionReason;

/// A way in which nodes are disrupted.
///
/// A pass tries them in this order and ends with the first that finds something to do.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(clippy::exhaustive_enums, reason = "a pass has these five steps")]
pub enum Method {
    /// Nodes without pods that would move are deleted, all at once.
    Emptiness,
    /// A drifted node of a static pool is replaced by one like it.
    StaticDrift,
    /// A drifted node is replaced by whatever its pods need, whatever that costs.
    Drift,
    /// Several nodes are replaced by none or by one that is cheaper.
    MultiNode,
    /// One node is replaced by none or by one that is cheaper.
    SingleNode,
}

impl Method {
    /// All of them, in the order in which a pass tries them.
    pub const ALL: [Self; 5] =
        [Self::Emptiness, Self::StaticDrift, Self::Drift, Self::MultiNode, Self::SingleNode];

    /// The reason that budgets know.
    pub const fn reason(self) -> DisruptionReason {
        match self {
            Self::Emptiness => DisruptionReason::Empty,
            Self::StaticDrift | Self::Drift => DisruptionReason::Drifted,
            Self::MultiNode | Self::SingleNode => DisruptionReason::Underutilized,
        }
    }

    /// Whether pods that must not be disrupted hold a node only until its termination grace period ends.
    pub const fn is_eventual(self) -> bool {
        matches!(self, Self::StaticDrift | Self::Drift)
    }

    /// Whether it saves money, so that `consolidateAfter` and the consolidation policy decide about it.
    pub const fn is_consolidation(self) -> bool {
        !self.is_eventual()
    }

    /// As written in output.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Emptiness => "emptiness",
            Self::StaticDrift => "staticDrift",
            Self::Drift => "drift",
            Self::MultiNode => "multiNode",
            Self::SingleNode => "singleNode",
        }
    }
}

impl fmt::Display for Method {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}
