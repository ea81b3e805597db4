//! One immutable reading of the world, with its instant; not how it was read, and no decision.
//!
//! Everything that karp decides is a function of a [`Snapshot`] and a [`Policy`](crate::policy::Policy). A snapshot can be saved as
//! JSON and read again: what was decided on a production tick can be replayed.

mod builder;
mod error;
mod part;
mod state_node;

use std::{collections::BTreeMap, sync::Arc};

use serde::{Deserialize, Serialize};

pub use self::{
    builder::SnapshotBuilder,
    error::SnapshotError,
    part::Part,
    state_node::{StateNode, state_nodes},
};
use crate::model::{
    CapacityBuffer, CsiNode, DaemonSet, DeviceClass, Finding, InstanceType, NamedPodTemplate,
    Namespace, Node, NodeClaim, NodeOverlay, NodePool, NodePoolName, PersistentVolume,
    PersistentVolumeClaim, Pod, PodDisruptionBudget, ResourceClaim, ResourceClaimTemplate,
    ResourceSlice, Service, StorageClass, Timestamp, Vocabulary, Workload,
};

/// One reading of a cluster and of what its cloud sells, at one instant.
///
/// Lists are in a fixed order (creation time, namespace, name, UID), so that the order in which they were listed can't reach a
/// decision. Objects are behind `Arc`: cloning is cheap, and the next compile can tell by pointer what is unchanged.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
#[serde(rename_all = "camelCase")]
pub struct Snapshot {
    /// The instant of the reading: the only clock that decisions know.
    pub now: Timestamp,
    /// Label keys that the provider knows, and their aliases.
    pub vocabulary: Vocabulary,
    /// Pools.
    pub node_pools: Vec<Arc<NodePool>>,
    /// Instance types of each pool, in name order, unavailable ones included.
    pub instance_types: BTreeMap<NodePoolName, Arc<[Arc<InstanceType>]>>,
    /// Pools left out, and why, by a finding's code: their node class is unknown, they are not ready...
    pub excluded_pools: BTreeMap<NodePoolName, String>,
    /// Nodes.
    pub nodes: Vec<Arc<Node>>,
    /// Claims.
    pub node_claims: Vec<Arc<NodeClaim>>,
    /// Pods, in any state.
    pub pods: Vec<Arc<Pod>>,
    /// Daemon sets.
    pub daemon_sets: Vec<Arc<DaemonSet>>,
    /// Other workloads.
    pub workloads: Vec<Arc<Workload>>,
    /// Namespaces with labels.
    pub namespaces: Vec<Arc<Namespace>>,
    /// Services.
    pub services: Vec<Arc<Service>>,
    /// Pod disruption budgets.
    pub pod_disruption_budgets: Vec<Arc<PodDisruptionBudget>>,
    /// Volume claims.
    pub volume_claims: Vec<Arc<PersistentVolumeClaim>>,
    /// Volumes.
    pub volumes: Vec<Arc<PersistentVolume>>,
    /// Storage classes.
    pub storage_classes: Vec<Arc<StorageClass>>,
    /// Volume limits of nodes.
    pub csi_nodes: Vec<Arc<CsiNode>>,
    /// Dynamic resource claims.
    #[serde(default)]
    pub resource_claims: Vec<Arc<ResourceClaim>>,
    /// Templates of dynamic resource claims.
    #[serde(default)]
    pub resource_claim_templates: Vec<Arc<ResourceClaimTemplate>>,
    /// Classes of devices.
    #[serde(default)]
    pub device_classes: Vec<Arc<DeviceClass>>,
    /// Devices that drivers published.
    #[serde(default)]
    pub resource_slices: Vec<Arc<ResourceSlice>>,
    /// Node overlays.
    pub overlays: Vec<Arc<NodeOverlay>>,
    /// Capacity buffers.
    pub buffers: Vec<Arc<CapacityBuffer>>,
    /// Pod templates that buffers may name.
    pub pod_templates: Vec<Arc<NamedPodTemplate>>,
    /// What was noticed while reading.
    pub findings: Vec<Finding>,
}

impl Snapshot {
    /// Starts a snapshot of `now`.
    ///
    /// ```
    /// use karp_core::{
    ///     model::{CapacityType::OnDemand, InstanceType, NodePool, Pod, usd},
    ///     snapshot::Snapshot,
    /// };
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let large =
    ///     InstanceType::new("m.large").cpu("2").memory("8Gi").offering("z1", OnDemand, usd("0.096"));
    /// let snapshot = Snapshot::builder("2026-01-15T12:00:00Z".parse()?)
    ///     .instance_types([large])
    ///     .node_pool(NodePool::new("general").limit("cpu", "100"))
    ///     .pods((0..10).map(|i| Pod::new(format!("web-{i}")).request("cpu", "500m")))
    ///     .build()?;
    /// assert_eq!(snapshot.pods.len(), 10);
    /// # Ok(())
    /// # }
    /// ```
    pub fn builder(now: Timestamp) -> SnapshotBuilder {
        SnapshotBuilder::new(now)
    }

    /// The instant of the reading.
    pub const fn now(&self) -> Timestamp {
        self.now
    }

    /// Adds pods whose ids are not taken.
    pub(crate) fn add_pods(&mut self, pods: impl IntoIterator<Item = Arc<Pod>>) {
        self.pods.extend(pods);
        builder::sort_pods(&mut self.pods);
    }

    /// Adds a Node whose name is not taken.
    pub(crate) fn add_node(&mut self, node: Node) {
        self.nodes.push(Arc::new(node));
        builder::sort_nodes(&mut self.nodes);
    }

    /// Adds a claim whose name is not taken.
    pub(crate) fn add_claim(&mut self, claim: NodeClaim) {
        self.node_claims.push(Arc::new(claim));
        builder::sort_claims(&mut self.node_claims);
    }

    /// The pool of this name.
    pub fn node_pool(&self, name: &str) -> Option<&Arc<NodePool>> {
        self.node_pools.iter().find(|pool| pool.name == name)
    }

    /// The instance types of a pool, in name order; empty for an unknown pool.
    pub fn types_of(&self, pool: &NodePoolName) -> &[Arc<InstanceType>] {
        self.instance_types.get(pool).map_or(&[], |types| types)
    }
}
