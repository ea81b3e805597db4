//! Places by how much room they have, as bit columns: which may hold an amount; not which do.
//!
//! A column is a necessary condition. A bit that is set too long costs a visit; a bit that is missing would lose a place.

use rustc_hash::FxHashMap;

use super::{blocks::Blocks, plan::Plan};

use crate::compile::{
    resource::{Axis, RequestId, Requests, ResourceIx},
    table::{Id, Rows, Table},
};

/// Columns per resource, at most.
const COLUMNS_MAX: usize = 64;

/// Amounts of each resource at which places are told apart, ascending.
#[derive(Clone, Debug)]
pub(super) struct Thresholds {
    by_resource: Table<ResourceIx, Vec<i64>>,
}

/// For one kind of places: which have at least each threshold's amount.
#[derive(Clone, Debug)]
pub(super) struct Levels<I> {
    columns: Table<ResourceIx, Vec<Blocks>>,
    /// How many thresholds each place holds, by resource.
    held: Rows<I, u32>,
}

impl Thresholds {
    /// The amounts that pods ask for; when there are too many, frequent ones and quantiles, each pod counting once.
    pub(super) fn new(
        axis: &Axis,
        requests: &Requests,
        wanted: impl Iterator<Item = RequestId>,
    ) -> Self {
        let mut pods: FxHashMap<RequestId, u64> = FxHashMap::default();
        for request in wanted {
            *pods.entry(request).or_default() += 1;
        }
        let mut by_resource: Vec<Vec<(i64, u64)>> = vec![Vec::new(); axis.len()];
        for request in requests.ids() {
            let pods = pods.get(&request).copied().unwrap_or(0);
            for (amounts, &amount) in by_resource.iter_mut().zip(requests.of(request)) {
                if amount > 0 && pods > 0 {
                    amounts.push((amount, pods));
                }
            }
        }
        let by_resource = by_resource.into_iter().map(chosen).collect();
        Self { by_resource: Table::from_rows(by_resource) }
    }

    /// Columns that a place must be in to hold a request.
    fn needed<'c>(&'c self, request: &'c [i64]) -> impl Iterator<Item = (ResourceIx, usize)> + 'c {
        self.by_resource.iter().zip(request).filter(|(_, amount)| **amount > 0).filter_map(
            |((resource, thresholds), amount)| {
                let held = thresholds.partition_point(|threshold| threshold <= amount);
                Some((resource, held.checked_sub(1)?))
            },
        )
    }
}

/// Thresholds out of amounts with the number of pods that ask for each.
fn chosen(mut amounts: Vec<(i64, u64)>) -> Vec<i64> {
    amounts.sort_unstable();
    let mut distinct: Vec<(i64, u64)> = Vec::new();
    for (amount, pods) in amounts {
        match distinct.last_mut() {
            Some((last, sum)) if *last == amount => *sum += pods,
            _ => distinct.push((amount, pods)),
        }
    }
    if distinct.len() <= COLUMNS_MAX {
        return distinct.into_iter().map(|(amount, _)| amount).collect();
    }
    let total: u64 = distinct.iter().map(|(_, pods)| pods).sum();
    let share = (total / (COLUMNS_MAX as u64 / 2)).max(1);
    let (mut chosen, mut passed) = (Vec::new(), share);
    for (amount, pods) in distinct {
        passed += pods;
        if passed >= share {
            chosen.push(amount);
            passed = 0;
        }
    }
    chosen
}

impl<I: Id> Levels<I> {
    /// No places yet.
    pub(super) fn new(thresholds: &Thresholds) -> Self {
        let columns = thresholds
            .by_resource
            .rows()
            .iter()
            .map(|amounts| vec![Blocks::default(); amounts.len()]);
        let columns = Table::from_rows(columns.collect());
        let held = Rows::new(thresholds.by_resource.len());
        Self { columns, held }
    }

    /// Adds the next place.
    pub(super) fn push(&mut self, thresholds: &Thresholds, room: impl Iterator<Item = i64>) {
        let place = self.held.push(&[], 0);
        let resources = self.columns.rows_mut().iter_mut().zip(thresholds.by_resource.rows());
        for (((columns, amounts), held), room) in
            resources.zip(self.held[place].iter_mut()).zip(room)
        {
            let reached = amounts.partition_point(|amount| *amount <= room);
            columns.iter_mut().take(reached).for_each(|column| column.insert(place.index()));
            *held = u32::try_from(reached).unwrap_or(u32::MAX);
        }
    }

    /// Lowers a place's room.
    #[inline]
    pub(super) fn lower(
        &mut self,
        thresholds: &Thresholds,
        place: I,
        room: impl Iterator<Item = i64>,
    ) {
        let resources = self.columns.rows_mut().iter_mut().zip(thresholds.by_resource.rows());
        for (((columns, amounts), held), room) in
            resources.zip(self.held[place].iter_mut()).zip(room)
        {
            while let Some(above) = held.checked_sub(1) {
                let above = above as usize;
                if amounts.get(above).is_none_or(|amount| *amount <= room) {
                    break;
                }
                if let Some(column) = columns.get_mut(above) {
                    column.remove(place.index());
                }
                *held -= 1;
            }
        }
    }

    /// Raises a place's room again.
    pub(super) fn raise(
        &mut self,
        thresholds: &Thresholds,
        place: I,
        room: impl Iterator<Item = i64>,
    ) {
        let resources = self.columns.rows_mut().iter_mut().zip(thresholds.by_resource.rows());
        for (((columns, amounts), held), room) in
            resources.zip(self.held[place].iter_mut()).zip(room)
        {
            while amounts.get(*held as usize).is_some_and(|amount| *amount <= room) {
                if let Some(column) = columns.get_mut(*held as usize) {
                    column.insert(place.index());
                }
                *held += 1;
            }
        }
    }

    /// Forgets all places.
    pub(super) fn clear(&mut self) {
        self.columns.rows_mut().iter_mut().flatten().for_each(Blocks::clear);
        self.held.clear();
    }

    /// Adds the columns that a place must be in to hold a request; false when one of them is empty, so that no place does.
    #[must_use]
    pub(super) fn require<'c>(
        &'c self,
        thresholds: &Thresholds,
        request: &[i64],
        plan: &mut Plan<'c>,
    ) -> bool {
        for (resource, level) in thresholds.needed(request) {
            if let Some(column) = self.columns[resource].get(level) {
                if column.is_empty() {
                    return false;
                }
                plan.require_blocks(column);
            }
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_amounts_are_thinned_but_frequent_ones_stay() {
        let odd = (0..10_000).map(|i| (100_000 + i, 1));
        let common = [250, 500, 1000].map(|amount| (amount, 3_000));
        let chosen = chosen(odd.chain(common).collect());
        assert!(chosen.len() <= COLUMNS_MAX + 1, "{}", chosen.len());
        assert!([250, 500, 1000].iter().all(|amount| chosen.contains(amount)));
        assert!(chosen.is_sorted());
    }
}
