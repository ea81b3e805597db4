//! Capacity buffers: each of their pods is made as if somebody had created it.

use std::sync::Arc;

use karp_core::{
    model::{CapacityBuffer, ConditionStatus, Labels, ObjectId, Pod, PodTemplate, Uid},
    policy::Policy,
    snapshot::Snapshot,
};

/// Pods of all buffers whose names are free; they wait like others.
pub(crate) fn pods(snapshot: &Snapshot, policy: &Policy) -> Vec<Arc<Pod>> {
    if !policy.feature_gates.capacity_buffer {
        return Vec::new();
    }
    let mut pods = Vec::new();
    for buffer in &snapshot.buffers {
        let (Some((template, replicas)), true) = (template(buffer, snapshot), is_wanted(buffer))
        else {
            continue;
        };
        let size = buffer.status_replicas.unwrap_or_else(|| size(buffer, template, replicas));
        for number in 1..=size {
            let pod = pod(buffer, template, number);
            if snapshot.pods.iter().all(|other| other.id != pod.id) {
                pods.push(Arc::new(pod));
            }
        }
    }
    pods
}

fn is_wanted(buffer: &CapacityBuffer) -> bool {
    let mut ready = buffer.conditions.iter().filter(|one| one.kind == "ReadyForProvisioning");
    buffer.provisioning_strategy == "buffer.x-k8s.io/active-capacity"
        && ready.all(|one| one.status == ConditionStatus::True)
}

fn template<'s>(
    buffer: &CapacityBuffer,
    snapshot: &'s Snapshot,
) -> Option<(&'s PodTemplate, Option<u32>)> {
    let id = |name: &String| ObjectId::new(buffer.id.namespace(), name.as_str());
    match (&buffer.pod_template, &buffer.scalable) {
        (Some(name), _) => {
            let named = snapshot.pod_templates.iter().find(|one| one.id == id(name))?;
            Some((&named.template, None))
        }
        (None, Some(scalable)) => {
            let mut workloads = snapshot.workloads.iter();
            let workload = workloads.find(|one| {
                one.group == "apps" && one.kind == scalable.kind && one.id == id(&scalable.name)
            })?;
            let kinds = ["Deployment", "ReplicaSet", "StatefulSet"];
            let known = kinds.contains(&workload.kind.as_str())
                && (scalable.group.is_empty() || scalable.group == "apps");
            known.then_some((&workload.template, Some(workload.replicas.unwrap_or(1))))
        }
        (None, None) => None,
    }
}

fn size(buffer: &CapacityBuffer, template: &PodTemplate, replicas: Option<u32>) -> u32 {
    let share = match (buffer.percentage, replicas) {
        (Some(percentage), Some(replicas)) if replicas > 0 => {
            Some((percentage * replicas).div_ceil(100))
        }
        _ => None,
    };
    let mut allowed = None;
    for (name, limit) in buffer.limits.iter() {
        let request = template.spec.requests.amount(name);
        if request > 0 {
            let count = u32::try_from(limit / request).expect("limits are small");
            allowed = Some(allowed.map_or(count, |least: u32| least.min(count)));
        }
    }
    match (buffer.replicas, share, allowed) {
        (None, None, None) => 0,
        (None, None, Some(allowed)) => allowed,
        (replicas, share, allowed) => {
            let wanted = replicas.unwrap_or(0).max(share.unwrap_or(0));
            wanted.min(allowed.unwrap_or(wanted))
        }
    }
}

fn pod(buffer: &CapacityBuffer, template: &PodTemplate, number: u32) -> Pod {
    let text = |text: &str| text.to_owned();
    let mut pod = Pod::new(format!("capacity-buffer-{}-{number}", buffer.id.name()))
        .in_namespace(buffer.id.namespace());
    pod.uid = Uid::new(format!("{}-{number}", buffer.uid));
    pod.labels = Arc::clone(&template.labels);
    pod.annotations = Arc::new(Labels::from([
        (text("karpenter.sh/capacity-buffer-fake-pod"), text("true")),
        (text("karpenter.sh/capacity-buffer-name"), text(buffer.id.name())),
        (text("karpenter.sh/capacity-buffer-namespace"), text(buffer.id.namespace())),
    ]));
    pod.spec = Arc::clone(&template.spec);
    pod.spec_mut().volumes.clear();
    pod.spec_mut().scheduling_gates.clear();
    pod
}
