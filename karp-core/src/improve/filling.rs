//! One machine filled with the pods that are worth most; not how many such machines there are.

use std::cmp::Reverse;

use smallvec::SmallVec;

use super::{
    lot::{FamilyIx, Lot, MachineIx, ShapeIx},
    work::Work,
};
use crate::compile::table::Table;

/// A machine with pods.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Filling {
    /// The type that they were put on; a cheaper one may do.
    pub(super) machine: MachineIx,
    /// How many of each shape, none of them zero.
    pub(super) pods: Vec<(ShapeIx, u64)>,
    /// What they are worth.
    pub(super) worth: u64,
}

/// What a pod of each shape is worth, in 10⁻⁹ dollars per hour, surcharges included.
pub(super) type Worths = Table<ShapeIx, u64>;

/// Greatest worth of a pod: 70,000 dollars per hour.
pub(super) const WORTH_MAX: u64 = 1 << 46;

/// Binary digits of shares of a capacity.
const SHARE: u32 = 24;

/// Binary digits of `1 / capacity`.
const INVERSE: u32 = 56;

/// Binary digits of weights of resources.
const WEIGHT: u32 = 10;

/// Binary digits by which worths are shifted when they are divided by a size, so that nothing is lost above [`WORTH_MAX`].
const DENSITY: u32 = 17;

type Row = SmallVec<[u64; 6]>;

/// Fills machines of a lot.
#[derive(Debug)]
pub(super) struct Filler<'l> {
    lot: &'l Lot,
    /// Shapes in the order in which they are tried, by worth per weighted share of the machine.
    order: Vec<(Reverse<u64>, ShapeIx)>,
    /// Pods of each family on the machine.
    members: Table<FamilyIx, u64>,
}

/// A machine type while it is filled.
struct Frame {
    inverses: Row,
    weights: Row,
}

impl Frame {
    /// The weighted share of the capacity that amounts take; never zero.
    fn size(&self, amounts: &[u64]) -> u64 {
        let shares = amounts.iter().zip(&self.inverses).zip(&self.weights);
        let size = shares.map(|((amount, inverse), weight)| share(*amount, *inverse) * weight);
        size.sum::<u64>().max(1)
    }
}

/// What part of a capacity an amount is; no more than all of it.
fn share(amount: u64, inverse: u64) -> u64 {
    (amount.saturating_mul(inverse) >> (INVERSE - SHARE)).min(1 << SHARE)
}

impl<'l> Filler<'l> {
    /// For machines of this lot.
    pub(super) fn new(lot: &'l Lot) -> Self {
        let members = Table::from_rows(vec![0; lot.families.len()]);
        Self { lot, order: Vec::new(), members }
    }

    /// Fills a machine with pods of those that are left: most worth per share first, the shares weighted by what turned out to be scarce.
    pub(super) fn fill(
        &mut self,
        machine: MachineIx,
        (worths, left): (&Worths, &Table<ShapeIx, u64>),
        work: &mut Work<'_>,
    ) -> Filling {
        let mut frame = self.frame(machine);
        let mut best = self.fill_once(machine, &frame, (worths, left));
        for _ in 0..2 {
            work.spend(self.order.len() as u64 + 1);
            if !self.reweigh(&mut frame, machine, &best) {
                break;
            }
            let other = self.fill_once(machine, &frame, (worths, left));
            if other.worth > best.worth {
                best = other;
            }
        }
        best
    }

    /// The same, and then looks on for something better, over some hundred branches.
    pub(super) fn fill_well(
        &mut self,
        machine: MachineIx,
        (worths, left): (&Worths, &Table<ShapeIx, u64>),
        (branches, work): (u32, &mut Work<'_>),
    ) -> Filling {
        let best = self.fill(machine, (worths, left), work);
        let mut frame = self.frame(machine);
        self.reweigh(&mut frame, machine, &best);
        self.sort(machine, &frame, (worths, left));
        let mut search = Search {
            lot: self.lot,
            frame: &frame,
            order: &self.order,
            members: &mut self.members,
            worths,
            left,
            branches,
            path: Vec::new(),
            best,
        };
        let room = Row::from_slice(&self.lot.capacities[machine]);
        search.descend(0, &room, 0);
        let (best, unused) = (search.best, search.branches);
        self.members.rows_mut().fill(0);
        work.spend(u64::from(branches - unused) * 4);
        best
    }

    fn frame(&self, machine: MachineIx) -> Frame {
        let capacity = self.lot.capacities[machine].iter();
        let inverses = capacity.map(|has| (1_u64 << INVERSE) / (*has).max(1)).collect();
        let weights = self.lot.capacities[machine].iter().map(|_| 1 << WEIGHT).collect();
        Frame { inverses, weights }
    }

    /// Weighs resources by how far a filling uses them up; yields whether that says anything.
    fn reweigh(&self, frame: &mut Frame, machine: MachineIx, filling: &Filling) -> bool {
        let total = self.lot.total(&filling.pods);
        let used =
            total.iter().zip(&frame.inverses).map(|(total, inverse)| share(*total, *inverse));
        let used: Row = used.collect();
        let capacity = self.lot.capacities[machine].iter();
        for ((weight, used), has) in frame.weights.iter_mut().zip(&used).zip(capacity) {
            let used = used >> (SHARE - WEIGHT);
            // To the fourth power: what is half empty hardly counts.
            let square = (used * used) >> WEIGHT;
            *weight = if *has == 0 { 0 } else { (square * square) >> WEIGHT };
        }
        frame.weights.iter().any(|weight| *weight > 0)
    }

    fn sort(
        &mut self,
        machine: MachineIx,
        frame: &Frame,
        (worths, left): (&Worths, &Table<ShapeIx, u64>),
    ) {
        let Self { lot, order, .. } = self;
        let capacity = &lot.capacities[machine];
        order.clear();
        order.extend(left.iter().filter(|(_, left)| **left > 0).filter_map(|(shape, _)| {
            let request = &lot.requests[shape];
            let fits = request.iter().zip(capacity).all(|(request, has)| request <= has);
            let worth = worths[shape].min(WORTH_MAX);
            (fits && worth > 0).then(|| {
                let density = (worth << DENSITY) / frame.size(request);
                (Reverse(density), shape)
            })
        }));
        order.sort_unstable();
    }

    fn fill_once(
        &mut self,
        machine: MachineIx,
        frame: &Frame,
        (worths, left): (&Worths, &Table<ShapeIx, u64>),
    ) -> Filling {
        self.sort(machine, frame, (worths, left));
        let mut room = Row::from_slice(&self.lot.capacities[machine]);
        let mut filling = Filling { machine, pods: Vec::new(), worth: 0 };
        for (_, shape) in &self.order {
            let count = copies(self.lot, (*shape, left[*shape]), &room, &self.members);
            if count > 0 {
                take(&mut room, &self.lot.requests[*shape], count);
                for family in &self.lot.shapes[*shape].families {
                    self.members[*family] += count;
                }
                filling.pods.push((*shape, count));
                let worth = worths[*shape].min(WORTH_MAX).saturating_mul(count);
                filling.worth = filling.worth.saturating_add(worth);
            }
        }
        if !self.lot.families.is_empty() {
            self.members.rows_mut().fill(0);
        }
        filling
    }
}

/// How many pods of a shape fit in what is left, of as many as there are.
fn copies(
    lot: &Lot,
    (shape, left): (ShapeIx, u64),
    room: &[u64],
    members: &Table<FamilyIx, u64>,
) -> u64 {
    let request = &lot.requests[shape];
    if request.iter().zip(room).any(|(request, room)| request > room) {
        return 0;
    }
    let families = lot.shapes[shape].families.iter();
    let most = families.fold(left, |most, family| {
        most.min(lot.families[*family].saturating_sub(members[*family]))
    });
    let asked = request.iter().zip(room).filter(|(request, _)| **request > 0);
    asked.fold(most, |most, (request, room)| {
        // Most shapes are few: a product is cheaper than a quotient.
        if request.saturating_mul(most) <= *room { most } else { room / request }
    })
}

fn take(room: &mut [u64], request: &[u64], count: u64) {
    for (room, request) in room.iter_mut().zip(request) {
        *room -= request * count;
    }
}

/// Looks for the filling of most worth, depth first, until its branches are used up.
struct Search<'s> {
    lot: &'s Lot,
    frame: &'s Frame,
    order: &'s [(Reverse<u64>, ShapeIx)],
    members: &'s mut Table<FamilyIx, u64>,
    worths: &'s Worths,
    left: &'s Table<ShapeIx, u64>,
    branches: u32,
    path: Vec<(ShapeIx, u64)>,
    best: Filling,
}

impl Search<'_> {
    /// Goes on with the shapes from `from` on.
    fn descend(&mut self, from: usize, room: &Row, worth: u64) {
        let rest = self.order.get(from..).unwrap_or_default();
        for (at, &(Reverse(density), shape)) in rest.iter().enumerate() {
            if self.bound(density, room, worth) <= self.best.worth || self.branches == 0 {
                return;
            }
            let most = copies(self.lot, (shape, self.left[shape]), room, self.members);
            if most == 0 {
                continue;
            }
            for count in (1..=most).rev() {
                if self.branches == 0 {
                    return;
                }
                self.branches -= 1;
                self.put(shape, count, (from + at + 1, room, worth));
            }
        }
        self.keep(worth);
    }

    fn put(&mut self, shape: ShapeIx, count: u64, (next, room, worth): (usize, &Row, u64)) {
        let mut room = room.clone();
        take(&mut room, &self.lot.requests[shape], count);
        let lot = self.lot;
        let families = &lot.shapes[shape].families;
        for family in families {
            self.members[*family] += count;
        }
        self.path.push((shape, count));
        let own = self.worths[shape].min(WORTH_MAX).saturating_mul(count);
        self.descend(next, &room, worth.saturating_add(own));
        self.path.pop();
        for family in families {
            self.members[*family] -= count;
        }
    }

    /// The most that can be reached when what is left of the machine is filled at this worth per share.
    fn bound(&self, density: u64, room: &Row, worth: u64) -> u64 {
        let size = u128::from(self.frame.size(room));
        let more = (u128::from(density).saturating_add(1) * size) >> DENSITY;
        worth.saturating_add(u64::try_from(more).unwrap_or(u64::MAX))
    }

    fn keep(&mut self, worth: u64) {
        if worth > self.best.worth {
            self.best.worth = worth;
            self.best.pods.clone_from(&self.path);
        }
    }
}
