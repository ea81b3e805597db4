//! What is taken of devices, amount by amount; not by whom.

use std::collections::BTreeMap;

use super::stock::{Stock, StockDevice};
use crate::model::{AllocatedDevice, Quantity};

/// Amounts that are taken of a [`Stock`].
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Usage(BTreeMap<Key, i128>);

/// Something of which there is only so much.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(super) enum Key {
    /// A whole device: 1.
    Device(usize),
    /// The number of claims that share a device: without end.
    Sharers(usize),
    /// A capacity of a shareable device, by its place among the device's capacities.
    Capacity(usize, usize),
    /// A counter of a pool.
    Counter(usize),
}

impl Usage {
    /// Nothing is taken.
    pub const fn new() -> Self {
        Self(BTreeMap::new())
    }

    /// What the devices of an allocated claim take; access for administration takes nothing, and devices that are not there neither.
    ///
    /// A shareable device of which no amount is said to be taken is taken whole.
    pub fn of_allocation(stock: &Stock, devices: &[AllocatedDevice]) -> Self {
        let mut usage = Self::new();
        for allocated in devices.iter().filter(|allocated| !allocated.admin_access) {
            let Some(number) = stock.in_cluster(&allocated.device) else { continue };
            let Some(device) = stock.devices.get(number) else { continue };
            let amounts = device.device.capacity.iter().map(|(name, capacity)| {
                let all = || allocated.consumed.is_empty().then(|| capacity.value.nanos());
                let said = allocated.consumed.get(name).map(Quantity::nanos);
                said.or_else(all).unwrap_or(0)
            });
            let is_shared = usage.of(Key::Sharers(number)) > 0;
            for (key, amount) in Self::keys((number, device), amounts, is_shared) {
                usage.put(key, amount);
            }
        }
        usage
    }

    /// Takes more.
    pub fn add(&mut self, other: &Self) {
        for (&key, &amount) in &other.0 {
            self.put(key, amount);
        }
    }

    /// Gives back.
    pub fn subtract(&mut self, other: &Self) {
        for (&key, &amount) in &other.0 {
            self.put(key, -amount);
        }
    }

    /// Of each amount the greater: what is taken whichever of two comes about.
    pub fn raise_to(&mut self, other: &Self) {
        for (&key, &amount) in &other.0 {
            let own = self.0.entry(key).or_insert(amount);
            *own = amount.max(*own);
        }
    }

    /// Whether nothing is taken.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn of(&self, key: Key) -> i128 {
        self.0.get(&key).copied().unwrap_or(0)
    }

    pub(super) fn put(&mut self, key: Key, amount: i128) {
        let own = self.0.entry(key).or_insert(0);
        *own = own.saturating_add(amount);
        if *own == 0 {
            self.0.remove(&key);
        }
    }

    /// What one more claim to a device takes: counters only if nobody shares the device yet, `amounts` only where it can be shared.
    pub(super) fn keys(
        (number, device): (usize, &StockDevice),
        amounts: impl Iterator<Item = i128>,
        is_shared: bool,
    ) -> Vec<(Key, i128)> {
        let mut keys = Vec::new();
        if device.device.shareable {
            keys.push((Key::Sharers(number), 1));
            keys.extend(
                amounts.enumerate().map(|(at, amount)| (Key::Capacity(number, at), amount)),
            );
        } else {
            keys.push((Key::Device(number), 1));
        }
        if !is_shared {
            let counters = device.counters.iter();
            keys.extend(counters.map(|&(counter, amount)| (Key::Counter(counter), amount)));
        }
        keys
    }
}
