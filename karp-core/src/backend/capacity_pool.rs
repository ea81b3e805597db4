//! Limits that several offerings share: quotas, stock, addresses; not limits of node pools.

use serde::{Deserialize, Serialize};

use crate::model::{CapacityType, InstanceTypeName, ResourceName};

/// A limit that several offerings draw from: a quota of a family, the stock of a zone, the addresses of a subnet.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
#[serde(rename_all = "camelCase")]
pub struct CapacityPool {
    /// Name, distinct among those of one answer.
    pub name: String,
    /// What it counts.
    pub unit: CapacityUnit,
    /// What is left; none = unknown, learned from failures.
    pub remaining: Option<i64>,
    /// The offerings that draw from it: those that any selector selects.
    pub members: Vec<OfferingSelector>,
}

/// What a [`CapacityPool`] counts.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum CapacityUnit {
    /// Machines.
    Machines,
    /// A resource of their capacity, in its unit.
    Resource(ResourceName),
}

/// Selects offerings; a part that is absent selects all.
///
/// ```
/// use karp_core::{backend::OfferingSelector, model::CapacityType::{OnDemand, Spot}};
///
/// let spot_in_z1 = OfferingSelector::all().in_zone("z1").paid_as(Spot);
/// assert!(spot_in_z1.selects(&"m.large".into(), Some("z1"), Spot));
/// assert!(!spot_in_z1.selects(&"m.large".into(), Some("z1"), OnDemand));
/// assert!(!spot_in_z1.selects(&"m.large".into(), None, Spot));
/// ```
#[derive(Clone, Debug, Default, Eq, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
#[serde(rename_all = "camelCase", default)]
pub struct OfferingSelector {
    /// Of these types; empty = all.
    pub instance_types: Vec<InstanceTypeName>,
    /// In this zone.
    pub zone: Option<String>,
    /// Paid so.
    pub capacity_type: Option<CapacityType>,
}

impl CapacityPool {
    /// A limit of which nothing is known but its members.
    pub fn new(name: impl Into<String>, members: Vec<OfferingSelector>) -> Self {
        Self { name: name.into(), unit: CapacityUnit::Machines, remaining: None, members }
    }

    /// Says what is left.
    #[must_use]
    pub fn with_remaining(mut self, remaining: i64, unit: CapacityUnit) -> Self {
        self.remaining = Some(remaining);
        self.unit = unit;
        self
    }

    /// Whether an offering draws from this limit.
    pub fn has(
        &self,
        instance_type: &InstanceTypeName,
        zone: Option<&str>,
        capacity_type: CapacityType,
    ) -> bool {
        self.members.iter().any(|member| member.selects(instance_type, zone, capacity_type))
    }
}

impl OfferingSelector {
    /// Selects every offering.
    pub fn all() -> Self {
        Self::default()
    }

    /// Selects offerings of a type; called again, of either.
    #[must_use]
    pub fn of_type(mut self, instance_type: impl Into<InstanceTypeName>) -> Self {
        self.instance_types.push(instance_type.into());
        self
    }

    /// Selects offerings in a zone.
    #[must_use]
    pub fn in_zone(mut self, zone: impl Into<String>) -> Self {
        self.zone = Some(zone.into());
        self
    }

    /// Selects offerings that are paid so.
    #[must_use]
    pub const fn paid_as(mut self, capacity_type: CapacityType) -> Self {
        self.capacity_type = Some(capacity_type);
        self
    }

    /// Whether an offering is selected.
    pub fn selects(
        &self,
        instance_type: &InstanceTypeName,
        zone: Option<&str>,
        capacity_type: CapacityType,
    ) -> bool {
        (self.instance_types.is_empty() || self.instance_types.contains(instance_type))
            && self.zone.as_deref().is_none_or(|wanted| Some(wanted) == zone)
            && self.capacity_type.is_none_or(|wanted| wanted == capacity_type)
    }
}
