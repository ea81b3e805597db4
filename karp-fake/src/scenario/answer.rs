//! What the reference answered on a world, and what karp answers in the same form; not the comparison.

use std::collections::BTreeMap;

use karp_core::{
    decision::{CheapestOffering, Plan, PlannedMachine},
    model::{ObjectId, Price, RequirementEntry, Requirements, Resources},
};
use serde::{Deserialize, Serialize};

use super::{refusal::refusal_kinds, usd_number};

/// What the reference answered on a world, over many runs.
///
/// It breaks ties by the order of hash maps, so that runs on one world can differ.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[non_exhaustive]
#[serde(rename_all = "camelCase")]
pub struct Reference {
    /// Version of the reference.
    pub commit: String,
    /// How often it was run.
    pub runs: usize,
    /// How many different answers it gave, those included that were not kept.
    pub distinct: usize,
    /// Least and greatest totals over all runs.
    pub range: Range,
    /// Its answers, the most frequent first; the rare ones of many are left out.
    pub answers: Vec<Answer>,
}

/// Least and greatest totals over all runs.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[non_exhaustive]
#[serde(rename_all = "camelCase")]
pub struct Range {
    /// New machines.
    pub claims: [usize; 2],
    /// Price of the new machines per hour.
    #[serde(with = "usd_number::pair")]
    pub price_per_hour: [Price; 2],
    /// Pods without a place.
    pub unplaced: [usize; 2],
}

/// One answer: who sits where, and what is bought.
///
/// Pods are named `namespace/name`, without the namespace when it is `default`.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[non_exhaustive]
#[serde(rename_all = "camelCase")]
pub struct Answer {
    /// How many runs gave it; 0 in an answer of karp's.
    #[serde(default)]
    pub count: usize,
    /// New machines, by their first pod; absent where only totals were kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub new_claims: Option<Vec<NewClaim>>,
    /// Pods placed on machines that are there.
    #[serde(default)]
    pub existing: BTreeMap<String, Vec<String>>,
    /// Pods without a place, each with the [kinds](super::refusal_kinds) of refusal.
    #[serde(default)]
    pub unschedulable: BTreeMap<String, Vec<String>>,
    /// Counts and price.
    pub totals: AnswerTotals,
}

/// Counts and price of an answer.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[non_exhaustive]
#[serde(rename_all = "camelCase")]
pub struct AnswerTotals {
    /// New machines.
    pub claims: usize,
    /// Pods with a place.
    pub placed: usize,
    /// Pods without.
    pub unplaced: usize,
    /// Price of the new machines per hour, each by its cheapest offering, rounded to six decimals.
    #[serde(with = "usd_number")]
    pub price_per_hour: Price,
}

/// A new machine of an answer.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[non_exhaustive]
#[serde(rename_all = "camelCase")]
pub struct NewClaim {
    /// Its pool.
    pub node_pool: String,
    /// Its pods.
    pub pods: Vec<String>,
    /// What it must be, without host name and list of types.
    pub requirements: Vec<RequirementAnswer>,
    /// Types that may be launched, cheapest first, ties by name.
    pub instance_types: Vec<String>,
    /// What its pods and daemons ask for in all.
    pub requests: Resources,
    /// The cheapest way to buy it.
    #[serde(default)]
    pub cheapest: Option<CheapestAnswer>,
    /// Whether `minValues` were lowered to open it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub min_values_relaxed: bool,
}

/// One entry of a new machine's requirements.
#[derive(Clone, Debug, Deserialize, Eq, Ord, PartialEq, PartialOrd, Serialize)]
#[non_exhaustive]
#[serde(rename_all = "camelCase")]
pub struct RequirementAnswer {
    /// Label key.
    pub key: String,
    /// `In`, `NotIn`, `Exists`, `DoesNotExist`, `Gte` or `Lte`.
    pub operator: String,
    /// Its values.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub values: Vec<String>,
    /// Fewest values that the types must cover.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min_values: Option<u32>,
}

/// The cheapest way to buy a new machine.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[non_exhaustive]
#[serde(rename_all = "camelCase")]
pub struct CheapestAnswer {
    /// The type.
    pub instance_type: String,
    /// Its zone.
    pub zone: String,
    /// `on-demand`, `spot` or `reserved`.
    pub capacity_type: String,
    /// Price per hour, rounded to six decimals.
    #[serde(with = "usd_number")]
    pub price: Price,
}

impl Answer {
    /// A plan in the form of the reference's answers.
    pub fn of(plan: &Plan) -> Self {
        let totals = plan.totals();
        let mut claims: Vec<NewClaim> = plan.machines.iter().map(NewClaim::of).collect();
        claims.sort_by(|a, b| a.pods.first().cmp(&b.pods.first()));
        let existing =
            plan.existing.iter().map(|(node, pods)| (node.to_string(), pod_names(pods))).collect();
        let unschedulable = plan
            .unplaced
            .iter()
            .map(|unplaced| (pod_name(&unplaced.pod), refusal_kinds(unplaced)))
            .collect();
        Self {
            count: 0,
            new_claims: Some(claims),
            existing,
            unschedulable,
            totals: AnswerTotals {
                claims: totals.machines,
                placed: totals.placed,
                unplaced: totals.unplaced,
                price_per_hour: usd_number::rounded(totals.price),
            },
        }
    }
}

impl NewClaim {
    fn of(machine: &PlannedMachine) -> Self {
        Self {
            node_pool: machine.node_pool.to_string(),
            pods: pod_names(&machine.pods),
            requirements: RequirementAnswer::all_of(&machine.requirements),
            instance_types: machine.instance_types.iter().map(ToString::to_string).collect(),
            requests: machine.requests.clone(),
            cheapest: machine.cheapest.as_ref().map(CheapestAnswer::of),
            min_values_relaxed: machine.min_values_relaxed,
        }
    }
}

impl RequirementAnswer {
    /// All entries of the requirements.
    pub(super) fn all_of(requirements: &Requirements) -> Vec<Self> {
        requirements.to_entries().iter().map(Self::of).collect()
    }

    fn of(entry: &RequirementEntry) -> Self {
        Self {
            key: entry.key.clone(),
            operator: entry.operator.to_string(),
            values: entry.values.clone(),
            min_values: entry.min_values,
        }
    }
}

impl CheapestAnswer {
    fn of(offering: &CheapestOffering) -> Self {
        Self {
            instance_type: offering.instance_type.to_string(),
            zone: offering.zone.clone(),
            capacity_type: offering.capacity_type.clone(),
            price: usd_number::rounded(offering.price),
        }
    }
}

/// A pod's name as answers write it.
pub(super) fn pod_name(pod: &ObjectId) -> String {
    match pod.namespace() {
        "default" => pod.name().to_owned(),
        _ => pod.to_string(),
    }
}

fn pod_names(pods: &[ObjectId]) -> Vec<String> {
    let mut names: Vec<String> = pods.iter().map(pod_name).collect();
    names.sort();
    names
}
