//! Makes pods from templates; not how many.

use std::{collections::BTreeSet, sync::Arc};

use super::Expansion;
use crate::{
    k8s::{object::Meta, objects::Objects},
    model::{Finding, Labels, Owner, Pod, PodId, PodSpec, PodTemplate, Severity},
};

/// Most pods that manifests may add: more than the 150,000 that Kubernetes is made for, but a mistyped number must not take all memory
/// (<https://kubernetes.io/docs/setup/best-practices/cluster-large/>).
const PODS_MAX: usize = 200_000;

/// Makes pods, as long as there is room for them.
#[derive(Debug)]
pub(super) struct Maker {
    /// Names of pods that are there or were made.
    names: BTreeSet<PodId>,
    room: usize,
    pub(super) expansion: Expansion,
}

/// Whose pods are made, and from what.
#[derive(Debug)]
pub(super) struct Source<'a> {
    /// The object that wants them.
    pub(super) wanted_by: &'a Meta,
    /// The object that will own them.
    pub(super) owner: Owner,
    pub(super) template: &'a PodTemplate,
}

impl<'a> Source<'a> {
    /// Pods that the object which wants them owns itself.
    pub(super) fn owned(
        (api_version, kind): (&str, &str),
        wanted_by: &'a Meta,
        template: &'a PodTemplate,
    ) -> Self {
        Self { wanted_by, owner: owner(api_version, kind, wanted_by), template }
    }
}

/// A reference to the controlling owner.
pub(super) fn owner(api_version: &str, kind: &str, meta: &Meta) -> Owner {
    Owner {
        api_version: api_version.to_owned(),
        kind: kind.to_owned(),
        name: meta.name.clone(),
        uid: meta.uid(),
        controller: true,
    }
}

impl Maker {
    pub(super) fn new(objects: &Objects) -> Self {
        let names = objects.pods.keys().cloned().collect();
        Self { names, room: PODS_MAX, expansion: Expansion::default() }
    }

    /// Adds `count` pods named after the object that wants them and the first free numbers from 1.
    pub(super) fn add_alike(&mut self, source: &Source<'_>, count: usize) {
        let meta = source.wanted_by;
        let mut number = 0_usize;
        for _ in 0..self.granted(source, count) {
            let id = loop {
                number += 1;
                let id = PodId::new(meta.namespace.as_str(), format!("{}-{number}", meta.name));
                if !self.names.contains(&id) {
                    break id;
                }
            };
            self.put(Self::pod(source, &id, Arc::clone(&source.template.labels)));
        }
    }

    /// Adds a pod that was made elsewhere.
    pub(super) fn put(&mut self, pod: Pod) {
        self.names.insert(pod.id.clone());
        self.expansion.pods.push(pod);
    }

    /// A pod of the source.
    pub(super) fn pod(source: &Source<'_>, id: &PodId, labels: Arc<Labels>) -> Pod {
        let mut pod = Pod::new(id.name()).in_namespace(id.namespace());
        pod.created_at = source.wanted_by.created_at();
        pod.labels = labels;
        pod.annotations = Arc::clone(&source.template.annotations);
        pod.owners.push(source.owner.clone());
        pod.spec = spec_of(&source.template.spec, id.name());
        pod
    }

    /// How many of `count` pods there is room for; a finding tells when it is fewer.
    pub(super) fn granted(&mut self, source: &Source<'_>, count: usize) -> usize {
        let granted = count.min(self.room);
        self.room -= granted;
        if granted < count {
            let meta = source.wanted_by;
            let message = format!(
                "{} of {count} pods are left out: all manifests together may add {PODS_MAX}",
                count - granted
            );
            let object = format!("{} {}", source.owner.kind, meta.id());
            self.expansion.findings.push(Finding::new(
                "too-many-pods",
                Severity::Error,
                object,
                message,
            ));
        }
        granted
    }
}

/// The template's spec, shared unless the pod's name decides the names of its claims.
fn spec_of(template: &Arc<PodSpec>, pod: &str) -> Arc<PodSpec> {
    let mut spec = Arc::clone(template);
    if spec.volumes.iter().any(|volume| volume.ephemeral.is_some()) {
        for volume in &mut Arc::make_mut(&mut spec).volumes {
            if volume.ephemeral.is_some() {
                volume.claim = format!("{pod}-{}", volume.name);
            }
        }
    }
    spec
}
