//! Pods that were read, in the model's words; not those that workloads still want.

use std::{collections::BTreeSet, ptr, sync::Arc};

use rustc_hash::FxHashMap;

use crate::{
    k8s::{
        admission::{Admission, Subject},
        object::{PodObject, PodSpecFields},
        objects::Objects,
        pod_spec::pod_spec,
    },
    model::{Finding, Pod, PodId, PodSpec},
};

/// Every pod that was read, but for those whose name another pod takes.
pub(super) fn pods(
    objects: &Objects,
    admission: &Admission<'_>,
    replaced: &BTreeSet<PodId>,
    findings: &mut Vec<Finding>,
) -> Vec<Pod> {
    let mut known = FxHashMap::default();
    objects
        .pods
        .iter()
        .filter(|(id, _)| !replaced.contains(id))
        .map(|(id, pod)| {
            let spec = spec_of(id, &pod.object, admission, &mut known, findings);
            model(id, &pod.object, spec)
        })
        .collect()
}

fn model(id: &PodId, object: &PodObject, spec: Arc<PodSpec>) -> Pod {
    let meta = &object.metadata;
    let mut pod = Pod::new(id.name()).in_namespace(id.namespace());
    pod.uid = meta.uid();
    pod.created_at = meta.created_at();
    pod.labels = Arc::new(meta.labels.clone());
    pod.annotations = Arc::new(meta.annotations.clone());
    pod.owners = meta.owners();
    pod.status = object.status();
    pod.spec = spec;
    pod
}

/// What the pod asks for; pods that share a spec share what becomes of it, unless something of their own counts.
fn spec_of(
    id: &PodId,
    object: &PodObject,
    admission: &Admission<'_>,
    known: &mut FxHashMap<*const PodSpecFields, Arc<PodSpec>>,
    findings: &mut Vec<Finding>,
) -> Arc<PodSpec> {
    let fields = &object.spec;
    if object.is_new() {
        let name = format!("Pod {id}");
        let subject = Subject { namespace: id.namespace(), object: &name, path: "spec" };
        let fields = admission.complete((**fields).clone(), subject, findings);
        return Arc::new(pod_spec(&fields, None, id.name()));
    }
    let is_own = object.status.grants_resources()
        || fields.volumes.iter().any(|volume| volume.ephemeral.is_some());
    if is_own {
        return Arc::new(pod_spec(fields, Some(&object.status), id.name()));
    }
    let spec = known
        .entry(ptr::from_ref(fields.as_ref()))
        .or_insert_with(|| Arc::new(pod_spec(fields, None, id.name())));
    Arc::clone(spec)
}
