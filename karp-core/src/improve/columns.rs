//! Packs a lot by fillings that are good together: a linear program chooses among fillings, and its prices ask for better ones; for few shapes.

use std::sync::Arc;

use super::{
    basis::{Basis, MACHINES},
    filling::{Filler, Filling},
    greedy,
    lot::{Lot, MachineIx, ShapeIx},
    packing::{Packing, nanos, per_copy},
    work::Work,
};
use crate::compile::table::Table;

/// Most shapes: work grows with their square.
pub(super) const SHAPES_MAX: usize = 320;

/// How often prices ask for fillings.
const ROUNDS: usize = 60;

/// Machines that are asked in most rounds.
const ASKED: usize = 24;

/// Branches that are looked at to fill one machine.
const BRANCHES: u32 = 400;

/// How often the rest that whole machines leave is packed, with worths corrected each time.
const TRIES: usize = 24;

/// Packs all pods; none when work runs out or some pod is on no machine.
pub(super) fn pack(lot: &Lot, known: Option<&Packing>, work: &mut Work<'_>) -> Option<Packing> {
    let demand = lot.demand();
    let mut filler = Filler::new(lot);
    let mut basis = Basis::of_singles(singles(lot)?, &demand);
    for stack in known.into_iter().flat_map(|packing| &packing.stacks) {
        let cost = nanos(lot.machines[stack.machine].cost);
        let filling = Filling { machine: stack.machine, pods: stack.pods.clone(), worth: 0 };
        basis.offer(Arc::new(filling), cost);
    }
    let machines: Vec<MachineIx> = lot.broad().collect();
    generate(lot, &machines, (&mut filler, &mut basis, &demand), work);
    round(lot, &machines, (&mut filler, &basis, demand), work)
}

/// For each shape the machine that is cheapest per pod, filled with it alone.
fn singles(lot: &Lot) -> Option<Vec<(Arc<Filling>, u64)>> {
    let single = |(shape, best): (ShapeIx, &Option<(MachineIx, u64)>)| {
        let (machine, _) = (*best)?;
        let copies = lot.copies(machine, shape);
        let filling = Filling { machine, pods: vec![(shape, copies)], worth: 0 };
        Some((Arc::new(filling), nanos(lot.machines[machine].cost)))
    };
    per_copy(lot).iter().map(single).collect()
}

/// Asks for fillings that are worth more than they cost, until there are none, or long enough.
fn generate(
    lot: &Lot,
    machines: &[MachineIx],
    (filler, basis, demand): (&mut Filler<'_>, &mut Basis, &Table<ShapeIx, u64>),
    work: &mut Work<'_>,
) {
    let shapes = lot.shapes.len() as u64;
    let mut asked: Vec<MachineIx> = machines.to_vec();
    for _ in 0..ROUNDS {
        basis.price();
        let worths = basis.worths();
        let is_all = asked.len() == machines.len();
        let mut offers: Vec<(u64, MachineIx, Filling)> = Vec::new();
        for &machine in &asked {
            if !work.spend(shapes) {
                return;
            }
            let filling = filler.fill(machine, (&worths, demand), work);
            let cost = nanos(lot.machines[machine].cost);
            offers.push((ratio(filling.worth, cost), machine, filling));
        }
        offers.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)));
        offers.truncate(ASKED);
        for (of_cost, machine, filling) in &mut offers {
            *filling = filler.fill_well(*machine, (&worths, demand), (BRANCHES, work));
            *of_cost = ratio(filling.worth, nanos(lot.machines[*machine].cost));
        }
        offers.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)));
        let mut came_in = 0;
        asked = offers.iter().map(|(_, machine, _)| *machine).collect();
        for (_, machine, filling) in offers {
            work.spend(shapes * shapes / 16);
            let cost = nanos(lot.machines[machine].cost);
            came_in += usize::from(basis.offer(Arc::new(filling), cost));
        }
        if came_in == 0 {
            if is_all {
                return;
            }
            asked = machines.to_vec();
        }
    }
}

/// Worth for cost, in units of 2⁻¹⁶.
fn ratio(worth: u64, cost: u64) -> u64 {
    u64::try_from((u128::from(worth) << 16) / u128::from(cost.max(1))).unwrap_or(u64::MAX)
}

/// Whole machines as the program has them; the rest is packed by worth.
fn round(
    lot: &Lot,
    machines: &[MachineIx],
    (filler, basis, mut left): (&mut Filler<'_>, &Basis, Table<ShapeIx, u64>),
    work: &mut Work<'_>,
) -> Option<Packing> {
    let mut whole = Packing::default();
    let mut used: Vec<(&Arc<Filling>, u64)> = basis.used().collect();
    used.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.pods.cmp(&b.0.pods)));
    for (filling, amount) in used {
        // What is missing by rounding alone counts.
        let machines = (amount + (1 << (MACHINES - 8))) >> MACHINES;
        let there = filling.pods.iter().map(|(shape, count)| left[*shape] / count).min();
        let machines = machines.min(there.unwrap_or(0));
        if machines > 0 {
            for (shape, count) in &filling.pods {
                left[*shape] -= count * machines;
            }
            whole.add_filling(lot, filling, machines);
        }
    }
    let mut worths = basis.worths();
    worths.rows_mut().iter_mut().for_each(|worth| *worth = (*worth).max(1));
    let mut best: Option<Packing> = None;
    for _ in 0..TRIES {
        let Some(rest) = greedy::pack(filler, lot, machines, (&worths, left.clone()), work) else {
            break;
        };
        worths = rest.corrected(lot, &worths);
        if best.as_ref().is_none_or(|best| rest.cost(lot) < best.cost(lot)) {
            best = Some(rest);
        }
    }
    whole.stacks.extend(best?.stacks);
    Some(whole)
}
