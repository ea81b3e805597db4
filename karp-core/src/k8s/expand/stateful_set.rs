//! Pods with an ordinal, and their claims; not the order in which they start.

use std::sync::Arc;

use super::maker::{Maker, Source};
use crate::{
    k8s::{
        object::{ClaimTemplate, StatefulSetObject},
        objects::Objects,
    },
    model::{Labels, ObjectId, PersistentVolumeClaim, PodId, PodTemplate, PodVolume},
};

/// Adds the pods whose ordinals are free.
///
/// A pod that is being deleted keeps its name until it is gone, so that its successor is not made yet; one that has ended makes room
/// for a successor of the same name.
pub(super) fn expand(
    maker: &mut Maker,
    objects: &Objects,
    set: &StatefulSetObject,
    template: &PodTemplate,
) {
    let meta = &set.metadata;
    let source = Source::owned(("apps/v1", "StatefulSet"), meta, template);
    let first = u64::from(set.spec.ordinals.start);
    let ordinals = first..first + u64::from(set.spec.replicas.unwrap_or(1));
    let is_free = |ordinal: &u64| {
        let pod = objects.pods.get(&pod_id(set, *ordinal));
        pod.is_none_or(|pod| pod.object.is_finished())
    };
    let missing = usize::try_from(ordinals.end - ordinals.start).unwrap_or(usize::MAX);
    let there = ordinals.clone().take(objects.pods.len() + 1);
    let taken = there.filter(|ordinal| !is_free(ordinal)).count();
    let granted = maker.granted(&source, missing.saturating_sub(taken));
    for ordinal in ordinals.filter(is_free).take(granted) {
        let id = pod_id(set, ordinal);
        let mut pod = Maker::pod(&source, &id, labels(template, &id, ordinal));
        for claim in &set.spec.volume_claim_templates {
            let volume = volume(claim, &id);
            make_claim(
                maker,
                objects,
                claim,
                &ObjectId::new(id.namespace(), volume.claim.as_str()),
            );
            let volumes = &mut pod.spec_mut().volumes;
            volumes.retain(|other| other.name != volume.name);
            volumes.push(volume);
        }
        if objects.pods.contains_key(&id) {
            maker.expansion.replaced.insert(id);
        }
        maker.put(pod);
    }
}

fn pod_id(set: &StatefulSetObject, ordinal: u64) -> PodId {
    PodId::new(set.metadata.namespace.as_str(), format!("{}-{ordinal}", set.metadata.name))
}

/// The template's labels and those that Kubernetes adds.
fn labels(template: &PodTemplate, id: &PodId, ordinal: u64) -> Arc<Labels> {
    let mut labels = (*template.labels).clone();
    labels.insert("apps.kubernetes.io/pod-index".to_owned(), ordinal.to_string());
    labels.insert("statefulset.kubernetes.io/pod-name".to_owned(), id.name().to_owned());
    Arc::new(labels)
}

/// The volume of a claim template: its claim is named after the template and the pod.
fn volume(template: &ClaimTemplate, id: &PodId) -> PodVolume {
    let name = template.metadata.name.clone();
    let claim = format!("{name}-{}", id.name());
    PodVolume { name, claim, ephemeral: None }
}

/// Adds the claim unless it is there from an earlier life of the pod.
fn make_claim(maker: &mut Maker, objects: &Objects, template: &ClaimTemplate, id: &ObjectId) {
    if objects.claims.contains_key(id) {
        return;
    }
    let mut claim = PersistentVolumeClaim::new(id.clone());
    claim.storage_class.clone_from(&template.spec.storage_class_name);
    maker.expansion.claims.push(claim);
}
