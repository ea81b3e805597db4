//! The Kubernetes objects of a scenario as they are written; not what they mean.

use std::collections::BTreeSet;

use karp_core::model::PodId;
use serde::Deserialize;
use serde_json::{Value, json};

use super::ScenarioError;

/// Most pods that one group makes; more is a slip of the keyboard.
const GROUP_MAX: u32 = 1_000_000;

/// Equal pods, written once.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct PodGroup {
    prefix: String,
    count: u32,
    pod: Value,
}

/// Objects with groups expanded and pods left out that don't wait for a place.
#[derive(Clone, Debug)]
pub(super) struct Objects {
    all: Vec<Value>,
    left_out: Vec<PodId>,
}

impl Objects {
    pub(super) fn read(objects: Vec<Value>, groups: Vec<PodGroup>) -> Result<Self, ScenarioError> {
        let mut all = objects;
        for group in groups {
            group.expand_into(&mut all)?;
        }
        all.iter_mut().for_each(fill_in_containers);
        let mut left_out = Vec::new();
        all.retain(|object| {
            let waits_for_nothing =
                is_kind(object, "Pod") && !is_bound(object) && !is_provisionable(object);
            if waits_for_nothing {
                left_out.push(pod_id(object));
            }
            !waits_for_nothing
        });
        Ok(Self { all, left_out })
    }

    pub(super) fn left_out(&self) -> &[PodId] {
        &self.left_out
    }

    pub(super) fn all(&self) -> &[Value] {
        &self.all
    }

    /// Ids of the pods.
    pub(super) fn pods(&self) -> BTreeSet<PodId> {
        self.of_kind("Pod").map(pod_id).collect()
    }

    /// All of them as a Kubernetes `List`.
    pub(super) fn list(&self) -> Value {
        json!({"apiVersion": "v1", "kind": "List", "items": self.all})
    }

    /// Those of a kind.
    pub(super) fn of_kind<'a>(&'a self, kind: &'a str) -> impl Iterator<Item = &'a Value> {
        self.all.iter().filter(move |object| is_kind(object, kind))
    }
}

impl PodGroup {
    fn expand_into(self, objects: &mut Vec<Value>) -> Result<(), ScenarioError> {
        let error = |problem: &str| ScenarioError::Object {
            object: format!("pod group `{}`", self.prefix),
            problem: problem.to_owned(),
        };
        if self.count > GROUP_MAX {
            return Err(error("`count` is above 1,000,000"));
        }
        for index in 0..self.count {
            let mut pod = self.pod.clone();
            let Some(metadata) = pod.get_mut("metadata").and_then(Value::as_object_mut) else {
                return Err(error("`pod.metadata` is not an object"));
            };
            metadata.insert("name".to_owned(), json!(format!("{}-{index}", self.prefix)));
            metadata.insert("uid".to_owned(), json!(format!("{}-{index:05}", self.prefix)));
            objects.push(pod);
        }
        Ok(())
    }
}

/// Scenarios leave out what does not matter: the containers of workloads whose pods are listed one by one. Kubernetes wants one.
fn fill_in_containers(object: &mut Value) {
    if let Some(Value::Array(containers)) = object.pointer_mut("/spec/template/spec/containers")
        && containers.is_empty()
    {
        containers.push(json!({"name": "main"}));
    }
}

fn is_kind(object: &Value, kind: &str) -> bool {
    object.get("kind").and_then(Value::as_str) == Some(kind)
}

/// Whether a pod has a node.
pub(super) fn is_bound(pod: &Value) -> bool {
    text(pod, "/spec/nodeName").is_some_and(|node| !node.is_empty())
}

/// Whether an unbound pod waits for a place: the scheduler found none, no preemption makes one, and no daemon set or kubelet owns it.
fn is_provisionable(pod: &Value) -> bool {
    let unschedulable = items(pod, "/status/conditions").any(|condition| {
        text(condition, "/type") == Some("PodScheduled")
            && text(condition, "/reason") == Some("Unschedulable")
    });
    let nominated = text(pod, "/status/nominatedNodeName").is_some_and(|node| !node.is_empty());
    let is_fixed = items(pod, "/metadata/ownerReferences").any(|owner| {
        let group_version = text(owner, "/apiVersion").unwrap_or_default();
        match text(owner, "/kind") {
            Some("DaemonSet") => group_version.starts_with("apps/"),
            Some("Node") => group_version == "v1",
            _ => false,
        }
    });
    unschedulable && !nominated && !is_fixed
}

fn pod_id(pod: &Value) -> PodId {
    let namespace = text(pod, "/metadata/namespace").unwrap_or("default");
    PodId::new(namespace, text(pod, "/metadata/name").unwrap_or_default())
}

/// The text at a JSON pointer.
pub(super) fn text<'a>(object: &'a Value, pointer: &str) -> Option<&'a str> {
    object.pointer(pointer).and_then(Value::as_str)
}

/// The items of the list at a JSON pointer; none when there is no list.
pub(super) fn items<'a>(
    object: &'a Value,
    pointer: &str,
) -> impl Iterator<Item = &'a Value> + use<'a> {
    object.pointer(pointer).and_then(Value::as_array).into_iter().flatten()
}
