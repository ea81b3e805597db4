//! Pods and templates of pods as the API writes them; not what they ask for in all.

use std::sync::Arc;

use serde::Deserialize;

use super::{Amounts, Meta, PodSpecFields, Volume};
use crate::model::{ConditionStatus, NodeName, PodPhase, PodStatus, Timestamp};

/// A `Pod`.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct PodObject {
    #[serde(default)]
    pub(crate) metadata: Meta,
    /// Shared with pods whose spec is equal; the node's name is moved to [`node`](Self::node).
    pub(crate) spec: Arc<PodSpecFields>,
    #[serde(default)]
    pub(crate) status: PodStatusFields,
    #[serde(skip)]
    pub(crate) node: String,
}

/// `template` of a workload, or a `PodTemplate` without its name.
#[derive(Clone, Debug, Default, Deserialize)]
pub(crate) struct TemplateFields {
    #[serde(default)]
    pub(crate) metadata: Meta,
    pub(crate) spec: Arc<PodSpecFields>,
}

/// `status` of a pod.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct PodStatusFields {
    phase: PodPhase,
    nominated_node_name: String,
    start_time: Option<Timestamp>,
    conditions: Vec<PodCondition>,
    /// Older servers say `Infeasible` here.
    resize: String,
    resource_claim_statuses: Vec<ClaimStatusFields>,
    pub(crate) container_statuses: Vec<ContainerStatus>,
    pub(crate) init_container_statuses: Vec<ContainerStatus>,
}

/// One of `resourceClaimStatuses`: the claim that was made for a reference of the pod; none where none was needed.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct ClaimStatusFields {
    name: String,
    resource_claim_name: Option<String>,
}

/// What the kubelet granted a container.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct ContainerStatus {
    pub(crate) name: String,
    pub(crate) allocated_resources: Amounts,
    pub(crate) resources: Option<GrantedResources>,
}

/// `resources` of a container's status; there when the container can be resized in place.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct GrantedResources {
    pub(crate) requests: Amounts,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct PodCondition {
    #[serde(rename = "type")]
    kind: String,
    status: ConditionStatus,
    reason: String,
}

impl PodObject {
    /// Moves what differs between pods of one workload out of the spec, so that they can share it.
    pub(crate) fn lift_node(&mut self) {
        let spec = Arc::make_mut(&mut self.spec);
        self.node = std::mem::take(&mut spec.node_name);
        spec.volumes.retain(Volume::has_claim);
    }

    /// The status in the model's words.
    pub(crate) fn status(&self) -> PodStatus {
        let fields = &self.status;
        let condition =
            |kind: &str| fields.conditions.iter().find(|condition| condition.kind == kind);
        let name = |name: &str| (!name.is_empty()).then(|| NodeName::from(name));
        let scheduled = condition("PodScheduled");
        PodStatus {
            phase: fields.phase,
            node: name(&self.node),
            nominated_node: name(&fields.nominated_node_name),
            deleting_since: self.metadata.deletion_timestamp,
            started_at: fields.start_time,
            ready: condition("Ready").map(|ready| ready.status == ConditionStatus::True),
            unschedulable: scheduled.map(|scheduled| {
                scheduled.status != ConditionStatus::True && scheduled.reason == "Unschedulable"
            }),
            resource_claims: fields
                .resource_claim_statuses
                .iter()
                .map(|claim| (claim.name.clone(), claim.resource_claim_name.clone()))
                .collect(),
        }
    }

    /// Whether the pod has ended.
    pub(crate) const fn is_finished(&self) -> bool {
        matches!(self.status.phase, PodPhase::Failed | PodPhase::Succeeded)
    }

    /// Whether the pod never was on a server, so that the server's defaults are still to come.
    pub(crate) fn is_new(&self) -> bool {
        self.metadata.uid.is_empty() && self.node.is_empty()
    }
}

impl PodStatusFields {
    /// Whether a resize was asked for that the node can never grant.
    pub(crate) fn is_resize_infeasible(&self) -> bool {
        self.resize == "Infeasible"
            || self.conditions.iter().any(|condition| {
                condition.kind == "PodResizePending" && condition.reason == "Infeasible"
            })
    }

    /// Whether any container's status counts towards the requests of the pod.
    pub(crate) fn grants_resources(&self) -> bool {
        self.container_statuses
            .iter()
            .chain(&self.init_container_statuses)
            .any(|status| status.resources.is_some() || !status.allocated_resources.is_empty())
    }
}
