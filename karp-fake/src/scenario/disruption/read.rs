//! One scenario about disruption: a world, what is remembered, and the answers known; not how karp decides.

use std::collections::{BTreeMap, BTreeSet};

use karp_core::{
    disrupt::Memory,
    model::{NodeName, NodePoolName, Span, Timestamp},
    policy::Policy,
    snapshot::Snapshot,
};
use serde::Deserialize;

use super::{DisruptionReference, DisruptionVerdict, answer::DisruptionAnswer, ask, compare};
use crate::scenario::{
    Need, ScenarioError,
    archive::decompress,
    need::needs_of,
    world::{ScenarioFile, World, parse_lines},
};

/// How long a node counts as promised to pods.
const NOMINATION: Span = Span::seconds(20);

/// A world in which nodes may be disrupted, with the reference's answers on it.
///
/// # Example: a node without pods is removed
///
/// ```
/// use karp_core::disrupt::Method;
/// use karp_fake::scenario::DisruptionScenario;
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let data = include_bytes!("../../../testdata/golden/disruption/empty.jsonl.gz");
/// // `data` is the content of `testdata/golden/disruption/empty.jsonl.gz`
/// let scenarios = DisruptionScenario::parse_compressed(data)?;
/// let scenario = scenarios.iter().find(|own| own.name() == "empty-0002").ok_or("no empty-0002")?;
/// let answer = scenario.answer()?;
/// assert!(scenario.compare(&answer).agrees());
/// assert_eq!(answer.commands[&Method::Emptiness][0].decision, "delete");
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct DisruptionScenario {
    world: World,
    state: State,
    reference: DisruptionReference,
}

/// What no object shows, as written: names of nodes, of claims for those without node.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
struct State {
    marked_for_deletion: BTreeSet<NodeName>,
    /// Promised to pods at the scenario's instant.
    nominated: BTreeSet<NodeName>,
    queued: BTreeSet<NodeName>,
    buffer_pods: BTreeMap<NodeName, usize>,
    no_instance_types: BTreeSet<NodePoolName>,
}

impl DisruptionScenario {
    /// Reads one scenario.
    ///
    /// # Errors
    ///
    /// [`ScenarioError`] when the text is no scenario about disruption, or names an operator or a feature gate that is unknown. Whether
    /// the objects make a snapshot turns out in [`snapshot`](Self::snapshot).
    pub fn parse(text: &str) -> Result<Self, ScenarioError> {
        let (world, state, reference) = ScenarioFile::<State, DisruptionReference>::read(text)?;
        if reference.answers.is_empty() {
            let problem = "`reference.answers` is empty".to_owned();
            return Err(ScenarioError::Format { problem });
        }
        Ok(Self { world, state, reference })
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

    /// What the reference answered.
    pub const fn reference(&self) -> &DisruptionReference {
        &self.reference
    }

    /// The objects as one Kubernetes `List` in JSON.
    pub fn manifests(&self) -> String {
        self.world.objects.list().to_string()
    }

    /// The world as it is read at `now`; nothing in it changes but the time.
    ///
    /// # Errors
    ///
    /// [`ScenarioError::Object`] for the first object that can't be read, [`ScenarioError::Snapshot`] when they don't go together.
    pub fn snapshot(&self, now: Timestamp) -> Result<Snapshot, ScenarioError> {
        let without_types = self.state.no_instance_types.iter().map(ToString::to_string).collect();
        self.world.snapshot(now, &without_types)
    }

    /// What is remembered at `now`: what was promised at the scenario's instant is forgotten after 20 seconds.
    pub fn memory(&self, now: Timestamp) -> Memory {
        let state = &self.state;
        let mut memory = Memory::new();
        memory.marked.clone_from(&state.marked_for_deletion);
        memory.queued.clone_from(&state.queued);
        memory.buffer_pods.clone_from(&state.buffer_pods);
        memory.pools_without_types.clone_from(&state.no_instance_types);
        if now < self.world.now + NOMINATION {
            memory.nominated.clone_from(&state.nominated);
        }
        memory
    }

    /// What karp answers: every method for itself, and one pass over all of them.
    ///
    /// Commands of the methods that look again before they act are confirmed 15 seconds later.
    ///
    /// # Errors
    ///
    /// As [`snapshot`](Self::snapshot).
    pub fn answer(&self) -> Result<DisruptionAnswer, ScenarioError> {
        ask::answer(self)
    }

    /// The rules without which the scenario can't be decided, found by what it uses.
    pub fn needs(&self) -> BTreeSet<Need> {
        needs_of(&self.world.objects, &self.world.types, &self.world.policy)
    }

    /// How an answer of karp's stands to the reference's.
    pub fn compare(&self, answer: &DisruptionAnswer) -> DisruptionVerdict {
        compare::compare(self, answer)
    }

    /// Label with the pool, for each Node that has one.
    pub(super) fn pool_of(&self, node: &str) -> Option<&str> {
        let mut nodes = self.world.objects.of_kind("Node");
        let node =
            nodes.find(|own| own.pointer("/metadata/name").is_some_and(|own| own == node))?;
        node.get("metadata")?.get("labels")?.get("karpenter.sh/nodepool")?.as_str()
    }
}
