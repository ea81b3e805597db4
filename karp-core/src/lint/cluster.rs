//! A snapshot as lints look at it; not what they look for.

use super::{Settings, offer::PoolOffer, pods::PodGroup};
use crate::{model::Vocabulary, snapshot::Snapshot};

/// Everything that a lint may look at.
#[derive(Clone, Debug)]
pub(super) struct Cluster<'a> {
    pub(super) snapshot: &'a Snapshot,
    pub(super) settings: &'a Settings,
    /// Pools in the order of their names.
    pub(super) pools: Vec<PoolOffer<'a>>,
    /// Pods by the objects that make them, in the order of these.
    pub(super) pods: Vec<PodGroup<'a>>,
}

impl<'a> Cluster<'a> {
    /// Reads a snapshot.
    pub(super) fn new(snapshot: &'a Snapshot, settings: &'a Settings) -> Self {
        let mut pools: Vec<PoolOffer<'a>> =
            snapshot.node_pools.iter().map(|pool| PoolOffer::new(pool, snapshot)).collect();
        pools.sort_by(|a, b| a.pool.name.cmp(&b.pool.name));
        Self { snapshot, settings, pools, pods: PodGroup::all(snapshot) }
    }

    /// What the provider knows of labels.
    pub(super) const fn words(&self) -> &'a Vocabulary {
        &self.snapshot.vocabulary
    }

    /// The first pool whose machines may hold the pods.
    pub(super) fn pool_for(&self, pods: &PodGroup<'_>) -> Option<&PoolOffer<'a>> {
        self.pools.iter().find(|pool| pool.may_hold(pods.spec, self.words()))
    }

    /// Whether the pods may be on machines of a pool; true when no pool is known, as with manifests of workloads alone.
    pub(super) fn may_be_managed(&self, pods: &PodGroup<'_>) -> bool {
        self.pools.is_empty() || self.pool_for(pods).is_some()
    }
}
