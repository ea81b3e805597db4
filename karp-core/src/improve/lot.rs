//! Pods that may share machines in any way, and what such machines may be, as numbers; not how they are packed.

use crate::{
    compile::{
        PodIx,
        algebra::SetId,
        bits::Bits,
        catalog::PositionIx,
        pools::TemplateIx,
        table::{Rows, Table, id_types},
    },
    model::Price,
    solve::claims::ClaimIx,
};

use super::packing::Packing;

id_types! {
    /// Pods of a lot that are alike.
    ShapeIx;
    /// A type that machines of a lot may be.
    MachineIx;
    /// Shapes of which one machine takes few.
    FamilyIx;
}

/// Binary digits of amounts: what is larger is rounded.
const DIGITS: u32 = 32;

/// Machines of one pool that are one set of requirements: every pod of one of them may be on any other, and on any new one.
#[derive(Debug)]
pub(super) struct Lot {
    /// The pool.
    pub(super) template: TemplateIx,
    /// What the machines are.
    pub(super) set: SetId,
    /// The machines whose pods these are.
    pub(super) claims: Vec<ClaimIx>,
    /// Positions that such a machine can be, empty.
    pub(super) options: Bits,
    /// Those that have a price, with it, cheapest first.
    pub(super) priced: Vec<(PositionIx, Price)>,
    /// Pods that are alike.
    pub(super) shapes: Table<ShapeIx, Shape>,
    /// What each asks for, in units of this lot, rounded up.
    pub(super) requests: Rows<ShapeIx, u64>,
    /// Types, cheapest first, without those that are no better in anything than a cheaper one.
    pub(super) machines: Table<MachineIx, Machine>,
    /// What each has, in units of this lot, rounded down.
    pub(super) capacities: Rows<MachineIx, u64>,
    /// How many pods of a family one machine takes.
    pub(super) families: Table<FamilyIx, u64>,
    /// How the pods are packed so far; nothing when some machine is of no known type.
    pub(super) before: Option<Packing>,
}

/// Pods that are alike.
#[derive(Debug)]
pub(super) struct Shape {
    /// In the order in which they are tried.
    pub(super) pods: Vec<PodIx>,
    /// Families that count them.
    pub(super) families: Vec<FamilyIx>,
}

impl Shape {
    /// How many.
    pub(super) fn count(&self) -> u64 {
        u64::try_from(self.pods.len()).unwrap_or(u64::MAX)
    }
}

/// A type that machines may be.
#[derive(Debug)]
pub(super) struct Machine {
    /// The type.
    pub(super) position: PositionIx,
    /// Price and surcharge.
    pub(super) cost: Price,
    /// Whether enough types hold whatever it holds.
    pub(super) is_broad: bool,
}

/// What turns amounts into units of a lot: a shift for each resource, so that the largest capacity has few digits.
#[derive(Debug)]
pub(super) struct Units {
    shifts: Vec<u32>,
}

impl Units {
    /// For capacities up to these.
    pub(super) fn up_to(largest: impl Iterator<Item = i64>) -> Self {
        let digits = |amount: i64| u64::BITS - amount.max(0).unsigned_abs().leading_zeros();
        Self { shifts: largest.map(|amount| digits(amount).saturating_sub(DIGITS)).collect() }
    }

    /// Capacities, rounded down; less than nothing is nothing.
    pub(super) fn capacity(&self, amounts: impl Iterator<Item = i64>) -> Vec<u64> {
        let amounts = amounts.zip(&self.shifts);
        amounts.map(|(amount, shift)| amount.max(0).unsigned_abs() >> shift).collect()
    }

    /// Requests, rounded up.
    pub(super) fn request(&self, amounts: &[i64]) -> Vec<u64> {
        let amounts = amounts.iter().zip(&self.shifts);
        amounts.map(|(amount, shift)| up(amount.max(&0).unsigned_abs(), *shift)).collect()
    }
}

fn up(amount: u64, shift: u32) -> u64 {
    let whole = amount >> shift;
    whole + u64::from(whole << shift != amount)
}

impl Lot {
    /// How many pods of each shape there are.
    pub(super) fn demand(&self) -> Table<ShapeIx, u64> {
        Table::from_rows(self.shapes.rows().iter().map(Shape::count).collect())
    }

    /// How many pods of a shape alone a machine holds, of as many as there are.
    pub(super) fn copies(&self, machine: MachineIx, shape: ShapeIx) -> u64 {
        let row = &self.shapes[shape];
        let limits = row.families.iter().map(|family| self.families[*family]);
        let asked = self.requests[shape].iter().zip(&self.capacities[machine]);
        let copies = asked.filter(|(request, _)| **request > 0).map(|(request, has)| has / request);
        copies.chain(limits).fold(row.count(), u64::min)
    }

    /// Types that pods are put on: those with enough alternatives.
    pub(super) fn broad(&self) -> impl Iterator<Item = MachineIx> {
        self.machines.iter().filter(|(_, machine)| machine.is_broad).map(|(id, _)| id)
    }

    /// What these pods ask for in all.
    pub(super) fn total(&self, pods: &[(ShapeIx, u64)]) -> Vec<u64> {
        let mut total = vec![0_u64; self.requests_width()];
        for (shape, count) in pods {
            for (sum, amount) in total.iter_mut().zip(&self.requests[*shape]) {
                *sum = sum.saturating_add(amount.saturating_mul(*count));
            }
        }
        total
    }

    /// The cheapest type that holds these pods.
    pub(super) fn cheapest_for(&self, pods: &[(ShapeIx, u64)]) -> Option<MachineIx> {
        let total = self.total(pods);
        self.machines.ids().find(|machine| {
            total.iter().zip(&self.capacities[*machine]).all(|(amount, has)| amount <= has)
        })
    }

    fn requests_width(&self) -> usize {
        self.shapes.ids().next().map_or(0, |first| self.requests[first].len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_rounded_to_the_safe_side() {
        let units = Units::up_to([1 << 40, 5].into_iter());
        assert_eq!(units.capacity([(1 << 20) + 511, 5].into_iter()), [2048, 5]);
        assert_eq!(units.request(&[513, 2]), [2, 2]);
        assert_eq!(units.request(&[512, -2]), [1, 0]);
    }
}
