//! All devices that can be allocated, gathered from slices into pools; not who has them.

use std::collections::{BTreeMap, BTreeSet};

use super::binding;
use crate::model::{Device, DeviceId, DeviceNodes, Quantity, ResourceSlice, TemplateDevices};

/// Devices of a cluster and of machines to buy, by pools.
#[derive(Clone, Debug, Default)]
pub struct Stock {
    pub(super) devices: Vec<StockDevice>,
    pub(super) counters: Vec<i128>,
    pools: Vec<DevicePool>,
    templates: usize,
    /// Devices of the cluster.
    numbers: BTreeMap<DeviceId, usize>,
}

/// Devices that a type of machines will bring, in the order in which they were [added](Stock::add_template).
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct TemplateIx(usize);

/// A pool of a driver.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct DevicePool {
    /// Driver.
    pub driver: String,
    /// Name.
    pub name: String,
    /// Whether there are more or fewer slices of the newest generation than the driver says: the pool is being changed.
    pub is_incomplete: bool,
    /// Why no device of it can be allocated; none = they can be.
    pub invalid: Option<String>,
    /// The type of machines that will bring it; none = it is in the cluster.
    pub template: Option<TemplateIx>,
}

/// A device with what it takes, numbers for names.
#[derive(Clone, Debug)]
pub(super) struct StockDevice {
    pub(super) id: DeviceId,
    pub(super) device: Device,
    /// Where it can be used; a device of a machine to buy on that machine.
    pub(super) nodes: DeviceNodes,
    pub(super) pool: usize,
    pub(super) template: Option<TemplateIx>,
    /// Counters that it takes something of.
    pub(super) counters: Vec<(usize, i128)>,
    /// Groups of devices with one value, by attribute.
    pub(super) bound: BTreeMap<String, usize>,
}

impl Stock {
    /// The devices of these slices: of each pool the newest generation.
    ///
    /// A pool in which names are given twice, or in which devices take counters that it does not have, is [invalid](DevicePool::invalid).
    /// Slices of nodes that are unknown or not initialized yet have to be left out by the caller.
    pub fn new<'s>(slices: impl IntoIterator<Item = &'s ResourceSlice>) -> Self {
        let mut stock = Self::default();
        stock.gather(slices, None);
        stock
    }

    /// Adds the devices that machines of some type will bring. Where slices say that devices can be used does not count.
    pub fn add_template(&mut self, template: &TemplateDevices) -> TemplateIx {
        let ix = TemplateIx(self.templates);
        self.templates += 1;
        let from = self.devices.len();
        self.gather(&template.slices, Some(ix));
        let groups = binding::groups(&template.bindings);
        for device in self.devices.iter_mut().skip(from) {
            for (attribute, own) in &groups {
                if let Some(group) = own.get(&device.id) {
                    device.bound.insert((*attribute).to_owned(), *group);
                }
            }
        }
        ix
    }

    /// Pools, those of the cluster first, by driver and name.
    pub fn pools(&self) -> &[DevicePool] {
        &self.pools
    }

    /// How many devices can be allocated.
    pub fn len(&self) -> usize {
        self.devices.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.devices.is_empty()
    }

    /// The device of the cluster with this id; devices of invalid pools are known, too.
    pub(super) fn in_cluster(&self, id: &DeviceId) -> Option<usize> {
        self.numbers.get(id).copied()
    }

    pub(super) fn pool(&self, device: &StockDevice) -> Option<&DevicePool> {
        self.pools.get(device.pool)
    }

    fn gather<'s>(
        &mut self,
        slices: impl IntoIterator<Item = &'s ResourceSlice>,
        template: Option<TemplateIx>,
    ) {
        let mut pools: BTreeMap<(&str, &str), Vec<&ResourceSlice>> = BTreeMap::new();
        for slice in slices {
            pools.entry((&slice.driver, &slice.pool)).or_default().push(slice);
        }
        for ((driver, name), mut slices) in pools {
            let newest = slices.iter().map(|slice| slice.generation).max();
            slices.retain(|slice| Some(slice.generation) == newest);
            slices.sort_by(|a, b| a.name.cmp(&b.name));
            self.add_pool((driver, name), &slices, template);
        }
    }

    fn add_pool(
        &mut self,
        (driver, name): (&str, &str),
        slices: &[&ResourceSlice],
        template: Option<TemplateIx>,
    ) {
        let count = i64::try_from(slices.len()).unwrap_or(i64::MAX);
        let pool = self.pools.len();
        let (counters, mut invalid) = counters(slices);
        let first = self.counters.len();
        let numbers: BTreeMap<(&str, &str), usize> =
            counters.keys().enumerate().map(|(at, key)| (*key, first + at)).collect();
        self.counters.extend(counters.values());
        let mut names = BTreeSet::new();
        for (slice, device) in
            slices.iter().flat_map(|slice| slice.devices.iter().map(move |own| (slice, own)))
        {
            if !names.insert(device.name.as_str()) {
                invalid
                    .get_or_insert_with(|| format!("two devices have the name `{}`", device.name));
            }
            let mut taken = Vec::new();
            for (set, counter, amount) in amounts(device) {
                if let Some(number) = numbers.get(&(set, counter)) {
                    taken.push((*number, amount.nanos()));
                } else {
                    let problem = format!(
                        "device `{}` takes of `{set}/{counter}`, which is no counter of the pool",
                        device.name
                    );
                    invalid.get_or_insert(problem);
                }
            }
            let id = DeviceId {
                driver: driver.to_owned(),
                pool: name.to_owned(),
                device: device.name.clone(),
            };
            if template.is_none() {
                self.numbers.entry(id.clone()).or_insert(self.devices.len());
            }
            self.devices.push(StockDevice {
                id,
                nodes: device.nodes.as_ref().unwrap_or(&slice.nodes).clone(),
                device: device.clone(),
                pool,
                template,
                counters: taken,
                bound: BTreeMap::new(),
            });
        }
        self.pools.push(DevicePool {
            driver: driver.to_owned(),
            name: name.to_owned(),
            is_incomplete: slices.iter().any(|slice| slice.slices != count),
            invalid,
            template,
        });
    }
}

/// What a device takes: set, counter, amount.
fn amounts(device: &Device) -> impl Iterator<Item = (&str, &str, &Quantity)> {
    device.consumes.iter().flat_map(|set| {
        let counters = set.counters.iter();
        counters.map(move |(name, amount)| (set.name.as_str(), name.as_str(), amount))
    })
}

/// Counters of a pool by set and name, and what is wrong with them.
fn counters<'s>(
    slices: &[&'s ResourceSlice],
) -> (BTreeMap<(&'s str, &'s str), i128>, Option<String>) {
    let mut counters = BTreeMap::new();
    let mut sets = BTreeSet::new();
    let mut invalid = None;
    for set in slices.iter().flat_map(|slice| &slice.counters) {
        if !sets.insert(set.name.as_str()) {
            invalid = Some(format!("two counter sets have the name `{}`", set.name));
        }
        for (name, amount) in &set.counters {
            counters.insert((set.name.as_str(), name.as_str()), amount.nanos());
        }
    }
    (counters, invalid)
}
