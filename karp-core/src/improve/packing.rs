//! All pods of a lot on machines: what that costs, and what each pod turns out to cost; not how it is found.

use super::{
    filling::{Filling, WORTH_MAX, Worths},
    lot::{Lot, MachineIx, ShapeIx},
};
use crate::{compile::table::Table, model::Price};

/// Equal machines with equal pods.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Stack {
    /// The cheapest type that holds the pods.
    pub(super) machine: MachineIx,
    /// How many of each shape are on one machine, ordered by shape.
    pub(super) pods: Vec<(ShapeIx, u64)>,
    /// How many machines.
    pub(super) machines: u64,
}

/// Machines that hold all pods of a lot, or of a part of it.
#[derive(Clone, Debug, Default)]
pub(super) struct Packing {
    /// The machines.
    pub(super) stacks: Vec<Stack>,
}

impl Packing {
    /// Adds machines, as the cheapest type that does; none when no type does.
    pub(super) fn add(
        &mut self,
        lot: &Lot,
        mut pods: Vec<(ShapeIx, u64)>,
        machines: u64,
    ) -> Option<()> {
        pods.sort_unstable();
        let machine = lot.cheapest_for(&pods)?;
        self.stacks.push(Stack { machine, pods, machines });
        Some(())
    }

    /// Adds equal fillings.
    pub(super) fn add_filling(&mut self, lot: &Lot, filling: &Filling, machines: u64) {
        if self.add(lot, filling.pods.clone(), machines).is_none() {
            // The type that it was filled for holds it.
            let mut pods = filling.pods.clone();
            pods.sort_unstable();
            self.stacks.push(Stack { machine: filling.machine, pods, machines });
        }
    }

    /// Price and surcharge of all machines.
    pub(super) fn cost(&self, lot: &Lot) -> Price {
        self.stacks.iter().fold(Price::ZERO, |sum, stack| {
            sum.saturating_add(lot.machines[stack.machine].cost.times(stack.machines))
        })
    }

    /// What pods cost in this packing, each machine's cost shared out by worth, averaged with what they were held to be worth before.
    pub(super) fn corrected(&self, lot: &Lot, worths: &Worths) -> Worths {
        let mut sums: Table<ShapeIx, (u128, u128)> =
            Table::from_rows(vec![(0, 0); lot.shapes.len()]);
        for stack in &self.stacks {
            let cost = u128::from(nanos(lot.machines[stack.machine].cost));
            let worth = stack.pods.iter().map(|(shape, count)| {
                u128::from(worths[*shape]).saturating_mul(u128::from(*count))
            });
            let worth = worth.fold(0_u128, u128::saturating_add).max(1);
            for (shape, count) in &stack.pods {
                let pods = u128::from(count * stack.machines);
                let own = u128::from(worths[*shape]) * cost / worth;
                let (sum, number) = &mut sums[*shape];
                *sum = sum.saturating_add(own.saturating_mul(pods));
                *number += pods;
            }
        }
        let corrected = worths.iter().map(|(shape, worth)| {
            let (sum, pods) = sums[shape];
            let own = sum.checked_div(pods).unwrap_or_else(|| u128::from(*worth));
            let mean = (u128::from(*worth) * 3 + own) / 4;
            u64::try_from(mean).unwrap_or(u64::MAX).clamp(1, WORTH_MAX)
        });
        Table::from_rows(corrected.collect())
    }
}

/// A price in 10⁻⁹ dollars, at least one.
pub(super) fn nanos(price: Price) -> u64 {
    (price.pico().max(0).unsigned_abs() / 1000).max(1)
}

/// What a pod of each shape costs on the machine that is cheapest for as many as there are.
pub(super) fn per_copy(lot: &Lot) -> Table<ShapeIx, Option<(MachineIx, u64)>> {
    let of_shape = |shape: ShapeIx| {
        let on = |machine: MachineIx| {
            let copies = lot.copies(machine, shape);
            let cost = nanos(lot.machines[machine].cost);
            (copies > 0).then(|| ((cost / copies).clamp(1, WORTH_MAX), machine))
        };
        let (worth, machine) = lot.broad().filter_map(on).min()?;
        Some((machine, worth))
    };
    Table::from_rows(lot.shapes.ids().map(of_shape).collect())
}
