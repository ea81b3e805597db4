//! Packs a lot machine by machine, each time the one that holds most worth for its cost; not what pods are worth.

use super::{
    filling::{Filler, Filling, Worths},
    lot::{Lot, MachineIx, ShapeIx},
    packing::{Packing, nanos},
    work::Work,
};
use crate::compile::table::Table;

/// Packs the pods `left` on `machines`; none when work or machines run out first.
pub(super) fn pack(
    filler: &mut Filler<'_>,
    lot: &Lot,
    machines: &[MachineIx],
    (worths, left): (&Worths, Table<ShapeIx, u64>),
    work: &mut Work<'_>,
) -> Option<Packing> {
    let mut left = left;
    let mut packing = Packing::default();
    let mut known: Vec<Option<Filling>> = vec![None; machines.len()];
    while left.rows().iter().any(|left| *left > 0) {
        for (filling, machine) in known.iter_mut().zip(machines) {
            if filling.is_none() {
                if !work.spend(lot.shapes.len() as u64) {
                    return None;
                }
                *filling = Some(filler.fill(*machine, (worths, &left), work));
            }
        }
        let best = best(lot, &known)?;
        let machines = best.pods.iter().map(|(shape, count)| left[*shape] / count).min()?;
        for (shape, count) in &best.pods {
            left[*shape] -= count * machines;
        }
        packing.add_filling(lot, &best, machines);
        for filling in &mut known {
            let short =
                |filling: &Filling| filling.pods.iter().any(|(shape, count)| left[*shape] < *count);
            if filling.as_ref().is_some_and(short) {
                *filling = None;
            }
        }
    }
    Some(packing)
}

/// The filling of most worth for its cost; ties by cost, then in the order of types.
fn best(lot: &Lot, known: &[Option<Filling>]) -> Option<Filling> {
    let mut best: Option<(&Filling, u64)> = None;
    for filling in known.iter().flatten().filter(|filling| filling.worth > 0) {
        let cost = nanos(lot.machines[filling.machine].cost);
        let is_better = best.is_none_or(|(best, of)| {
            let (own, other) = (u128::from(filling.worth), u128::from(best.worth));
            own * u128::from(of) > other * u128::from(cost)
        });
        if is_better {
            best = Some((filling, cost));
        }
    }
    best.map(|(best, _)| best.clone())
}
