//! One scenario: a world, a policy and the answers known for them; not how it is decided.

use std::{collections::BTreeSet, sync::Arc};

use karp_core::{
    decision::Plan,
    model::{InstanceType, PodId, Timestamp},
    policy::Policy,
    snapshot::Snapshot,
};
use serde::Deserialize;

use super::{
    Answer, Need, Reference, ScenarioError, Verdict,
    archive::decompress,
    need::needs_of,
    world::{ScenarioFile, World, parse_lines},
};

/// A world with the reference's answers on it.
#[derive(Clone, Debug)]
pub struct Scenario {
    world: World,
    reference: Reference,
}

/// Nothing is remembered between rounds of scheduling.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(clippy::empty_structs_with_brackets, reason = "read from `{}`, not from null")]
struct NoState {}

impl Scenario {
    /// Reads one scenario.
    ///
    /// # Errors
    ///
    /// [`ScenarioError`] when the text is no scenario, or names a catalog, a type, an operator or a feature gate that is unknown. Whether
    /// the objects make a snapshot turns out in [`snapshot`](Self::snapshot).
    pub fn parse(text: &str) -> Result<Self, ScenarioError> {
        let (world, NoState {}, reference) = ScenarioFile::read(text)?;
        Ok(Self { world, reference })
    }

    /// Reads a text with one scenario a line; empty lines are skipped.
    ///
    /// # Errors
    ///
    /// [`ScenarioError::Line`] for the first line that is no scenario.
    pub fn parse_lines(text: &str) -> Result<Vec<Self>, ScenarioError> {
        parse_lines(text, Self::parse)
    }

    /// Reads gzip data with one scenario a line.
    ///
    /// # Errors
    ///
    /// [`ScenarioError::Archive`] when the data are damaged, [`ScenarioError::Line`] for the first line that is no scenario.
    pub fn parse_compressed(data: &[u8]) -> Result<Vec<Self>, ScenarioError> {
        Self::parse_lines(&decompress(data)?)
    }

    /// What the scenario is called.
    pub fn name(&self) -> &str {
        &self.world.name
    }

    /// What the scenario is about.
    pub fn feature(&self) -> &str {
        &self.world.feature
    }

    /// The instant of the decision.
    pub const fn now(&self) -> Timestamp {
        self.world.now
    }

    /// The settings of the scenario, in the compatible policy.
    pub const fn policy(&self) -> &Policy {
        &self.world.policy
    }

    /// What every pool can buy, before overlays.
    pub fn instance_types(&self) -> &[Arc<InstanceType>] {
        &self.world.types
    }

    /// What the reference answered.
    pub const fn reference(&self) -> &Reference {
        &self.reference
    }

    /// The objects as one Kubernetes `List` in JSON, without the [left-out](Self::left_out) pods.
    pub fn manifests(&self) -> String {
        self.world.objects.list().to_string()
    }

    /// The world, ready to be decided on.
    ///
    /// Workloads make no pods here: a scenario names every pod that there is.
    ///
    /// # Errors
    ///
    /// [`ScenarioError::Object`] for the first object that can't be read, [`ScenarioError::Snapshot`] when they don't go together.
    pub fn snapshot(&self) -> Result<Snapshot, ScenarioError> {
        self.world.snapshot(self.world.now, &BTreeSet::new())
    }

    /// Unbound pods that don't wait for a place: the Kubernetes scheduler has not called them unschedulable.
    pub fn left_out(&self) -> &[PodId] {
        self.world.objects.left_out()
    }

    /// The rules without which the scenario can't be decided, found by what it uses.
    ///
    /// What every decision needs (requests, taints, node selectors, limits…) is not among them.
    pub fn needs(&self) -> BTreeSet<Need> {
        needs_of(&self.world.objects, &self.world.types, &self.world.policy)
    }

    /// How a plan for this world stands to the reference's answers.
    pub fn compare(&self, plan: &Plan) -> Verdict {
        self.reference.compare(&Answer::of(plan))
    }
}
