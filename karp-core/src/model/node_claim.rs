//! A request for one machine and how far it got; not the machine.

use serde::{Deserialize, Serialize};

use super::{
    Condition, Labels, NillableSpan, NodeClaimName, NodeClassRef, NodeName, NodePoolName, Owner,
    RequirementEntry, Resources, Span, Taint, Timestamp, Uid, label,
};

/// A `NodeClaim`.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
#[serde(rename_all = "camelCase")]
pub struct NodeClaim {
    /// Name.
    pub name: NodeClaimName,
    /// UID.
    pub uid: Uid,
    /// Creation time.
    pub created_at: Timestamp,
    /// Labels; once launched, those of the chosen offering, too.
    pub labels: Labels,
    /// Annotations.
    pub annotations: Labels,
    /// What must be done before the object goes, [`label::TERMINATION_FINALIZER`] among it.
    #[serde(default)]
    pub finalizers: Vec<String>,
    /// Owners: the pool.
    #[serde(default)]
    pub owners: Vec<Owner>,
    /// What the machine must be.
    pub requirements: Vec<RequirementEntry>,
    /// What its pods asked for in all.
    pub requests: Resources,
    /// Taints for good.
    pub taints: Vec<Taint>,
    /// Taints until something on the machine removes them.
    pub startup_taints: Vec<Taint>,
    /// The provider's class.
    pub node_class: NodeClassRef,
    /// Age at which it is replaced.
    pub expire_after: NillableSpan,
    /// Longest drain before pods are forced off.
    pub termination_grace_period: Option<Span>,
    /// How far it got.
    pub status: NodeClaimStatus,
    /// When its deletion was asked for, if it was.
    pub deleting_since: Option<Timestamp>,
}

/// How far a claim got.
#[derive(Clone, Debug, Default, Eq, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
#[serde(rename_all = "camelCase", default)]
pub struct NodeClaimStatus {
    /// The Node, once registered.
    pub node: Option<NodeName>,
    /// Id of the machine at the cloud; empty before launch.
    pub provider_id: String,
    /// Image that it was launched from.
    pub image_id: String,
    /// What the machine has in all.
    pub capacity: Resources,
    /// What pods can use.
    pub allocatable: Resources,
    /// Conditions.
    pub conditions: Vec<Condition>,
    /// When a pod last came or went.
    pub last_pod_event_at: Option<Timestamp>,
}

impl NodeClaim {
    /// A claim of `pool` that asks for anything.
    pub fn new(name: impl Into<NodeClaimName>, pool: &NodePoolName) -> Self {
        Self {
            name: name.into(),
            uid: Uid::new(""),
            created_at: Timestamp::EPOCH,
            labels: Labels::from([(label::NODE_POOL.to_owned(), pool.to_string())]),
            annotations: Labels::new(),
            finalizers: Vec::new(),
            owners: Vec::new(),
            requirements: Vec::new(),
            requests: Resources::new(),
            taints: Vec::new(),
            startup_taints: Vec::new(),
            node_class: NodeClassRef::default(),
            expire_after: NillableSpan::new(Span::hours(720)),
            termination_grace_period: None,
            status: NodeClaimStatus::default(),
            deleting_since: None,
        }
    }

    /// The pool that it belongs to, by its label.
    pub fn pool(&self) -> Option<NodePoolName> {
        self.labels.get(label::NODE_POOL).map(|name| NodePoolName::from(name.as_str()))
    }

    /// When the machine will have been quiet for so long, if no pod comes or goes before: counted from the last that did, else from when it
    /// was initialized. None when nothing says since when.
    ///
    /// By this a pool's `consolidateAfter` decides which machines are looked at, and which take no pods of those that are.
    pub fn quiet_at(&self, consolidate_after: Span) -> Option<Timestamp> {
        let mut conditions = self.status.conditions.iter();
        let initialized = conditions.find(|condition| condition.kind == "Initialized");
        let since = self.status.last_pod_event_at.or_else(|| initialized?.changed_at)?;
        Some(since + consolidate_after)
    }
}
