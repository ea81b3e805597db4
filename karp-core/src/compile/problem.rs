//! What a solve starts from: dense tables, no texts to compare; not what it finds.

use std::sync::Arc;

use super::{
    attachments::Attachments,
    forms::{Forms, RungId},
    nodes::Nodes,
    pools::Pools,
    ports::Ports,
    removals::Removals,
    reservations::Reservations,
    resource::{Axis, Requests},
    table::{Table, id_types},
    topology::{GroupId, Groups, Start},
    volumes::Volumes,
};
use crate::{
    explain::Reason,
    model::{Finding, Pod, Timestamp, Vocabulary},
    policy::Policy,
};

id_types! {
    /// A pod that looks for a place, in the order of the snapshot.
    PodIx;
}

/// A compiled snapshot: what [`solve`](crate::solve::solve) starts from.
///
/// Made by [`compile`](super::compile), which see for the cost. It can be solved any number of times, with the same answer.
#[derive(Clone, Debug)]
pub struct Problem {
    pub(crate) now: Timestamp,
    pub(crate) vocabulary: Vocabulary,
    /// Pods that look for a place.
    pub(crate) pods: Table<PodIx, Arc<Pod>>,
    /// What each asks for, nothing given up; none when it is refused.
    pub(crate) rungs: Table<PodIx, Option<RungId>>,
    /// What each pod does at the moment.
    pub(crate) origins: Table<PodIx, Origin>,
    /// Pods that are refused whatever there is.
    pub(crate) refused: Vec<(PodIx, Reason)>,
    /// The others, in the order in which they are tried first.
    pub(crate) queue: Vec<PodIx>,
    /// What nodes leave behind when they go, where that was asked for.
    pub(crate) removals: Removals,
    pub(crate) forms: Forms,
    pub(crate) axis: Axis,
    pub(crate) requests: Requests,
    pub(crate) pools: Pools,
    pub(crate) nodes: Nodes,
    pub(crate) ports: Ports,
    pub(crate) volumes: Volumes,
    pub(crate) attachments: Attachments,
    pub(crate) groups: Groups,
    /// Pods of each group before the first one is placed.
    pub(crate) starts: Table<GroupId, Start>,
    pub(crate) reservations: Reservations,
    /// How to decide what is not decided yet.
    pub(crate) policy: Policy,
    pub(crate) findings: Vec<Finding>,
}

/// What a pod does at the moment.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub(crate) enum Origin {
    /// It waits for a place.
    Waits,
    /// It runs on a node that goes.
    Leaves,
    /// It runs on a node that only a simulation takes away.
    IsMoved,
    /// It does not exist, but stands for the room that a capacity buffer keeps.
    IsVirtual,
}

impl Problem {
    /// Whether a pod waits for a place, rather than runs.
    pub(crate) fn is_waiting(&self, pod: PodIx) -> bool {
        matches!(self.origins[pod], Origin::IsVirtual | Origin::Waits)
    }

    /// Whether a pod runs on a node that only a simulation takes away.
    pub(crate) fn is_moved(&self, pod: PodIx) -> bool {
        self.origins[pod] == Origin::IsMoved
    }

    /// How many pods look for a place.
    pub fn pods(&self) -> usize {
        self.pods.len()
    }
}
