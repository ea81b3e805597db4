//! How large instance types are once their daemons run: which of them hold an amount; not which labels they have.

use super::{
    bits::Bits,
    catalog::{Catalog, CatalogIx, PositionIx},
    resource::{Axis, ResourceIx},
    table::{Id, Rows, Table, id_types},
};
use crate::model::{HostPort, Resources};

id_types! {
    /// Sizes of a catalog's types under some daemons.
    SizesIx;
    /// A distinct amount of a resource, counted from the smallest.
    Rank;
}

/// What daemons take of a machine.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(super) struct Overhead {
    requests: Resources,
    ports: Vec<HostPort>,
}

impl Overhead {
    /// With a further daemon.
    pub(super) fn and(&self, requests: &Resources, ports: &[HostPort]) -> Self {
        let ports = self.ports.iter().chain(ports).copied().collect();
        Self { requests: self.requests.merge(requests), ports }
    }
}

/// Sizes of a catalog's types under some daemons.
#[derive(Clone, Debug)]
pub(crate) struct Sizes {
    catalog: CatalogIx,
    /// Per resource.
    ladders: Table<ResourceIx, Ladder>,
    /// Positions that hold an empty pod: nowhere less than nothing is left.
    usable: Bits,
    /// Group of daemons, by position.
    groups: Vec<u32>,
    /// What the daemons of each group ask for.
    overheads: Vec<Overhead>,
}

/// Positions by how much they have of one resource.
#[derive(Clone, Debug)]
pub(crate) struct Ladder {
    /// By position.
    effective: Vec<i64>,
    /// Distinct amounts, ascending.
    amounts: Vec<i64>,
    /// Per amount: positions with at least as much.
    at_least: Rows<Rank, u64>,
    /// Positions, largest first, ties by position.
    by_size: Vec<PositionIx>,
}

impl Sizes {
    /// Sizes of `catalog` when position `p` runs the daemons of group `groups[p]`.
    pub(super) fn new(
        (id, catalog): (CatalogIx, &Catalog),
        axis: &Axis,
        groups: Vec<u32>,
        overheads: Vec<Overhead>,
    ) -> Self {
        let nothing = Resources::new();
        let overhead = |position: PositionIx| {
            groups
                .get(position.index())
                .and_then(|&group| overheads.get(group as usize))
                .map_or(&nothing, |overhead| &overhead.requests)
        };
        let mut usable = Bits::empty(catalog.positions().len());
        let mut columns = vec![Vec::with_capacity(catalog.positions().len()); axis.len()];
        for (position, sizing) in catalog.positions().iter() {
            let overhead = overhead(position);
            usable.put(position.index(), overhead.fits(&sizing.allocatable));
            for (column, name) in columns.iter_mut().zip(axis.names()) {
                let own = sizing.allocatable.amount(name);
                column.push(own.saturating_sub(overhead.amount(name)));
            }
        }
        let ladders = columns.into_iter().map(Ladder::new).collect();
        Self { catalog: id, ladders: Table::from_rows(ladders), usable, groups, overheads }
    }

    /// Whether these are the sizes of a catalog under daemons grouped like that.
    pub(super) fn is_of(&self, catalog: CatalogIx, groups: &[u32], overheads: &[Overhead]) -> bool {
        self.catalog == catalog && self.groups == groups && self.overheads == overheads
    }

    /// Positions that hold an empty pod.
    pub(crate) const fn usable(&self) -> &Bits {
        &self.usable
    }

    /// Positions by how much they have of each resource.
    pub(crate) const fn ladders(&self) -> &Table<ResourceIx, Ladder> {
        &self.ladders
    }

    /// What the daemons of a position ask for.
    pub(crate) fn overhead(&self, position: PositionIx) -> Option<&Resources> {
        let group = *self.groups.get(position.index())?;
        self.overheads.get(group as usize).map(|overhead| &overhead.requests)
    }

    /// Positions whose daemons' host ports meet a condition.
    pub(crate) fn where_daemons(&self, allows: impl Fn(&[HostPort]) -> bool) -> Bits {
        let allowed: Vec<bool> =
            self.overheads.iter().map(|overhead| allows(&overhead.ports)).collect();
        let is_allowed = |group: &u32| allowed.get(*group as usize) == Some(&true);
        let positions = self.groups.iter().enumerate();
        Bits::of(positions.filter(|(_, group)| is_allowed(group)).map(|(position, _)| position))
    }

    /// The least, resource by resource, that daemons ask for on any of `positions`.
    pub(crate) fn least_overhead(&self, positions: impl Iterator<Item = usize>) -> Resources {
        let mut seen = vec![false; self.overheads.len()];
        for position in positions {
            let group = self.groups.get(position).map(|group| *group as usize);
            if let Some(seen) = group.and_then(|group| seen.get_mut(group)) {
                *seen = true;
            }
        }
        let present = self.overheads.iter().zip(seen).filter(|(_, seen)| *seen);
        Resources::min_of(present.map(|(overhead, _)| &overhead.requests))
    }
}

impl Ladder {
    fn new(effective: Vec<i64>) -> Self {
        let mut by_size: Vec<PositionIx> = (0..effective.len()).map(PositionIx::at).collect();
        let amount_of =
            |position: PositionIx| effective.get(position.index()).copied().unwrap_or(0);
        by_size.sort_by_key(|&position| std::cmp::Reverse(amount_of(position)));
        let mut amounts = Vec::new();
        let mut rows: Vec<Bits> = Vec::new();
        let mut reached = Bits::empty(effective.len());
        for &position in &by_size {
            let amount = amount_of(position);
            reached.insert(position.index());
            if amounts.last() == Some(&amount) {
                if let Some(row) = rows.last_mut() {
                    row.insert(position.index());
                }
            } else {
                amounts.push(amount);
                rows.push(reached.clone());
            }
        }
        amounts.reverse();
        let mut at_least = Rows::new(Bits::empty(effective.len()).words().len());
        rows.iter().rev().for_each(|row| {
            at_least.push(row.words(), 0);
        });
        Self { effective, amounts, at_least, by_size }
    }

    /// How much a position has.
    #[inline]
    pub(crate) fn effective(&self, position: PositionIx) -> i64 {
        self.effective.get(position.index()).copied().unwrap_or(0)
    }

    /// The least amount not below `amount`, searched upwards from `from`; none when no position has so much.
    #[inline]
    pub(crate) fn rank(&self, amount: i64, from: Rank) -> Option<Rank> {
        let rest = self.amounts.get(from.index()..)?;
        if *rest.first()? >= amount {
            return Some(from);
        }
        let steps = rest.partition_point(|&own| own < amount);
        (steps < rest.len()).then(|| Rank::at(from.index() + steps))
    }

    /// Positions with at least the amount of `rank`.
    #[inline]
    pub(crate) fn at_least(&self, rank: Rank) -> &[u64] {
        &self.at_least[rank]
    }

    /// The position of place `place` by size, largest first.
    #[inline]
    pub(crate) fn by_size(&self, place: usize) -> Option<PositionIx> {
        self.by_size.get(place).copied()
    }
}
