//! Capacity buffers as the API writes them; not their virtual pods.

use serde::Deserialize;

use super::{Amounts, ConditionFields, Meta, Named, conditions};
use crate::model::{CapacityBuffer, ScalableRef};

/// A `CapacityBuffer` of `autoscaling.x-k8s.io/v1beta1`.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct CapacityBufferObject {
    #[serde(default)]
    pub(crate) metadata: Meta,
    spec: CapacityBufferSpec,
    #[serde(default)]
    status: CapacityBufferStatus,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct CapacityBufferSpec {
    provisioning_strategy: Option<String>,
    pod_template_ref: Option<Named>,
    scalable_ref: Option<ScalableFields>,
    replicas: Option<u32>,
    percentage: Option<u32>,
    limits: Amounts,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct ScalableFields {
    #[serde(default)]
    api_group: String,
    kind: String,
    name: String,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct CapacityBufferStatus {
    replicas: Option<u32>,
    conditions: Vec<ConditionFields>,
}

impl CapacityBufferObject {
    /// The buffer in the model's words, with the API server's defaults; a workload without a group is one of group `apps`.
    pub(crate) fn model(&self) -> CapacityBuffer {
        let mut buffer = CapacityBuffer::new(self.metadata.id());
        buffer.uid = self.metadata.uid();
        if let Some(strategy) = &self.spec.provisioning_strategy {
            buffer.provisioning_strategy.clone_from(strategy);
        }
        buffer.pod_template = self.spec.pod_template_ref.as_ref().map(|named| named.name.clone());
        buffer.scalable = self.spec.scalable_ref.as_ref().map(|scalable| ScalableRef {
            group: if scalable.api_group.is_empty() { "apps" } else { &scalable.api_group }
                .to_owned(),
            kind: scalable.kind.clone(),
            name: scalable.name.clone(),
        });
        buffer.replicas = self.spec.replicas;
        buffer.percentage = self.spec.percentage;
        buffer.limits = self.spec.limits.capacity();
        buffer.status_replicas = self.status.replicas;
        buffer.conditions = conditions(&self.status.conditions);
        buffer
    }
}
