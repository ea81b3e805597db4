//! Pods that are alike, seen as the object that makes them; not single pods of a workload.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    model::{Labels, Owner, Pod, PodSpec},
    snapshot::Snapshot,
};

/// Pods of one workload, daemon set or other owner, or a pod of nobody.
#[derive(Clone, Debug)]
pub(super) struct PodGroup<'a> {
    /// `Deployment shop/web`.
    pub(super) object: String,
    pub(super) kind: &'a str,
    pub(super) namespace: &'a str,
    pub(super) name: &'a str,
    /// How many pods there are or should be; of a daemon set not known, and 0.
    pub(super) replicas: usize,
    pub(super) labels: &'a Labels,
    pub(super) annotations: &'a Labels,
    pub(super) spec: &'a PodSpec,
    /// Where in the object the pods are described: `spec.template.`, or nothing for pods themselves.
    path: &'static str,
}

/// Namespace, kind and name.
type Key<'a> = (&'a str, &'a str, &'a str);

impl<'a> PodGroup<'a> {
    /// Groups of the snapshot, in the order of their objects.
    ///
    /// Replica sets of deployments that are there say nothing new and are left out; so are pods whose workload is there, pods of the
    /// kubelet, and pods that have ended.
    pub(super) fn all(snapshot: &'a Snapshot) -> Vec<Self> {
        let deployments: BTreeSet<(&str, &str)> = snapshot
            .workloads
            .iter()
            .filter(|workload| workload.kind == "Deployment")
            .map(|workload| (workload.id.namespace(), workload.id.name()))
            .collect();
        let is_of_deployment = |namespace: &str, kind: &str, name: &str| {
            kind == "ReplicaSet"
                && name
                    .rsplit_once('-')
                    .is_some_and(|(deployment, _)| deployments.contains(&(namespace, deployment)))
        };
        let mut groups: BTreeMap<Key<'_>, Self> = BTreeMap::new();
        for workload in &snapshot.workloads {
            let (namespace, name) = (workload.id.namespace(), workload.id.name());
            if is_of_deployment(namespace, &workload.kind, name) {
                continue;
            }
            let replicas = workload.replicas.unwrap_or(1);
            let group = Self {
                object: format!("{} {}", workload.kind, workload.id),
                kind: &workload.kind,
                namespace,
                name,
                replicas: usize::try_from(replicas).unwrap_or(usize::MAX),
                labels: &workload.template.labels,
                annotations: &workload.template.annotations,
                spec: &workload.template.spec,
                path: "spec.template.",
            };
            groups.entry((namespace, &workload.kind, name)).or_insert(group);
        }
        for set in &snapshot.daemon_sets {
            let (namespace, name) = (set.id.namespace(), set.id.name());
            let group = Self {
                object: format!("DaemonSet {}", set.id),
                kind: "DaemonSet",
                namespace,
                name,
                replicas: 0,
                labels: &set.template.labels,
                annotations: &set.template.annotations,
                spec: &set.template.spec,
                path: "spec.template.",
            };
            groups.entry((namespace, "DaemonSet", name)).or_insert(group);
        }
        let of_workloads: BTreeSet<Key<'_>> = groups.keys().copied().collect();
        for pod in snapshot.pods.iter().filter(|pod| !pod.is_finished() && !pod.is_mirror()) {
            let key = owner_of(pod);
            if of_workloads.contains(&key) || is_of_deployment(key.0, key.1, key.2) {
                continue;
            }
            groups.entry(key).or_insert_with(|| Self::of_pod(pod, key)).replicas += 1;
        }
        groups.into_values().collect()
    }

    fn of_pod(pod: &'a Pod, (namespace, kind, name): Key<'a>) -> Self {
        Self {
            object: format!("{kind} {namespace}/{name}"),
            kind,
            namespace,
            name,
            replicas: 0,
            labels: &pod.labels,
            annotations: &pod.annotations,
            spec: &pod.spec,
            path: if kind == "Pod" { "" } else { "spec.template." },
        }
    }

    /// Path of a field of the pods in the object.
    pub(super) fn field(&self, of_pod: &str) -> String {
        format!("{}{of_pod}", self.path)
    }

    /// Whether the pods end by themselves.
    pub(super) fn ends(&self) -> bool {
        self.kind == "Job"
    }
}

/// Who makes the pod; itself, if nobody does.
fn owner_of(pod: &Pod) -> Key<'_> {
    match pod.controller() {
        Some(Owner { kind, name, .. }) => (pod.id.namespace(), kind, name),
        None => (pod.id.namespace(), "Pod", pod.id.name()),
    }
}
