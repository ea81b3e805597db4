//! One scenario: a world, a policy and the answers known for them; not how it is decided.

use std::{collections::BTreeSet, sync::Arc};

use karp_core::{
    decision::Plan,
    k8s::Manifests,
    model::{InstanceType, PodId, Timestamp},
    policy::Policy,
    snapshot::Snapshot,
};
use serde::Deserialize;
use serde_json::Value;

use super::{
    Answer, Need, Reference, ScenarioError, Verdict,
    archive::decompress,
    catalog::catalog,
    instance_type::TypeFile,
    need::needs_of,
    objects::{Objects, PodGroup},
    settings::Settings,
    world::ScenarioCatalog,
};

/// A world with the reference's answers on it.
#[derive(Clone, Debug)]
pub struct Scenario {
    name: String,
    feature: String,
    now: Timestamp,
    policy: Policy,
    types: Vec<Arc<InstanceType>>,
    objects: Objects,
    reference: Reference,
}

/// The file as written.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct ScenarioFile {
    name: String,
    feature: String,
    #[serde(rename = "seed")]
    _seed: i64,
    now: Timestamp,
    #[serde(default)]
    settings: Settings,
    instance_types: Value,
    objects: Vec<Value>,
    #[serde(default)]
    pod_groups: Vec<PodGroup>,
    reference: Reference,
}

/// Types of a catalog, by name.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CatalogTypes {
    catalog: String,
    names: Option<Vec<String>>,
}

impl Scenario {
    /// Reads one scenario.
    ///
    /// # Errors
    ///
    /// [`ScenarioError`] when the text is no scenario, or names a catalog, a type, an operator or a feature gate that is unknown. Whether
    /// the objects make a snapshot turns out in [`snapshot`](Self::snapshot).
    pub fn parse(text: &str) -> Result<Self, ScenarioError> {
        let file: ScenarioFile =
            serde_json::from_str(text).map_err(|error| format_error(&error))?;
        Ok(Self {
            name: file.name,
            feature: file.feature,
            now: file.now,
            policy: file.settings.policy()?,
            types: read_types(file.instance_types)?,
            objects: Objects::read(file.objects, file.pod_groups)?,
            reference: file.reference,
        })
    }

    /// Reads a text with one scenario a line; empty lines are skipped.
    ///
    /// # Errors
    ///
    /// [`ScenarioError::Line`] for the first line that is no scenario.
    pub fn parse_lines(text: &str) -> Result<Vec<Self>, ScenarioError> {
        text.lines()
            .enumerate()
            .filter(|(_, line)| !line.trim().is_empty())
            .map(|(index, line)| {
                Self::parse(line).map_err(|source| ScenarioError::Line {
                    line: index + 1,
                    source: Box::new(source),
                })
            })
            .collect()
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
        &self.name
    }

    /// What the scenario is about.
    pub fn feature(&self) -> &str {
        &self.feature
    }

    /// The instant of the decision.
    pub const fn now(&self) -> Timestamp {
        self.now
    }

    /// The settings of the scenario, in the compatible policy.
    pub const fn policy(&self) -> &Policy {
        &self.policy
    }

    /// What every pool can buy, before overlays.
    pub fn instance_types(&self) -> &[Arc<InstanceType>] {
        &self.types
    }

    /// What the reference answered.
    pub const fn reference(&self) -> &Reference {
        &self.reference
    }

    /// The objects as one Kubernetes `List` in JSON, without the [left-out](Self::left_out) pods.
    pub fn manifests(&self) -> String {
        self.objects.list().to_string()
    }

    /// The world, ready to be decided on.
    ///
    /// Workloads make no pods here: a scenario names every pod that there is.
    ///
    /// # Errors
    ///
    /// [`ScenarioError::Object`] for the first object that can't be read, [`ScenarioError::Snapshot`] when they don't go together.
    pub fn snapshot(&self) -> Result<Snapshot, ScenarioError> {
        let mut manifests = Manifests::new();
        for object in self.objects.all() {
            manifests.add(&self.name, object.clone());
        }
        if let Some(error) = manifests.errors().first() {
            let (object, problem) = (self.name.clone(), error.to_string());
            return Err(ScenarioError::Object { object, problem });
        }
        let catalog = ScenarioCatalog { types: &self.types };
        let mut snapshot = manifests.snapshot(&catalog, self.now)?;
        let named = self.objects.pods();
        snapshot.pods.retain(|pod| named.contains(&pod.id));
        Ok(snapshot)
    }

    /// Unbound pods that don't wait for a place: the Kubernetes scheduler has not called them unschedulable.
    pub fn left_out(&self) -> &[PodId] {
        self.objects.left_out()
    }

    /// The rules without which the scenario can't be decided, found by what it uses.
    ///
    /// What every decision needs (requests, taints, node selectors, limits…) is not among them.
    pub fn needs(&self) -> BTreeSet<Need> {
        needs_of(&self.objects, &self.types, &self.policy)
    }

    /// How a plan for this world stands to the reference's answers.
    pub fn compare(&self, plan: &Plan) -> Verdict {
        self.reference.compare(&Answer::of(plan))
    }
}

fn format_error(error: &serde_json::Error) -> ScenarioError {
    ScenarioError::Format { problem: error.to_string() }
}

fn read_types(written: Value) -> Result<Vec<Arc<InstanceType>>, ScenarioError> {
    if written.is_array() {
        let types: Vec<TypeFile> =
            serde_json::from_value(written).map_err(|error| format_error(&error))?;
        return types.iter().map(|written| written.read().map(Arc::new)).collect();
    }
    let CatalogTypes { catalog: name, names } =
        serde_json::from_value(written).map_err(|error| format_error(&error))?;
    let all = catalog(&name)?;
    let Some(names) = names else { return Ok(all) };
    names
        .into_iter()
        .map(|wanted| match all.iter().find(|kind| kind.name == wanted.as_str()) {
            Some(found) => Ok(Arc::clone(found)),
            None => Err(ScenarioError::UnknownType { catalog: name.clone(), name: wanted }),
        })
        .collect()
}
