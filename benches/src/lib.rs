//! Workloads and catalogs to measure with, and how they become snapshots; not the measuring.

pub mod catalog;
pub mod mix;
pub mod shape;
pub mod workload;

use std::sync::Arc;

use karp_core::{
    model::{InstanceType, NodePool, Pod, Timestamp, Vocabulary},
    snapshot::{Snapshot, SnapshotError},
};
use karp_fake::scenario::well_known_labels;

/// The cluster of the reference's benchmark: one pool without requirements, nothing there yet, these pods waiting.
///
/// # Errors
///
/// [`SnapshotError`] when two pods of the workload have one name.
pub fn snapshot(pods: &[Arc<Pod>], types: &[Arc<InstanceType>]) -> Result<Snapshot, SnapshotError> {
    let now = Timestamp::from_unix_seconds(1_768_478_400); // 2026-01-15T12:00:00Z
    let pool = NodePool::new("default").limit("cpu", "10000000").limit("memory", "10000000Gi");
    Snapshot::builder(now)
        .vocabulary(Vocabulary::core().with_well_known(well_known_labels()))
        .node_pool(pool)
        .instance_types(types.iter().map(Arc::clone))
        .pods(pods.iter().map(Arc::clone))
        .build()
}
