//! What became of a candidate, and why it stays: stable codes and data; not how it was found out.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};

use serde::{Deserialize, Serialize};

use super::{Command, Method, Score};
use crate::model::{NodeName, NodePoolName, PodId};

/// What a method made of a candidate.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
#[serde(rename_all = "kebab-case", rename_all_fields = "camelCase", tag = "code")]
pub enum Verdict {
    /// The budgets of its pool allow no further node for this reason.
    BudgetSpent,
    /// It is part of a command.
    Chosen,
    /// The types that would be cheaper are too few for the pool's `minValues`.
    MinValuesAfterPrice {
        /// Label key.
        key: String,
    },
    /// A pod may be one that a move made anew within the horizon of the policy.
    MovedLately {
        /// The pod.
        pod: PodId,
    },
    /// Its pods need more than one new machine.
    NeedsSeveralReplacements {
        /// How many.
        machines: usize,
    },
    /// Some of its pods would go to a node that has not joined completely.
    NeedsUninitializedNode {
        /// That node.
        node: NodeName,
    },
    /// Nothing can be simulated: no ready pool makes machines for pods.
    NoPool,
    /// No machine that would do is cheaper.
    NotCheaper,
    /// Its turn did not come in this pass: another candidate was chosen before, or the pass was bounded.
    NotReached,
    /// What is saved does not repay the move within the horizon of the policy.
    NotRepaid,
    /// It could go, but another move saves more for each pod that moves.
    Outranked,
    /// As many nodes of its pool were removed lately as the policy allows.
    PoolMovedLately {
        /// How many within the policy's window.
        nodes: usize,
    },
    /// Some pods would have no place.
    PodsUnplaced {
        /// The first of them.
        pod: PodId,
        /// How many.
        pods: usize,
    },
    /// The move saves too little for the pods that it moves.
    ScoreTooLow {
        /// The pool whose policy says so.
        node_pool: NodePoolName,
        /// What the move scores.
        score: Score,
    },
    /// A spot machine is only replaced by another one when the gate for it is open.
    SpotToSpotDisabled,
    /// Too few cheaper types would be left for a spot machine in place of a spot machine.
    SpotToSpotTooFewTypes {
        /// How many there are.
        types: usize,
    },
    /// As many pods of a workload were moved lately as the policy allows.
    WorkloadMovedLately {
        /// A pod of it on this node.
        pod: PodId,
        /// How many of the workload within the policy's window.
        pods: usize,
    },
}

impl Verdict {
    /// The stable code.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::BudgetSpent => "budget-spent",
            Self::Chosen => "chosen",
            Self::MinValuesAfterPrice { .. } => "min-values-after-price",
            Self::MovedLately { .. } => "moved-lately",
            Self::NeedsSeveralReplacements { .. } => "needs-several-replacements",
            Self::NeedsUninitializedNode { .. } => "needs-uninitialized-node",
            Self::NoPool => "no-pool",
            Self::NotCheaper => "not-cheaper",
            Self::NotReached => "not-reached",
            Self::NotRepaid => "not-repaid",
            Self::Outranked => "outranked",
            Self::PodsUnplaced { .. } => "pods-unplaced",
            Self::PoolMovedLately { .. } => "pool-moved-lately",
            Self::ScoreTooLow { .. } => "score-too-low",
            Self::SpotToSpotDisabled => "spot-to-spot-disabled",
            Self::SpotToSpotTooFewTypes { .. } => "spot-to-spot-too-few-types",
            Self::WorkloadMovedLately { .. } => "workload-moved-lately",
        }
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::BudgetSpent => f.write_str("the disruption budgets of its pool allow no more"),
            Self::Chosen => f.write_str("it is to be removed"),
            Self::MinValuesAfterPrice { key } => {
                write!(f, "too few values of `{key}` would be left among cheaper types")
            }
            Self::MovedLately { pod } => write!(f, "pod `{pod}` was moved too lately"),
            Self::NeedsSeveralReplacements { machines } => {
                write!(f, "its pods would need {machines} new machines")
            }
            Self::NeedsUninitializedNode { node } => {
                write!(f, "its pods would go to node `{node}`, which has not joined completely")
            }
            Self::NoPool => NoPool.fmt(f),
            Self::NotCheaper => f.write_str("no machine that would do is cheaper"),
            Self::NotReached => {
                f.write_str("another node was chosen first, or its turn comes in a later pass")
            }
            Self::NotRepaid => f.write_str("what is saved does not repay the move in time"),
            Self::Outranked => f.write_str("another move saves more for each pod that moves"),
            Self::PodsUnplaced { pod, pods: 1 } => write!(f, "pod `{pod}` would have no place"),
            Self::PodsUnplaced { pod, pods } => {
                write!(f, "{pods} pods would have no place, the first is `{pod}`")
            }
            Self::PoolMovedLately { nodes } => {
                write!(f, "{nodes} nodes of its pool were removed lately, as many as may be")
            }
            Self::ScoreTooLow { node_pool, .. } => {
                write!(f, "the move saves node pool `{node_pool}` too little for the pods it moves")
            }
            Self::SpotToSpotDisabled => {
                f.write_str("a spot machine would be replaced by a spot machine")
            }
            Self::SpotToSpotTooFewTypes { types } => {
                write!(f, "only {types} cheaper types are left for another spot machine")
            }
            Self::WorkloadMovedLately { pod, pods } => write!(
                f,
                "{pods} pods of the workload of pod `{pod}` were moved lately, no more may be now"
            ),
        }
    }
}

/// What a method found.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
#[serde(rename_all = "camelCase")]
pub struct Found {
    /// The method.
    pub method: Method,
    /// What is to be done.
    pub commands: Vec<Command>,
    /// What became of each candidate.
    pub verdicts: BTreeMap<NodeName, Verdict>,
    /// Candidates whose turn is still to come in this round; see [`EveryCandidate::steps`](crate::policy::EveryCandidate::steps).
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub to_judge: BTreeSet<NodeName>,
}

impl Found {
    /// That a method was tried, before anything is found.
    pub(super) const fn nothing(method: Method) -> Self {
        let verdicts = BTreeMap::new();
        Self { method, commands: Vec::new(), verdicts, to_judge: BTreeSet::new() }
    }
}

/// Why a method can't be tried: no pool makes machines for pods, so that nothing can be simulated.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("there is no ready node pool that makes machines for pods")]
#[expect(clippy::exhaustive_structs, reason = "the one cause there is")]
pub struct NoPool;
