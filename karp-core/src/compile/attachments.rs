//! How many volumes machines can hold, and which volumes pods bring, as numbers; not the counting during a solve.
//!
//! Only drivers that some machine has a limit for are numbered: nobody is refused for another one.

use rustc_hash::{FxHashMap, FxHashSet};

use super::{
    nodes::{Load, NodeIx},
    problem::PodIx,
    storage::{Mount, Storage},
    table::{Id, Table, id_types},
};
use crate::{
    model::NodeName,
    snapshot::{Snapshot, StateNode},
};

id_types! {
    /// A driver that some machine has a limit for.
    DriverIx;
    /// A claim.
    VolumeIx;
    /// The volumes of a pod.
    AttachedId;
}

/// A volume and what attaches it.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub(crate) struct Attached {
    /// The driver.
    pub(crate) driver: DriverIx,
    /// The claim.
    pub(crate) volume: VolumeIx,
}

/// Volume limits of machines and volumes of pods.
#[derive(Clone, Debug, Default)]
pub(crate) struct Attachments {
    /// How many drivers are numbered.
    pub(crate) drivers: usize,
    /// By machine: limits, and the volumes that are there. Empty when no machine has a limit.
    pub(crate) nodes: Table<NodeIx, NodeAttachments>,
    /// By pod; empty when no pod brings any.
    pods: Table<PodIx, AttachedId>,
    lists: Table<AttachedId, Vec<Attached>>,
}

/// Volumes of a machine.
#[derive(Clone, Debug, Default)]
pub(crate) struct NodeAttachments {
    /// The most that it can hold, by driver.
    pub(crate) limits: Vec<(DriverIx, u32)>,
    /// What it holds.
    pub(crate) there: Vec<Attached>,
}

impl Attachments {
    /// What a pod brings, by driver; empty for most.
    pub(crate) fn of(&self, pod: PodIx) -> &[Attached] {
        self.pods.get(pod).map_or(&[], |&id| &self.lists[id])
    }

    /// The limit of a machine for a driver.
    pub(crate) fn limit(&self, node: NodeIx, driver: DriverIx) -> Option<u32> {
        let own = self.nodes.get(node)?;
        own.limits.iter().find(|(of, _)| *of == driver).map(|(_, limit)| *limit)
    }
}

/// Numbers drivers and claims.
pub(super) struct AttachmentReader<'s> {
    drivers: FxHashMap<&'s str, DriverIx>,
    volumes: FxHashMap<(&'s str, &'s str), VolumeIx>,
    result: Attachments,
}

impl<'s> AttachmentReader<'s> {
    /// Numbers the drivers that machines have limits for.
    pub(super) fn new(snapshot: &'s Snapshot) -> Self {
        let mut drivers: Vec<&str> = snapshot
            .csi_nodes
            .iter()
            .flat_map(|node| node.limits.keys().map(String::as_str))
            .collect();
        drivers.sort_unstable();
        drivers.dedup();
        let drivers: FxHashMap<&str, DriverIx> =
            drivers.into_iter().enumerate().map(|(at, name)| (name, DriverIx::at(at))).collect();
        let result = Attachments { drivers: drivers.len(), ..Attachments::default() };
        Self { drivers, volumes: FxHashMap::default(), result }
    }

    /// Reads limits and volumes of machines, in the order of their ids.
    pub(super) fn nodes<'n>(
        &mut self,
        states: impl Iterator<Item = &'n StateNode>,
        (snapshot, load, storage): (&'s Snapshot, &Load<'s>, &Storage<'s>),
    ) {
        if self.drivers.is_empty() {
            return;
        }
        let limits: FxHashMap<&NodeName, _> =
            snapshot.csi_nodes.iter().map(|node| (&node.node, &node.limits)).collect();
        for state in states {
            let mut own = NodeAttachments::default();
            if let Some(limits) = state.node.as_ref().and_then(|node| limits.get(&node.name)) {
                let limit = |(driver, &most): (&String, &u32)| {
                    Some((*self.drivers.get(driver.as_str())?, most))
                };
                own.limits = limits.iter().filter_map(limit).collect();
                let mut seen = FxHashSet::default();
                for pod in load.on(state) {
                    for volume in &pod.spec.volumes {
                        let driver = storage.driver(pod.id.namespace(), volume);
                        let key = (pod.id.namespace(), volume.claim.as_str());
                        let attached = driver.and_then(|driver| self.attached(key, driver));
                        own.there.extend(attached.filter(|one| seen.insert(*one)));
                    }
                }
            }
            self.result.nodes.push(own);
        }
    }

    /// Reads the volumes of a group of pods.
    pub(super) fn list(&mut self, namespace: &'s str, mounts: &[Mount<'s>]) -> AttachedId {
        if self.result.lists.is_empty() {
            self.result.lists.push(Vec::new());
        }
        let mut list: Vec<Attached> = mounts
            .iter()
            .filter_map(|mount| self.attached((namespace, mount.claim), mount.driver?))
            .collect();
        list.sort_unstable();
        list.dedup();
        if list.is_empty() { AttachedId::at(0) } else { self.result.lists.push(list) }
    }

    /// The limits, with each pod's volumes.
    pub(super) fn finish(mut self, pods: impl Iterator<Item = AttachedId>) -> Attachments {
        if self.result.lists.len() > 1 {
            self.result.pods = Table::from_rows(pods.collect());
        }
        self.result
    }

    fn attached(&mut self, claim: (&'s str, &'s str), driver: &str) -> Option<Attached> {
        let driver = *self.drivers.get(driver)?;
        let next = VolumeIx::at(self.volumes.len());
        let volume = *self.volumes.entry(claim).or_insert(next);
        Some(Attached { driver, volume })
    }
}
