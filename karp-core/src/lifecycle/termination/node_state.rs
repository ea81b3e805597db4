//! All that is known of a Node that goes; not what follows from it.

use std::sync::Arc;

use super::VolumeAttachment;
use crate::{
    lifecycle::Sight,
    model::{Node, NodeClaim, PersistentVolumeClaim, Pod},
};

/// All that is known of a Node that goes, at one instant.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct NodeState<'a> {
    /// The Node.
    pub node: &'a Node,
    /// Claims; that with the Node's provider id is picked.
    pub claims: &'a [Arc<NodeClaim>],
    /// Pods; those bound to the Node are picked.
    pub pods: &'a [Arc<Pod>],
    /// Volume attachments; those of the Node are picked.
    pub attachments: &'a [VolumeAttachment],
    /// Volume claims, which say what volumes pods use.
    pub volume_claims: &'a [Arc<PersistentVolumeClaim>],
    /// What the cloud says of the machine, in this pass.
    pub sight: &'a Sight,
}

impl<'a> NodeState<'a> {
    /// A Node of which no more is known.
    pub const fn new(node: &'a Node) -> Self {
        Self {
            node,
            claims: &[],
            pods: &[],
            attachments: &[],
            volume_claims: &[],
            sight: &Sight::Unknown,
        }
    }

    /// Says which claims there are.
    #[must_use]
    pub const fn with_claims(mut self, claims: &'a [Arc<NodeClaim>]) -> Self {
        self.claims = claims;
        self
    }

    /// Says which pods there are.
    #[must_use]
    pub const fn with_pods(mut self, pods: &'a [Arc<Pod>]) -> Self {
        self.pods = pods;
        self
    }

    /// Says which volumes are attached where, and by which claims pods use them.
    #[must_use]
    pub const fn with_volumes(
        mut self,
        attachments: &'a [VolumeAttachment],
        claims: &'a [Arc<PersistentVolumeClaim>],
    ) -> Self {
        self.attachments = attachments;
        self.volume_claims = claims;
        self
    }

    /// Says what the cloud knows of the machine.
    #[must_use]
    pub const fn with_sight(mut self, sight: &'a Sight) -> Self {
        self.sight = sight;
        self
    }

    /// The claim of the Node; none when there is none, or more than one.
    pub(super) fn claim(&self) -> Option<&'a NodeClaim> {
        let id = &self.node.provider_id;
        let mut own =
            self.claims.iter().filter(|claim| !id.is_empty() && claim.status.provider_id == *id);
        match (own.next(), own.next()) {
            (Some(claim), None) => Some(claim),
            _ => None,
        }
    }

    /// The pods on the Node, in name order.
    pub(super) fn pods(&self) -> Vec<&'a Pod> {
        let is_here = |pod: &&Arc<Pod>| pod.status.node.as_ref() == Some(&self.node.name);
        let mut pods: Vec<&Pod> = self.pods.iter().filter(is_here).map(Arc::as_ref).collect();
        pods.sort_by(|a, b| (&a.id, &a.uid).cmp(&(&b.id, &b.uid)));
        pods
    }
}
