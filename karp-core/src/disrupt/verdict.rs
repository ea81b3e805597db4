//! What became of a candidate, and why it stays: stable codes and data; not how it was found out.

use std::{collections::BTreeMap, fmt};

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
    /// Another candidate was chosen before it was looked at.
    NotReached,
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
}

impl Verdict {
    /// The stable code.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::BudgetSpent => "budget-spent",
            Self::Chosen => "chosen",
            Self::MinValuesAfterPrice { .. } => "min-values-after-price",
            Self::NeedsSeveralReplacements { .. } => "needs-several-replacements",
            Self::NeedsUninitializedNode { .. } => "needs-uninitialized-node",
            Self::NoPool => "no-pool",
            Self::NotCheaper => "not-cheaper",
            Self::NotReached => "not-reached",
            Self::PodsUnplaced { .. } => "pods-unplaced",
            Self::ScoreTooLow { .. } => "score-too-low",
            Self::SpotToSpotDisabled => "spot-to-spot-disabled",
            Self::SpotToSpotTooFewTypes { .. } => "spot-to-spot-too-few-types",
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
            Self::NeedsSeveralReplacements { machines } => {
                write!(f, "its pods would need {machines} new machines")
            }
            Self::NeedsUninitializedNode { node } => {
                write!(f, "its pods would go to node `{node}`, which has not joined completely")
            }
            Self::NoPool => NoPool.fmt(f),
            Self::NotCheaper => f.write_str("no machine that would do is cheaper"),
            Self::NotReached => f.write_str("another node was chosen first"),
            Self::PodsUnplaced { pod, pods: 1 } => write!(f, "pod `{pod}` would have no place"),
            Self::PodsUnplaced { pod, pods } => {
                write!(f, "{pods} pods would have no place, the first is `{pod}`")
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
}

/// Why a method can't be tried: no pool makes machines for pods, so that nothing can be simulated.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("there is no ready node pool that makes machines for pods")]
#[expect(clippy::exhaustive_structs, reason = "the one cause there is")]
pub struct NoPool;
