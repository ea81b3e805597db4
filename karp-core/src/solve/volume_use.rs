//! How many volumes are on existing machines while pods are put on them; not which pod goes where.
//!
//! A machine to buy is not counted: how many volumes it will hold is not known before it is there.

use rustc_hash::FxHashSet;

use super::plan::Plan;
use crate::compile::{
    Problem,
    attachments::{Attached, DriverIx, VolumeIx},
    bits::Bits,
    nodes::NodeIx,
    table::{Id, Rows, Table},
};

/// Volumes on existing machines.
#[derive(Clone, Debug)]
pub(super) struct VolumeUse {
    /// Distinct volumes, by driver.
    taken: Rows<NodeIx, u32>,
    /// Machines that hold as many of a driver as they can.
    full: Table<DriverIx, Bits>,
    there: FxHashSet<(NodeIx, VolumeIx)>,
    /// Volumes that are on some machine.
    somewhere: Bits,
    /// What was attached, where that is to be undone.
    journal: Option<Vec<(NodeIx, Attached)>>,
}

impl VolumeUse {
    /// As the snapshot shows it.
    pub(super) fn new(problem: &Problem) -> Self {
        let attachments = &problem.attachments;
        let mut use_ = Self {
            taken: Rows::new(attachments.drivers),
            full: Table::from_rows(vec![Bits::default(); attachments.drivers]),
            there: FxHashSet::default(),
            somewhere: Bits::default(),
            journal: None,
        };
        for (node, own) in attachments.nodes.iter() {
            use_.taken.push(&[], 0);
            use_.attach(problem, node, &own.there);
            // A limit of none is reached before anything is there.
            for &(driver, _) in &own.limits {
                use_.settle(problem, node, driver);
            }
        }
        use_
    }

    /// Excludes machines that are full for a volume that is on no machine yet.
    pub(super) fn exclude_full<'c>(&'c self, wanted: &[Attached], plan: &mut Plan<'c>) {
        let mut last = None;
        for one in wanted.iter().filter(|one| !self.somewhere.has(one.volume.index())) {
            if last != Some(one.driver) {
                plan.exclude(self.full[one.driver].words());
                last = Some(one.driver);
            }
        }
    }

    /// Whether a machine can hold a pod's volumes; only drivers that it adds to are looked at.
    pub(super) fn accepts(&self, problem: &Problem, node: NodeIx, wanted: &[Attached]) -> bool {
        wanted.chunk_by(|a, b| a.driver == b.driver).all(|of_driver| {
            let Some(driver) = of_driver.first().map(|one| one.driver) else { return true };
            let Some(limit) = problem.attachments.limit(node, driver) else { return true };
            let is_new = |one: &&Attached| !self.there.contains(&(node, one.volume));
            let more = of_driver.iter().filter(is_new).count();
            more == 0 || self.taken(node, driver) as usize + more <= limit as usize
        })
    }

    /// Brings volumes to a machine.
    pub(super) fn attach(&mut self, problem: &Problem, node: NodeIx, volumes: &[Attached]) {
        for one in volumes {
            if self.there.insert((node, one.volume)) {
                if let Some(journal) = &mut self.journal {
                    journal.push((node, *one));
                }
                self.somewhere.insert(one.volume.index());
                if let Some(taken) = self.taken[node].get_mut(one.driver.index()) {
                    *taken += 1;
                }
                self.settle(problem, node, one.driver);
            }
        }
    }

    /// Remembers from now on what is to be undone.
    pub(super) fn start_journal(&mut self) {
        self.journal = Some(Vec::new());
    }

    /// Detaches what was attached. A volume that was somewhere stays known as such: that only costs a look.
    pub(super) fn undo(&mut self, problem: &Problem) {
        for (node, one) in self.journal.iter_mut().flat_map(|journal| journal.drain(..)) {
            self.there.remove(&(node, one.volume));
            let Some(taken) = self.taken[node].get_mut(one.driver.index()) else { continue };
            *taken -= 1;
            let limit = problem.attachments.limit(node, one.driver);
            if limit.is_some_and(|limit| *taken < limit) {
                self.full[one.driver].remove(node.index());
            }
        }
    }

    fn settle(&mut self, problem: &Problem, node: NodeIx, driver: DriverIx) {
        let limit = problem.attachments.limit(node, driver);
        if limit.is_some_and(|limit| self.taken(node, driver) >= limit) {
            self.full[driver].insert(node.index());
        }
    }

    fn taken(&self, node: NodeIx, driver: DriverIx) -> u32 {
        self.taken[node].get(driver.index()).copied().unwrap_or(0)
    }
}
