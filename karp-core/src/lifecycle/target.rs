//! Names one object for a write, by name and UID; not the object.

use serde::{Deserialize, Serialize};

use crate::model::{Node, NodeClaim, NodeClaimName, NodeName, Pod, PodId, Uid};

/// The object that an action is about: a later one of the same name is another object, and must not be touched.
///
/// An empty UID names whatever has the name: objects from manifests were never on a server.
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[expect(clippy::exhaustive_structs, reason = "name and UID are all that identifies an object")]
pub struct Target<N> {
    /// Its name.
    pub name: N,
    /// Its UID.
    pub uid: Uid,
}

impl Target<NodeClaimName> {
    /// This claim.
    pub fn claim(claim: &NodeClaim) -> Self {
        Self { name: claim.name.clone(), uid: claim.uid.clone() }
    }
}

impl Target<NodeName> {
    /// This Node.
    pub fn node(node: &Node) -> Self {
        Self { name: node.name.clone(), uid: node.uid.clone() }
    }
}

impl Target<PodId> {
    /// This pod.
    pub fn pod(pod: &Pod) -> Self {
        Self { name: pod.id.clone(), uid: pod.uid.clone() }
    }

    /// Whether this pod is the one that is meant, rather than a later one of its name.
    pub fn is(&self, pod: &Pod) -> bool {
        self.name == pod.id && (self.uid == pod.uid || self.uid.is_empty())
    }
}
