//! Devices of a machine to buy that will have one value of an attribute, though nobody knows which; not values that are known.

use std::collections::BTreeMap;

use crate::model::{AttributeBinding, DeviceId};

/// For each attribute the group of every bound device; devices of one group will have one value.
///
/// Groups that share a device are one. A device that is bound to no other is in none.
pub(super) fn groups(bindings: &[AttributeBinding]) -> BTreeMap<&str, BTreeMap<&DeviceId, usize>> {
    let mut groups: BTreeMap<&str, BTreeMap<&DeviceId, usize>> = BTreeMap::new();
    for (number, binding) in bindings.iter().enumerate() {
        let mut devices: Vec<&DeviceId> = binding.devices.iter().collect();
        devices.sort_unstable();
        devices.dedup();
        if devices.len() < 2 {
            continue;
        }
        let own = groups.entry(&binding.attribute).or_default();
        let met: Vec<usize> =
            devices.iter().filter_map(|device| own.get(device).copied()).collect();
        own.extend(devices.into_iter().map(|device| (device, number)));
        for group in own.values_mut().filter(|group| met.contains(group)) {
            *group = number;
        }
    }
    groups
}
