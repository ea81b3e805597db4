//! The shapes and what each is made of; not its pods and pools.

use std::sync::Arc;

use karp_core::{
    model::{InstanceType, Pod, Timestamp, Vocabulary},
    snapshot::{Snapshot, SnapshotBuilder, SnapshotError},
};
use karp_fake::scenario::well_known_labels;

use super::{
    crowded::Crowd,
    pods,
    pools::{demanding_pool, general, varied_pool},
};

/// A shape; sizes are in waiting pods.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[expect(clippy::exhaustive_enums, reason = "these shapes are measured")]
pub enum Shape {
    /// No two pods ask for the same.
    Distinct,
    /// Every pod keeps away from the others of its app, one machine each.
    AntiAffine,
    /// Every pod is spread by a selector of its own.
    Selectors,
    /// Sixty pools that differ in labels, taints and zones, and pods for each.
    Pools,
    /// Deployments of ten pods, each spread over zones.
    ZonalDeployments,
    /// Every other pod fits nowhere, and gives up a wish before that is clear.
    Impossible,
    /// Fifty pools that demand several values of some labels.
    MinValues,
    /// Pods that are all equal.
    OneClass,
    /// Every pod has a volume of its own.
    Volumes,
    /// Nodes with hardly any room, a quarter as many as pods wait, ten pods on each.
    Crowded,
}

impl Shape {
    /// All of them.
    pub const ALL: [Self; 10] = [
        Self::Distinct,
        Self::AntiAffine,
        Self::Selectors,
        Self::Pools,
        Self::ZonalDeployments,
        Self::Impossible,
        Self::MinValues,
        Self::OneClass,
        Self::Volumes,
        Self::Crowded,
    ];

    /// Its name on the command line and in reports.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Distinct => "distinct",
            Self::AntiAffine => "anti-affine",
            Self::Selectors => "selectors",
            Self::Pools => "pools",
            Self::ZonalDeployments => "zonal-deployments",
            Self::Impossible => "impossible",
            Self::MinValues => "min-values",
            Self::OneClass => "one-class",
            Self::Volumes => "volumes",
            Self::Crowded => "crowded",
        }
    }

    /// Pods that it is measured with.
    pub const fn usual_pods(self) -> usize {
        match self {
            Self::OneClass => 30_000,
            Self::Distinct
            | Self::AntiAffine
            | Self::Selectors
            | Self::Pools
            | Self::ZonalDeployments
            | Self::Impossible
            | Self::MinValues
            | Self::Volumes
            | Self::Crowded => 20_000,
        }
    }

    /// The cluster of this shape with so many waiting pods.
    ///
    /// # Errors
    ///
    /// [`SnapshotError`] when what was made up here is no cluster: a mistake of this module.
    pub fn snapshot(
        self,
        count: usize,
        types: &[Arc<InstanceType>],
    ) -> Result<Snapshot, SnapshotError> {
        if self == Self::Crowded {
            return Crowd { waiting: count, nodes: count / 4 }.snapshot(types);
        }
        let builder = empty(types);
        let builder = match self {
            Self::Pools => builder.node_pools((0..60).map(varied_pool)),
            Self::MinValues => builder.node_pools((0..50).map(demanding_pool)),
            Self::Volumes => {
                builder.node_pool(general()).volume_claims((0..count).map(pods::claim))
            }
            Self::Distinct
            | Self::AntiAffine
            | Self::Selectors
            | Self::ZonalDeployments
            | Self::Impossible
            | Self::OneClass
            | Self::Crowded => builder.node_pool(general()),
        };
        let builder = if self == Self::Volumes {
            builder.storage_classes([pods::storage_class()])
        } else {
            builder
        };
        builder.pods((0..count).map(|index| self.pod(index))).build()
    }

    fn pod(self, index: usize) -> Pod {
        match self {
            Self::Distinct => pods::distinct(index),
            Self::AntiAffine => pods::anti_affine(index),
            Self::Selectors => pods::with_own_selector(index),
            Self::Pools => pods::of_some_pool(index),
            Self::ZonalDeployments => pods::of_zonal_deployment(index),
            Self::Impossible => pods::impossible_every_other(index),
            Self::MinValues | Self::OneClass => pods::plain(index),
            Self::Volumes => pods::with_volume(index),
            Self::Crowded => pods::small(index),
        }
    }
}

/// A cluster without pools.
pub(super) fn empty(types: &[Arc<InstanceType>]) -> SnapshotBuilder {
    let now = Timestamp::from_unix_seconds(1_768_478_400); // 2026-01-15T12:00:00Z
    Snapshot::builder(now)
        .vocabulary(Vocabulary::core().with_well_known(well_known_labels()))
        .instance_types(types.iter().map(Arc::clone))
}
