//! Shapes as bundles of nearly equal ones, in floating point; not their worth.

use std::collections::BTreeMap;

use super::PICO;
use crate::bound::market::{Market, Shape};

/// Most bundles that a linear program is asked about.
const MOST: usize = 160;

/// Steps per power of two in which sizes are told apart, finest first; none: not at all.
const STEPS: [f64; 5] = [16.0, 8.0, 4.0, 2.0, 1.0];

/// A market in floating point, with few shapes.
#[derive(Debug)]
pub(super) struct Bundles {
    pub(super) rows: Vec<Bundle>,
    /// Bundle of each shape.
    pub(super) of_shape: Vec<usize>,
    pub(super) machines: Vec<Place>,
    /// Machines that are there; their price is zero, and there is one of each.
    pub(super) rooms: Vec<Place>,
}

/// Shapes that are nearly alike.
#[derive(Debug)]
pub(super) struct Bundle {
    /// On average.
    pub(super) request: Vec<f64>,
    pub(super) count: f64,
}

/// What holds pods.
#[derive(Debug)]
pub(super) struct Place {
    /// Dollars per hour.
    pub(super) price: f64,
    pub(super) capacity: Vec<f64>,
    /// Pods of each bundle, at most.
    pub(super) copies: Vec<f64>,
}

impl Bundles {
    /// Of the shapes that have pods.
    pub(super) fn of(market: &Market) -> Self {
        let of_shape = number(&market.shapes);
        let len = of_shape.iter().max().map_or(0, |last| last + 1);
        let width = market.shapes.first().map_or(0, |shape| shape.request.len());
        let empty = || Bundle { request: vec![0.0; width], count: 0.0 };
        let mut rows: Vec<Bundle> = std::iter::repeat_with(empty).take(len).collect();
        for (shape, bundle) in market.shapes.iter().zip(&of_shape) {
            let Some(row) = rows.get_mut(*bundle) else { continue };
            let count = shape.count as f64;
            row.count += count;
            for (sum, amount) in row.request.iter_mut().zip(&shape.request) {
                *sum += count * *amount as f64;
            }
        }
        for row in rows.iter_mut().filter(|row| row.count > 0.0) {
            row.request.iter_mut().for_each(|sum| *sum /= row.count);
        }
        let mut bundles = Self { rows, of_shape, machines: Vec::new(), rooms: Vec::new() };
        for machine in &market.machines {
            let capacity: Vec<f64> =
                machine.capacity.iter().map(|amount| (*amount as f64).max(0.0)).collect();
            let copies = bundles.copies(&machine.copies, &capacity);
            let price = machine.price as f64 / PICO;
            bundles.machines.push(Place { price, capacity, copies });
        }
        for room in &market.rooms {
            let capacity: Vec<f64> = room.capacity.iter().map(|amount| *amount as f64).collect();
            let copies = bundles.copies(&room.copies, &vec![f64::INFINITY; capacity.len()]);
            bundles.rooms.push(Place { price: 0.0, capacity, copies });
        }
        bundles
    }

    /// Pods of each bundle on a place: as many as their shapes have together, but not more than average ones fit.
    fn copies(&self, of_shapes: &[u64], capacity: &[f64]) -> Vec<f64> {
        let mut copies = vec![0.0; self.rows.len()];
        let mut members = vec![0_u32; self.rows.len()];
        for (copies_of_shape, bundle) in of_shapes.iter().zip(&self.of_shape) {
            if let (Some(sum), Some(members)) = (copies.get_mut(*bundle), members.get_mut(*bundle))
            {
                *sum += *copies_of_shape as f64;
                *members += 1;
            }
        }
        for ((sum, members), row) in copies.iter_mut().zip(members).zip(&self.rows) {
            if members > 1 {
                *sum = row.fits(capacity).min(*sum);
            }
            *sum = sum.min(row.count);
        }
        copies
    }
}

impl Bundle {
    /// How often it fits into a capacity, whole.
    fn fits(&self, capacity: &[f64]) -> f64 {
        let asked = self.request.iter().zip(capacity).filter(|(request, _)| **request > 0.0);
        asked.fold(f64::INFINITY, |least, (request, capacity)| {
            least.min((capacity / request).floor())
        })
    }
}

/// The bundle of each shape: each its own, or coarser ones until there are few.
fn number(shapes: &[Shape]) -> Vec<usize> {
    if shapes.len() <= MOST {
        return (0..shapes.len()).collect();
    }
    let mut numbers = Vec::new();
    for (step, tells_wants) in
        STEPS.iter().map(|step| (step, true)).chain(STEPS.iter().map(|step| (step, false)))
    {
        let mut known: BTreeMap<(usize, Vec<i32>), usize> = BTreeMap::new();
        numbers = shapes
            .iter()
            .map(|shape| {
                let size = shape.request.iter().map(|amount| grade(*amount, *step)).collect();
                let next = known.len();
                *known.entry((if tells_wants { shape.want } else { 0 }, size)).or_insert(next)
            })
            .collect();
        if known.len() <= MOST {
            break;
        }
    }
    numbers
}

/// An amount on a scale of powers of two.
fn grade(amount: i64, steps: f64) -> i32 {
    if amount <= 0 { i32::MIN } else { ((amount as f64).log2() * steps).round() as i32 }
}
