//! Attributes and amounts of devices by name; not the comparing of several devices.

use std::collections::BTreeMap;

use crate::model::{Device, DeviceAttribute};

/// An attribute of a driver's device: under its name as it is, or, where the name's domain is the driver, without it.
///
/// ```
/// use karp_core::{devices::attribute, model::{Device, DeviceAttribute}};
/// let device = Device::new("gpu-0").attribute("index", DeviceAttribute::Int(4));
/// assert_eq!(attribute(&device, "gpu.example.com", "gpu.example.com/index"), Some(&DeviceAttribute::Int(4)));
/// assert_eq!(attribute(&device, "gpu.example.com", "other.example.com/index"), None);
/// ```
pub fn attribute<'d>(device: &'d Device, driver: &str, name: &str) -> Option<&'d DeviceAttribute> {
    by_name(&device.attributes, driver, name)
}

/// What a map of a driver's device says of a name.
pub(super) fn by_name<'m, T>(
    map: &'m BTreeMap<String, T>,
    driver: &str,
    name: &str,
) -> Option<&'m T> {
    map.get(name).or_else(|| {
        let (domain, rest) = name.split_once('/')?;
        if domain == driver { map.get(rest) } else { None }
    })
}
