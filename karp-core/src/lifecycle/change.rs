//! What is to be written into a claim, a Node or a pool; not why.

use serde::{Deserialize, Serialize};

use super::{Target, conditions};
use crate::model::{
    Condition, ConditionStatus, Labels, Node, NodeClaim, NodeClaimName, NodeName, Owner, Resources,
    Taint, Timestamp, label,
};

/// What becomes of a status condition.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[expect(clippy::exhaustive_enums, reason = "a condition is there or it is not")]
#[serde(rename_all = "camelCase")]
pub enum ConditionChange {
    /// It is removed.
    Clear {
        /// Its type.
        kind: String,
    },
    /// It is set; the time of its last change moves only when its status does.
    Set {
        /// Its type.
        kind: String,
        /// Its status.
        status: ConditionStatus,
        /// Its reason, one word.
        reason: String,
        /// One line for people; may be empty.
        message: String,
    },
}

impl ConditionChange {
    /// Sets a condition to true, its type as reason.
    pub(super) fn is_true(kind: &str) -> Self {
        Self::set(kind, ConditionStatus::True, kind, "")
    }

    pub(super) fn set(kind: &str, status: ConditionStatus, reason: &str, message: &str) -> Self {
        Self::Set {
            kind: kind.to_owned(),
            status,
            reason: reason.to_owned(),
            message: message.to_owned(),
        }
    }

    /// The type of the condition.
    pub fn kind(&self) -> &str {
        match self {
            Self::Clear { kind } | Self::Set { kind, .. } => kind,
        }
    }

    /// Whether it would change these conditions; a message alone is no change.
    pub(super) fn changes(&self, conditions: &[Condition]) -> bool {
        match (self, conditions::find(conditions, self.kind())) {
            (Self::Clear { .. }, own) => own.is_some(),
            (Self::Set { status, reason, .. }, Some(own)) => {
                own.status != *status || own.reason != *reason
            }
            (Self::Set { .. }, None) => true,
        }
    }

    /// Carries it out.
    pub fn apply(&self, conditions: &mut Vec<Condition>, now: Timestamp) {
        match self {
            Self::Clear { kind } => conditions::clear(conditions, kind),
            Self::Set { kind, status, reason, .. } => {
                conditions::set(conditions, kind, (*status, reason), now);
            }
        }
    }
}

/// What is to be written into a claim: metadata first, then the status.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
#[serde(rename_all = "camelCase")]
pub struct ClaimChange {
    /// The claim.
    pub target: Target<NodeClaimName>,
    /// Whether the finalizer [`label::TERMINATION_FINALIZER`] is added.
    pub add_finalizer: bool,
    /// Labels to set.
    pub labels: Labels,
    /// Annotations to set.
    pub annotations: Labels,
    /// What the cloud bought.
    pub bought: Option<Bought>,
    /// The Node that joined.
    pub node: Option<NodeName>,
    /// When a pod last came or went.
    pub last_pod_event_at: Option<Timestamp>,
    /// Conditions.
    pub conditions: Vec<ConditionChange>,
}

/// What the status says of a machine that was bought.
#[derive(Clone, Debug, Default, Eq, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
#[serde(rename_all = "camelCase")]
pub struct Bought {
    /// Id of the machine at the cloud.
    pub provider_id: String,
    /// Image that it was launched from.
    pub image_id: String,
    /// What it has in all.
    pub capacity: Resources,
    /// What pods can use.
    pub allocatable: Resources,
}

impl ClaimChange {
    /// A change of nothing yet.
    pub fn of(claim: &NodeClaim) -> Self {
        Self {
            target: Target::claim(claim),
            add_finalizer: false,
            labels: Labels::new(),
            annotations: Labels::new(),
            bought: None,
            node: None,
            last_pod_event_at: None,
            conditions: Vec::new(),
        }
    }

    /// Adds what becomes of a condition, if that changes the claim.
    #[must_use]
    pub(super) fn condition(mut self, claim: &NodeClaim, change: ConditionChange) -> Self {
        if change.changes(&claim.status.conditions) {
            self.conditions.push(change);
        }
        self
    }

    /// Whether nothing is to be written.
    pub fn is_empty(&self) -> bool {
        !self.add_finalizer
            && self.labels.is_empty()
            && self.annotations.is_empty()
            && self.bought.is_none()
            && self.node.is_none()
            && self.last_pod_event_at.is_none()
            && self.conditions.is_empty()
    }

    /// Carries it out on a copy of the claim: for fakes, and for shells whose cluster takes a whole status.
    pub fn apply(&self, claim: &mut NodeClaim, now: Timestamp) {
        if self.add_finalizer {
            hold(&mut claim.finalizers);
        }
        claim.labels.extend(self.labels.clone());
        claim.annotations.extend(self.annotations.clone());
        let status = &mut claim.status;
        if let Some(bought) = &self.bought {
            status.provider_id.clone_from(&bought.provider_id);
            status.image_id.clone_from(&bought.image_id);
            status.capacity.clone_from(&bought.capacity);
            status.allocatable.clone_from(&bought.allocatable);
        }
        status.node = self.node.clone().or_else(|| status.node.take());
        status.last_pod_event_at = self.last_pod_event_at.or(status.last_pod_event_at);
        for change in &self.conditions {
            change.apply(&mut status.conditions, now);
        }
    }
}

/// What is to be written into a Node.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
#[serde(rename_all = "camelCase")]
pub struct NodeChange {
    /// The Node.
    pub target: Target<NodeName>,
    /// Whether the finalizer [`label::TERMINATION_FINALIZER`] is added.
    pub add_finalizer: bool,
    /// An owner to add; it blocks the owner's deletion.
    pub add_owner: Option<Owner>,
    /// Labels to set.
    pub labels: Labels,
    /// Annotations to set.
    pub annotations: Labels,
    /// Taints to remove, by key and effect; before others are added.
    pub remove_taints: Vec<Taint>,
    /// Taints to add.
    pub add_taints: Vec<Taint>,
}

impl NodeChange {
    /// A change of nothing yet.
    pub fn of(node: &Node) -> Self {
        Self {
            target: Target::node(node),
            add_finalizer: false,
            add_owner: None,
            labels: Labels::new(),
            annotations: Labels::new(),
            remove_taints: Vec::new(),
            add_taints: Vec::new(),
        }
    }

    /// What makes `after` of `before`; labels and annotations are only ever added.
    pub(super) fn between(before: &Node, after: &Node) -> Self {
        let missing = |taints: &[Taint], from: &[Taint]| -> Vec<Taint> {
            taints.iter().filter(|taint| !from.contains(taint)).cloned().collect()
        };
        Self {
            target: Target::node(before),
            add_finalizer: after.finalizers.len() > before.finalizers.len(),
            add_owner: after.owners.iter().find(|owner| !before.owners.contains(owner)).cloned(),
            labels: added(&before.labels, &after.labels),
            annotations: added(&before.annotations, &after.annotations),
            remove_taints: missing(&before.taints, &after.taints),
            add_taints: missing(&after.taints, &before.taints),
        }
    }

    /// Whether nothing is to be written.
    pub fn is_empty(&self) -> bool {
        !self.add_finalizer
            && self.add_owner.is_none()
            && self.labels.is_empty()
            && self.annotations.is_empty()
            && self.remove_taints.is_empty()
            && self.add_taints.is_empty()
    }

    /// Carries it out on a copy of the Node: for fakes.
    pub fn apply(&self, node: &mut Node) {
        if self.add_finalizer {
            hold(&mut node.finalizers);
        }
        if let Some(owner) = self.add_owner.as_ref().filter(|own| !node.owners.contains(own)) {
            node.owners.push(owner.clone());
        }
        node.labels.extend(self.labels.clone());
        node.annotations.extend(self.annotations.clone());
        let replaced = || self.remove_taints.iter().chain(&self.add_taints);
        node.taints.retain(|taint| !replaced().any(|gone| gone.is_same(taint)));
        node.taints.extend(self.add_taints.iter().cloned());
    }
}

/// Adds the finalizer, once.
pub(super) fn hold(finalizers: &mut Vec<String>) {
    if !is_held(finalizers) {
        finalizers.push(label::TERMINATION_FINALIZER.to_owned());
    }
}

/// Whether the finalizer is there.
pub(super) fn is_held(finalizers: &[String]) -> bool {
    finalizers.iter().any(|own| own == label::TERMINATION_FINALIZER)
}

/// Entries of `after` that `before` lacks or has with another value.
pub(super) fn added(before: &Labels, after: &Labels) -> Labels {
    let news = after.iter().filter(|(key, value)| before.get(*key) != Some(*value));
    news.map(|(key, value)| (key.clone(), value.clone())).collect()
}
