//! Nodes as the API writes them; not their claims.

use serde::Deserialize;

use super::{Amounts, ConditionFields, Meta, conditions};
use crate::model::{Node, Taint};

/// A `Node`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct NodeObject {
    pub(crate) metadata: Meta,
    spec: NodeSpec,
    status: NodeStatus,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct NodeSpec {
    taints: Vec<Taint>,
    unschedulable: bool,
    #[serde(rename = "providerID")]
    provider_id: String,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct NodeStatus {
    capacity: Amounts,
    allocatable: Option<Amounts>,
    conditions: Vec<ConditionFields>,
}

impl NodeObject {
    /// The node in the model's words.
    ///
    /// Without `allocatable` all of the capacity is.
    pub(crate) fn model(&self) -> Node {
        let mut node = Node::new(self.metadata.name.as_str());
        node.uid = self.metadata.uid();
        node.created_at = self.metadata.created_at();
        node.labels.extend(self.metadata.labels.clone());
        node.annotations.clone_from(&self.metadata.annotations);
        node.finalizers.clone_from(&self.metadata.finalizers);
        node.owners = self.metadata.owners();
        node.taints.clone_from(&self.spec.taints);
        node.unschedulable = self.spec.unschedulable;
        node.provider_id.clone_from(&self.spec.provider_id);
        node.capacity = self.status.capacity.capacity();
        node.allocatable =
            self.status.allocatable.as_ref().unwrap_or(&self.status.capacity).capacity();
        node.conditions = conditions(&self.status.conditions);
        node.deleting_since = self.metadata.deletion_timestamp;
        node
    }
}
