//! What became of the room that capacity buffers keep; not the places of real pods.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::Plan;
use crate::model::{Condition, ConditionStatus, NodeName, ObjectId, PodId, Resources};

/// A pod of a plan that does not exist: it stands for room that a capacity buffer keeps.
///
/// Nothing is to be bound, nominated or reported for it; that its machine is bought is all that it is for.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct VirtualPod {
    /// The buffer.
    pub buffer: ObjectId,
    /// How much room, without the `pods` entry.
    pub requests: Resources,
}

impl VirtualPod {
    /// Room for a buffer.
    pub const fn new(buffer: ObjectId, requests: Resources) -> Self {
        Self { buffer, requests }
    }
}

/// Where the virtual pods of one buffer went.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
#[serde(rename_all = "camelCase", default)]
pub struct BufferUse {
    /// Pods on nodes that are there.
    pub on_nodes: usize,
    /// Pods on machines to buy.
    pub on_machines: usize,
    /// Pods without a place.
    pub unplaced: usize,
}

impl BufferUse {
    /// The buffer's condition `Provisioning` after this round: true when all its room is on nodes that are there.
    ///
    /// Reasons are `BufferEmpty` without pods, `FitsExistingCapacity`, and `RequiresNewCapacity`.
    ///
    /// ```
    /// use karp_core::{decision::BufferUse, model::ConditionStatus};
    /// let mut all = BufferUse::default();
    /// assert_eq!(all.condition().reason, "BufferEmpty");
    /// all.on_nodes = 2;
    /// assert_eq!(all.condition().status, ConditionStatus::True);
    /// all.unplaced = 1;
    /// assert_eq!(all.condition().reason, "RequiresNewCapacity");
    /// ```
    pub fn condition(&self) -> Condition {
        let (status, reason) = match (self.on_nodes, self.on_machines + self.unplaced) {
            (0, 0) => (ConditionStatus::False, "BufferEmpty"),
            (_, 0) => (ConditionStatus::True, "FitsExistingCapacity"),
            (..) => (ConditionStatus::False, "RequiresNewCapacity"),
        };
        Condition {
            kind: "Provisioning".to_owned(),
            status,
            reason: reason.to_owned(),
            changed_at: None,
        }
    }
}

impl Plan {
    /// Where the virtual pods of each buffer went; buffers without pods are not among them.
    pub fn buffers(&self) -> BTreeMap<&ObjectId, BufferUse> {
        let mut all: BTreeMap<&ObjectId, BufferUse> = BTreeMap::new();
        let mut count = |pod: &PodId, add: fn(&mut BufferUse)| {
            if let Some(own) = self.virtual_pods.get(pod) {
                add(all.entry(&own.buffer).or_default());
            }
        };
        for pod in self.existing.values().flatten() {
            count(pod, |own| own.on_nodes += 1);
        }
        for pod in self.machines.iter().flat_map(|machine| &machine.pods) {
            count(pod, |own| own.on_machines += 1);
        }
        for unplaced in &self.unplaced {
            count(&unplaced.pod, |own| own.unplaced += 1);
        }
        all
    }

    /// How many virtual pods each node that is there holds: such a node is not empty, although nothing runs on it.
    pub fn kept_room(&self) -> BTreeMap<&NodeName, usize> {
        let count = |pods: &Vec<PodId>| {
            pods.iter().filter(|pod| self.virtual_pods.contains_key(pod)).count()
        };
        let nodes = self.existing.iter().map(|(node, pods)| (node, count(pods)));
        nodes.filter(|(_, count)| *count > 0).collect()
    }
}
