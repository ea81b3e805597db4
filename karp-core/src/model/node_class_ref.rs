//! Points at the provider's node class; not the class.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Group, kind and name of a node class.
#[derive(Clone, Debug, Default, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct NodeClassRef {
    /// API group, `karpenter.k8s.aws` for example.
    pub group: String,
    /// Kind, `EC2NodeClass` for example.
    pub kind: String,
    /// Name.
    pub name: String,
}

impl NodeClassRef {
    /// Key of the label that every machine of this class carries: `<group>/<lower-case kind>`.
    pub fn label_key(&self) -> String {
        format!("{}/{}", self.group, self.kind.to_lowercase())
    }
}

impl fmt::Display for NodeClassRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{} {}", self.group, self.kind, self.name)
    }
}
