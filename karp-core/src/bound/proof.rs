//! Proves a lower bound from any prices of pods and resources, in exact integers; not how such prices are found.
//!
//! Let every pod of shape `i` be worth `p(i)`, and a unit of resource `r` on machine `t` be worth `q(t, r)`; none is negative. Whatever pods a machine
//! `t` holds, each of them is worth at most `q(t)·request(i)` plus what it is worth beyond that, and at most `copies(i, t)` pods of a shape are there. So
//! the pods on one machine are worth at most
//!
//! ```text
//! U(t) = q(t)·capacity(t) + Σ copies(i, t) · max(0, p(i) − q(t)·request(i))
//! ```
//!
//! Let `θ` be the largest `U(t) / price(t)`, at least 1. All pods are worth `Σ count(i)·p(i)`; those that go to machines that are there are worth at most the
//! `U` of these machines; the rest is on bought machines, which cost at least `1/θ` of what they hold. Hence no plan costs less than
//! `(Σ count(i)·p(i) − Σ U(there)) / θ`. Wrong prices make the bound weak, never false.

use super::market::{Market, Shape};
use crate::model::Price;

/// Binary digits after the point of [`Worths::machines`] and [`Worths::rooms`].
pub(super) const FRACTION: u32 = 40;

/// Binary digits after the point of `θ`.
const THETA: u32 = 32;

/// What pods and resources are supposed to be worth; what is missing is worth nothing.
#[derive(Clone, Debug, Default)]
pub(super) struct Worths {
    /// Of a pod of each shape, in 10⁻¹² dollars per hour.
    pub(super) pods: Vec<u64>,
    /// Of a unit of each resource of each machine, in 2⁻⁴⁰ · 10⁻¹² dollars per hour.
    pub(super) machines: Vec<Vec<u128>>,
    /// The same of each room.
    pub(super) rooms: Vec<Vec<u128>>,
}

/// What every plan costs at least if these are the worths, rounded down.
pub(super) fn bound(market: &Market, worths: &Worths) -> Price {
    let nothing = Vec::new();
    let of = |rows: &[Vec<u128>], at: usize| rows.get(at).unwrap_or(&nothing).clone();
    let mut theta: u128 = 1 << THETA;
    for (at, machine) in market.machines.iter().enumerate() {
        let capacity = machine.capacity.iter().map(|amount| u64::try_from(*amount).unwrap_or(0));
        let load = Load { worth: &of(&worths.machines, at), copies: &machine.copies };
        let held = load.most(capacity, &market.shapes, &worths.pods);
        let Some(scaled) = held.checked_mul(1 << THETA) else { return Price::ZERO };
        theta = theta.max(scaled.div_ceil(u128::from(machine.price.max(1))));
    }
    let mut total: u128 = 0;
    for (shape, worth) in market.shapes.iter().zip(&worths.pods) {
        total = total.saturating_add(u128::from(shape.count) * u128::from(*worth));
    }
    for (at, room) in market.rooms.iter().enumerate() {
        let load = Load { worth: &of(&worths.rooms, at), copies: &room.copies };
        let held = load.most(room.capacity.iter().copied(), &market.shapes, &worths.pods);
        total = total.saturating_sub(held);
    }
    // A total that is too large to be scaled exactly is lowered first.
    let scaled = match total.checked_mul(1 << THETA) {
        Some(scaled) => scaled / theta,
        None => (total / theta) << THETA,
    };
    // The largest number stands for "no price".
    Price::from_pico(i64::try_from(scaled).unwrap_or(i64::MAX).min(i64::MAX - 1))
}

/// What can be put on a machine.
struct Load<'m> {
    /// Of a unit of each resource.
    worth: &'m [u128],
    /// Pods of each shape, at most.
    copies: &'m [u64],
}

impl Load<'_> {
    /// The most that the pods there can be worth, rounded up.
    fn most(&self, capacity: impl Iterator<Item = u64>, shapes: &[Shape], pods: &[u64]) -> u128 {
        let room = self.worth.iter().zip(capacity).fold(0_u128, |sum, (worth, amount)| {
            sum.saturating_add(worth.saturating_mul(u128::from(amount)))
        });
        let mut most = room.div_ceil(1 << FRACTION);
        for ((shape, copies), pod) in shapes.iter().zip(self.copies).zip(pods) {
            // Shapes without pods are worth nothing to anybody.
            if *copies > 0 && shape.count > 0 {
                let beyond = u128::from(*pod).saturating_sub(self.of_request(&shape.request));
                most = most.saturating_add(beyond.saturating_mul(u128::from(*copies)));
            }
        }
        most
    }

    /// What the resources that a pod asks for are worth, rounded down.
    fn of_request(&self, request: &[i64]) -> u128 {
        let sum = self.worth.iter().zip(request).fold(0_u128, |sum, (worth, amount)| {
            // What saturates here would make the bound too high.
            let amount = u128::from(amount.unsigned_abs());
            worth.checked_mul(amount).map_or(sum, |worth| sum.checked_add(worth).unwrap_or(sum))
        });
        sum >> FRACTION
    }
}

#[cfg(test)]
#[path = "proof_test.rs"]
mod tests;
