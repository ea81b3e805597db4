//! A plan as JSON for programs; the form is part of the tool's contract.

use std::collections::BTreeMap;

use karp_core::{
    decision::{Plan, PlannedMachine},
    explain::PoolRefusal,
    model::{Finding, PodId, Price, RequirementEntry, Resources},
};
use serde::Serialize;
use serde_json::{Number, Value};

use super::explain::{self, Explanations};

/// The plan in the form that `plan --output json` prints, with what is explained of it.
///
/// # Errors
///
/// None in practice: every part of a plan can be written as JSON.
pub fn json(plan: &Plan, explanations: Option<&Explanations>) -> serde_json::Result<Value> {
    let totals = plan.totals();
    serde_json::to_value(Document {
        now: plan.now.to_string(),
        machines: plan.machines.iter().map(Machine::of).collect(),
        existing: plan
            .existing
            .iter()
            .map(|(node, pods)| (node.to_string(), pods.iter().map(PodId::to_string).collect()))
            .collect(),
        unplaced: plan
            .unplaced
            .iter()
            .map(|unplaced| Unplaced {
                pod: unplaced.pod.to_string(),
                reasons: unplaced.reasons.iter().map(Reason::of).collect(),
            })
            .collect(),
        findings: &plan.findings,
        totals: Totals {
            machines: totals.machines,
            placed: totals.placed,
            unplaced: totals.unplaced,
            usd_per_hour: usd(totals.price),
        },
        explanations: explanations.map(explain::Document::of),
    })
}

#[derive(Serialize)]
struct Document<'a> {
    now: String,
    machines: Vec<Machine<'a>>,
    existing: BTreeMap<String, Vec<String>>,
    unplaced: Vec<Unplaced>,
    findings: &'a [Finding],
    totals: Totals,
    #[serde(skip_serializing_if = "Option::is_none")]
    explanations: Option<explain::Document<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Machine<'a> {
    name: &'a str,
    node_pool: &'a str,
    pods: Vec<String>,
    instance_types: Vec<&'a str>,
    zone: Option<&'a str>,
    capacity_type: Option<&'a str>,
    usd_per_hour: Option<Number>,
    requests: &'a Resources,
    requirements: Vec<RequirementEntry>,
}

#[derive(Serialize)]
struct Unplaced {
    pod: String,
    reasons: Vec<Reason>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Reason {
    node_pool: Option<String>,
    code: &'static str,
    message: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Totals {
    machines: usize,
    placed: usize,
    unplaced: usize,
    usd_per_hour: Option<Number>,
}

impl Reason {
    pub(super) fn of(refusal: &PoolRefusal) -> Self {
        Self {
            node_pool: refusal.node_pool.as_ref().map(ToString::to_string),
            code: refusal.reason.code(),
            message: refusal.reason.to_string(),
        }
    }
}

impl<'a> Machine<'a> {
    fn of(machine: &'a PlannedMachine) -> Self {
        let cheapest = machine.cheapest.as_ref();
        Self {
            name: &machine.name,
            node_pool: &machine.node_pool,
            pods: machine.pods.iter().map(PodId::to_string).collect(),
            instance_types: machine
                .instance_types
                .iter()
                .map(karp_core::model::InstanceTypeName::as_str)
                .collect(),
            zone: cheapest.map(|offering| offering.zone.as_str()),
            capacity_type: cheapest.map(|offering| offering.capacity_type.as_str()),
            usd_per_hour: cheapest.and_then(|offering| usd(offering.price)),
            requests: &machine.requests,
            requirements: machine
                .requirements
                .iter()
                .flat_map(karp_core::model::Requirement::to_entries)
                .collect(),
        }
    }
}

/// A price as a JSON number, from its exact decimal text.
pub(super) fn usd(price: Price) -> Option<Number> {
    price.to_string().parse().ok()
}
