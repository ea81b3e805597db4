//! A kind of machine that can be bought; not a machine.

use serde::{Deserialize, Serialize};

use super::{
    CapacityType, InstanceTypeName, InvalidField, Offering, Operator, Overlaid, ParsePriceError,
    Price, Quantity, Requirement, Requirements, ResourceName, Resources, TemplateDevices, label,
};

/// A kind of machine: its labels, what it holds, how it can be bought.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
#[serde(rename_all = "camelCase")]
pub struct InstanceType {
    /// Name, equal to its `node.kubernetes.io/instance-type` label.
    pub name: InstanceTypeName,
    /// Labels that its machines will carry, as requirements. Every well-known key that the provider supports is mentioned:
    /// `DoesNotExist` where it does not apply.
    pub requirements: Requirements,
    /// What a machine has in all.
    pub capacity: Resources,
    /// What of it pods can't use.
    pub overhead: Overhead,
    /// Ways to buy it; distinct from each other.
    pub offerings: Vec<Offering>,
    /// Devices that its machines will bring.
    #[serde(default)]
    pub devices: TemplateDevices,
    /// What node overlays changed; nothing in what a provider says.
    #[serde(default)]
    pub overlaid: Overlaid,
    /// First setting that could not be read; reported when a snapshot is built.
    #[serde(skip)]
    pub(crate) invalid: Option<Box<InvalidField>>,
}

/// What of a machine's capacity pods can't use.
#[derive(Clone, Debug, Default, Eq, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Overhead {
    /// For the kubelet and the container runtime.
    pub kube_reserved: Resources,
    /// For the operating system.
    pub system_reserved: Resources,
    /// Kept free by the kubelet's eviction.
    pub eviction_threshold: Resources,
}

impl Overhead {
    /// Sum of the three.
    pub fn total(&self) -> Resources {
        self.kube_reserved.merge(&self.system_reserved).merge(&self.eviction_threshold)
    }
}

impl InstanceType {
    /// A type with 110 pods, architecture amd64 and operating system linux, without cpu, memory or offerings.
    ///
    /// Settings that take text never fail; what can't be read is reported by
    /// [`SnapshotBuilder::build`](crate::snapshot::SnapshotBuilder::build).
    ///
    /// ```
    /// use karp_core::model::{CapacityType::OnDemand, InstanceType, usd};
    /// let large = InstanceType::new("m.large").cpu("2").memory("8Gi").offering("z1", OnDemand, usd("0.096"));
    /// assert_eq!(large.allocatable().to_string(), "cpu 2, memory 8Gi, pods 110");
    /// ```
    pub fn new(name: impl Into<InstanceTypeName>) -> Self {
        let name = name.into();
        let mut requirements = Requirements::new();
        for (key, value) in
            [(label::INSTANCE_TYPE, name.as_str()), (label::ARCH, "amd64"), (label::OS, "linux")]
        {
            requirements.add(Requirement::new(key, Operator::In, [value.to_owned()]));
        }
        let mut capacity = Resources::new();
        capacity.set(ResourceName::PODS, 110);
        Self {
            name,
            requirements,
            capacity,
            overhead: Overhead::default(),
            offerings: Vec::new(),
            devices: TemplateDevices::default(),
            overlaid: Overlaid::default(),
            invalid: None,
        }
    }

    /// Sets the number of vCPUs, as Kubernetes writes it.
    #[must_use]
    pub fn cpu(self, quantity: &str) -> Self {
        self.capacity("cpu", quantity)
    }

    /// Sets the memory, as Kubernetes writes it.
    #[must_use]
    pub fn memory(self, quantity: &str) -> Self {
        self.capacity("memory", quantity)
    }

    /// Sets the capacity of any resource, as Kubernetes writes it.
    #[must_use]
    pub fn capacity(mut self, resource: &str, quantity: &str) -> Self {
        match quantity.parse::<Quantity>() {
            Ok(quantity) => {
                let name = ResourceName::from(resource);
                let amount = name.round_down(&quantity);
                self.capacity.set(name, amount);
            }
            Err(error) => self.reject(format!("capacity `{resource}`"), error.to_string()),
        }
        self
    }

    /// Replaces the requirement on a key.
    #[must_use]
    pub fn requirement(mut self, requirement: Requirement) -> Self {
        self.requirements.replace(requirement);
        self
    }

    /// Adds a way to buy it, and lets the type's zone and capacity-type requirements allow it.
    #[must_use]
    pub fn offering(
        mut self,
        zone: &str,
        capacity_type: CapacityType,
        price: Result<Price, ParsePriceError>,
    ) -> Self {
        match price {
            Ok(price) => {
                self.allow(label::ZONE, zone);
                self.allow(label::CAPACITY_TYPE, capacity_type.as_str());
                self.offerings.push(Offering::new(zone, capacity_type, price));
            }
            Err(error) => {
                self.reject(format!("offering in zone `{zone}`"), error.to_string());
            }
        }
        self
    }

    /// What pods can use, by the rule of the reference: capacity − overhead; then memory less huge pages, 0 at least.
    pub fn allocatable(&self) -> Resources {
        Self::allocatable_of(&self.capacity, &self.overhead.total())
    }

    /// The same for a capacity and a total overhead of which an offering overrides parts.
    pub fn allocatable_of(capacity: &Resources, overhead: &Resources) -> Resources {
        let mut allocatable = capacity.subtract(overhead);
        let huge: i64 = capacity
            .iter()
            .filter(|(name, _)| name.is_hugepages())
            .fold(0, |sum, (_, amount)| i64::saturating_add(sum, amount));
        if huge > 0 {
            let memory = allocatable.amount(&ResourceName::MEMORY).saturating_sub(huge).max(0);
            allocatable.set(ResourceName::MEMORY, memory);
        }
        allocatable
    }

    /// Adds `value` to those that the type's requirement on `key` allows.
    fn allow(&mut self, key: &str, value: &str) {
        let mut values: Vec<String> = self
            .requirements
            .get(key)
            .map(|known| known.values().map(str::to_owned).collect())
            .unwrap_or_default();
        values.push(value.to_owned());
        self.requirements.replace(Requirement::new(key, Operator::In, values));
    }

    /// Notes a setting that could not be read; the first one is kept.
    fn reject(&mut self, field: String, problem: String) {
        self.invalid.get_or_insert_with(|| Box::new(InvalidField { field, problem }));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reserved(kind: InstanceType, cpu: i64, memory_gib: i64) -> InstanceType {
        let mut kind = kind;
        kind.overhead.kube_reserved =
            Resources::new().with("cpu", cpu).with("memory", memory_gib << 30);
        kind
    }

    // RES-21
    #[test]
    fn huge_pages_are_taken_from_memory() {
        let kind = InstanceType::new("huge")
            .cpu("5")
            .memory("20Gi")
            .capacity("hugepages-2Mi", "5Gi")
            .capacity("hugepages-1Gi", "10Gi");
        let allocatable = reserved(kind, 125, 1).allocatable();
        assert_eq!(allocatable.amount("cpu"), 4875);
        assert_eq!(allocatable.amount("memory"), 4 << 30);
    }

    // RES-22
    #[test]
    fn more_huge_pages_than_memory_leave_none() {
        let kind = InstanceType::new("huge")
            .cpu("5")
            .memory("20Gi")
            .capacity("hugepages-2Mi", "50Gi")
            .capacity("hugepages-1Gi", "10Gi");
        let allocatable = reserved(kind, 125, 1).allocatable();
        assert_eq!(allocatable.amount("cpu"), 4875);
        assert_eq!(allocatable.amount("memory"), 0);
    }

    // RES-23
    #[test]
    fn allocatable_is_capacity_less_overhead() {
        let kind = InstanceType::new("plain").cpu("4").memory("16Gi");
        let allocatable = reserved(kind, 100, 1).allocatable();
        assert_eq!((allocatable.amount("cpu"), allocatable.amount("memory")), (3900, 15 << 30));
    }

    // RES-24
    #[test]
    fn an_offering_replaces_entries_of_capacity_and_of_the_total_overhead() {
        let kind = reserved(InstanceType::new("slots").cpu("4").memory("16Gi"), 100, 1);
        let mut capacity = kind.capacity.clone();
        capacity.set("example.com/slot", 12);
        let mut overhead = kind.overhead.total();
        overhead.set("memory", 3 << 30);
        let allocatable = InstanceType::allocatable_of(&capacity, &overhead);
        assert_eq!(allocatable.amount("cpu"), 3900);
        assert_eq!(allocatable.amount("memory"), 13 << 30);
        assert_eq!(allocatable.amount("example.com/slot"), 12);
        assert_eq!(kind.allocatable().get("example.com/slot"), None);
    }
}
