//! What the reference answered about disruption, and the form in which karp's answers are held against it; not the comparison.

use std::collections::BTreeMap;

use karp_core::{budget::DisruptionReason, disrupt::Method};
use serde::{Deserialize, Serialize};

use super::Amount;
use crate::scenario::RequirementAnswer;

/// What the reference answered on a world, over many runs.
///
/// It breaks ties by the order of hash maps, so that runs on one world can differ.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[non_exhaustive]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct DisruptionReference {
    /// Version of the reference.
    pub commit: String,
    /// How often it was run.
    pub runs: usize,
    /// How many different answers it gave, those included that were not kept.
    pub distinct: usize,
    /// Its answers, the most frequent first; from the second on without what equals the first.
    pub answers: Vec<DisruptionAnswer>,
    /// Every result of methods that had several.
    #[serde(default)]
    pub alternatives: BTreeMap<Method, Vec<Alternative>>,
}

/// One of several results of a method.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[non_exhaustive]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Alternative {
    /// How many runs gave it.
    pub count: usize,
    /// What was to be done.
    pub commands: Vec<CommandAnswer>,
}

/// What every method finds on a world, each for itself, and what one pass over all of them would start.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[non_exhaustive]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct DisruptionAnswer {
    /// How many runs gave it; 0 in an answer of karp's.
    pub count: usize,
    /// Nodes that each method may disrupt, and the others.
    pub candidates: BTreeMap<Method, CandidatesAnswer>,
    /// What scores of the policy `Balanced` are measured against.
    pub pool_totals: BTreeMap<String, PoolTotalsAnswer>,
    /// How many more nodes of each pool the budgets allow; from [`UNBOUNDED`] on, nothing limits.
    pub budgets: BTreeMap<DisruptionReason, BTreeMap<String, usize>>,
    /// What each method would do, after the wait.
    pub commands: BTreeMap<Method, Vec<CommandAnswer>>,
    /// What it would have done without looking again after the wait.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub failed_validation: BTreeMap<Method, FailedValidation>,
    /// Methods that fail, by code.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub errors: BTreeMap<Method, String>,
    /// What was made known about nodes meanwhile, by code.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub events: BTreeMap<Method, BTreeMap<String, Vec<String>>>,
    /// What one whole pass would start.
    pub first: Option<FirstAnswer>,
}

/// From this number of nodes on, a budget of an answer means that nothing limits: 2³¹ − 1, less nodes already going.
pub const UNBOUNDED: usize = 2_000_000_000;

/// Nodes as one method sees them.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[non_exhaustive]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct CandidatesAnswer {
    /// Those that it may disrupt.
    pub accepted: BTreeMap<String, CandidateAnswer>,
    /// Those that the method leaves to others, and why; some are left without a word.
    pub filtered: BTreeMap<String, String>,
    /// Those that nothing may disrupt at the moment, and why.
    pub rejected: BTreeMap<String, String>,
}

/// What a candidate costs.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[non_exhaustive]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CandidateAnswer {
    /// What it costs to move its pods, and 1.
    pub cost: Amount,
    /// What all its pods cost, times the share of its life that is left.
    pub cost_times_lifetime: Amount,
    /// Its price in USD per hour; zero when it is not known.
    pub price: Amount,
}

/// What scores in a pool are measured against.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[non_exhaustive]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PoolTotalsAnswer {
    /// What its machines cost in USD per hour.
    pub cost: Amount,
    /// What it would cost to move all pods.
    pub disruption: Amount,
}

/// Nodes to remove, and what must be there before.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[non_exhaustive]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CommandAnswer {
    /// `delete` or `replace`.
    pub decision: String,
    /// Nodes to remove.
    pub nodes: Vec<String>,
    /// Machines to buy before.
    pub replacements: Vec<ReplacementAnswer>,
    /// What the nodes cost in USD per hour.
    pub price_per_hour_before: Amount,
    /// What the replacements are taken to cost, each by the cheapest offering of its first type.
    pub price_per_hour_after: Amount,
    /// Scores, for each pool with the policy `Balanced`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub scores: BTreeMap<String, Amount>,
}

/// A machine to buy.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[non_exhaustive]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ReplacementAnswer {
    /// Its pool.
    pub node_pool: String,
    /// What it must be, without host name and list of types.
    pub requirements: Vec<RequirementAnswer>,
    /// Types that may be launched, in the order in which they are asked for.
    pub instance_types: Vec<String>,
    /// Its pods, as `namespace/name`.
    pub pods: Vec<String>,
}

/// A command that was dropped or shortened after the wait.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[non_exhaustive]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct FailedValidation {
    /// The command as it was found.
    pub command: CommandAnswer,
    /// `budget`, `scheduling`, or empty for one that was shortened.
    pub reason: String,
    /// What was different, by code.
    pub error: String,
}

/// What a pass starts.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[non_exhaustive]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct FirstAnswer {
    /// The method, or `error in` the method with which the pass ends.
    pub method: String,
    /// Nodes of its first command.
    pub nodes: Vec<String>,
}

impl DisruptionReference {
    /// Every result of a method over all runs.
    pub fn results(&self, method: Method) -> Vec<&[CommandAnswer]> {
        let first = self.answers.first().and_then(|answer| answer.commands.get(&method));
        let others = self.answers.iter().skip(1).filter_map(|one| one.commands.get(&method));
        let alternatives = self.alternatives.get(&method).into_iter().flatten();
        [first.map_or(&[][..], Vec::as_slice)]
            .into_iter()
            .chain(others.map(Vec::as_slice))
            .chain(alternatives.map(|one| one.commands.as_slice()))
            .collect()
    }
}

impl CommandAnswer {
    /// What it saves, in 10⁻¹² USD per hour; less than nothing when it costs.
    pub const fn saving(&self) -> i64 {
        self.price_per_hour_before.pico().saturating_sub(self.price_per_hour_after.pico())
    }
}
