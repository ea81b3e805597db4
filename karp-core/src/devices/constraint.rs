//! Conditions on devices of several requests together; not the conditions on one device.

use std::collections::BTreeMap;

use super::{attribute::attribute, stock::Stock};
use crate::model::DeviceAttribute;

/// Devices must have one value of an attribute.
#[derive(Clone, Debug)]
pub(super) struct Constraint {
    /// Values by device; a device without one can't be taken.
    values: BTreeMap<usize, Value>,
}

/// A value of an attribute: known, or known only to be that of other devices. The two are never equal.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum Value {
    Known(DeviceAttribute),
    Bound(usize),
}

/// The value that the devices taken so far have, and how many they are.
#[derive(Clone, Debug, Default)]
pub(super) struct Pin(Option<(Value, usize)>);

impl Constraint {
    /// One value of this attribute.
    pub(super) fn of_attribute(stock: &Stock, name: &str) -> Self {
        let value = |(number, own): (usize, &super::stock::StockDevice)| {
            let known = attribute(&own.device, &own.id.driver, name).cloned().map(Value::Known);
            let bound = || own.bound.get(name).copied().map(Value::Bound);
            Some((number, known.or_else(bound)?))
        };
        Self { values: stock.devices.iter().enumerate().filter_map(value).collect() }
    }
}

impl Pin {
    /// Takes a device, if it has the value.
    pub(super) fn take(&mut self, constraint: &Constraint, device: usize) -> bool {
        let Some(value) = constraint.values.get(&device) else { return false };
        match &mut self.0 {
            None => self.0 = Some((value.clone(), 1)),
            Some((pinned, count)) if pinned == value => *count += 1,
            Some(_) => return false,
        }
        true
    }

    /// Gives a device back; with the last one the value is free again.
    pub(super) fn give_back(&mut self) {
        match &mut self.0 {
            Some((_, count)) if *count > 1 => *count -= 1,
            _ => self.0 = None,
        }
    }
}
