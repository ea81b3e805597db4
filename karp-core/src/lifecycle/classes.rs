//! Which claims, pools and nodes are this process's business; not what is done with them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::model::{Node, NodeClassRef, NodePool, label};

/// The kinds of node class that the provider supports: everything that names another kind belongs to somebody else and is not touched.
///
/// ```
/// use karp_core::{lifecycle::Classes, model::NodeClassRef};
/// let ours = Classes::of([("karpenter.k8s.aws", "EC2NodeClass")]);
/// let class = |kind: &str| NodeClassRef { group: "karpenter.k8s.aws".into(), kind: kind.into(), name: "x".into() };
/// assert!(ours.manage(&class("EC2NodeClass")));
/// assert!(!ours.manage(&class("OtherNodeClass")));
/// ```
#[derive(Clone, Debug, Default, Eq, PartialEq, Serialize, Deserialize)]
pub struct Classes {
    /// Kind and group → key of the label that nodes of the class carry; empty = every kind is ours.
    by_kind: BTreeMap<String, Vec<String>>,
}

impl Classes {
    /// Every kind is ours: for a provider without node classes.
    pub const fn any() -> Self {
        Self { by_kind: BTreeMap::new() }
    }

    /// These groups and kinds.
    pub fn of<G: Into<String>, K: Into<String>>(kinds: impl IntoIterator<Item = (G, K)>) -> Self {
        let mut by_kind: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for (group, kind) in kinds {
            by_kind.entry(kind.into()).or_default().push(group.into());
        }
        Self { by_kind }
    }

    /// Whether claims and pools of this class are ours.
    pub fn manage(&self, class: &NodeClassRef) -> bool {
        self.by_kind.is_empty()
            || self.by_kind.get(&class.kind).is_some_and(|groups| groups.contains(&class.group))
    }

    /// Whether a pool is ours.
    pub fn manage_pool(&self, pool: &NodePool) -> bool {
        self.manage(&pool.template.node_class)
    }

    /// Whether a Node is ours: it carries the label of a class that is; where every kind is ours, that of a pool.
    pub fn manage_node(&self, node: &Node) -> bool {
        if self.by_kind.is_empty() {
            return node.labels.contains_key(label::NODE_POOL);
        }
        self.by_kind.iter().any(|(kind, groups)| {
            groups.iter().any(|group| {
                let (group, kind) = (group.clone(), kind.clone());
                let class = NodeClassRef { group, kind, name: String::new() };
                node.labels.contains_key(&class.label_key())
            })
        })
    }
}
