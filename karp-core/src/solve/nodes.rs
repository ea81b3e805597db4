//! Existing machines while pods are put on them; not which pod goes where.

use super::{
    levels::{Levels, Thresholds},
    permits::Permits,
    plan::Plan,
};
use crate::compile::{
    PodIx,
    algebra::{Algebra, SetId},
    bits::{Bits, WORD},
    nodes::{NodeIx, Nodes},
    table::{Id, Rows, Table},
};

/// Existing machines.
#[derive(Clone, Debug)]
pub(crate) struct NodeSpace {
    /// Labels, narrowed by the pods that were placed.
    pub(super) sets: Table<NodeIx, SetId>,
    /// What is free.
    free: Rows<NodeIx, i64>,
    /// Pods placed by this solve.
    pub(crate) pods: Table<NodeIx, Vec<PodIx>>,
    /// Machines that take pods at all.
    usable: Bits,
    levels: Levels<NodeIx>,
    permits: Permits,
    /// Nodes whose set changed, once per change.
    changes: Vec<NodeIx>,
    /// Pods that were put on nodes, with what these were before, where that is to be undone.
    journal: Option<Vec<(NodeIx, SetId)>>,
}

impl NodeSpace {
    /// As the snapshot shows them.
    pub(super) fn new(
        nodes: &Nodes,
        thresholds: &Thresholds,
        mut permits: Permits,
        algebra: &Algebra,
    ) -> Self {
        let mut levels = Levels::new(thresholds);
        let mut usable = Bits::empty(nodes.places.len());
        for (node, place) in nodes.places.iter() {
            levels.push(thresholds, nodes.free[node].iter().copied());
            permits.add(node.index(), place.set, algebra);
            usable.put(node.index(), !place.is_overbooked);
        }
        Self {
            sets: Table::from_rows(nodes.places.rows().iter().map(|place| place.set).collect()),
            free: nodes.free.clone(),
            pods: Table::from_rows(vec![Vec::new(); nodes.places.len()]),
            usable,
            levels,
            permits,
            changes: Vec::new(),
            journal: None,
        }
    }

    /// Adds what the nodes know of themselves: which may have the room for `request`; false when none has.
    #[must_use]
    pub(super) fn require_room<'c>(
        &'c self,
        thresholds: &Thresholds,
        request: &[i64],
        plan: &mut Plan<'c>,
    ) -> bool {
        self.levels.require(thresholds, request, plan)
    }

    /// Nodes by the domains that they lie in.
    pub(super) const fn permits(&self) -> &Permits {
        &self.permits
    }

    /// The first node, not before `from`, that the plan does not exclude and that has room for `request`.
    pub(super) fn next(&self, plan: &Plan<'_>, request: &[i64], from: usize) -> Option<NodeIx> {
        let mut seen = u64::MAX << (from % WORD);
        for (index, &usable) in self.usable.words().iter().enumerate().skip(from / WORD) {
            let mut left = plan.word(index, usable & seen);
            seen = u64::MAX;
            while left != 0 {
                let node = NodeIx::at(index * WORD + left.trailing_zeros() as usize);
                if self.holds(node, request) {
                    return Some(node);
                }
                left &= left - 1;
            }
        }
        None
    }

    /// Puts a pod on a node.
    pub(super) fn accept(
        &mut self,
        (node, pod): (NodeIx, PodIx),
        (request, set): (&[i64], SetId),
        thresholds: &Thresholds,
        algebra: &Algebra,
    ) {
        let free = &mut self.free[node];
        free.iter_mut()
            .zip(request)
            .for_each(|(free, amount)| *free = free.saturating_sub(*amount));
        self.levels.lower(thresholds, node, self.free[node].iter().copied());
        self.pods[node].push(pod);
        let before = self.sets[node];
        if let Some(journal) = &mut self.journal {
            journal.push((node, before));
        }
        if before != set {
            self.sets[node] = set;
            self.permits.change(node.index(), before, set, algebra);
            self.changes.push(node);
        }
    }

    /// Remembers from now on what is to be undone.
    pub(super) fn start_journal(&mut self) {
        self.journal = Some(Vec::new());
    }

    /// Nodes that pods were put on since the journal was started or undone.
    pub(crate) fn touched(&self) -> impl Iterator<Item = NodeIx> {
        self.journal.iter().flatten().map(|(node, _)| *node)
    }

    /// Takes all pods off again; `request` tells what each asked for.
    pub(super) fn undo<'r>(
        &mut self,
        request: impl Fn(PodIx) -> &'r [i64],
        thresholds: &Thresholds,
        algebra: &Algebra,
    ) {
        let Some(journal) = &mut self.journal else { return };
        while let Some((node, before)) = journal.pop() {
            let Some(pod) = self.pods[node].pop() else { continue };
            let free = self.free[node].iter_mut();
            free.zip(request(pod)).for_each(|(free, amount)| *free += amount);
            self.levels.raise(thresholds, node, self.free[node].iter().copied());
            let now = std::mem::replace(&mut self.sets[node], before);
            if now != before {
                self.permits.change(node.index(), now, before, algebra);
                // The log only grows: whoever read it so far looks again.
                self.changes.push(node);
            }
        }
    }

    /// Takes a node away, or puts it back.
    pub(super) fn set_gone(&mut self, node: NodeIx, is_gone: bool, is_overbooked: bool) {
        self.usable.put(node.index(), !is_gone && !is_overbooked);
    }

    /// Nodes whose set changed, once per change.
    pub(super) fn changes(&self) -> &[NodeIx] {
        &self.changes
    }

    fn holds(&self, node: NodeIx, request: &[i64]) -> bool {
        self.free[node].iter().zip(request).all(|(free, amount)| amount <= free)
    }
}
