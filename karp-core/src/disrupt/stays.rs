//! Why a node is no candidate: stable codes and data; not the order in which they are looked for.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::model::{InstanceTypeName, ObjectId, PodId};

/// Why a node is no candidate of a method.
///
/// The first rule that excludes it, in the documented order. Codes are stable and listed in `docs/src/disruption.md`.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
#[serde(rename_all = "kebab-case", rename_all_fields = "camelCase", tag = "code")]
pub enum Stays {
    /// A command already owns it.
    AlreadyDisrupted,
    /// Virtual pods of a capacity buffer hold it.
    BufferPods,
    /// Its pool has `consolidateAfter: Never`.
    ConsolidationDisabled,
    /// It has no pods that would move; emptiness looks after it.
    Empty,
    /// It lacks a label that the method needs.
    LabelMissing {
        /// Label key.
        key: String,
    },
    /// It is on its way out, or its removal is decided.
    NodeDeleting,
    /// Its annotation `karpenter.sh/do-not-disrupt` is `true`.
    NodeDoNotDisrupt,
    /// Pods were lately promised to it.
    Nominated,
    /// Its claim has no Node.
    NoNode,
    /// Its claim does not say that it is quiet for long enough.
    NotConsolidatable,
    /// Its claim does not say that it drifted.
    NotDrifted,
    /// It has pods that would move.
    NotEmpty,
    /// It has not joined completely.
    NotInitialized,
    /// It has no claim.
    NotManaged,
    /// Disruption budgets don't let a pod be evicted now.
    Pdb {
        /// The pod.
        pod: PodId,
        /// The budget.
        budget: ObjectId,
    },
    /// Several disruption budgets select a pod, which eviction does not support.
    PdbSeveral {
        /// The pod.
        pod: PodId,
    },
    /// A pod asks not to be disrupted.
    PodDoNotDisrupt {
        /// The pod.
        pod: PodId,
    },
    /// Its pool only allows empty nodes to be removed.
    PolicyWhenEmpty,
    /// Its pool makes machines for pods.
    PoolDynamic,
    /// Its pool does not exist, or lists no instance types.
    PoolMissing,
    /// Its pool keeps a fixed number of machines.
    PoolStatic,
    /// Its instance type is not among those of its pool.
    TypeMissing {
        /// The type that its label names.
        instance_type: InstanceTypeName,
    },
}

impl Stays {
    /// The stable code.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::AlreadyDisrupted => "already-disrupted",
            Self::BufferPods => "buffer-pods",
            Self::ConsolidationDisabled => "consolidation-disabled",
            Self::Empty => "empty",
            Self::LabelMissing { .. } => "label-missing",
            Self::NodeDeleting => "node-deleting",
            Self::NodeDoNotDisrupt => "node-do-not-disrupt",
            Self::Nominated => "nominated",
            Self::NoNode => "no-node",
            Self::NotConsolidatable => "not-consolidatable",
            Self::NotDrifted => "not-drifted",
            Self::NotEmpty => "not-empty",
            Self::NotInitialized => "not-initialized",
            Self::NotManaged => "not-managed",
            Self::Pdb { .. } => "pdb",
            Self::PdbSeveral { .. } => "pdb-several",
            Self::PodDoNotDisrupt { .. } => "pod-do-not-disrupt",
            Self::PolicyWhenEmpty => "policy-when-empty",
            Self::PoolDynamic => "pool-dynamic",
            Self::PoolMissing => "pool-missing",
            Self::PoolStatic => "pool-static",
            Self::TypeMissing { .. } => "type-missing",
        }
    }
}

impl fmt::Display for Stays {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::AlreadyDisrupted => f.write_str("a command already owns it"),
            Self::BufferPods => f.write_str("a capacity buffer holds it"),
            Self::ConsolidationDisabled => f.write_str("its pool is never consolidated"),
            Self::Empty => f.write_str("it has no pods that would move"),
            Self::LabelMissing { key } => write!(f, "it has no label `{key}`"),
            Self::NodeDeleting => f.write_str("it is on its way out"),
            Self::NodeDoNotDisrupt => f.write_str("its annotation asks not to disrupt it"),
            Self::Nominated => f.write_str("pods were lately promised to it"),
            Self::NoNode => f.write_str("its claim has no Node yet"),
            Self::NotConsolidatable => {
                f.write_str("pods came or went too lately, or it is not complete")
            }
            Self::NotDrifted => f.write_str("it has not drifted"),
            Self::NotEmpty => f.write_str("it has pods that would move"),
            Self::NotInitialized => f.write_str("it has not joined completely"),
            Self::NotManaged => f.write_str("it belongs to no node pool"),
            Self::Pdb { pod, budget } => {
                write!(f, "the disruption budget `{budget}` does not let pod `{pod}` go now")
            }
            Self::PdbSeveral { pod } => {
                write!(f, "several disruption budgets select pod `{pod}`, so it can't be evicted")
            }
            Self::PodDoNotDisrupt { pod } => write!(f, "pod `{pod}` asks not to be disrupted"),
            Self::PolicyWhenEmpty => f.write_str("its pool only lets empty nodes be removed"),
            Self::PoolDynamic => f.write_str("its pool makes machines for pods"),
            Self::PoolMissing => f.write_str("its pool does not exist or lists no instance types"),
            Self::PoolStatic => f.write_str("its pool keeps a fixed number of machines"),
            Self::TypeMissing { instance_type } => {
                write!(f, "its pool does not know the instance type `{instance_type}`")
            }
        }
    }
}
