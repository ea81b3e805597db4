//! The objects of a cluster as they were read; not a snapshot, which also knows types and the instant.

use std::sync::Arc;

use crate::model::{
    CapacityBuffer, CsiNode, DaemonSet, Finding, NamedPodTemplate, Namespace, Node, NodeClaim,
    NodeOverlay, NodePool, PersistentVolume, PersistentVolumeClaim, Pod, PodDisruptionBudget,
    Service, StorageClass, Workload,
};

/// The objects of a cluster that karp looks at, and the revision that they reflect.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct ClusterObjects {
    /// The revision: every write that gave it or an earlier one is in.
    pub revision: u64,
    /// Pools.
    pub node_pools: Vec<Arc<NodePool>>,
    /// Node classes of every provider.
    pub node_classes: Vec<RawNodeClass>,
    /// Claims.
    pub node_claims: Vec<Arc<NodeClaim>>,
    /// Nodes.
    pub nodes: Vec<Arc<Node>>,
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
    /// Node overlays.
    pub overlays: Vec<Arc<NodeOverlay>>,
    /// Capacity buffers.
    pub buffers: Vec<Arc<CapacityBuffer>>,
    /// Pod templates that buffers may name.
    pub pod_templates: Vec<Arc<NamedPodTemplate>>,
    /// What could not be read of all this.
    pub findings: Vec<Finding>,
}

/// A node class as its provider reads it.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct RawNodeClass {
    /// API group.
    pub group: String,
    /// Kind.
    pub kind: String,
    /// Name.
    pub name: String,
    /// The object as JSON.
    pub json: Arc<str>,
}

impl ClusterObjects {
    /// An empty cluster at a revision.
    pub fn new(revision: u64) -> Self {
        Self { revision, ..Self::default() }
    }
}

impl RawNodeClass {
    /// A class with its object as JSON.
    pub fn new(
        group: impl Into<String>,
        kind: impl Into<String>,
        name: impl Into<String>,
        json: impl Into<Arc<str>>,
    ) -> Self {
        Self { group: group.into(), kind: kind.into(), name: name.into(), json: json.into() }
    }
}
