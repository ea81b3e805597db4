//! Volume claims, volumes, storage classes and volume limits as the API writes them; not where they bind pods to.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::{Meta, NodeSelector};
use crate::model::{
    CsiNode, NodeName, NodeSelectorTerm, Operator, PersistentVolume, PersistentVolumeClaim,
    RequirementEntry, StorageClass,
};

/// A `PersistentVolumeClaim`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct ClaimObject {
    pub(crate) metadata: Meta,
    spec: ClaimSpec,
    status: ClaimStatus,
}

/// One of the `volumeClaimTemplates` of a `StatefulSet`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct ClaimTemplate {
    pub(crate) metadata: Meta,
    pub(crate) spec: ClaimSpec,
}

/// `spec` of a claim.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct ClaimSpec {
    volume_name: String,
    pub(crate) storage_class_name: Option<String>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct ClaimStatus {
    phase: String,
}

/// A `PersistentVolume`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct VolumeObject {
    pub(crate) metadata: Meta,
    spec: VolumeSpec,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct VolumeSpec {
    csi: Option<CsiSource>,
    aws_elastic_block_store: Option<serde::de::IgnoredAny>,
    local: Option<serde::de::IgnoredAny>,
    host_path: Option<serde::de::IgnoredAny>,
    node_affinity: VolumeNodeAffinity,
}

#[derive(Clone, Debug, Deserialize)]
struct CsiSource {
    driver: String,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct VolumeNodeAffinity {
    required: NodeSelector,
}

/// A `StorageClass`.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct StorageClassObject {
    #[serde(default)]
    pub(crate) metadata: Meta,
    provisioner: String,
    #[serde(default)]
    volume_binding_mode: String,
    #[serde(default)]
    allowed_topologies: Vec<TopologyTerm>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct TopologyTerm {
    match_label_expressions: Vec<TopologyExpression>,
}

#[derive(Clone, Debug, Deserialize)]
struct TopologyExpression {
    key: String,
    values: Vec<String>,
}

/// A `CSINode`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct CsiNodeObject {
    pub(crate) metadata: Meta,
    spec: CsiNodeSpec,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct CsiNodeSpec {
    drivers: Vec<CsiDriver>,
}

#[derive(Clone, Debug, Deserialize)]
struct CsiDriver {
    name: String,
    #[serde(default)]
    allocatable: DriverLimit,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct DriverLimit {
    count: Option<u32>,
}

/// Annotation that says that a claim's binding was carried to its end.
const BIND_COMPLETED: &str = "pv.kubernetes.io/bind-completed";

/// Annotations that make a storage class the default one.
const DEFAULT_CLASS: [&str; 2] = [
    "storageclass.kubernetes.io/is-default-class",
    "storageclass.beta.kubernetes.io/is-default-class",
];

/// Driver behind the in-tree AWS EBS source.
const EBS_DRIVER: &str = "ebs.csi.aws.com";

impl ClaimObject {
    /// The claim in the model's words.
    pub(crate) fn model(&self) -> PersistentVolumeClaim {
        let mut claim = PersistentVolumeClaim::new(self.metadata.id());
        let named = !self.spec.volume_name.is_empty();
        claim.volume = named.then(|| self.spec.volume_name.clone());
        claim.storage_class.clone_from(&self.spec.storage_class_name);
        if !self.status.phase.is_empty() {
            claim.phase.clone_from(&self.status.phase);
        }
        claim.bind_completed = self.metadata.annotations.contains_key(BIND_COMPLETED);
        claim.deleting = self.metadata.deletion_timestamp.is_some();
        claim
    }
}

impl VolumeObject {
    /// The volume in the model's words.
    pub(crate) fn model(&self) -> PersistentVolume {
        let mut volume = PersistentVolume::new(self.metadata.name.as_str());
        volume.driver = match (&self.spec.csi, &self.spec.aws_elastic_block_store) {
            (Some(csi), _) => Some(csi.driver.clone()),
            (None, Some(_)) => Some(EBS_DRIVER.to_owned()),
            (None, None) => None,
        };
        volume.is_host_local = self.spec.local.is_some() || self.spec.host_path.is_some();
        volume.node_affinity.clone_from(&self.spec.node_affinity.required.node_selector_terms);
        volume.deleting = self.metadata.deletion_timestamp.is_some();
        volume
    }
}

impl StorageClassObject {
    /// The class in the model's words; the API's default binding mode is `Immediate`.
    pub(crate) fn model(&self) -> StorageClass {
        let mut class = StorageClass::new(self.metadata.name.as_str(), self.provisioner.as_str());
        class.created_at = self.metadata.created_at();
        class.is_default = DEFAULT_CLASS
            .iter()
            .any(|key| self.metadata.annotations.get(*key).is_some_and(|value| value == "true"));
        class.binds_immediately = self.volume_binding_mode != "WaitForFirstConsumer";
        class.allowed_topologies =
            self.allowed_topologies.iter().map(TopologyTerm::model).collect();
        class
    }
}

impl TopologyTerm {
    fn model(&self) -> NodeSelectorTerm {
        let entry = |expression: &TopologyExpression| {
            RequirementEntry::new(&expression.key, Operator::In, expression.values.clone())
        };
        NodeSelectorTerm {
            match_expressions: self.match_label_expressions.iter().map(entry).collect(),
            match_fields: Vec::new(),
        }
    }
}

impl CsiNodeObject {
    /// The limits in the model's words.
    pub(crate) fn model(&self) -> CsiNode {
        let limits: BTreeMap<String, u32> = self
            .spec
            .drivers
            .iter()
            .filter_map(|driver| Some((driver.name.clone(), driver.allocatable.count?)))
            .collect();
        CsiNode { node: NodeName::from(self.metadata.name.as_str()), limits }
    }
}
