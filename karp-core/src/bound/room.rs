//! What is there: free room on machines that stay; not what it costs, which is nothing.

use std::collections::BTreeMap;

use super::{
    demand::{Demand, copies_of},
    market::Room,
};
use crate::compile::{Problem, algebra::Undefined, bits::Bits, forms::Facet, nodes::NodePlace};

/// Room of all machines that are there, those that are open to the same asks together.
pub(super) fn rooms(problem: &Problem, demand: &Demand) -> Vec<Room> {
    let mut rooms: BTreeMap<Vec<u64>, (Bits, Room)> = BTreeMap::new();
    let mut free: Vec<i64> = Vec::with_capacity(problem.axis.len());
    for (node, place) in problem.nodes.places.iter().filter(|(_, place)| !place.is_overbooked) {
        free.clear();
        free.extend(problem.nodes.free[node].iter().map(|amount| (*amount).max(0)));
        let asks = demand.asks(problem).filter(|(_, facet)| is_open(problem, place, facet));
        let asks = Bits::of(asks.map(|(ask, _)| ask.number()));
        if asks.is_empty() {
            continue;
        }
        let (admits, room) = rooms.entry(asks.words().to_vec()).or_insert_with(|| {
            let room = Room { capacity: vec![0; free.len()], copies: vec![0; demand.shapes.len()] };
            (demand.content_with(&asks), room)
        });
        for (sum, amount) in room.capacity.iter_mut().zip(&free) {
            *sum = sum.saturating_add(amount.unsigned_abs());
        }
        let copies = copies_of(&demand.shapes, admits.words(), &free);
        for ((sum, copies), shape) in room.copies.iter_mut().zip(copies).zip(&demand.shapes) {
            *sum = sum.saturating_add(copies).min(shape.count);
        }
    }
    rooms.into_values().map(|(_, room)| room).collect()
}

/// Whether a machine that is there is what a facet asks for. It has all labels that it will ever have.
fn is_open(problem: &Problem, place: &NodePlace, facet: &Facet) -> bool {
    let forms = &problem.forms;
    forms.tolerance.first_untolerated(facet.tolerations, place.taints).is_none()
        && facet.host.is_none_or(|demand| place.host.meets(&forms.algebra, demand))
        && forms.algebra.compatible(place.set, facet.full, Undefined::Refuse)
}
