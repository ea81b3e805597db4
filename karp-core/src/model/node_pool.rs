//! A pool: limits, weight, and the template of its machines; not the machines.

use serde::{Deserialize, Serialize};

use super::{
    Condition, ConditionStatus, InvalidField, Labels, NillableSpan, NodeClassRef, NodePoolName,
    Quantity, RequirementEntry, ResourceName, Resources, Span, Taint, Timestamp, Uid, condition,
};

/// A `NodePool`.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
#[serde(rename_all = "camelCase")]
pub struct NodePool {
    /// Name.
    pub name: NodePoolName,
    /// UID.
    pub uid: Uid,
    /// Creation time.
    pub created_at: Timestamp,
    /// Generation of the spec that conditions may lag behind.
    pub generation: i64,
    /// 1 to 100, heavier pools are tried first; 0 when not set.
    pub weight: u32,
    /// Number of machines of a static pool; none = machines follow pods.
    pub replicas: Option<u32>,
    /// Ceiling on the sum of the capacity of the pool's machines, `nodes` counts machines; none = no ceiling, which lint reports.
    pub limits: Option<Resources>,
    /// What its machines are made from.
    pub template: NodeClaimTemplate,
    /// How its machines may be disrupted.
    pub disruption: Disruption,
    /// Status conditions.
    pub conditions: Vec<Condition>,
    /// Hash of the template's drift-relevant fields, as the reference computes it; empty when not computed.
    pub hash: String,
    /// When its deletion was asked for, if it was.
    pub deleting_since: Option<Timestamp>,
    /// First setting that could not be read; reported when a snapshot is built.
    #[serde(skip)]
    pub(crate) invalid: Option<Box<InvalidField>>,
}

/// What the machines of a pool are made from.
#[derive(Clone, Debug, Default, Eq, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
#[serde(rename_all = "camelCase", default)]
pub struct NodeClaimTemplate {
    /// Labels of every machine.
    pub labels: Labels,
    /// Annotations of every machine.
    pub annotations: Labels,
    /// What a machine must be, as written.
    pub requirements: Vec<RequirementEntry>,
    /// Taints for good.
    pub taints: Vec<Taint>,
    /// Taints until something on the machine removes them; ignored when pods are placed.
    pub startup_taints: Vec<Taint>,
    /// The provider's class.
    pub node_class: NodeClassRef,
    /// Age at which a machine is replaced; the API's default is 720 h.
    pub expire_after: NillableSpan,
    /// Longest drain before pods are forced off.
    pub termination_grace_period: Option<Span>,
}

/// How machines of a pool may be disrupted.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
#[serde(rename_all = "camelCase")]
pub struct Disruption {
    /// Which machines may be consolidated: `WhenEmpty`, `WhenEmptyOrUnderutilized`, or `Balanced` where the profile knows it.
    pub consolidation_policy: String,
    /// Quiet time before consolidation; `Never` switches it off.
    pub consolidate_after: NillableSpan,
    /// Budgets, all of which hold at once.
    pub budgets: Vec<Budget>,
}

/// One disruption budget of a pool, as written.
///
/// Values are kept as text: what can't be read must allow nothing and be reported, not be lost.
#[derive(Clone, Debug, Default, Eq, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
#[serde(rename_all = "camelCase", default)]
pub struct Budget {
    /// Reasons that it limits: `Underutilized`, `Empty`, `Drifted`; none = all.
    pub reasons: Option<Vec<String>>,
    /// Count (`5`) or share (`10%`).
    pub nodes: String,
    /// Cron text of the window's starts; none = always.
    pub schedule: Option<String>,
    /// Length of each window.
    pub duration: Option<Span>,
}

impl Default for Disruption {
    /// As the API server fills it in: `WhenEmptyOrUnderutilized` after 0 s, one budget of 10 %.
    fn default() -> Self {
        Self {
            consolidation_policy: "WhenEmptyOrUnderutilized".to_owned(),
            consolidate_after: NillableSpan::new(Span::ZERO),
            budgets: vec![Budget { nodes: "10%".to_owned(), ..Budget::default() }],
        }
    }
}

impl NodePool {
    /// Version of the way in which [`hash`](Self::hash) is computed; hashes of other versions can't be compared.
    pub const HASH_VERSION: &str = "v3";

    /// A pool without requirements, limits or taints, with the API's defaults.
    ///
    /// ```
    /// use karp_core::model::NodePool;
    /// let pool = NodePool::new("general").limit("cpu", "100").weighing(10);
    /// assert_eq!(pool.limits.unwrap().to_string(), "cpu 100");
    /// ```
    pub fn new(name: impl Into<NodePoolName>) -> Self {
        Self {
            name: name.into(),
            uid: Uid::new(""),
            created_at: Timestamp::EPOCH,
            generation: 1,
            weight: 0,
            replicas: None,
            limits: None,
            template: NodeClaimTemplate {
                expire_after: NillableSpan::new(Span::hours(720)),
                ..NodeClaimTemplate::default()
            },
            disruption: Disruption::default(),
            conditions: Vec::new(),
            hash: String::new(),
            deleting_since: None,
            invalid: None,
        }
    }

    /// Sets a limit, as Kubernetes writes quantities; `nodes` limits the number of machines.
    #[must_use]
    pub fn limit(mut self, resource: &str, quantity: &str) -> Self {
        match quantity.parse::<Quantity>() {
            Ok(quantity) => {
                let name = ResourceName::from(resource);
                let amount = name.round_down(&quantity);
                self.limits.get_or_insert_default().set(name, amount);
            }
            Err(error) => {
                let (field, problem) = (format!("limit `{resource}`"), error.to_string());
                self.invalid.get_or_insert_with(|| Box::new(InvalidField { field, problem }));
            }
        }
        self
    }

    /// Sets the weight.
    #[must_use]
    pub const fn weighing(mut self, weight: u32) -> Self {
        self.weight = weight;
        self
    }

    /// Adds a requirement.
    #[must_use]
    pub fn requirement(mut self, entry: RequirementEntry) -> Self {
        self.template.requirements.push(entry);
        self
    }

    /// Adds a label that every machine carries.
    #[must_use]
    pub fn label(mut self, key: impl Into<String>, value: impl Into<String>) -> Self {
        self.template.labels.insert(key.into(), value.into());
        self
    }

    /// Adds a taint that every machine carries.
    #[must_use]
    pub fn taint(mut self, taint: Taint) -> Self {
        self.template.taints.push(taint);
        self
    }

    /// Whether machines follow `replicas` rather than pods.
    pub const fn is_static(&self) -> bool {
        self.replicas.is_some()
    }

    /// Whether the pool can be used: a pool without a `Ready` condition counts as ready.
    pub fn is_ready(&self) -> bool {
        condition(&self.conditions, "Ready").is_none_or(|status| status == ConditionStatus::True)
    }
}
