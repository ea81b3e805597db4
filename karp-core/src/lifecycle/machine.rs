//! What the cloud says of a claim's machine, and the proof that it is ours to end; not how it is ended.

use serde::{Deserialize, Serialize};

use crate::model::{NodeClaim, NodeClaimName, NodePoolName, Timestamp};

/// A machine that the cloud listed as launched through this backend for this cluster.
///
/// [`Action::Terminate`](super::Action::Terminate) carries one: without an answer of the cloud that says whose the machine is, no action to
/// end it can be made.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct OwnedMachine {
    id: String,
    claim: Option<NodeClaimName>,
    pool: Option<NodePoolName>,
    launched_at: Timestamp,
}

impl OwnedMachine {
    /// A machine as the cloud's list of **our** machines gave it; never make one from an id alone.
    pub fn listed(id: impl Into<String>, launched_at: Timestamp) -> Self {
        Self { id: id.into(), claim: None, pool: None, launched_at }
    }

    /// Says which claim its tags name.
    #[must_use]
    pub fn tagged(mut self, claim: impl Into<NodeClaimName>) -> Self {
        self.claim = Some(claim.into());
        self
    }

    /// Says which pool its tags name.
    #[must_use]
    pub fn of_pool(mut self, pool: impl Into<NodePoolName>) -> Self {
        self.pool = Some(pool.into());
        self
    }

    /// Id at the cloud, as Nodes say it in `spec.providerID`.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The claim that its tags name; none when the cloud does not keep it.
    pub const fn claim(&self) -> Option<&NodeClaimName> {
        self.claim.as_ref()
    }

    /// When it was launched.
    pub const fn launched_at(&self) -> Timestamp {
        self.launched_at
    }

    /// Whether it is the machine of this claim: the id is that of its status, and tags, where there are any, name the claim and its pool.
    pub fn belongs_to(&self, claim: &NodeClaim) -> bool {
        let pool = claim.pool();
        self.id == claim.status.provider_id
            && self.claim.as_ref().is_none_or(|name| *name == claim.name)
            && (self.pool.is_none() || pool.is_none() || self.pool == pool)
    }
}

/// What the cloud says of the machine of a claim.
#[derive(Clone, Debug, Default, Eq, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(clippy::exhaustive_enums, reason = "a caller that forgets one leaks a machine")]
pub enum Sight {
    /// It was not asked, or its answer is not known yet.
    #[default]
    Unknown,
    /// It is there, or will be.
    Alive(OwnedMachine),
    /// It is being ended.
    Ending(OwnedMachine),
    /// It is gone, or never was.
    Gone,
    /// There is such a machine, and it is not ours.
    Foreign,
}
