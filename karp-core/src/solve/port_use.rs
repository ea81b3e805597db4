//! Machines on which the host ports of a pod are taken; not the rule what a conflict is.

use super::claims::ClaimIx;
use crate::compile::{
    Problem,
    bits::Bits,
    nodes::NodeIx,
    ports::{Ports, PortsId, conflict},
    sizes::{Sizes, SizesIx},
    table::{Id, Table},
};
use rustc_hash::FxHashMap;

/// Per set of ports: machines on which one of them is taken.
#[derive(Clone, Debug)]
pub(super) struct PortUse {
    nodes: Table<PortsId, Bits>,
    claims: Table<PortsId, Bits>,
    /// Types whose daemons leave a set of ports free.
    free_types: FxHashMap<(SizesIx, PortsId), Bits>,
    /// What was taken on existing machines, where that is to be undone.
    journal: Option<Vec<(PortsId, NodeIx)>>,
}

impl PortUse {
    /// As the snapshot shows it.
    pub(super) fn new(problem: &Problem) -> Self {
        let none = || Table::from_rows(vec![Bits::default(); problem.ports.len()]);
        let mut port_use =
            Self { nodes: none(), claims: none(), free_types: FxHashMap::default(), journal: None };
        for (node, place) in problem.nodes.places.iter() {
            for taken in problem.ports.conflicting(&place.ports) {
                port_use.nodes[taken].insert(node.index());
            }
        }
        port_use
    }

    /// Existing machines that can't take a pod with these ports.
    pub(super) fn nodes(&self, wanted: PortsId) -> &[u64] {
        self.nodes[wanted].words()
    }

    /// Machines to buy that can't.
    pub(super) fn claims(&self, wanted: PortsId) -> &[u64] {
        self.claims[wanted].words()
    }

    /// Takes ports on an existing machine.
    pub(super) fn take_on_node(&mut self, ports: &Ports, node: NodeIx, taken: PortsId) {
        for blocked in ports.conflicting(ports.of(taken)) {
            if let Some(journal) = &mut self.journal
                && !self.nodes[blocked].has(node.index())
            {
                journal.push((blocked, node));
            }
            self.nodes[blocked].insert(node.index());
        }
    }

    /// Remembers from now on what is to be undone.
    pub(super) fn start_journal(&mut self) {
        self.journal = Some(Vec::new());
    }

    /// Gives everything back that was taken.
    pub(super) fn undo(&mut self) {
        for (blocked, node) in self.journal.iter_mut().flat_map(|journal| journal.drain(..)) {
            self.nodes[blocked].remove(node.index());
        }
        if self.claims.len() > 1 {
            self.claims.rows_mut().iter_mut().for_each(Bits::clear);
        }
    }

    /// Takes ports on a machine to buy.
    pub(super) fn take_on_claim(&mut self, ports: &Ports, claim: ClaimIx, taken: PortsId) {
        for blocked in ports.conflicting(ports.of(taken)) {
            self.claims[blocked].insert(claim.index());
        }
    }

    /// Positions whose daemons leave the ports free.
    pub(super) fn free_types(
        &mut self,
        ports: &Ports,
        (id, sizes): (SizesIx, &Sizes),
        wanted: PortsId,
    ) -> &[u64] {
        self.free_types
            .entry((id, wanted))
            .or_insert_with(|| sizes.where_daemons(|taken| !conflict(ports.of(wanted), taken)))
            .words()
    }
}
