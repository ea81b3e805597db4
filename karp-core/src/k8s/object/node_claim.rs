//! Node claims as the API writes them; not their machines.

use serde::Deserialize;

use super::{Amounts, ConditionFields, Meta, conditions, node_pool::EXPIRE_AFTER};
use crate::model::{
    NillableSpan, NodeClaim, NodeClaimStatus, NodeClassRef, NodeName, NodePoolName,
    RequirementEntry, Span, Taint, Timestamp,
};

/// A `NodeClaim` of `karpenter.sh/v1`.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct NodeClaimObject {
    #[serde(default)]
    pub(crate) metadata: Meta,
    spec: NodeClaimSpec,
    #[serde(default)]
    status: NodeClaimStatusFields,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct NodeClaimSpec {
    requirements: Vec<RequirementEntry>,
    node_class_ref: NodeClassRef,
    #[serde(default)]
    resources: ClaimResources,
    #[serde(default)]
    taints: Vec<Taint>,
    #[serde(default)]
    startup_taints: Vec<Taint>,
    #[serde(default)]
    expire_after: Option<NillableSpan>,
    #[serde(default)]
    termination_grace_period: Option<Span>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct ClaimResources {
    requests: Amounts,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct NodeClaimStatusFields {
    node_name: String,
    #[serde(rename = "providerID")]
    provider_id: String,
    #[serde(rename = "imageID")]
    image_id: String,
    capacity: Amounts,
    allocatable: Amounts,
    conditions: Vec<ConditionFields>,
    last_pod_event_time: Option<Timestamp>,
}

impl NodeClaimObject {
    /// The claim in the model's words, with the API server's defaults.
    pub(crate) fn model(&self) -> NodeClaim {
        let Self { metadata, spec, status } = self;
        let mut claim = NodeClaim::new(metadata.name.as_str(), &NodePoolName::from(""));
        claim.uid = metadata.uid();
        claim.created_at = metadata.created_at();
        claim.labels.clone_from(&metadata.labels);
        claim.annotations.clone_from(&metadata.annotations);
        claim.finalizers.clone_from(&metadata.finalizers);
        claim.owners = metadata.owners();
        claim.requirements.clone_from(&spec.requirements);
        claim.requests = spec.resources.requests.requests();
        claim.taints.clone_from(&spec.taints);
        claim.startup_taints.clone_from(&spec.startup_taints);
        claim.node_class = spec.node_class_ref.clone();
        claim.expire_after = spec.expire_after.clone().unwrap_or_else(|| EXPIRE_AFTER.into());
        claim.termination_grace_period = spec.termination_grace_period;
        claim.status = status.model();
        claim.deleting_since = metadata.deletion_timestamp;
        claim
    }
}

impl NodeClaimStatusFields {
    fn model(&self) -> NodeClaimStatus {
        NodeClaimStatus {
            node: (!self.node_name.is_empty()).then(|| NodeName::from(self.node_name.as_str())),
            provider_id: self.provider_id.clone(),
            image_id: self.image_id.clone(),
            capacity: self.capacity.capacity(),
            allocatable: self.allocatable.capacity(),
            conditions: conditions(&self.conditions),
            last_pod_event_at: self.last_pod_event_time,
        }
    }
}
