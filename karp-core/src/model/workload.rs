//! Objects that make or select pods: workloads, daemons, services, budgets; not the pods.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{IntOrPercent, LabelSelector, Labels, ObjectId, PodSpec, Timestamp, Uid};

/// Labels and spec of pods to be made.
#[derive(Clone, Debug, Default, Eq, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct PodTemplate {
    /// Labels.
    pub labels: Arc<Labels>,
    /// Annotations that matter to karp.
    pub annotations: Arc<Labels>,
    /// What the pods ask for.
    pub spec: Arc<PodSpec>,
}

/// A `DaemonSet`: one pod on every node that it fits.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
#[serde(rename_all = "camelCase")]
pub struct DaemonSet {
    /// Namespace and name.
    pub id: ObjectId,
    /// UID.
    pub uid: Uid,
    /// Creation time.
    pub created_at: Timestamp,
    /// What its pods ask for.
    pub template: PodTemplate,
}

impl DaemonSet {
    /// A daemon set of this template.
    pub fn new(id: ObjectId, template: PodTemplate) -> Self {
        Self { id, uid: Uid::new(""), created_at: Timestamp::EPOCH, template }
    }
}

/// A `Deployment`, `ReplicaSet`, `StatefulSet` or `ReplicationController`, as far as it selects or scales pods.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
#[serde(rename_all = "camelCase")]
pub struct Workload {
    /// API group, `apps` or empty.
    pub group: String,
    /// Kind.
    pub kind: String,
    /// Namespace and name.
    pub id: ObjectId,
    /// UID.
    pub uid: Uid,
    /// Wanted pods; none = 1.
    pub replicas: Option<u32>,
    /// Pods that it counts as its own.
    pub selector: Option<LabelSelector>,
    /// What its pods ask for.
    pub template: PodTemplate,
}

impl Workload {
    /// A workload of group `apps` with this template.
    pub fn new(kind: impl Into<String>, id: ObjectId, template: PodTemplate) -> Self {
        Self {
            group: "apps".to_owned(),
            kind: kind.into(),
            id,
            uid: Uid::new(""),
            replicas: None,
            selector: None,
            template,
        }
    }
}

/// A `Namespace` with its labels, for namespace selectors.
#[derive(Clone, Debug, Default, Eq, PartialEq, Serialize, Deserialize)]
pub struct Namespace {
    /// Name.
    pub name: String,
    /// Labels.
    pub labels: Labels,
}

/// A `Service`, for the selectors of default spread constraints.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct Service {
    /// Namespace and name.
    pub id: ObjectId,
    /// Labels of its pods; none = no pods of its own.
    pub selector: Option<Labels>,
}

/// A `PodDisruptionBudget`.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
#[serde(rename_all = "camelCase")]
pub struct PodDisruptionBudget {
    /// Namespace and name.
    pub id: ObjectId,
    /// Pods that it protects; none = none.
    pub selector: Option<LabelSelector>,
    /// Fewest pods that must stay available.
    pub min_available: Option<IntOrPercent>,
    /// Most pods that may be unavailable.
    pub max_unavailable: Option<IntOrPercent>,
    /// Evictions that its controller allows right now.
    pub disruptions_allowed: i32,
    /// Whether unhealthy pods may always be evicted (`AlwaysAllow`).
    pub always_allows_unhealthy: bool,
}

impl PodDisruptionBudget {
    /// A budget that selects nothing and allows nothing.
    pub const fn new(id: ObjectId) -> Self {
        Self {
            id,
            selector: None,
            min_available: None,
            max_unavailable: None,
            disruptions_allowed: 0,
            always_allows_unhealthy: false,
        }
    }
}
