//! Which pods of a workload are there; not how many it wants.

use std::collections::BTreeMap;

use crate::{
    k8s::{
        object::{Meta, OwnerReference, PodObject},
        objects::{Objects, Placed},
    },
    model::{LabelSelector, ObjectId},
};

/// Label by which a `ReplicaSet` of a `Deployment` and its pods carry the hash that ends the set's name.
pub(super) const TEMPLATE_HASH: &str = "pod-template-hash";

/// Pods by the workload that controls them.
#[derive(Debug)]
pub(super) struct Census<'a> {
    pods: BTreeMap<OwnerKey<'a>, Vec<&'a PodObject>>,
    /// Replica sets by the deployment that controls them.
    sets: BTreeMap<OwnerKey<'a>, Vec<&'a Meta>>,
    /// Pods of replica sets that are not there, by what may be the deployment's name.
    orphans: BTreeMap<OwnerKey<'a>, Vec<&'a PodObject>>,
}

/// Group, kind, namespace and name of a controller.
type OwnerKey<'a> = (&'a str, &'a str, &'a str, &'a str);

impl<'a> Census<'a> {
    /// Counts what `objects` hold.
    pub(super) fn new(objects: &'a Objects) -> Self {
        let mut census =
            Self { pods: BTreeMap::new(), sets: BTreeMap::new(), orphans: BTreeMap::new() };
        for Placed { object, .. } in objects.replica_sets.values() {
            if let Some(owner) = object.metadata.controller() {
                let key = key_of(owner, &object.metadata.namespace);
                census.sets.entry(key).or_default().push(&object.metadata);
            }
        }
        for Placed { object: pod, .. } in objects.pods.values() {
            if pod.is_finished() || pod.metadata.deletion_timestamp.is_some() {
                continue;
            }
            let Some(owner) = pod.metadata.controller() else { continue };
            let key = key_of(owner, &pod.metadata.namespace);
            census.pods.entry(key).or_default().push(pod);
            if let Some(deployment) = likely_deployment(owner, pod, objects) {
                let key = ("apps", "Deployment", pod.metadata.namespace.as_str(), deployment);
                census.orphans.entry(key).or_default().push(pod);
            }
        }
        census
    }

    /// Number of pods that a workload controls directly.
    pub(super) fn pods(&self, group: &str, kind: &str, meta: &Meta) -> usize {
        let key = (group, kind, meta.namespace.as_str(), meta.name.as_str());
        let pods = self.pods.get(&key).into_iter().flatten();
        pods.filter(|pod| {
            pod.metadata.controller().is_some_and(|owner| is_reference_to(owner, meta))
        })
        .count()
    }

    /// Number of pods that a deployment controls through its replica sets.
    ///
    /// Replica sets that were not read are told by their name, which ends with the hash in their pods' labels.
    pub(super) fn pods_of_deployment(
        &self,
        meta: &Meta,
        selector: Option<&LabelSelector>,
    ) -> usize {
        let key = ("apps", "Deployment", meta.namespace.as_str(), meta.name.as_str());
        let of_sets: usize =
            self.sets_of(meta).map(|set| self.pods("apps", "ReplicaSet", set)).sum();
        let orphans =
            self.orphans.get(&key).into_iter().flatten().filter(|pod| {
                selector.is_none_or(|selector| selector.matches(&pod.metadata.labels))
            });
        of_sets + orphans.count()
    }

    /// The replica set that a deployment would add pods to: its newest.
    pub(super) fn newest_set(&self, meta: &Meta) -> Option<&'a Meta> {
        self.sets_of(meta).max_by_key(|set| (revision(set), set.created_at(), set.name.as_str()))
    }

    fn sets_of<'s>(&'s self, meta: &'s Meta) -> impl Iterator<Item = &'a Meta> + use<'a, 's> {
        let key = ("apps", "Deployment", meta.namespace.as_str(), meta.name.as_str());
        let sets = self.sets.get(&key).into_iter().flatten().copied();
        sets.filter(|set| set.controller().is_some_and(|owner| is_reference_to(owner, meta)))
    }
}

/// Whether the reference means this object: names can be used again, UIDs can't.
pub(super) fn is_reference_to(owner: &OwnerReference, meta: &Meta) -> bool {
    owner.uid.is_empty() || meta.uid.is_empty() || owner.uid == meta.uid
}

fn key_of<'a>(owner: &'a OwnerReference, namespace: &'a str) -> OwnerKey<'a> {
    (owner.group(), &owner.kind, namespace, &owner.name)
}

/// The deployment behind a pod whose replica set was not read.
fn likely_deployment<'a>(
    owner: &'a OwnerReference,
    pod: &PodObject,
    objects: &Objects,
) -> Option<&'a str> {
    if (owner.group(), owner.kind.as_str()) != ("apps", "ReplicaSet") {
        return None;
    }
    let set = ObjectId::new(pod.metadata.namespace.as_str(), owner.name.as_str());
    if objects.replica_sets.contains_key(&set) {
        return None;
    }
    let hash = pod.metadata.labels.get(TEMPLATE_HASH)?;
    owner.name.strip_suffix(hash.as_str())?.strip_suffix('-')
}

/// Number of the rollout that made a replica set.
fn revision(set: &Meta) -> u64 {
    let revision = set.annotations.get("deployment.kubernetes.io/revision");
    revision.and_then(|text| text.parse().ok()).unwrap_or_default()
}
