//! What karp writes into a cluster, as requests; not when.

use crate::model::{
    Labels, NodeClaim, NodeClaimName, NodeClaimStatus, NodeName, ObjectId, PodId, Span, Taint, Uid,
};

/// Asks for the objects of the cluster.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub struct ReadRequest {
    /// The answer must reflect every write up to this revision.
    pub not_before: u64,
}

/// Asks for a claim to be created.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct CreateClaimRequest {
    /// The claim; its UID and creation time are set by the cluster.
    pub claim: NodeClaim,
}

/// Asks for a claim to be changed.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct UpdateClaimRequest {
    /// Which.
    pub name: NodeClaimName,
    /// The one that was read; another of the same name is a conflict.
    pub uid: Uid,
    /// What changes.
    pub update: ClaimUpdate,
}

/// What changes in a claim.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct ClaimUpdate {
    /// Replaces the status.
    pub status: Option<NodeClaimStatus>,
    /// Labels to set.
    pub labels: Labels,
    /// Annotations to set.
    pub annotations: Labels,
    /// Annotations to remove.
    pub remove_annotations: Vec<String>,
    /// Gives the object up: a deleted claim then goes.
    pub release: bool,
}

/// Asks for a claim to be deleted. It stays, marked, until it is [released](ClaimUpdate::release).
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct DeleteClaimRequest {
    /// Which.
    pub name: NodeClaimName,
    /// The one that was read; another of the same name is a conflict.
    pub uid: Uid,
}

/// Asks for a Node to be changed.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct UpdateNodeRequest {
    /// Which.
    pub name: NodeName,
    /// The one that was read; another of the same name is a conflict.
    pub uid: Uid,
    /// What changes.
    pub update: NodeUpdate,
}

/// What changes in a Node.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub struct NodeUpdate {
    /// Labels to set.
    pub labels: Labels,
    /// Annotations to set.
    pub annotations: Labels,
    /// Annotations to remove.
    pub remove_annotations: Vec<String>,
    /// Taints to add; one of the same key and effect is replaced.
    pub add_taints: Vec<Taint>,
    /// Taints to remove, by key and effect.
    pub remove_taints: Vec<Taint>,
    /// Cordons (`true`) or uncordons.
    pub unschedulable: Option<bool>,
    /// Gives the object up: a deleted Node then goes.
    pub release: bool,
}

/// Asks for a Node to be deleted. It stays, marked, until it is [released](NodeUpdate::release).
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct DeleteNodeRequest {
    /// Which.
    pub name: NodeName,
    /// The one that was read; another of the same name is a conflict.
    pub uid: Uid,
}

/// Asks for a pod to leave its node.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct EvictRequest {
    /// Which.
    pub pod: PodId,
    /// The one that was read; another of the same name stays.
    pub uid: Uid,
    /// Time between the stop signal and the kill; none = the pod's own.
    pub grace_period: Option<Span>,
    /// Whether pod disruption budgets are passed over: the pod is deleted, not evicted.
    pub passes_budgets: bool,
}

/// What came of an eviction.
#[derive(Clone, Debug, Eq, PartialEq)]
#[expect(clippy::exhaustive_enums, reason = "a caller that forgets one waits for ever")]
pub enum Evicted {
    /// The pod is stopping.
    Accepted,
    /// A budget allows no disruption now, or several budgets select the pod.
    Blocked {
        /// The budgets, as far as they are known.
        budgets: Vec<ObjectId>,
    },
    /// The pod is not there any more.
    Gone,
}

/// That a write took effect.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Written {
    /// The revision from which on reads reflect it.
    pub revision: u64,
}

impl ReadRequest {
    /// Asks for whatever is at hand.
    pub fn new() -> Self {
        Self::default()
    }

    /// Asks for what reflects every write up to `revision`.
    pub const fn not_before(revision: u64) -> Self {
        Self { not_before: revision }
    }
}

impl CreateClaimRequest {
    /// Creates this claim.
    pub const fn new(claim: NodeClaim) -> Self {
        Self { claim }
    }
}

impl UpdateClaimRequest {
    /// Changes the claim of this name and UID.
    pub fn new(name: impl Into<NodeClaimName>, uid: Uid, update: ClaimUpdate) -> Self {
        Self { name: name.into(), uid, update }
    }
}

impl ClaimUpdate {
    /// Changes nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// Replaces the status.
    #[must_use]
    pub fn status(mut self, status: NodeClaimStatus) -> Self {
        self.status = Some(status);
        self
    }

    /// Sets a label.
    #[must_use]
    pub fn label(mut self, key: impl Into<String>, value: impl Into<String>) -> Self {
        self.labels.insert(key.into(), value.into());
        self
    }

    /// Sets an annotation.
    #[must_use]
    pub fn annotation(mut self, key: impl Into<String>, value: impl Into<String>) -> Self {
        self.annotations.insert(key.into(), value.into());
        self
    }

    /// Gives the object up.
    #[must_use]
    pub const fn released(mut self) -> Self {
        self.release = true;
        self
    }
}

impl DeleteClaimRequest {
    /// Deletes the claim of this name and UID.
    pub fn new(name: impl Into<NodeClaimName>, uid: Uid) -> Self {
        Self { name: name.into(), uid }
    }
}

impl UpdateNodeRequest {
    /// Changes the Node of this name and UID.
    pub fn new(name: impl Into<NodeName>, uid: Uid, update: NodeUpdate) -> Self {
        Self { name: name.into(), uid, update }
    }
}

impl NodeUpdate {
    /// Changes nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets a label.
    #[must_use]
    pub fn label(mut self, key: impl Into<String>, value: impl Into<String>) -> Self {
        self.labels.insert(key.into(), value.into());
        self
    }

    /// Adds a taint.
    #[must_use]
    pub fn taint(mut self, taint: Taint) -> Self {
        self.add_taints.push(taint);
        self
    }

    /// Removes a taint.
    #[must_use]
    pub fn without_taint(mut self, taint: Taint) -> Self {
        self.remove_taints.push(taint);
        self
    }

    /// Cordons the Node.
    #[must_use]
    pub const fn cordoned(mut self) -> Self {
        self.unschedulable = Some(true);
        self
    }

    /// Gives the object up.
    #[must_use]
    pub const fn released(mut self) -> Self {
        self.release = true;
        self
    }
}

impl DeleteNodeRequest {
    /// Deletes the Node of this name and UID.
    pub fn new(name: impl Into<NodeName>, uid: Uid) -> Self {
        Self { name: name.into(), uid }
    }
}

impl EvictRequest {
    /// Evicts the pod of this name and UID, if its budgets allow it.
    pub const fn new(pod: PodId, uid: Uid) -> Self {
        Self { pod, uid, grace_period: None, passes_budgets: false }
    }

    /// Sets the time between the stop signal and the kill.
    #[must_use]
    pub const fn within(mut self, grace_period: Span) -> Self {
        self.grace_period = Some(grace_period);
        self
    }

    /// Deletes the pod whatever its budgets say.
    #[must_use]
    pub const fn passing_budgets(mut self) -> Self {
        self.passes_budgets = true;
        self
    }
}

impl Written {
    /// A write that reads from `revision` on reflect.
    pub const fn new(revision: u64) -> Self {
        Self { revision }
    }
}
