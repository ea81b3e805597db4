//! Capacity buffers: room kept for pods that don't exist yet; not their virtual pods.

use serde::{Deserialize, Serialize};

use super::{Condition, ObjectId, PodTemplate, Resources, Uid};

/// A `CapacityBuffer` (`autoscaling.x-k8s.io/v1beta1`).
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
#[serde(rename_all = "camelCase")]
pub struct CapacityBuffer {
    /// Namespace and name.
    pub id: ObjectId,
    /// UID.
    pub uid: Uid,
    /// Strategy; only `buffer.x-k8s.io/active-capacity` makes pods.
    pub provisioning_strategy: String,
    /// Name of a `PodTemplate` in the same namespace.
    pub pod_template: Option<String>,
    /// A workload whose template and size are used.
    pub scalable: Option<ScalableRef>,
    /// Wanted chunks.
    pub replicas: Option<u32>,
    /// Chunks as a share of the workload's replicas, in percent.
    pub percentage: Option<u32>,
    /// Ceiling on the sum of requests.
    pub limits: Resources,
    /// Chunks that the buffer controller worked out, if it ran.
    pub status_replicas: Option<u32>,
    /// Status conditions.
    pub conditions: Vec<Condition>,
}

/// Points at a workload.
#[derive(Clone, Debug, Default, Eq, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ScalableRef {
    /// API group, `apps` or empty.
    pub group: String,
    /// Kind.
    pub kind: String,
    /// Name in the buffer's namespace.
    pub name: String,
}

impl CapacityBuffer {
    /// A buffer of the active-capacity strategy, without size.
    pub fn new(id: ObjectId) -> Self {
        Self {
            id,
            uid: Uid::new(""),
            provisioning_strategy: "buffer.x-k8s.io/active-capacity".to_owned(),
            pod_template: None,
            scalable: None,
            replicas: None,
            percentage: None,
            limits: Resources::new(),
            status_replicas: None,
            conditions: Vec::new(),
        }
    }
}

/// A named `PodTemplate` object.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct NamedPodTemplate {
    /// Namespace and name.
    pub id: ObjectId,
    /// The template.
    pub template: PodTemplate,
}
