//! Explanations for programs: texts for people beside the data that they come from; not for a terminal.

use karp_core::{
    advise::{GivenUp, NoRemedy, Remedy, WhyMachine},
    model::{NodeClaimName, PodId},
};
use serde::Serialize;
use serde_json::Number;

use super::{Explanations, SameMachines, Stuck};
use crate::report::json::{Reason, usd};

/// The part `explanations` of the JSON form of a plan.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::report) struct Document<'a> {
    unplaced: Vec<OfStuck<'a>>,
    machines: Vec<OfMachines<'a>>,
    given_up: Vec<OfWish<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct OfStuck<'a> {
    pods: Vec<String>,
    reasons: Vec<Reason>,
    remedies: Vec<OfRemedy<'a>>,
    tried: usize,
    incomplete: Option<NoRemedy>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct OfRemedy<'a> {
    message: String,
    usd_per_hour: Option<Number>,
    #[serde(flatten)]
    remedy: &'a Remedy,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct OfMachines<'a> {
    names: &'a [NodeClaimName],
    opened_for: Vec<String>,
    pods: Vec<String>,
    lines: Vec<String>,
    why: &'a WhyMachine,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct OfWish<'a> {
    message: String,
    pods: Vec<String>,
    wish: &'a GivenUp,
}

fn names(pods: &[PodId]) -> Vec<String> {
    pods.iter().map(PodId::to_string).collect()
}

impl<'a> Document<'a> {
    pub(in crate::report) fn of(all: &'a Explanations) -> Self {
        Self {
            unplaced: all.stuck.iter().map(OfStuck::of).collect(),
            machines: all.machines.iter().map(OfMachines::of).collect(),
            given_up: all
                .given_up
                .iter()
                .map(|(wish, pods)| OfWish { message: wish.to_string(), pods: names(pods), wish })
                .collect(),
        }
    }
}

impl<'a> OfStuck<'a> {
    fn of(stuck: &'a Stuck) -> Self {
        let of_remedy = |remedy: &'a Remedy| OfRemedy {
            message: remedy.to_string(),
            usd_per_hour: usd(remedy.price),
            remedy,
        };
        Self {
            pods: names(&stuck.advice.pods),
            reasons: stuck.unplaced.reasons.iter().map(Reason::of).collect(),
            remedies: stuck.advice.remedies.iter().map(of_remedy).collect(),
            tried: stuck.advice.tried,
            incomplete: stuck.advice.incomplete,
        }
    }
}

impl<'a> OfMachines<'a> {
    fn of(same: &'a SameMachines) -> Self {
        Self {
            names: &same.names,
            opened_for: names(&same.opened_for),
            pods: names(&same.pods),
            lines: same.why.to_string().lines().map(|line| line.trim().to_owned()).collect(),
            why: &same.why,
        }
    }
}
