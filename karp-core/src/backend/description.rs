//! Who a cloud is, in the words that karp must know: node classes, labels, repair; not what it sells.

use crate::model::{RepairPolicy, Vocabulary};

/// Who a cloud is.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct ProviderDescription {
    /// Name, for messages and metrics.
    pub name: String,
    /// Kinds of node class that it defines, the default first; empty = it has none, and takes pools of any.
    pub node_classes: Vec<NodeClassKind>,
    /// Label keys that it knows.
    pub vocabulary: Vocabulary,
    /// When an unhealthy node is to be replaced.
    pub repair_policies: Vec<RepairPolicy>,
}

/// A kind of node class.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct NodeClassKind {
    /// API group.
    pub group: String,
    /// Kind.
    pub kind: String,
}

impl ProviderDescription {
    /// A cloud without node classes, with the core's labels, that repairs nothing.
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            node_classes: Vec::new(),
            vocabulary: Vocabulary::core(),
            repair_policies: Vec::new(),
        }
    }

    /// Adds a kind of node class.
    #[must_use]
    pub fn with_node_class(mut self, group: impl Into<String>, kind: impl Into<String>) -> Self {
        self.node_classes.push(NodeClassKind { group: group.into(), kind: kind.into() });
        self
    }

    /// Sets the label keys.
    #[must_use]
    pub fn with_vocabulary(mut self, vocabulary: Vocabulary) -> Self {
        self.vocabulary = vocabulary;
        self
    }

    /// Adds a condition to replace nodes for.
    #[must_use]
    pub fn with_repair_policy(mut self, policy: RepairPolicy) -> Self {
        self.repair_policies.push(policy);
        self
    }
}
