//! Slices of device pools, those of the cluster and those that machines to buy will bring; not the devices' use.

use serde::{Deserialize, Serialize};

use super::{CounterSet, Device, DeviceId, DeviceNodes, NodeName};

/// A `ResourceSlice`: some devices of a pool of a driver.
#[derive(Clone, Debug, Default, Eq, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
#[serde(rename_all = "camelCase", default)]
pub struct ResourceSlice {
    /// Name; empty for slices of instance types.
    pub name: String,
    /// Driver that publishes it.
    pub driver: String,
    /// Pool that its devices are of.
    pub pool: String,
    /// Edition of the pool: only slices of the newest count.
    pub generation: i64,
    /// How many slices the pool has in this edition (`resourceSliceCount`); where there are more or fewer, the pool is being changed.
    pub slices: i64,
    /// Node that owns the slice.
    pub owner: Option<NodeName>,
    /// Where its devices can be used.
    pub nodes: DeviceNodes,
    /// Devices.
    pub devices: Vec<Device>,
    /// Counters that devices of the pool share.
    pub counters: Vec<CounterSet>,
}

/// Devices that a machine of an instance type will bring.
///
/// Where they can be used is on that machine: [`ResourceSlice::nodes`] says nothing here.
#[derive(Clone, Debug, Default, Eq, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
#[serde(rename_all = "camelCase", default)]
pub struct TemplateDevices {
    /// Slices that the drivers will publish.
    pub slices: Vec<ResourceSlice>,
    /// Devices whose attributes will be equal, whatever their values.
    pub bindings: Vec<AttributeBinding>,
}

/// Devices that will have one value of an attribute, which nobody knows before the machine is there: two that hang on one bus, for example.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[expect(clippy::exhaustive_structs, reason = "an attribute and the devices that share it")]
#[serde(rename_all = "camelCase")]
pub struct AttributeBinding {
    /// Name of the attribute, with its domain.
    pub attribute: String,
    /// The devices; fewer than two say nothing.
    pub devices: Vec<DeviceId>,
}

impl ResourceSlice {
    /// A slice of a pool that has no other: of the first generation, usable nowhere.
    ///
    /// ```
    /// use karp_core::model::{Device, DeviceNodes, ResourceSlice};
    /// let slice = ResourceSlice::new("node-1-gpus", "gpu.example.com", "node-1")
    ///     .on(DeviceNodes::Named("node-1".into()))
    ///     .device(Device::new("gpu-0"));
    /// assert_eq!(slice.slices, 1);
    /// ```
    pub fn new(
        name: impl Into<String>,
        driver: impl Into<String>,
        pool: impl Into<String>,
    ) -> Self {
        Self {
            name: name.into(),
            driver: driver.into(),
            pool: pool.into(),
            generation: 1,
            slices: 1,
            ..Self::default()
        }
    }

    /// Says where the devices can be used.
    #[must_use]
    pub fn on(mut self, nodes: DeviceNodes) -> Self {
        self.nodes = nodes;
        self
    }

    /// Says which node owns the slice.
    #[must_use]
    pub fn owned_by(mut self, node: impl Into<NodeName>) -> Self {
        self.owner = Some(node.into());
        self
    }

    /// Says of which edition the slice is, and how many slices the pool has in it.
    #[must_use]
    pub const fn edition(mut self, generation: i64, slices: i64) -> Self {
        self.generation = generation;
        self.slices = slices;
        self
    }

    /// Adds a device.
    #[must_use]
    pub fn device(mut self, device: Device) -> Self {
        self.devices.push(device);
        self
    }

    /// Adds counters that devices of the pool share.
    #[must_use]
    pub fn counters(mut self, set: CounterSet) -> Self {
        self.counters.push(set);
        self
    }
}
