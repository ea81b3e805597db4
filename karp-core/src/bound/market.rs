//! What waits and what is sold, as numbers; not what it is worth.

use std::sync::Arc;

use super::{
    demand::{Demand, copies_of},
    room,
    supply::Supply,
};
use crate::{
    compile::{PodIx, Problem, bits::Bits},
    model::PodId,
};

/// Pods that wait, machines that can be bought for them, room that is there.
///
/// Less is demanded here than in truth: constraints between pods, limits of pools and least numbers of values are left out. So whatever a plan may
/// do is allowed here, and no plan is cheaper than what is bound to be paid here.
#[derive(Clone, Debug, Default)]
pub(super) struct Market {
    /// Equal pods.
    pub(super) shapes: Vec<Shape>,
    /// Machines that can be bought; those that another one dominates are left out.
    pub(super) machines: Vec<Machine>,
    /// Machines that are there.
    pub(super) rooms: Vec<Room>,
    /// A pod that has to be bought a machine without a price.
    pub(super) unpriced: Option<PodId>,
}

/// Pods that may go to the same places and ask for the same amounts.
#[derive(Clone, Debug)]
pub(super) struct Shape {
    /// Amounts, resource by resource, the pod itself included.
    pub(super) request: Vec<i64>,
    /// How many there are; none when they go for nothing.
    pub(super) count: u64,
    /// The same for shapes that may go to the same places.
    pub(super) want: usize,
}

/// A kind of machine that can be bought, any number of times.
#[derive(Clone, Debug)]
pub(super) struct Machine {
    /// What pods can use, resource by resource.
    pub(super) capacity: Vec<i64>,
    /// 10⁻¹² dollars per hour; never zero.
    pub(super) price: u64,
    /// Shapes that may be there, whatever their size.
    pub(super) admits: Arc<Bits>,
    /// How many pods of each shape one machine holds at most; no more than there are.
    pub(super) copies: Vec<u64>,
}

/// Machines that are there, free of charge, open to the same shapes.
#[derive(Clone, Debug)]
pub(super) struct Room {
    /// What all of them have left, resource by resource.
    pub(super) capacity: Vec<u64>,
    /// How many pods of each shape all of them hold at most; no more than there are.
    pub(super) copies: Vec<u64>,
}

impl Market {
    /// The market of those pods of a problem that `counts`.
    pub(super) fn of(problem: &Problem, counts: impl Fn(PodIx) -> bool) -> Self {
        let demand = Demand::of(problem, counts);
        let supply = Supply::of(problem, &demand);
        let (unpriced, gratis) = (supply.unpriced, supply.gratis);
        let mut machines = undominated(supply.machines);
        let mut is_sold = Bits::empty(demand.shapes.len());
        for machine in &mut machines {
            let copies = copies_of(&demand.shapes, machine.admits.words(), &machine.capacity);
            machine.copies = copies.collect();
            let held = machine.copies.iter().enumerate().filter(|(_, copies)| **copies > 0);
            held.for_each(|(shape, _)| is_sold.insert(shape));
        }
        let rooms = room::rooms(problem, &demand);
        let Demand { mut shapes, examples, .. } = demand;
        let mut without_price = None;
        for (number, (shape, example)) in shapes.iter_mut().zip(examples).enumerate() {
            if gratis.has(number) || !is_sold.has(number) {
                shape.count = 0;
            }
            if unpriced.has(number) && !is_sold.has(number) && !gratis.has(number) {
                without_price = without_price.or(Some(example));
            }
        }
        let unpriced = without_price.map(|pod| problem.pods[pod].id.clone());
        Self { shapes, machines, rooms, unpriced }
    }
}

impl Shape {
    /// How many of its pods a capacity holds.
    pub(super) fn copies_in(&self, capacity: &[i64]) -> u64 {
        let asked = self.request.iter().zip(capacity).filter(|(request, _)| **request > 0);
        asked.fold(self.count, |least, (&request, &capacity)| {
            least.min(u64::try_from(capacity / request).unwrap_or(0))
        })
    }
}

/// Drops machines that are no better in any way than another one, which holds as much for as many shapes at no higher price.
///
/// Whatever pods are worth, such a machine holds no more worth for its price than the other.
fn undominated(mut machines: Vec<Machine>) -> Vec<Machine> {
    machines.sort_by(|a, b| a.price.cmp(&b.price).then_with(|| b.capacity.cmp(&a.capacity)));
    let mut kept: Vec<Machine> = Vec::new();
    for machine in machines {
        if !kept.iter().any(|better| dominates(better, &machine)) {
            kept.push(machine);
        }
    }
    kept
}

/// Whether a machine of no higher price is as good in every way.
fn dominates(better: &Machine, machine: &Machine) -> bool {
    let amounts = || better.capacity.iter().zip(&machine.capacity);
    better.price <= machine.price
        && amounts().all(|(better, own)| better >= own)
        && (Arc::ptr_eq(&better.admits, &machine.admits)
            || contains(better.admits.words(), machine.admits.words()))
}

fn contains(all: &[u64], some: &[u64]) -> bool {
    let mut words = some.iter().enumerate();
    words.all(|(at, word)| word & !all.get(at).copied().unwrap_or(0) == 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn machine(capacity: &[i64], price: u64, admits: &[usize]) -> Machine {
        let admits = Arc::new(Bits::of(admits.iter().copied()));
        Machine { capacity: capacity.to_vec(), price, admits, copies: Vec::new() }
    }

    #[test]
    fn what_is_smaller_dearer_and_open_to_fewer_is_dropped() {
        let all = vec![
            machine(&[4, 8], 10, &[0, 1]),
            machine(&[4, 7], 10, &[0]),
            machine(&[4, 9], 10, &[0]),
            machine(&[4, 8], 9, &[1]),
            machine(&[4, 8], 10, &[2]),
        ];
        let kept = undominated(all);
        let kept: Vec<_> = kept.iter().map(|kept| (kept.price, kept.capacity[1])).collect();
        assert_eq!(kept, [(9, 8), (10, 9), (10, 8), (10, 8)]);
    }

    #[test]
    fn the_scarcest_resource_counts_copies() {
        let shape = |request: &[i64], count| Shape { request: request.to_vec(), count, want: 0 };
        assert_eq!(shape(&[2, 0, 1], 10).copies_in(&[9, -5, 3]), 3);
        assert_eq!(shape(&[2, 0, 1], 2).copies_in(&[9, 0, 30]), 2);
        assert_eq!(shape(&[2, 1], 2).copies_in(&[9, -1]), 0);
        assert_eq!(shape(&[2], 2).copies_in(&[-1]), 0);
    }
}
