//! Pools with the types that their machines can be; not which type is chosen.

use std::sync::Arc;

use crate::{
    k8s::{Catalog, CatalogError, CatalogRequest, Manifests, manifests::ForeignId},
    model::{ConditionStatus, Finding, InstanceType, NodePool, Severity},
    snapshot::SnapshotBuilder,
};

/// Adds the pools with their types; those that can't be used are excluded, with a finding.
pub(super) fn add(
    mut builder: SnapshotBuilder,
    manifests: &Manifests,
    catalog: &impl Catalog,
    findings: &mut Vec<Finding>,
) -> SnapshotBuilder {
    for placed in manifests.objects.node_pools.values() {
        let pool = placed.object.model();
        let (mut own, unusable) = (Vec::new(), unusable(&pool));
        let (types, why) = match types_of(&pool, manifests, catalog, &mut own) {
            Ok(types) => (types, unusable),
            Err(finding) => (Vec::new(), Some(unusable.unwrap_or(finding))),
        };
        match why {
            None => findings.append(&mut own),
            Some(finding) => {
                builder = builder.exclude_pool(pool.name.clone(), finding.code.clone());
                findings.push(*finding);
            }
        }
        builder = builder.instance_types_of(pool.name.clone(), types).node_pool(pool);
    }
    builder
}

/// Why no machine is bought for a pool, whatever it sells: what its machines cost is still known.
fn unusable(pool: &NodePool) -> Option<Box<Finding>> {
    let refusal = |code: &str, message: String| {
        Finding::new(code, Severity::Warning, format!("NodePool {}", pool.name), message)
    };
    if pool.deleting_since.is_some() {
        let message = "being deleted: no machine is bought for it".to_owned();
        return Some(Box::new(refusal("pool-deleting", message)));
    }
    if pool.is_ready() {
        return None;
    }
    let message = format!("not ready ({}): no machine is bought for it", not_ready(pool));
    Some(Box::new(refusal("pool-not-ready", message).at("status.conditions")))
}

/// The types of a pool, or why it can't be used.
fn types_of(
    pool: &NodePool,
    manifests: &Manifests,
    catalog: &impl Catalog,
    findings: &mut Vec<Finding>,
) -> Result<Vec<Arc<InstanceType>>, Box<Finding>> {
    let refusal = |code: &str, severity, message: String| {
        Finding::new(code, severity, format!("NodePool {}", pool.name), message)
    };
    let class = &pool.template.node_class;
    let at = |finding: Finding| Box::new(finding.at("spec.template.spec.nodeClassRef"));
    if !catalog.knows_node_class(&class.group, &class.kind) {
        let error =
            CatalogError::UnknownKind { group: class.group.clone(), kind: class.kind.clone() };
        return Err(at(refusal(code(&error), Severity::Error, error.to_string())));
    }
    let id = ForeignId {
        group: class.group.clone(),
        kind: class.kind.clone(),
        name: class.name.clone(),
    };
    let raw = manifests.foreign.get(&id).map(|placed| &placed.object);
    let answer = catalog
        .instance_types(&CatalogRequest::new(pool, raw))
        .map_err(|error| at(refusal(code(&error), Severity::Error, error.to_string())))?;
    findings.extend(answer.findings);
    if answer.instance_types.is_empty() {
        let message = format!("the catalog has no instance type for {class}");
        return Err(at(refusal("no-instance-types", Severity::Error, message)));
    }
    Ok(answer.instance_types)
}

const fn code(error: &CatalogError) -> &'static str {
    match error {
        CatalogError::InvalidNodeClass { .. } => "invalid-node-class",
        CatalogError::MissingNodeClass { .. } => "missing-node-class",
        CatalogError::UnknownKind { .. } => "unknown-node-class-kind",
    }
}

/// The conditions that keep a pool from being ready: `NodeClassReady: NodeClassNotFound`.
fn not_ready(pool: &NodePool) -> String {
    let bad = pool.conditions.iter().filter(|condition| {
        condition.status == ConditionStatus::False
            && (condition.kind != "Ready" || pool.conditions.len() == 1)
    });
    let shown: Vec<String> =
        bad.map(|condition| format!("{}: {}", condition.kind, condition.reason)).collect();
    if shown.is_empty() { "Ready is not True".to_owned() } else { shown.join(", ") }
}
