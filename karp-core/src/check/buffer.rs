//! Pods that capacity buffers stand for, and the rule that a plan names them; not where they go.

use std::{borrow::Cow, collections::BTreeSet, sync::Arc};

use super::{Violation, world::World};
use crate::{
    decision::VirtualPod,
    model::{CapacityBuffer, ConditionStatus, Pod, PodId, PodTemplate, Uid, label},
    policy::Policy,
    snapshot::Snapshot,
};

/// More pods than any buffer may have.
const TOO_MANY: u64 = 200_001;

pub(super) fn virtual_pods_are_named(world: &World<'_>, found: &mut Vec<Violation>) {
    let expected = |id: &PodId| {
        let pod = world.waiting.get(id)?;
        Some(VirtualPod::new(pod.buffer()?, pod.spec.requests.clone()))
    };
    let named = world.plan.virtual_pods.keys();
    let all: BTreeSet<&PodId> = named.chain(world.waiting.keys().copied()).collect();
    let wrong =
        all.into_iter().filter(|id| world.plan.virtual_pods.get(*id) != expected(id).as_ref());
    found.extend(wrong.map(|pod| Violation::VirtualPod { pod: pod.clone() }));
}

/// The snapshot and, if the policy wants it, the pods of its buffers.
pub(super) fn with_buffers<'s>(snapshot: &'s Snapshot, policy: &Policy) -> Cow<'s, Snapshot> {
    if !policy.feature_gates.capacity_buffer || snapshot.buffers.is_empty() {
        return Cow::Borrowed(snapshot);
    }
    let taken: BTreeSet<&PodId> = snapshot.pods.iter().map(|pod| &pod.id).collect();
    let all = snapshot.buffers.iter().flat_map(|buffer| pods_of(buffer, snapshot));
    let free: Vec<Arc<Pod>> = all.filter(|pod| !taken.contains(&pod.id)).collect();
    let mut with = snapshot.clone();
    with.add_pods(free);
    Cow::Owned(with)
}

fn pods_of(buffer: &CapacityBuffer, snapshot: &Snapshot) -> Vec<Arc<Pod>> {
    let unready = buffer.conditions.iter().any(|condition| {
        condition.kind == "ReadyForProvisioning" && condition.status != ConditionStatus::True
    });
    if unready || buffer.provisioning_strategy != "buffer.x-k8s.io/active-capacity" {
        return Vec::new();
    }
    let Some((template, of_workload)) = template(buffer, snapshot) else { return Vec::new() };
    let count =
        buffer.status_replicas.map_or_else(|| size(buffer, template, of_workload), u64::from);
    let count = if count < TOO_MANY { count } else { 0 };
    (1..=count).map(|number| Arc::new(pod(buffer, template, number))).collect()
}

/// The template that a buffer names, with the pods of its workload.
fn template<'s>(
    buffer: &CapacityBuffer,
    snapshot: &'s Snapshot,
) -> Option<(&'s PodTemplate, Option<u64>)> {
    let is_meant =
        |id: &PodId, name: &str| (id.namespace(), id.name()) == (buffer.id.namespace(), name);
    if let Some(name) = &buffer.pod_template {
        let named = snapshot.pod_templates.iter().find(|named| is_meant(&named.id, name))?;
        return Some((&named.template, None));
    }
    let scalable = buffer.scalable.as_ref()?;
    let of_apps = ["", "apps"].contains(&scalable.group.as_str());
    let scales = ["Deployment", "ReplicaSet", "StatefulSet"].contains(&scalable.kind.as_str());
    let workload = snapshot.workloads.iter().find(|workload| {
        (&*workload.group, &workload.kind) == ("apps", &scalable.kind)
            && is_meant(&workload.id, &scalable.name)
    })?;
    let replicas = u64::from(workload.replicas.unwrap_or(1));
    (of_apps && scales).then_some((&workload.template, Some(replicas)))
}

/// The greatest of the wanted numbers, or all that limits allow; never more than that.
fn size(buffer: &CapacityBuffer, template: &PodTemplate, of_workload: Option<u64>) -> u64 {
    let of_share = match (buffer.percentage, of_workload) {
        (Some(percent), Some(pods @ 1..)) => Some((u64::from(percent) * pods).div_ceil(100)),
        _ => None,
    };
    let wanted = [buffer.replicas.map(u64::from), of_share].into_iter().flatten();
    let mut most: Vec<u64> = Vec::new();
    for (name, request) in template.spec.requests.iter().filter(|(_, request)| *request > 0) {
        if let Some(limit) = buffer.limits.get(name) {
            most.push(u64::try_from(limit / request).unwrap_or(0));
        }
    }
    let most = most.into_iter().min();
    match wanted.max() {
        Some(wanted) => most.map_or(wanted, |most| most.min(wanted)),
        None => most.unwrap_or(0),
    }
}

fn pod(buffer: &CapacityBuffer, template: &PodTemplate, number: u64) -> Pod {
    let name = format!("capacity-buffer-{}-{number}", buffer.id.name());
    let mut pod = Pod::new(&name).in_namespace(buffer.id.namespace());
    pod.uid = Uid::new(format!("{}-{number}", buffer.uid));
    pod.labels = Arc::clone(&template.labels);
    let annotations = Arc::make_mut(&mut pod.annotations);
    for (key, value) in [
        (label::CAPACITY_BUFFER_FAKE_POD, "true"),
        (label::CAPACITY_BUFFER_NAME, buffer.id.name()),
        (label::CAPACITY_BUFFER_NAMESPACE, buffer.id.namespace()),
    ] {
        annotations.insert(key.to_owned(), value.to_owned());
    }
    pod.spec = Arc::clone(&template.spec);
    let spec = pod.spec_mut();
    spec.volumes = Vec::new();
    spec.scheduling_gates = Vec::new();
    pod
}
