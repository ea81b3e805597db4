//! How many claims a pool has, and how many more it may get; not what they cost.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::{
    lifecycle::conditions::{self, DISRUPTION_REASON},
    model::{NodeClaim, NodeClaimName, NodePoolName},
};

/// Where a claim stands for the count of its pool.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[expect(clippy::exhaustive_enums, reason = "a claim stays, may go, or goes")]
#[serde(rename_all = "camelCase")]
pub enum ClaimStage {
    /// It stays.
    Active,
    /// It is deleted, or its removal is decided.
    Deleting,
    /// A command that will remove it waits for its replacement.
    PendingDisruption,
}

/// The claims of one pool by stage, and the places promised to claims that are being created.
///
/// ```
/// use karp_core::lifecycle::{ClaimStage, PoolCensus};
/// let mut census = PoolCensus::new();
/// census.observe("static-1".into(), ClaimStage::Active);
/// assert_eq!(census.reserve(Some(3), 5), 2, "three are allowed, one is there");
/// assert_eq!(census.reserve(Some(3), 5), 0);
/// census.release(1);
/// assert_eq!(census.reserve(Some(3), 5), 1);
/// ```
#[derive(Clone, Debug, Default, Eq, PartialEq, Serialize, Deserialize)]
pub struct PoolCensus {
    active: BTreeSet<NodeClaimName>,
    pending: BTreeSet<NodeClaimName>,
    deleting: BTreeSet<NodeClaimName>,
    reserved: usize,
}

impl PoolCensus {
    /// No claims.
    pub const fn new() -> Self {
        Self {
            active: BTreeSet::new(),
            pending: BTreeSet::new(),
            deleting: BTreeSet::new(),
            reserved: 0,
        }
    }

    /// Counts claims by pool; those without a pool don't count. `is_marked` says which claims' removal is decided though they don't show it.
    pub fn count<'a>(
        claims: impl IntoIterator<Item = &'a NodeClaim>,
        is_marked: impl Fn(&NodeClaim) -> bool,
    ) -> BTreeMap<NodePoolName, Self> {
        let mut pools: BTreeMap<NodePoolName, Self> = BTreeMap::new();
        for claim in claims {
            let Some(pool) = claim.pool() else { continue };
            let stage = stage(claim, is_marked(claim));
            pools.entry(pool).or_default().observe(claim.name.clone(), stage);
        }
        pools
    }

    /// Notes where a claim stands now, whatever was known before.
    pub fn observe(&mut self, claim: NodeClaimName, stage: ClaimStage) {
        self.forget(&claim);
        let set = match stage {
            ClaimStage::Active => &mut self.active,
            ClaimStage::Deleting => &mut self.deleting,
            ClaimStage::PendingDisruption => &mut self.pending,
        };
        set.insert(claim);
    }

    /// Forgets a claim that is gone.
    pub fn forget(&mut self, claim: &NodeClaimName) {
        for set in [&mut self.active, &mut self.pending, &mut self.deleting] {
            set.remove(claim);
        }
    }

    /// How many stay.
    pub fn active(&self) -> usize {
        self.active.len()
    }

    /// How many are going.
    pub fn deleting(&self) -> usize {
        self.deleting.len()
    }

    /// How many wait for their replacement.
    pub fn pending(&self) -> usize {
        self.pending.len()
    }

    /// All that count against the pool's limit, promised ones included.
    pub fn total(&self) -> usize {
        [self.active(), self.deleting(), self.pending(), self.reserved]
            .into_iter()
            .fold(0, usize::saturating_add)
    }

    /// Promises places for up to `wanted` claims, as far as `limit` (none = no limit) leaves room; yields how many.
    pub fn reserve(&mut self, limit: Option<usize>, wanted: usize) -> usize {
        let room = limit.map_or(usize::MAX, |limit| limit.saturating_sub(self.total()));
        let grant = wanted.min(room);
        self.reserved = self.reserved.saturating_add(grant);
        grant
    }

    /// Takes back promises: one for each claim whose creation was tried, whatever came of it. More than there are is no harm.
    pub fn release(&mut self, count: usize) {
        self.reserved = self.reserved.saturating_sub(count);
    }

    /// Whether a claim of this name is counted.
    pub fn knows(&self, claim: &str) -> bool {
        [&self.active, &self.pending, &self.deleting].iter().any(|set| set.contains(claim))
    }
}

/// Where a claim stands, by what it says itself.
pub(super) fn stage(claim: &NodeClaim, is_marked: bool) -> ClaimStage {
    if is_marked || claim.deleting_since.is_some() {
        ClaimStage::Deleting
    } else if conditions::is_true(&claim.status.conditions, DISRUPTION_REASON) {
        ClaimStage::PendingDisruption
    } else {
        ClaimStage::Active
    }
}
