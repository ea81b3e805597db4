//! Names that lead nowhere: nodes, claims, volumes, classes, pools, owners; not what follows for a pod.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    k8s::objects::Objects,
    model::{
        DeviceRequest, Finding, ObjectId, PersistentVolumeClaim, Pod, PodClaimSource, Severity,
        label,
    },
};

/// A finding for everything that is named and not there; many references to one thing make one finding.
pub(super) fn dangling(
    objects: &Objects,
    pods: &[Pod],
    claims: &[PersistentVolumeClaim],
) -> Vec<Finding> {
    let mut findings = nodes(objects, pods);
    findings.extend(volume_claims(pods, claims));
    findings.extend(volumes(objects, claims));
    findings.extend(pools(objects));
    findings.extend(owners(objects));
    findings.extend(buffers(objects));
    findings.extend(devices(objects, pods));
    findings
}

fn warning(code: &str, object: impl Into<String>, message: impl Into<String>) -> Finding {
    Finding::new(code, Severity::Warning, object, message)
}

/// How often each thing is missed, and by whom first.
#[derive(Debug)]
struct Missing<K>(BTreeMap<K, (usize, String)>);

impl<K: Ord> Missing<K> {
    fn note(&mut self, what: K, by: impl FnOnce() -> String) {
        self.0.entry(what).or_insert_with(|| (0, by())).0 += 1;
    }

    /// One finding per missing thing, from its name, the number of references and the first of them.
    fn findings(self, finding: impl Fn(K, usize, &str) -> Finding) -> Vec<Finding> {
        self.0.into_iter().map(|(what, (count, by))| finding(what, count, &by)).collect()
    }
}

/// Nodes that pods are bound to.
fn nodes(objects: &Objects, pods: &[Pod]) -> Vec<Finding> {
    let there: BTreeSet<&str> = objects.nodes.keys().map(ObjectId::name).collect();
    let mut missing = Missing(BTreeMap::new());
    for pod in pods.iter().filter(|pod| !pod.is_finished()) {
        if let Some(node) = &pod.status.node
            && !there.contains(node.as_str())
        {
            missing.note(node.as_str(), || pod.id.to_string());
        }
    }
    missing.findings(|node, count, by| {
        let message = format!("{count} pods are bound to it, `{by}` for one, but it is not there");
        warning("missing-node", format!("Node {node}"), message)
    })
}

/// Claims that pending pods wait for.
fn volume_claims(pods: &[Pod], claims: &[PersistentVolumeClaim]) -> Vec<Finding> {
    let there: BTreeSet<&ObjectId> = claims.iter().map(|claim| &claim.id).collect();
    let mut missing = Missing(BTreeMap::new());
    for pod in pods.iter().filter(|pod| !pod.is_finished() && pod.status.node.is_none()) {
        for volume in pod.spec.volumes.iter().filter(|volume| volume.ephemeral.is_none()) {
            let id = ObjectId::new(pod.id.namespace(), volume.claim.as_str());
            if !there.contains(&id) {
                missing.note(id, || pod.id.to_string());
            }
        }
    }
    missing.findings(|id, count, by| {
        let message = format!("{count} pods use it, `{by}` for one, but it is not there");
        warning("missing-volume-claim", format!("PersistentVolumeClaim {id}"), message)
    })
}

/// Dynamic resource claims and templates that pending pods name, and classes that claims name.
fn devices(objects: &Objects, pods: &[Pod]) -> Vec<Finding> {
    let mut missing = Missing(BTreeMap::new());
    for pod in pods.iter().filter(|pod| !pod.is_finished() && pod.status.node.is_none()) {
        for claim in &pod.spec.resource_claims {
            let id = |name: &str| ObjectId::new(pod.id.namespace(), name);
            let (code, kind, id) = match &claim.source {
                PodClaimSource::Claim(name) => {
                    ("missing-resource-claim", "ResourceClaim", id(name))
                }
                PodClaimSource::Template(name) => {
                    ("missing-resource-claim-template", "ResourceClaimTemplate", id(name))
                }
                PodClaimSource::Undeclared => continue,
            };
            let is_there = match kind {
                "ResourceClaim" => objects.device_claims.contains_key(&id),
                _ => objects.device_claim_templates.contains_key(&id),
            };
            if !is_there {
                missing.note((code, format!("{kind} {id}")), || format!("Pod {}", pod.id));
            }
        }
    }
    let claims = objects.device_claims.values().map(|claim| claim.object.model());
    let claims = claims.map(|claim| (format!("ResourceClaim {}", claim.id), claim.spec));
    let templates = objects.device_claim_templates.values().map(|own| own.object.model());
    let templates = templates.map(|own| (format!("ResourceClaimTemplate {}", own.id), own.spec));
    for (object, spec) in claims.chain(templates) {
        for class in spec.requests.iter().flat_map(DeviceRequest::selections) {
            let id = ObjectId::new("", class.class.as_str());
            if !objects.device_classes.contains_key(&id) {
                let key = ("missing-device-class", format!("DeviceClass {}", class.class));
                missing.note(key, || object.clone());
            }
        }
    }
    missing.findings(|(code, object), count, by| {
        let message = format!("named {count} times, by `{by}` for one, but it is not there");
        warning(code, object, message)
    })
}

/// Volumes and storage classes that claims name.
fn volumes(objects: &Objects, claims: &[PersistentVolumeClaim]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for claim in claims {
        let object = format!("PersistentVolumeClaim {}", claim.id);
        match (&claim.volume, claim.storage_class.as_deref()) {
            (Some(volume), _) => {
                if !objects.volumes.contains_key(&ObjectId::new("", volume.as_str())) {
                    let message = format!("volume `{volume}` is not there");
                    findings.push(warning("missing-volume", object, message).at("spec.volumeName"));
                }
            }
            (None, Some("")) => {}
            (None, Some(class)) => {
                if !objects.storage_classes.contains_key(&ObjectId::new("", class)) {
                    let message = format!("storage class `{class}` is not there");
                    findings.push(
                        warning("missing-storage-class", object, message)
                            .at("spec.storageClassName"),
                    );
                }
            }
            (None, None) => {
                let has_default =
                    objects.storage_classes.values().any(|class| class.object.model().is_default);
                if !has_default {
                    let message = "no class is named, and there is no default storage class";
                    findings.push(
                        warning("missing-storage-class", object, message)
                            .at("spec.storageClassName"),
                    );
                }
            }
        }
    }
    findings
}

/// Pools that machines say they are of.
fn pools(objects: &Objects) -> Vec<Finding> {
    let mut missing = Missing(BTreeMap::new());
    let nodes = objects.nodes.values().map(|node| ("Node", &node.object.metadata));
    let claims = objects.node_claims.values().map(|claim| ("NodeClaim", &claim.object.metadata));
    for (kind, meta) in nodes.chain(claims) {
        if let Some(pool) = meta.labels.get(label::NODE_POOL)
            && !objects.node_pools.contains_key(&ObjectId::new("", pool.as_str()))
        {
            missing.note(pool.as_str(), || format!("{kind} {}", meta.name));
        }
    }
    missing.findings(|pool, count, by| {
        let message = format!("{count} machines are of it, `{by}` for one, but it is not there");
        warning("missing-node-pool", format!("NodePool {pool}"), message)
    })
}

/// Workloads that pods say they belong to: one finding per kind, since a list of pods alone is common.
fn owners(objects: &Objects) -> Vec<Finding> {
    let mut missing = Missing(BTreeMap::new());
    for pod in objects.pods.values().map(|pod| &pod.object.metadata) {
        let Some(owner) = pod.controller() else { continue };
        let id = ObjectId::new(pod.namespace.as_str(), owner.name.as_str());
        let is_there = match (owner.group(), owner.kind.as_str()) {
            ("", "ReplicationController") => objects.replication_controllers.contains_key(&id),
            ("apps", "DaemonSet") => objects.daemon_sets.contains_key(&id),
            ("apps", "ReplicaSet") => objects.replica_sets.contains_key(&id),
            ("apps", "StatefulSet") => objects.stateful_sets.contains_key(&id),
            ("batch", "Job") => objects.jobs.contains_key(&id),
            _ => true,
        };
        if !is_there {
            missing.note(owner.kind.as_str(), || id.to_string());
        }
    }
    missing.findings(|kind, count, by| {
        let message = format!("{count} pods belong to one that is not there, `{by}` for one");
        Finding::new("missing-owner", Severity::Info, kind, message)
    })
}

/// Templates and workloads that capacity buffers name.
fn buffers(objects: &Objects) -> Vec<Finding> {
    let mut findings = Vec::new();
    for buffer in objects.buffers.values().map(|buffer| buffer.object.model()) {
        let object = format!("CapacityBuffer {}", buffer.id);
        let id = |name: &str| ObjectId::new(buffer.id.namespace(), name);
        if let Some(template) = &buffer.pod_template
            && !objects.pod_templates.contains_key(&id(template))
        {
            let message = format!("pod template `{template}` is not there");
            findings
                .push(warning("missing-pod-template", &object, message).at("spec.podTemplateRef"));
        }
        if let Some(scalable) = &buffer.scalable {
            let id = id(&scalable.name);
            let is_there = match scalable.kind.as_str() {
                "Deployment" => objects.deployments.contains_key(&id),
                "ReplicaSet" => objects.replica_sets.contains_key(&id),
                "StatefulSet" => objects.stateful_sets.contains_key(&id),
                _ => false,
            };
            if !is_there || scalable.group != "apps" {
                let message = format!("{} `{id}` is not there", scalable.kind);
                findings.push(warning("missing-scalable", &object, message).at("spec.scalableRef"));
            }
        }
    }
    findings
}
