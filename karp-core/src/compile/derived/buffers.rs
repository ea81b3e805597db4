//! Pods that stand for the room that capacity buffers keep; not their places.

use std::sync::Arc;

use rustc_hash::FxHashSet;

use crate::{
    model::{
        CapacityBuffer, Condition, ConditionStatus, Finding, Labels, Pod, PodId, PodSpec,
        PodTemplate, ResourceName, Resources, Severity, Uid, label,
    },
    snapshot::Snapshot,
};

/// The strategy by which room is kept on machines that run.
const ACTIVE: &str = "buffer.x-k8s.io/active-capacity";

/// Most pods of one buffer; more is a slip of the keyboard.
const PODS_MAX: u32 = 200_000;

/// The pods of all buffers, buffer by buffer.
pub(super) fn virtual_pods(snapshot: &Snapshot, findings: &mut Vec<Finding>) -> Vec<Arc<Pod>> {
    let mut pods = Vec::new();
    for buffer in &snapshot.buffers {
        match size(buffer, snapshot) {
            Ok((template, size)) => pods.extend((1..=size).map(|i| pod(buffer, &template, i))),
            Err(finding) => findings.push(*finding),
        }
    }
    if pods.is_empty() {
        return pods;
    }
    let taken: FxHashSet<&PodId> = snapshot.pods.iter().map(|pod| &pod.id).collect();
    pods.retain(|pod| {
        let is_free = !taken.contains(&pod.id);
        if !is_free {
            let message =
                "a pod has the name of one that would stand for kept room, for which none is kept";
            let object = format!("Pod {}", pod.id);
            findings.push(Finding::new("buffer-name-taken", Severity::Warning, object, message));
        }
        is_free
    });
    pods
}

/// What the pods of a buffer have in common.
struct Common {
    labels: Arc<Labels>,
    annotations: Arc<Labels>,
    spec: Arc<PodSpec>,
}

fn pod(buffer: &CapacityBuffer, common: &Common, number: u32) -> Arc<Pod> {
    let mut pod = Pod::new(format!("capacity-buffer-{}-{number}", buffer.id.name()));
    pod.id = PodId::new(buffer.id.namespace(), pod.id.name());
    pod.uid = Uid::new(format!("{}-{number}", buffer.uid));
    pod.labels = Arc::clone(&common.labels);
    pod.annotations = Arc::clone(&common.annotations);
    pod.spec = Arc::clone(&common.spec);
    Arc::new(pod)
}

/// What a buffer's pods are and how many there are; fails with what keeps it from having any.
fn size(buffer: &CapacityBuffer, snapshot: &Snapshot) -> Result<(Common, u32), Box<Finding>> {
    let object = format!("CapacityBuffer {}", buffer.id);
    let none = |code: &str, severity, problem: String| {
        let message = format!("{problem}; no room is kept for it");
        Box::new(Finding::new(code, severity, object.as_str(), message))
    };
    if buffer.provisioning_strategy != ACTIVE {
        let problem = format!("its strategy is `{}`, not `{ACTIVE}`", buffer.provisioning_strategy);
        return Err(none("buffer-strategy", Severity::Info, problem));
    }
    let is_ready = |own: &Condition| own.status == ConditionStatus::True;
    let condition = buffer.conditions.iter().find(|own| own.kind == "ReadyForProvisioning");
    if condition.is_some_and(|own| !is_ready(own)) {
        let problem = "its condition `ReadyForProvisioning` is not true".to_owned();
        return Err(none("buffer-not-ready", Severity::Info, problem));
    }
    let (template, replicas) = resolve(buffer, snapshot)
        .map_err(|problem| none("buffer-unresolved", Severity::Warning, problem))?;
    let size = buffer.status_replicas.unwrap_or_else(|| wanted(buffer, template, replicas));
    if size > PODS_MAX {
        let problem = format!("it would be {size} pods, more than {PODS_MAX}");
        return Err(none("too-many-pods", Severity::Error, problem));
    }
    Ok((common(buffer, template), size))
}

/// The template of a buffer, and the size of the workload that it is of.
fn resolve<'s>(
    buffer: &CapacityBuffer,
    snapshot: &'s Snapshot,
) -> Result<(&'s PodTemplate, Option<u32>), String> {
    let namespace = buffer.id.namespace();
    if let Some(name) = &buffer.pod_template {
        let mut templates = snapshot.pod_templates.iter();
        let found = templates.find(|own| own.id.namespace() == namespace && own.id.name() == name);
        return match found {
            Some(found) => Ok((&found.template, None)),
            None => Err(format!("the PodTemplate `{namespace}/{name}` is not there")),
        };
    }
    let Some(scalable) = &buffer.scalable else {
        return Err("it names neither a pod template nor a workload".to_owned());
    };
    let (group, kind, name) = (&scalable.group, &scalable.kind, &scalable.name);
    let is_known = matches!(group.as_str(), "" | "apps")
        && matches!(kind.as_str(), "Deployment" | "ReplicaSet" | "StatefulSet");
    if !is_known {
        return Err(format!(
            "its workload is a `{kind}` of group `{group}` (expected a Deployment, ReplicaSet or StatefulSet of apps)"
        ));
    }
    let found = snapshot.workloads.iter().find(|own| {
        own.group == "apps"
            && own.kind == *kind
            && own.id.namespace() == namespace
            && own.id.name() == name
    });
    match found {
        Some(found) => Ok((&found.template, Some(found.replicas.unwrap_or(1)))),
        None => Err(format!("the {kind} `{namespace}/{name}` is not there")),
    }
}

/// The larger of what is asked for in pods and in percent, as far as limits allow; without either, what they allow.
fn wanted(buffer: &CapacityBuffer, template: &PodTemplate, replicas: Option<u32>) -> u32 {
    let share = match (buffer.percentage, replicas.filter(|replicas| *replicas > 0)) {
        (Some(percentage), Some(replicas)) => {
            let hundredths = u64::from(percentage) * u64::from(replicas);
            Some(u32::try_from(hundredths.div_ceil(100)).unwrap_or(u32::MAX))
        }
        _ => None,
    };
    let allowed = allowed(&buffer.limits, &template.spec.requests);
    match (buffer.replicas.max(share), allowed) {
        (Some(wanted), allowed) => wanted.min(allowed.unwrap_or(u32::MAX)),
        (None, allowed) => allowed.unwrap_or(0),
    }
}

/// How many pods are within limits; none when nothing that they ask for is limited.
fn allowed(limits: &Resources, requests: &Resources) -> Option<u32> {
    let of = |(name, limit): (&ResourceName, i64)| {
        let request = requests.amount(name);
        (request > 0).then(|| u32::try_from(limit.max(0) / request).unwrap_or(u32::MAX))
    };
    limits.iter().filter_map(of).min()
}

fn common(buffer: &CapacityBuffer, template: &PodTemplate) -> Common {
    let mut spec = PodSpec::clone(&template.spec);
    // Room is kept, not data: claims belong to pods that exist.
    spec.volumes.clear();
    spec.scheduling_gates.clear();
    spec.priority = i32::MIN;
    let annotations = [
        (label::CAPACITY_BUFFER_FAKE_POD, "true"),
        (label::CAPACITY_BUFFER_NAME, buffer.id.name()),
        (label::CAPACITY_BUFFER_NAMESPACE, buffer.id.namespace()),
    ];
    let annotations = annotations.map(|(key, value)| (key.to_owned(), value.to_owned()));
    Common {
        labels: Arc::clone(&template.labels),
        annotations: Arc::new(Labels::from(annotations)),
        spec: Arc::new(spec),
    }
}
