//! What scenarios of every area have in common: objects, types, settings, an instant; not the answers about them.

use std::{collections::BTreeSet, sync::Arc};

use karp_core::{
    k8s::Manifests,
    model::{InstanceType, Timestamp},
    policy::Policy,
    snapshot::Snapshot,
};
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::Value;

use super::{
    ScenarioError,
    catalog::catalog,
    instance_type::TypeFile,
    objects::{Objects, PodGroup},
    provider::ScenarioCatalog,
    settings::Settings,
};

/// A world that can be decided on.
#[derive(Clone, Debug)]
pub(super) struct World {
    pub(super) name: String,
    pub(super) feature: String,
    pub(super) now: Timestamp,
    pub(super) policy: Policy,
    pub(super) types: Vec<Arc<InstanceType>>,
    pub(super) objects: Objects,
}

/// A scenario as written, with what its area adds: `state` beside the objects, and the answers.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct ScenarioFile<S, R> {
    name: String,
    feature: String,
    #[serde(rename = "seed")]
    _seed: i64,
    now: Timestamp,
    #[serde(default)]
    settings: Settings,
    #[serde(default)]
    state: S,
    instance_types: Value,
    objects: Vec<Value>,
    #[serde(default)]
    pod_groups: Vec<PodGroup>,
    reference: R,
}

/// Types of a catalog, by name.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CatalogTypes {
    catalog: String,
    names: Option<Vec<String>>,
}

impl<S: Default + DeserializeOwned, R: DeserializeOwned> ScenarioFile<S, R> {
    /// Reads one scenario: its world, what its area adds, and the answers.
    pub(super) fn read(text: &str) -> Result<(World, S, R), ScenarioError> {
        let file: Self = serde_json::from_str(text).map_err(|error| format_error(&error))?;
        let world = World {
            name: file.name,
            feature: file.feature,
            now: file.now,
            policy: file.settings.policy()?,
            types: read_types(file.instance_types)?,
            objects: Objects::read(file.objects, file.pod_groups)?,
        };
        Ok((world, file.state, file.reference))
    }
}

impl World {
    /// The world as it is read at `now`; pools in `without_types` can buy nothing.
    pub(super) fn snapshot(
        &self,
        now: Timestamp,
        without_types: &BTreeSet<String>,
    ) -> Result<Snapshot, ScenarioError> {
        let mut manifests = Manifests::new();
        for object in self.objects.all() {
            manifests.add(&self.name, object.clone());
        }
        if let Some(error) = manifests.errors().first() {
            let (object, problem) = (self.name.clone(), error.to_string());
            return Err(ScenarioError::Object { object, problem });
        }
        let catalog = ScenarioCatalog { types: &self.types, without_types };
        let mut snapshot = manifests.snapshot(&catalog, now)?;
        let named = self.objects.pods();
        snapshot.pods.retain(|pod| named.contains(&pod.id));
        Ok(snapshot)
    }
}

/// Reads a text with one scenario a line by `parse`; empty lines are skipped.
pub(super) fn parse_lines<T>(
    text: &str,
    parse: impl Fn(&str) -> Result<T, ScenarioError>,
) -> Result<Vec<T>, ScenarioError> {
    text.lines()
        .enumerate()
        .filter(|(_, line)| !line.trim().is_empty())
        .map(|(index, line)| {
            parse(line)
                .map_err(|source| ScenarioError::Line { line: index + 1, source: Box::new(source) })
        })
        .collect()
}

pub(super) fn format_error(error: &serde_json::Error) -> ScenarioError {
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
