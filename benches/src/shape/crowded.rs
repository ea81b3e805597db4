//! A cluster whose nodes have hardly any room, with pods that wait; not other shapes.

use std::sync::Arc;

use karp_core::{
    model::{InstanceType, Node, Pod, label},
    snapshot::{Snapshot, SnapshotError},
};

use super::{awkward::empty, pods, pools::general};

/// Pods bound to each node.
const BOUND: usize = 10;

/// Nodes with ten pods each, most of which have no room for another, and pods that wait.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[expect(clippy::exhaustive_structs, reason = "two numbers make it")]
pub struct Crowd {
    /// Pods that wait.
    pub waiting: usize,
    /// Nodes.
    pub nodes: usize,
}

impl Crowd {
    /// The cluster.
    ///
    /// # Errors
    ///
    /// [`SnapshotError`] when what was made up here is no cluster: a mistake of this module.
    pub fn snapshot(self, types: &[Arc<InstanceType>]) -> Result<Snapshot, SnapshotError> {
        let bound = (0..self.nodes * BOUND)
            .map(|index| bound(index).bound_to(node_name(index / BOUND).as_str()));
        empty(types)
            .node_pool(general())
            .nodes((0..self.nodes).map(node))
            .pods((0..self.waiting).map(pods::small).chain(bound))
            .build()
    }
}

fn node_name(index: usize) -> String {
    format!("node-{index:05}")
}

/// Every fourth node has room for one pod or two.
fn node(index: usize) -> Node {
    let cpu = if index.is_multiple_of(4) { "5750m" } else { "5050m" };
    Node::new(node_name(index).as_str())
        .of_pool("default")
        .label(label::ZONE, format!("test-zone-{}", index % 3 + 1))
        .label(label::INSTANCE_TYPE, "fake-it-5")
        .label(label::CAPACITY_TYPE, "on-demand")
        .label(label::ARCH, "amd64")
        .label(label::OS, "linux")
        .resource("cpu", cpu)
        .resource("memory", "12Gi")
}

fn bound(index: usize) -> Pod {
    pods::resident(index).label("app", format!("app-{:03}", index % 500))
}
