//! Node pools as the API writes them, and the defaults that the API fills in; not their validation.

use serde::Deserialize;
use serde_json::{Value, json};

use super::{ConditionFields, Meta, amounts::signed, conditions, meta::text_map};
use crate::{
    k8s::drift_hash::node_pool_hash,
    model::{
        Budget, Disruption, Labels, NillableSpan, NodeClassRef, NodePool, RequirementEntry,
        Resources, Span, Taint,
    },
};

/// A `NodePool` of `karpenter.sh/v1`.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct NodePoolObject {
    #[serde(default)]
    pub(crate) metadata: Meta,
    spec: NodePoolSpec,
    #[serde(default)]
    status: NodePoolStatus,
    /// Drift hash of the template.
    #[serde(skip)]
    hash: String,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct NodePoolSpec {
    template: ClaimTemplateFields,
    #[serde(default)]
    disruption: Option<DisruptionFields>,
    #[serde(default, deserialize_with = "signed")]
    limits: Option<Resources>,
    #[serde(default)]
    weight: u32,
    #[serde(default)]
    replicas: Option<u32>,
}

#[derive(Clone, Debug, Deserialize)]
struct ClaimTemplateFields {
    #[serde(default)]
    metadata: TemplateMeta,
    spec: ClaimTemplateSpec,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct TemplateMeta {
    #[serde(deserialize_with = "text_map")]
    labels: Labels,
    #[serde(deserialize_with = "text_map")]
    annotations: Labels,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct ClaimTemplateSpec {
    requirements: Vec<RequirementEntry>,
    node_class_ref: NodeClassRef,
    #[serde(default)]
    taints: Vec<Taint>,
    #[serde(default)]
    startup_taints: Vec<Taint>,
    #[serde(default)]
    expire_after: Option<NillableSpan>,
    #[serde(default)]
    termination_grace_period: Option<Span>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct DisruptionFields {
    #[serde(default)]
    consolidation_policy: Option<String>,
    #[serde(default)]
    consolidate_after: Option<NillableSpan>,
    #[serde(default)]
    budgets: Option<Vec<BudgetFields>>,
}

#[derive(Clone, Debug, Deserialize)]
struct BudgetFields {
    #[serde(default)]
    reasons: Option<Vec<String>>,
    #[serde(default)]
    nodes: Option<String>,
    #[serde(default)]
    schedule: Option<String>,
    #[serde(default)]
    duration: Option<Span>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct NodePoolStatus {
    conditions: Vec<ConditionFields>,
}

/// Age at which machines are replaced when nothing is said.
pub(super) const EXPIRE_AFTER: Span = Span::hours(720);

impl NodePoolObject {
    /// The node class that its machines use.
    pub(crate) const fn node_class(&self) -> &NodeClassRef {
        &self.spec.template.spec.node_class_ref
    }

    /// Works out the drift hash, in which a list that is empty differs from one that is not there.
    pub(crate) fn take_hash(&mut self, raw: &Value) {
        let mut template = raw.pointer("/spec/template").cloned().unwrap_or_default();
        if let Some(spec) = template.get_mut("spec").and_then(Value::as_object_mut) {
            spec.entry("expireAfter").or_insert_with(|| EXPIRE_AFTER.to_string().into());
        }
        self.hash = node_pool_hash(&json!({"spec": {"template": template}})).to_string();
    }

    /// The pool in the model's words, with the API server's defaults.
    pub(crate) fn model(&self) -> NodePool {
        let Self { metadata, spec, status, hash } = self;
        let template = &spec.template.spec;
        let mut pool = NodePool::new(metadata.name.as_str());
        pool.uid = metadata.uid();
        pool.created_at = metadata.created_at();
        pool.generation = metadata.generation;
        pool.weight = spec.weight;
        pool.replicas = spec.replicas;
        pool.limits.clone_from(&spec.limits);
        pool.template.labels.clone_from(&spec.template.metadata.labels);
        pool.template.annotations.clone_from(&spec.template.metadata.annotations);
        pool.template.requirements.clone_from(&template.requirements);
        pool.template.taints.clone_from(&template.taints);
        pool.template.startup_taints.clone_from(&template.startup_taints);
        pool.template.node_class = template.node_class_ref.clone();
        pool.template.expire_after =
            template.expire_after.clone().unwrap_or_else(|| EXPIRE_AFTER.into());
        pool.template.termination_grace_period = template.termination_grace_period;
        if let Some(disruption) = &spec.disruption {
            pool.disruption = disruption.model();
        }
        pool.hash.clone_from(hash);
        pool.conditions = conditions(&status.conditions);
        pool.deleting_since = metadata.deletion_timestamp;
        pool
    }
}

impl DisruptionFields {
    fn model(&self) -> Disruption {
        let mut disruption = Disruption::default();
        if let Some(policy) = &self.consolidation_policy {
            disruption.consolidation_policy.clone_from(policy);
        }
        if let Some(quiet) = &self.consolidate_after {
            disruption.consolidate_after = quiet.clone();
        }
        if let Some(budgets) = &self.budgets {
            disruption.budgets = budgets.iter().map(BudgetFields::model).collect();
        }
        disruption
    }
}

impl BudgetFields {
    fn model(&self) -> Budget {
        let mut budget = Budget::default();
        budget.reasons.clone_from(&self.reasons);
        budget.nodes = self.nodes.clone().unwrap_or_else(|| "10%".to_owned());
        budget.schedule.clone_from(&self.schedule);
        budget.duration = self.duration;
        budget
    }
}
