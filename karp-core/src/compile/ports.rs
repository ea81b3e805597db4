//! Ports on the host as numbers: which sets of them can't be on one machine; not who has them.

use rustc_hash::FxHashMap;

use super::table::{Id, Table, id_types};
use crate::model::HostPort;

id_types! {
    /// A set of host ports that a pod takes.
    PortsId;
}

/// Distinct sets of host ports.
#[derive(Clone, Debug)]
pub(crate) struct Ports {
    rows: Table<PortsId, Vec<HostPort>>,
    ids: FxHashMap<Vec<HostPort>, PortsId>,
}

impl Default for Ports {
    fn default() -> Self {
        let mut ports = Self { rows: Table::default(), ids: FxHashMap::default() };
        ports.intern(&[]);
        ports
    }
}

impl Ports {
    /// No ports.
    pub(crate) fn none() -> PortsId {
        PortsId::at(0)
    }

    /// Interns the ports of a pod.
    pub(super) fn intern(&mut self, ports: &[HostPort]) -> PortsId {
        if let Some(&id) = self.ids.get(ports) {
            return id;
        }
        let id = self.rows.push(ports.to_vec());
        self.ids.insert(ports.to_vec(), id);
        id
    }

    /// How many distinct sets there are.
    pub(crate) const fn len(&self) -> usize {
        self.rows.len()
    }

    /// The ports of a set.
    pub(crate) fn of(&self, id: PortsId) -> &[HostPort] {
        &self.rows[id]
    }

    /// Sets that can't be on one machine with these ports.
    pub(crate) fn conflicting<'a>(
        &'a self,
        taken: &'a [HostPort],
    ) -> impl Iterator<Item = PortsId> + 'a {
        self.rows.iter().filter(|(_, wanted)| conflict(wanted, taken)).map(|(id, _)| id)
    }
}

/// Whether two pods with these ports can't be on one machine.
pub(crate) fn conflict(wanted: &[HostPort], taken: &[HostPort]) -> bool {
    wanted.iter().any(|own| taken.iter().any(|other| own.conflicts(other)))
}
