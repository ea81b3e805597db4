//! How many pods workloads whose pods are all alike still want; not the making of a pod.

use std::sync::Arc;

use super::{
    census::{Census, TEMPLATE_HASH, is_reference_to},
    maker::{Maker, Source, owner},
};
use crate::{
    k8s::{object::Meta, objects::Objects},
    model::{ObjectId, PodTemplate, Workload},
};

/// Adds the pods that a workload wants beyond those that are there; other kinds have none here.
pub(super) fn expand(
    maker: &mut Maker,
    census: &Census<'_>,
    objects: &Objects,
    workload: &Workload,
) {
    let wanted = workload.replicas.unwrap_or(1) as usize;
    let (id, template) = (&workload.id, &workload.template);
    match workload.kind.as_str() {
        "Deployment" => {
            let Some(object) = objects.deployments.get(id) else { return };
            let meta = &object.object.metadata;
            let there = census.pods_of_deployment(meta, workload.selector.as_ref());
            deploy(maker, census, (meta, template), wanted.saturating_sub(there));
        }
        kind @ "ReplicaSet" => {
            let Some(object) = objects.replica_sets.get(id) else { return };
            let meta = &object.object.metadata;
            if !is_of_deployment(meta, objects) {
                let missing = wanted.saturating_sub(census.pods("apps", kind, meta));
                maker.add_alike(&Source::owned(("apps/v1", kind), meta, template), missing);
            }
        }
        kind @ "ReplicationController" => {
            let Some(object) = objects.replication_controllers.get(id) else { return };
            let meta = &object.object.metadata;
            let missing = wanted.saturating_sub(census.pods("", kind, meta));
            maker.add_alike(&Source::owned(("v1", kind), meta, template), missing);
        }
        _ => {}
    }
}

/// Adds pods of a deployment: its newest replica set owns them, if it was read.
fn deploy(
    maker: &mut Maker,
    census: &Census<'_>,
    (meta, template): (&Meta, &PodTemplate),
    missing: usize,
) {
    let Some(set) = census.newest_set(meta) else {
        let source = Source::owned(("apps/v1", "Deployment"), meta, template);
        return maker.add_alike(&source, missing);
    };
    let mut template = template.clone();
    // Pods of one rollout count as one by this label.
    if let Some(hash) = set.labels.get(TEMPLATE_HASH) {
        Arc::make_mut(&mut template.labels).insert(TEMPLATE_HASH.to_owned(), hash.clone());
    }
    let owner = owner("apps/v1", "ReplicaSet", set);
    maker.add_alike(&Source { wanted_by: meta, owner, template: &template }, missing);
}

/// Whether a deployment that was read wants the pods of this replica set.
fn is_of_deployment(set: &Meta, objects: &Objects) -> bool {
    let Some(owner) = set.controller() else { return false };
    let id = ObjectId::new(set.namespace.as_str(), owner.name.as_str());
    owner.kind == "Deployment"
        && owner.group() == "apps"
        && objects
            .deployments
            .get(&id)
            .is_some_and(|deployment| is_reference_to(owner, &deployment.object.metadata))
}
