//! Checked assembly of a snapshot: fixed order, no duplicates; not reading.

use std::{collections::BTreeMap, sync::Arc};

use rustc_hash::{FxHashMap, FxHashSet};

use super::{Snapshot, SnapshotError};
use crate::model::{
    CapacityBuffer, CsiNode, DaemonSet, DeviceClass, Finding, InstanceType, InvalidField, Labels,
    NamedPodTemplate, Namespace, Node, NodeClaim, NodeOverlay, NodePool, NodePoolName,
    PersistentVolume, PersistentVolumeClaim, Pod, PodDisruptionBudget, PodSpec, ResourceClaim,
    ResourceClaimTemplate, ResourceSlice, Service, StorageClass, Timestamp, Vocabulary, Workload,
};

/// Assembles a [`Snapshot`]; setters can't fail, [`build`](Self::build) reports.
#[derive(Clone, Debug)]
#[must_use]
pub struct SnapshotBuilder {
    snapshot: Snapshot,
    /// Types for every pool that has none of its own.
    types: Vec<Arc<InstanceType>>,
    types_of_pool: BTreeMap<NodePoolName, Vec<Arc<InstanceType>>>,
}

/// Declares setters that add objects to a list.
macro_rules! lists {
    ($($(#[$doc:meta])* $name:ident: $object:ty => $field:ident;)*) => {
        $(
            $(#[$doc])*
            pub fn $name<T: Into<Arc<$object>>>(
                mut self,
                objects: impl IntoIterator<Item = T>,
            ) -> Self {
                self.snapshot.$field.extend(objects.into_iter().map(Into::into));
                self
            }
        )*
    };
}

impl SnapshotBuilder {
    /// An empty cluster at `now`.
    pub fn new(now: Timestamp) -> Self {
        Self {
            snapshot: Snapshot {
                now,
                vocabulary: Vocabulary::core(),
                node_pools: Vec::new(),
                instance_types: BTreeMap::new(),
                excluded_pools: BTreeMap::new(),
                nodes: Vec::new(),
                node_claims: Vec::new(),
                pods: Vec::new(),
                daemon_sets: Vec::new(),
                workloads: Vec::new(),
                namespaces: Vec::new(),
                services: Vec::new(),
                pod_disruption_budgets: Vec::new(),
                volume_claims: Vec::new(),
                volumes: Vec::new(),
                storage_classes: Vec::new(),
                csi_nodes: Vec::new(),
                resource_claims: Vec::new(),
                resource_claim_templates: Vec::new(),
                device_classes: Vec::new(),
                resource_slices: Vec::new(),
                overlays: Vec::new(),
                buffers: Vec::new(),
                pod_templates: Vec::new(),
                findings: Vec::new(),
            },
            types: Vec::new(),
            types_of_pool: BTreeMap::new(),
        }
    }

    lists! {
        /// Adds pools.
        node_pools: NodePool => node_pools;
        /// Adds Nodes.
        nodes: Node => nodes;
        /// Adds claims.
        node_claims: NodeClaim => node_claims;
        /// Adds pods.
        pods: Pod => pods;
        /// Adds daemon sets.
        daemon_sets: DaemonSet => daemon_sets;
        /// Adds other workloads.
        workloads: Workload => workloads;
        /// Adds namespaces.
        namespaces: Namespace => namespaces;
        /// Adds services.
        services: Service => services;
        /// Adds pod disruption budgets.
        pod_disruption_budgets: PodDisruptionBudget => pod_disruption_budgets;
        /// Adds volume claims.
        volume_claims: PersistentVolumeClaim => volume_claims;
        /// Adds volumes.
        volumes: PersistentVolume => volumes;
        /// Adds storage classes.
        storage_classes: StorageClass => storage_classes;
        /// Adds volume limits of nodes.
        csi_nodes: CsiNode => csi_nodes;
        /// Adds dynamic resource claims.
        resource_claims: ResourceClaim => resource_claims;
        /// Adds templates of dynamic resource claims.
        resource_claim_templates: ResourceClaimTemplate => resource_claim_templates;
        /// Adds classes of devices.
        device_classes: DeviceClass => device_classes;
        /// Adds devices that drivers published.
        resource_slices: ResourceSlice => resource_slices;
        /// Adds node overlays.
        overlays: NodeOverlay => overlays;
        /// Adds capacity buffers.
        buffers: CapacityBuffer => buffers;
        /// Adds pod templates.
        pod_templates: NamedPodTemplate => pod_templates;
    }

    /// Adds one pool.
    pub fn node_pool(self, pool: impl Into<Arc<NodePool>>) -> Self {
        self.node_pools([pool])
    }

    /// Adds one Node.
    pub fn node(self, node: impl Into<Arc<Node>>) -> Self {
        self.nodes([node])
    }

    /// Adds one pod.
    pub fn pod(self, pod: impl Into<Arc<Pod>>) -> Self {
        self.pods([pod])
    }

    /// Adds types that every pool without [types of its own](Self::instance_types_of) can buy.
    pub fn instance_types<T: Into<Arc<InstanceType>>>(
        mut self,
        types: impl IntoIterator<Item = T>,
    ) -> Self {
        self.types.extend(types.into_iter().map(Into::into));
        self
    }

    /// Sets the types that one pool can buy.
    pub fn instance_types_of<T: Into<Arc<InstanceType>>>(
        mut self,
        pool: impl Into<NodePoolName>,
        types: impl IntoIterator<Item = T>,
    ) -> Self {
        let types = types.into_iter().map(Into::into).collect();
        self.types_of_pool.insert(pool.into(), types);
        self
    }

    /// Sets the labels that the provider knows; [`Vocabulary::core`] when not called.
    pub fn vocabulary(mut self, vocabulary: Vocabulary) -> Self {
        self.snapshot.vocabulary = vocabulary;
        self
    }

    /// Leaves a pool out of all decisions; `code` is that of the finding that says why.
    pub fn exclude_pool(mut self, pool: impl Into<NodePoolName>, code: impl Into<String>) -> Self {
        self.snapshot.excluded_pools.insert(pool.into(), code.into());
        self
    }

    /// Adds findings of whoever read the objects.
    pub fn findings(mut self, findings: impl IntoIterator<Item = Finding>) -> Self {
        self.snapshot.findings.extend(findings);
        self
    }

    /// Puts everything in order and checks it.
    ///
    /// # Errors
    ///
    /// [`SnapshotError`] for the first object whose text could not be read, two objects of one name, or types for an unknown pool.
    ///
    /// # Cost
    ///
    /// O(n log n) in the number of objects. Equal pod specs and label sets are made to share one allocation, so that a compile groups
    /// pods by pointer.
    pub fn build(self) -> Result<Snapshot, SnapshotError> {
        let Self { mut snapshot, types, types_of_pool } = self;
        check_fields(&snapshot, &types, &types_of_pool)?;
        sort(&mut snapshot);
        check_duplicates(&snapshot)?;
        share_specs(&mut snapshot.pods);
        snapshot.instance_types = assign_types(&snapshot.node_pools, types, types_of_pool)?;
        snapshot.findings.sort();
        snapshot.findings.dedup();
        Ok(snapshot)
    }
}

fn check_fields(
    snapshot: &Snapshot,
    types: &[Arc<InstanceType>],
    types_of_pool: &BTreeMap<NodePoolName, Vec<Arc<InstanceType>>>,
) -> Result<(), SnapshotError> {
    let invalid = |kind, name: String, field: &Option<Box<InvalidField>>| match field {
        Some(field) => Err(SnapshotError::Invalid { kind, name, source: (**field).clone() }),
        None => Ok(()),
    };
    for pool in &snapshot.node_pools {
        invalid("NodePool", pool.name.to_string(), &pool.invalid)?;
    }
    for kind in types.iter().chain(types_of_pool.values().flatten()) {
        invalid("instance type", kind.name.to_string(), &kind.invalid)?;
    }
    for node in &snapshot.nodes {
        invalid("Node", node.name.to_string(), &node.invalid)?;
    }
    for pod in &snapshot.pods {
        if pod.invalid.is_some() {
            invalid("Pod", pod.id.to_string(), &pod.invalid)?;
        }
    }
    Ok(())
}

fn sort(snapshot: &mut Snapshot) {
    snapshot
        .node_pools
        .sort_by(|a, b| (a.created_at, &a.name, &a.uid).cmp(&(b.created_at, &b.name, &b.uid)));
    sort_nodes(&mut snapshot.nodes);
    sort_claims(&mut snapshot.node_claims);
    sort_pods(&mut snapshot.pods);
    snapshot
        .daemon_sets
        .sort_by(|a, b| (a.created_at, &a.id, &a.uid).cmp(&(b.created_at, &b.id, &b.uid)));
    snapshot.workloads.sort_by(|a, b| (&a.group, &a.kind, &a.id).cmp(&(&b.group, &b.kind, &b.id)));
    snapshot.namespaces.sort_by(|a, b| a.name.cmp(&b.name));
    snapshot.services.sort_by(|a, b| a.id.cmp(&b.id));
    snapshot.pod_disruption_budgets.sort_by(|a, b| a.id.cmp(&b.id));
    snapshot.volume_claims.sort_by(|a, b| a.id.cmp(&b.id));
    snapshot.volumes.sort_by(|a, b| a.name.cmp(&b.name));
    snapshot.storage_classes.sort_by(|a, b| a.name.cmp(&b.name));
    snapshot.csi_nodes.sort_by(|a, b| a.node.cmp(&b.node));
    snapshot.resource_claims.sort_by(|a, b| a.id.cmp(&b.id));
    snapshot.resource_claim_templates.sort_by(|a, b| a.id.cmp(&b.id));
    snapshot.device_classes.sort_by(|a, b| a.name.cmp(&b.name));
    snapshot.resource_slices.sort_by(|a, b| a.name.cmp(&b.name));
    snapshot.overlays.sort_by(|a, b| a.name.cmp(&b.name));
    snapshot.buffers.sort_by(|a, b| a.id.cmp(&b.id));
    snapshot.pod_templates.sort_by(|a, b| a.id.cmp(&b.id));
}

/// Puts Nodes in the order of snapshots.
pub(super) fn sort_nodes(nodes: &mut [Arc<Node>]) {
    nodes.sort_by(|a, b| (a.created_at, &a.name, &a.uid).cmp(&(b.created_at, &b.name, &b.uid)));
}

/// Puts claims in the order of snapshots.
pub(super) fn sort_claims(claims: &mut [Arc<NodeClaim>]) {
    claims.sort_by(|a, b| (a.created_at, &a.name, &a.uid).cmp(&(b.created_at, &b.name, &b.uid)));
}

/// Puts pods in the order of snapshots.
pub(super) fn sort_pods(pods: &mut [Arc<Pod>]) {
    pods.sort_by(|a, b| (a.created_at, &a.id, &a.uid).cmp(&(b.created_at, &b.id, &b.uid)));
}

fn check_duplicates(snapshot: &Snapshot) -> Result<(), SnapshotError> {
    unique("NodePool", snapshot.node_pools.iter().map(|pool| pool.name.as_str()))?;
    unique("Node", snapshot.nodes.iter().map(|node| node.name.as_str()))?;
    unique("NodeClaim", snapshot.node_claims.iter().map(|claim| claim.name.as_str()))?;
    unique("Pod", snapshot.pods.iter().map(|pod| &pod.id))?;
    unique("DaemonSet", snapshot.daemon_sets.iter().map(|set| &set.id))?;
    unique("Namespace", snapshot.namespaces.iter().map(|namespace| namespace.name.as_str()))?;
    unique("Service", snapshot.services.iter().map(|service| &service.id))?;
    unique("PodDisruptionBudget", snapshot.pod_disruption_budgets.iter().map(|pdb| &pdb.id))?;
    unique("PersistentVolumeClaim", snapshot.volume_claims.iter().map(|claim| &claim.id))?;
    unique("PersistentVolume", snapshot.volumes.iter().map(|volume| volume.name.as_str()))?;
    unique("StorageClass", snapshot.storage_classes.iter().map(|class| class.name.as_str()))?;
    unique("CSINode", snapshot.csi_nodes.iter().map(|node| node.node.as_str()))?;
    unique("ResourceClaim", snapshot.resource_claims.iter().map(|claim| &claim.id))?;
    let templates = snapshot.resource_claim_templates.iter();
    unique("ResourceClaimTemplate", templates.map(|template| &template.id))?;
    unique("DeviceClass", snapshot.device_classes.iter().map(|class| class.name.as_str()))?;
    unique("ResourceSlice", snapshot.resource_slices.iter().map(|slice| slice.name.as_str()))?;
    unique("NodeOverlay", snapshot.overlays.iter().map(|overlay| overlay.name.as_str()))?;
    unique("CapacityBuffer", snapshot.buffers.iter().map(|buffer| &buffer.id))?;
    unique("PodTemplate", snapshot.pod_templates.iter().map(|template| &template.id))
}

fn unique<T: Ord + ToString>(
    kind: &'static str,
    names: impl Iterator<Item = T>,
) -> Result<(), SnapshotError> {
    let mut names: Vec<T> = names.collect();
    names.sort_unstable();
    let twice = names.windows(2).find_map(|pair| match pair {
        [a, b] if a == b => Some(a.to_string()),
        _ => None,
    });
    twice.map_or(Ok(()), |name| Err(SnapshotError::Duplicate { kind, name }))
}

/// Makes equal specs and label sets one allocation.
fn share_specs(pods: &mut [Arc<Pod>]) {
    let mut specs = Sharing::<PodSpec>::default();
    let mut labels = Sharing::<Labels>::default();
    for pod in pods {
        let (spec, label_set) = (specs.shared(&pod.spec), labels.shared(&pod.labels));
        if !Arc::ptr_eq(&spec, &pod.spec) || !Arc::ptr_eq(&label_set, &pod.labels) {
            let pod = Arc::make_mut(pod);
            pod.spec = spec;
            pod.labels = label_set;
        }
    }
}

/// First allocation of each value seen so far; by pointer, too, so that what is shared already is not hashed again.
struct Sharing<T> {
    by_value: FxHashSet<Arc<T>>,
    by_pointer: FxHashMap<*const T, Arc<T>>,
}

impl<T> Default for Sharing<T> {
    fn default() -> Self {
        Self { by_value: FxHashSet::default(), by_pointer: FxHashMap::default() }
    }
}

impl<T: Eq + std::hash::Hash> Sharing<T> {
    fn shared(&mut self, value: &Arc<T>) -> Arc<T> {
        if let Some(first) = self.by_pointer.get(&Arc::as_ptr(value)) {
            return Arc::clone(first);
        }
        let first = self.by_value.get(value).map(Arc::clone);
        let first = first.unwrap_or_else(|| {
            self.by_value.insert(Arc::clone(value));
            Arc::clone(value)
        });
        self.by_pointer.insert(Arc::as_ptr(value), Arc::clone(&first));
        first
    }
}

/// Types of each pool, in name order.
type TypesOfPools = BTreeMap<NodePoolName, Arc<[Arc<InstanceType>]>>;

fn assign_types(
    pools: &[Arc<NodePool>],
    types: Vec<Arc<InstanceType>>,
    mut types_of_pool: BTreeMap<NodePoolName, Vec<Arc<InstanceType>>>,
) -> Result<TypesOfPools, SnapshotError> {
    let everyone = in_name_order(types)?;
    let mut assigned = BTreeMap::new();
    for pool in pools {
        let types = match types_of_pool.remove(&pool.name) {
            Some(types) => in_name_order(types)?,
            None => Arc::clone(&everyone),
        };
        assigned.insert(pool.name.clone(), types);
    }
    match types_of_pool.into_keys().next() {
        Some(pool) => Err(SnapshotError::UnknownPool { pool: pool.to_string() }),
        None => Ok(assigned),
    }
}

fn in_name_order(
    mut types: Vec<Arc<InstanceType>>,
) -> Result<Arc<[Arc<InstanceType>]>, SnapshotError> {
    unique("instance type", types.iter().map(|kind| kind.name.as_str()))?;
    types.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(types.into())
}
