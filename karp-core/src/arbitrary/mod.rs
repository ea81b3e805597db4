//! proptest strategies for pods, pools, types, nodes and whole snapshots; not the properties.
//!
//! Names and values are few on purpose: with at most three values per key, pods, pools and types meet by chance, and a wrong rule shows in a
//! small case. Everything shrinks: lists lose members, members lose their wishes, amounts get smaller.
//!
//! # Example: a property of one's own
//!
//! ```
//! use karp_core::arbitrary;
//! use proptest::prelude::*;
//!
//! proptest!(ProptestConfig::with_cases(16), |(cluster in arbitrary::snapshot().nodes(0..4).pools(1..3))| {
//!     for node in &cluster.nodes {
//!         prop_assert!(node.capacity.amount("cpu") >= node.allocatable.amount("cpu"));
//!     }
//! });
//! ```

mod capacity_buffer;
mod daemon_set;
mod demand;
mod instance_type;
mod machine;
mod node_overlay;
mod node_pool;
mod object;
mod pod;
mod snapshot;
mod stand;
mod storage;
mod topology;
pub(crate) mod word;
mod world;

pub use self::{
    capacity_buffer::capacity_buffer,
    daemon_set::daemon_set,
    instance_type::instance_type,
    machine::node,
    node_overlay::node_overlay,
    node_pool::node_pool,
    object::ObjectStrategy,
    pod::pod,
    snapshot::{SnapshotStrategy, snapshot},
    word::vocabulary,
};
