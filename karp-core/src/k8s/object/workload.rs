//! Objects that make pods, as the API writes them; not the pods that they make.

use serde::Deserialize;

use super::{Meta, TemplateFields, meta::text_map};
use crate::model::{ConditionStatus, LabelSelector, Labels};

/// A `Deployment` or `ReplicaSet`.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct ReplicatedObject {
    #[serde(default)]
    pub(crate) metadata: Meta,
    pub(crate) spec: ReplicatedSpec,
}

/// `spec` of a `Deployment` or `ReplicaSet`.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ReplicatedSpec {
    #[serde(default)]
    pub(crate) replicas: Option<u32>,
    #[serde(default)]
    pub(crate) selector: Option<LabelSelector>,
    pub(crate) template: TemplateFields,
}

/// A `ReplicationController`.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct ReplicationControllerObject {
    #[serde(default)]
    pub(crate) metadata: Meta,
    pub(crate) spec: ReplicationControllerSpec,
}

/// `spec` of a `ReplicationController`.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct ReplicationControllerSpec {
    #[serde(default)]
    pub(crate) replicas: Option<u32>,
    #[serde(default, deserialize_with = "text_map")]
    pub(crate) selector: Labels,
    pub(crate) template: TemplateFields,
}

/// A `StatefulSet`.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct StatefulSetObject {
    #[serde(default)]
    pub(crate) metadata: Meta,
    pub(crate) spec: StatefulSetSpec,
}

/// `spec` of a `StatefulSet`.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct StatefulSetSpec {
    #[serde(default)]
    pub(crate) replicas: Option<u32>,
    #[serde(default)]
    pub(crate) selector: Option<LabelSelector>,
    #[serde(default)]
    pub(crate) ordinals: Ordinals,
    #[serde(default)]
    pub(crate) volume_claim_templates: Vec<super::ClaimTemplate>,
    pub(crate) template: TemplateFields,
}

/// Numbers of the pods of a `StatefulSet`.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Ordinals {
    pub(crate) start: u32,
}

/// A `DaemonSet`.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct DaemonSetObject {
    #[serde(default)]
    pub(crate) metadata: Meta,
    pub(crate) spec: DaemonSetSpec,
}

/// `spec` of a `DaemonSet`.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct DaemonSetSpec {
    pub(crate) template: TemplateFields,
}

/// A `Job`.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct JobObject {
    #[serde(default)]
    pub(crate) metadata: Meta,
    pub(crate) spec: JobSpec,
    #[serde(default)]
    pub(crate) status: JobStatus,
}

/// `spec` of a `Job`.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct JobSpec {
    #[serde(default)]
    pub(crate) parallelism: Option<u32>,
    #[serde(default)]
    pub(crate) completions: Option<u32>,
    #[serde(default)]
    pub(crate) suspend: bool,
    pub(crate) template: TemplateFields,
}

/// `status` of a `Job`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct JobStatus {
    pub(crate) succeeded: u32,
    conditions: Vec<JobCondition>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct JobCondition {
    #[serde(rename = "type")]
    kind: String,
    status: ConditionStatus,
}

impl JobStatus {
    /// Whether the job has ended.
    pub(crate) fn is_finished(&self) -> bool {
        self.conditions.iter().any(|condition| {
            matches!(condition.kind.as_str(), "Complete" | "Failed")
                && condition.status == ConditionStatus::True
        })
    }
}

/// A `CronJob`: it has no pods, its jobs have.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct CronJobObject {
    #[serde(default)]
    pub(crate) metadata: Meta,
    pub(crate) spec: CronJobSpec,
}

/// `spec` of a `CronJob`.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CronJobSpec {
    pub(crate) job_template: JobTemplate,
}

/// Template of the jobs of a `CronJob`.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct JobTemplate {
    pub(crate) spec: JobSpec,
}

/// A `PodTemplate`.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct PodTemplateObject {
    #[serde(default)]
    pub(crate) metadata: Meta,
    pub(crate) template: TemplateFields,
}
