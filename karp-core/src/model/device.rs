//! Devices as their drivers publish them: attributes, capacity, counters; not who uses them.
//!
//! <https://kubernetes.io/docs/concepts/scheduling-eviction/dynamic-resource-allocation/>

use std::{collections::BTreeMap, fmt};

use serde::{Deserialize, Serialize};

use super::{NodeName, NodeSelectorTerm, Quantity};

/// One device of a [`ResourceSlice`](super::ResourceSlice).
#[derive(Clone, Debug, Default, Eq, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
#[serde(rename_all = "camelCase", default)]
pub struct Device {
    /// Name, unique in its pool.
    pub name: String,
    /// Attributes by name; a name without a domain is of the driver's.
    pub attributes: BTreeMap<String, DeviceAttribute>,
    /// Amounts by name; a name without a domain is of the driver's.
    pub capacity: BTreeMap<String, DeviceCapacity>,
    /// Whether several claims may share it, each with a part of its capacity (`allowMultipleAllocations`).
    pub shareable: bool,
    /// What it takes of the counters of its pool.
    pub consumes: Vec<CounterSet>,
    /// Where it can be used, if it says so itself (`perDeviceNodeSelection`); else its slice says it.
    pub nodes: Option<DeviceNodes>,
    /// Whether it has a taint that keeps claims off: karp never plans with such a device, whatever a request tolerates.
    pub tainted: bool,
}

/// An attribute of a device. Values of different kinds are never equal.
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[expect(clippy::exhaustive_enums, reason = "the API has four kinds")]
#[serde(rename_all = "camelCase")]
pub enum DeviceAttribute {
    /// Yes or no.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// Text.
    String(String),
    /// A version, as <https://semver.org> defines it.
    Version(String),
}

/// How much of something a device has, and in which portions it can be had.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
#[serde(rename_all = "camelCase")]
pub struct DeviceCapacity {
    /// All of it.
    pub value: Quantity,
    /// Portions of a [shareable](Device::shareable) device; none = a claim that does not say how much takes all.
    #[serde(default)]
    pub policy: Option<CapacityPolicy>,
}

/// Portions in which a capacity can be had (`requestPolicy`).
#[derive(Clone, Debug, Default, Eq, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
#[serde(rename_all = "camelCase", default)]
pub struct CapacityPolicy {
    /// What a claim takes that does not say how much; none = all.
    pub default: Option<Quantity>,
    /// Amounts that can be had.
    pub portions: Portions,
}

/// Amounts of a capacity that can be had; a request is rounded up to the next one.
#[derive(Clone, Debug, Default, Eq, PartialEq, Serialize, Deserialize)]
#[expect(clippy::exhaustive_enums, reason = "the API has these forms")]
#[serde(rename_all = "camelCase")]
pub enum Portions {
    /// Any amount.
    #[default]
    Any,
    /// These amounts.
    Values(Vec<Quantity>),
    /// From the least on, in steps.
    Range {
        /// The least.
        min: Quantity,
        /// The most; none = what the device has.
        max: Option<Quantity>,
        /// Difference between two amounts; none = any.
        step: Option<Quantity>,
    },
}

/// Named counters: of a pool, how much there is; of a device, how much it takes.
#[derive(Clone, Debug, Default, Eq, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct CounterSet {
    /// Name of the set, unique in its pool.
    pub name: String,
    /// Amounts by counter.
    pub counters: BTreeMap<String, Quantity>,
}

/// Where devices can be used.
#[derive(Clone, Debug, Default, Eq, PartialEq, Serialize, Deserialize)]
#[expect(clippy::exhaustive_enums, reason = "the API has these forms")]
#[serde(rename_all = "camelCase")]
pub enum DeviceNodes {
    /// Nowhere: the devices themselves say where, or nobody does.
    #[default]
    Nowhere,
    /// On every node.
    All,
    /// On one node.
    Named(NodeName),
    /// On nodes that meet one of the terms.
    Matching(Vec<NodeSelectorTerm>),
}

/// Which device: driver, pool and name.
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[expect(clippy::exhaustive_structs, reason = "the API identifies devices by these three")]
#[serde(rename_all = "camelCase")]
pub struct DeviceId {
    /// Driver.
    pub driver: String,
    /// Pool of the driver.
    pub pool: String,
    /// Name in the pool.
    pub device: String,
}

impl Device {
    /// A device without attributes.
    ///
    /// ```
    /// use karp_core::model::{Device, DeviceAttribute};
    /// let device = Device::new("gpu-0")
    ///     .attribute("model", DeviceAttribute::String("a100".into()))
    ///     .capacity("memory", "40Gi".parse()?);
    /// assert_eq!(device.capacity["memory"].value.to_string(), "40Gi");
    /// # Ok::<(), karp_core::model::ParseQuantityError>(())
    /// ```
    pub fn new(name: impl Into<String>) -> Self {
        Self { name: name.into(), ..Self::default() }
    }

    /// Adds an attribute.
    #[must_use]
    pub fn attribute(mut self, name: impl Into<String>, value: DeviceAttribute) -> Self {
        self.attributes.insert(name.into(), value);
        self
    }

    /// Adds an amount that can be had in any portion.
    #[must_use]
    pub fn capacity(self, name: impl Into<String>, value: Quantity) -> Self {
        self.portioned(name, DeviceCapacity::new(value))
    }

    /// Adds an amount with its portions.
    #[must_use]
    pub fn portioned(mut self, name: impl Into<String>, capacity: DeviceCapacity) -> Self {
        self.capacity.insert(name.into(), capacity);
        self
    }

    /// Lets several claims share the device.
    #[must_use]
    pub const fn shareable(mut self) -> Self {
        self.shareable = true;
        self
    }

    /// Lets the device take something of a set of counters.
    #[must_use]
    pub fn consuming(mut self, set: CounterSet) -> Self {
        self.consumes.push(set);
        self
    }
}

impl DeviceCapacity {
    /// An amount that can be had in any portion.
    pub const fn new(value: Quantity) -> Self {
        Self { value, policy: None }
    }

    /// The same in portions, of which a claim that does not say how much takes `default`.
    #[must_use]
    pub fn in_portions(mut self, default: Option<Quantity>, portions: Portions) -> Self {
        self.policy = Some(CapacityPolicy { default, portions });
        self
    }
}

impl CounterSet {
    /// A set of counters.
    pub fn new<N: Into<String>>(
        name: impl Into<String>,
        counters: impl IntoIterator<Item = (N, Quantity)>,
    ) -> Self {
        let counters = counters.into_iter().map(|(name, amount)| (name.into(), amount)).collect();
        Self { name: name.into(), counters }
    }
}

impl fmt::Display for DeviceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}/{}", self.driver, self.pool, self.device)
    }
}
