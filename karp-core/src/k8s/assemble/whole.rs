//! The snapshot of all manifests; its parts are beside this module.

use std::collections::BTreeMap;

use super::{disruption_budgets, pods, pools, references, templates::Templates};
use crate::{
    k8s::{Catalog, Manifests, admission::Admission, expand, object, objects::Objects},
    model::{Namespace, Timestamp},
    snapshot::{Snapshot, SnapshotBuilder, SnapshotError},
};

/// The cluster as the manifests describe it.
pub(crate) fn snapshot(
    manifests: &Manifests,
    catalog: &impl Catalog,
    now: Timestamp,
) -> Result<Snapshot, SnapshotError> {
    let objects = &manifests.objects;
    let mut findings = manifests.findings();
    let admission = Admission::new(objects);
    let templates = Templates::new(objects, &admission, &mut findings);
    let mut expansion = expand::expand(objects, templates.of_pods());
    findings.append(&mut expansion.findings);

    let mut pods = pods::pods(objects, &admission, &expansion.replaced, &mut findings);
    pods.append(&mut expansion.pods);
    let mut claims: Vec<_> = objects.claims.values().map(|claim| claim.object.model()).collect();
    claims.append(&mut expansion.claims);
    let namespaces = namespaces(objects, pods.iter().map(|pod| pod.id.namespace()));
    findings.extend(references::dangling(objects, &pods, &claims));
    let budgets = disruption_budgets::budgets(objects, &pods);

    let builder = Snapshot::builder(now)
        .pods(pods)
        .volume_claims(claims)
        .namespaces(namespaces)
        .pod_disruption_budgets(budgets)
        .daemon_sets(templates.daemon_sets)
        .workloads(templates.workloads)
        .pod_templates(templates.named);
    let builder = plain(builder, objects);
    let builder = pools::add(builder, manifests, catalog, &mut findings);
    builder.vocabulary(catalog.vocabulary()).findings(findings).build()
}

/// Adds objects that need nothing but their own fields.
fn plain(builder: SnapshotBuilder, objects: &Objects) -> SnapshotBuilder {
    builder
        .nodes(objects.nodes.values().map(|node| node.object.model()))
        .node_claims(objects.node_claims.values().map(|claim| claim.object.model()))
        .services(objects.services.values().map(|service| service.object.model()))
        .volumes(objects.volumes.values().map(|volume| volume.object.model()))
        .storage_classes(objects.storage_classes.values().map(|class| class.object.model()))
        .csi_nodes(objects.csi_nodes.values().map(|node| node.object.model()))
        .resource_claims(objects.device_claims.values().map(|claim| claim.object.model()))
        .resource_claim_templates(
            objects.device_claim_templates.values().map(|template| template.object.model()),
        )
        .device_classes(objects.device_classes.values().map(|class| class.object.model()))
        .resource_slices(objects.resource_slices.values().map(|slice| slice.object.model()))
        .overlays(objects.node_overlays.values().map(|overlay| overlay.object.model()))
        .buffers(objects.buffers.values().map(|buffer| buffer.object.model()))
}

/// Namespaces that were read, and those that pods live in, with the one label that every namespace has.
fn namespaces<'a>(objects: &Objects, of_pods: impl Iterator<Item = &'a str>) -> Vec<Namespace> {
    let mut namespaces: BTreeMap<String, Namespace> = objects
        .namespaces
        .values()
        .map(|namespace| namespace.object.model())
        .map(|namespace| (namespace.name.clone(), namespace))
        .collect();
    for name in of_pods {
        if !namespaces.contains_key(name) {
            namespaces.insert(name.to_owned(), object::unread_namespace(name));
        }
    }
    namespaces.into_values().collect()
}
