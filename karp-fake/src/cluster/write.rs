//! Writes to claims and Nodes; not evictions.

use std::sync::Arc;

use karp_core::{
    backend::{
        ClusterObjects, CreateClaimRequest, DeleteClaimRequest, DeleteNodeRequest, ErrorKind,
        ProviderError, UpdateClaimRequest, UpdateNodeRequest,
    },
    model::{Labels, Node, NodeClaim, Taint, Timestamp, Uid},
};

pub(super) fn create_claim(
    objects: &mut ClusterObjects,
    request: &CreateClaimRequest,
    uid: &str,
    now: Timestamp,
) -> Result<(), ProviderError> {
    let name = &request.claim.name;
    if objects.node_claims.iter().any(|claim| claim.name == *name) {
        let detail = format!("claim `{name}` is there already");
        return Err(ProviderError::new("create_claim", ErrorKind::Conflict).with_detail(detail));
    }
    let mut claim = request.claim.clone();
    claim.uid = Uid::new(uid);
    claim.created_at = now;
    claim.deleting_since = None;
    objects.node_claims.push(Arc::new(claim));
    Ok(())
}

pub(super) fn update_claim(
    objects: &mut ClusterObjects,
    request: &UpdateClaimRequest,
) -> Result<(), ProviderError> {
    let claim = claim_mut(objects, "update_claim", &request.name, &request.uid)?;
    let update = &request.update;
    if let Some(status) = &update.status {
        claim.status = status.clone();
    }
    merge(&mut claim.labels, &update.labels);
    merge(&mut claim.annotations, &update.annotations);
    claim.annotations.retain(|key, _| !update.remove_annotations.contains(key));
    if update.release && claim.deleting_since.is_some() {
        objects.node_claims.retain(|claim| claim.name != request.name);
    }
    Ok(())
}

pub(super) fn delete_claim(
    objects: &mut ClusterObjects,
    request: &DeleteClaimRequest,
    now: Timestamp,
) -> Result<(), ProviderError> {
    let claim = claim_mut(objects, "delete_claim", &request.name, &request.uid)?;
    claim.deleting_since.get_or_insert(now);
    Ok(())
}

pub(super) fn update_node(
    objects: &mut ClusterObjects,
    request: &UpdateNodeRequest,
) -> Result<(), ProviderError> {
    let node = node_mut(objects, "update_node", &request.name, &request.uid)?;
    let update = &request.update;
    merge(&mut node.labels, &update.labels);
    merge(&mut node.annotations, &update.annotations);
    node.annotations.retain(|key, _| !update.remove_annotations.contains(key));
    let is_named =
        |taints: &[Taint], taint: &Taint| taints.iter().any(|named| named.is_same(taint));
    node.taints.retain(|taint| {
        !is_named(&update.remove_taints, taint) && !is_named(&update.add_taints, taint)
    });
    node.taints.extend(update.add_taints.iter().cloned());
    node.unschedulable = update.unschedulable.unwrap_or(node.unschedulable);
    if update.release && node.deleting_since.is_some() {
        objects.nodes.retain(|node| node.name != request.name);
    }
    Ok(())
}

pub(super) fn delete_node(
    objects: &mut ClusterObjects,
    request: &DeleteNodeRequest,
    now: Timestamp,
) -> Result<(), ProviderError> {
    let node = node_mut(objects, "delete_node", &request.name, &request.uid)?;
    node.deleting_since.get_or_insert(now);
    Ok(())
}

fn claim_mut<'a>(
    objects: &'a mut ClusterObjects,
    operation: &'static str,
    name: &str,
    uid: &Uid,
) -> Result<&'a mut NodeClaim, ProviderError> {
    let found = objects.node_claims.iter_mut().find(|claim| claim.name == name);
    let claim = found.ok_or_else(|| missing(operation, name))?;
    if is_other(uid, &claim.uid) {
        return Err(other(operation, name));
    }
    Ok(Arc::make_mut(claim))
}

fn node_mut<'a>(
    objects: &'a mut ClusterObjects,
    operation: &'static str,
    name: &str,
    uid: &Uid,
) -> Result<&'a mut Node, ProviderError> {
    let found = objects.nodes.iter_mut().find(|node| node.name == name);
    let node = found.ok_or_else(|| missing(operation, name))?;
    if is_other(uid, &node.uid) {
        return Err(other(operation, name));
    }
    Ok(Arc::make_mut(node))
}

/// Whether the UID of a request names another object; an empty one names any.
pub(super) fn is_other(named: &Uid, uid: &Uid) -> bool {
    !named.is_empty() && named != uid
}

fn missing(operation: &'static str, name: &str) -> ProviderError {
    ProviderError::new(operation, ErrorKind::NotFound).with_detail(format!("`{name}`"))
}

fn other(operation: &'static str, name: &str) -> ProviderError {
    let detail = format!("`{name}` is another object by now");
    ProviderError::new(operation, ErrorKind::Conflict).with_detail(detail)
}

fn merge(labels: &mut Labels, set: &Labels) {
    labels.extend(set.iter().map(|(key, value)| (key.clone(), value.clone())));
}
