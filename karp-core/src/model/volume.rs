//! Volumes, claims and storage classes as far as they bind a pod to places; not their contents.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{NodeName, NodeSelectorTerm, ObjectId, Timestamp};

/// A pod's volume that has a claim.
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PodVolume {
    /// Name inside the pod.
    pub name: String,
    /// Name of the claim: for an ephemeral volume `<pod>-<volume>`.
    pub claim: String,
    /// For an ephemeral volume: that its claim may not exist yet, and the storage class that its template names.
    #[serde(default)]
    pub ephemeral: Option<EphemeralVolume>,
}

/// What the template of an ephemeral volume says.
#[derive(Clone, Debug, Default, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct EphemeralVolume {
    /// Storage class; none = the default class.
    #[serde(default)]
    pub storage_class: Option<String>,
}

/// A `PersistentVolumeClaim`.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
#[serde(rename_all = "camelCase")]
pub struct PersistentVolumeClaim {
    /// Namespace and name.
    pub id: ObjectId,
    /// Bound volume, if named.
    pub volume: Option<String>,
    /// Storage class; `Some("")` = none wanted, `None` = the default class.
    pub storage_class: Option<String>,
    /// Phase: `Pending`, `Bound` or `Lost`.
    pub phase: String,
    /// Whether the binding was carried to its end (`pv.kubernetes.io/bind-completed`).
    pub bind_completed: bool,
    /// Whether it is being deleted.
    pub deleting: bool,
}

impl PersistentVolumeClaim {
    /// A pending claim of the default storage class.
    pub fn new(id: ObjectId) -> Self {
        Self {
            id,
            volume: None,
            storage_class: None,
            phase: "Pending".to_owned(),
            bind_completed: false,
            deleting: false,
        }
    }
}

/// A `PersistentVolume`.
#[derive(Clone, Debug, Default, Eq, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
#[serde(rename_all = "camelCase", default)]
pub struct PersistentVolume {
    /// Name.
    pub name: String,
    /// CSI driver, or `ebs.csi.aws.com` for the in-tree AWS EBS source; none for other sources.
    pub driver: Option<String>,
    /// Whether the source is a `local` or `hostPath` one, whose host names don't count.
    pub is_host_local: bool,
    /// Alternatives for the node; empty = any.
    pub node_affinity: Vec<NodeSelectorTerm>,
    /// Whether it is being deleted.
    pub deleting: bool,
}

impl PersistentVolume {
    /// A volume without constraints.
    pub fn new(name: impl Into<String>) -> Self {
        Self { name: name.into(), ..Self::default() }
    }
}

/// A `StorageClass`.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
#[serde(rename_all = "camelCase")]
pub struct StorageClass {
    /// Name.
    pub name: String,
    /// Creation time: of several default classes the newest counts.
    pub created_at: Timestamp,
    /// Whether claims without a class get this one.
    pub is_default: bool,
    /// Provisioner, as written.
    pub provisioner: String,
    /// Whether volumes are bound before a pod is placed (`Immediate`).
    pub binds_immediately: bool,
    /// Alternatives for the node; empty = any.
    pub allowed_topologies: Vec<NodeSelectorTerm>,
}

impl StorageClass {
    /// A class of `provisioner` that waits for the first consumer.
    pub fn new(name: impl Into<String>, provisioner: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            created_at: Timestamp::EPOCH,
            is_default: false,
            provisioner: provisioner.into(),
            binds_immediately: false,
            allowed_topologies: Vec::new(),
        }
    }
}

/// A `CSINode`: how many volumes of each driver a node can hold.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CsiNode {
    /// The node.
    pub node: NodeName,
    /// Driver → greatest number of volumes; a driver without a limit is left out.
    pub limits: BTreeMap<String, u32>,
}
