//! Which nodes a pod asks for by their labels; not which nodes other pods keep it from.

use serde::{Deserialize, Serialize};

use super::RequirementEntry;

/// Required and preferred node terms of a pod
/// (<https://kubernetes.io/docs/concepts/scheduling-eviction/assign-pod-node/>).
#[derive(Clone, Debug, Default, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[non_exhaustive]
#[serde(rename_all = "camelCase", default)]
pub struct NodeAffinity {
    /// Alternatives, of which one must hold; empty = no demand.
    pub required: Vec<NodeSelectorTerm>,
    /// Wishes, given up heaviest first when the pod fits nowhere.
    pub preferred: Vec<PreferredNodeTerm>,
}

/// Conditions on a node, all of which must hold.
#[derive(Clone, Debug, Default, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct NodeSelectorTerm {
    /// Conditions on labels.
    pub match_expressions: Vec<RequirementEntry>,
    /// Conditions on fields; a pod with one in a required term is refused with a reason.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub match_fields: Vec<RequirementEntry>,
}

/// A wish and how much it counts.
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PreferredNodeTerm {
    /// 1 to 100; heavier wishes are given up later by the scheduler of the cluster, earlier here
    /// (relaxation drops the heaviest first, since only the heaviest is looked at).
    pub weight: i32,
    /// The wish.
    pub preference: NodeSelectorTerm,
}
