//! Takes some machines of a packing apart and buys again for their pods: one alone, or the worst ones together; not the first packing.

use super::{
    filling::{Filler, Worths},
    greedy,
    lot::{Lot, MachineIx, ShapeIx},
    packing::{Packing, Stack, nanos},
    work::Work,
};
use crate::{compile::table::Table, model::Price};

/// How often the pods of some machines are packed, with worths corrected each time.
const TRIES: usize = 3;

/// Fewest and most machines that are taken apart together.
const TOGETHER: (u64, u64) = (4, 64);

/// How many times in a row machines are taken apart for nothing before that is the end of it.
const PATIENCE: u32 = 12;

/// Buys again for each kind of machine alone.
pub(super) fn split(
    lot: &Lot,
    (packing, worths): (&Packing, &Worths),
    work: &mut Work<'_>,
) -> Packing {
    let mut filler = Filler::new(lot);
    let machines: Vec<MachineIx> = lot.broad().collect();
    let mut split = Packing::default();
    for stack in &packing.stacks {
        let mut one = none(lot);
        for (shape, count) in &stack.pods {
            one[*shape] += count;
        }
        let cost = lot.machines[stack.machine].cost;
        let rest = again(lot, &machines, (&mut filler, worths, &one), work);
        match rest.filter(|rest| rest.cost(lot) < cost) {
            Some(rest) => split.stacks.extend(rest.stacks.into_iter().map(|part| Stack {
                machines: part.machines.saturating_mul(stack.machines),
                ..part
            })),
            None => split.stacks.push(stack.clone()),
        }
    }
    split
}

/// Buys again for the pods of those machines together that cost most for what their pods are worth; then for others, until nothing is gained any more.
pub(super) fn merge(
    lot: &Lot,
    (packing, worths): (&Packing, &Worths),
    work: &mut Work<'_>,
) -> Packing {
    let mut filler = Filler::new(lot);
    let machines: Vec<MachineIx> = lot.broad().collect();
    let mut best = packing.clone();
    let (mut turn, mut in_vain) = (0_u64, 0);
    while in_vain < PATIENCE && work.spend(1) {
        let (kept, taken) = taken_apart(lot, &best, worths, turn);
        turn += 1;
        let mut pods = none(lot);
        for stack in &taken.stacks {
            for (shape, count) in &stack.pods {
                pods[*shape] += count * stack.machines;
            }
        }
        let rest = again(lot, &machines, (&mut filler, worths, &pods), work);
        in_vain += 1;
        if let Some(rest) = rest.filter(|rest| rest.cost(lot) < taken.cost(lot)) {
            best = kept;
            best.stacks.extend(rest.stacks);
            in_vain = 0;
        }
    }
    best
}

fn none(lot: &Lot) -> Table<ShapeIx, u64> {
    Table::from_rows(vec![0; lot.shapes.len()])
}

/// The cheapest of some packings of these pods.
fn again(
    lot: &Lot,
    machines: &[MachineIx],
    (filler, worths, pods): (&mut Filler<'_>, &Worths, &Table<ShapeIx, u64>),
    work: &mut Work<'_>,
) -> Option<Packing> {
    let mut worths = worths.clone();
    let mut best: Option<(Price, Packing)> = None;
    for _ in 0..TRIES {
        let found = greedy::pack(filler, lot, machines, (&worths, pods.clone()), work);
        let Some(found) = found else { break };
        worths = found.corrected(lot, &worths);
        let cost = found.cost(lot);
        if best.as_ref().is_none_or(|(least, _)| cost < *least) {
            best = Some((cost, found));
        }
    }
    best.map(|(_, best)| best)
}

/// Which machines stay and which are taken apart: the worst, more and more of them from turn to turn, and in every other turn some of the others with them.
fn taken_apart(lot: &Lot, packing: &Packing, worths: &Worths, turn: u64) -> (Packing, Packing) {
    let mut order: Vec<(u64, usize)> = packing
        .stacks
        .iter()
        .enumerate()
        .map(|(at, stack)| (cost_of_worth(lot, stack, worths), at))
        .collect();
    order.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)));
    let (fewest, most) = TOGETHER;
    let mut wanted = (fewest << (turn / 2 % 5)).min(most);
    let len = order.len().max(1) as u64;
    let mut taken = vec![0_u64; packing.stacks.len()];
    // Every other turn starts somewhere else.
    let start = if turn.is_multiple_of(2) { 0 } else { turn.wrapping_mul(0x9E37_79B9) % len };
    for (_, at) in order.iter().cycle().skip(usize::try_from(start).unwrap_or(0)).take(order.len())
    {
        let (Some(stack), Some(taken)) = (packing.stacks.get(*at), taken.get_mut(*at)) else {
            continue;
        };
        *taken = stack.machines.min(wanted).min(2);
        wanted -= *taken;
        if wanted == 0 {
            break;
        }
    }
    let part = |count: &dyn Fn(&Stack, u64) -> u64| {
        let stacks = packing.stacks.iter().zip(&taken);
        let stacks =
            stacks.map(|(stack, taken)| Stack { machines: count(stack, *taken), ..stack.clone() });
        Packing { stacks: stacks.filter(|stack| stack.machines > 0).collect() }
    };
    (part(&|stack, taken| stack.machines - taken), part(&|_, taken| taken))
}

/// Cost for worth, in units of 2⁻¹⁶.
fn cost_of_worth(lot: &Lot, stack: &Stack, worths: &Worths) -> u64 {
    let worth = stack.pods.iter().map(|(shape, count)| worths[*shape].saturating_mul(*count));
    let worth = u128::from(worth.fold(0_u64, u64::saturating_add).max(1));
    let cost = u128::from(nanos(lot.machines[stack.machine].cost)) << 16;
    u64::try_from(cost / worth).unwrap_or(u64::MAX)
}
