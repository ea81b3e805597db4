//! One way to buy an instance type: zone, capacity type, price; not the type.

use serde::{Deserialize, Serialize};

use super::{CapacityType, Operator, Price, Requirement, Requirements, Resources, label};

/// One way to buy an instance type.
///
/// Its requirements name one zone and one capacity type; a reserved offering names its reservation, too.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
#[serde(rename_all = "camelCase")]
pub struct Offering {
    /// Zone, capacity type, reservation id and what else distinguishes this offering.
    pub requirements: Requirements,
    /// Price per hour.
    pub price: Price,
    /// Whether it can be bought now.
    pub available: bool,
    /// Instances left, for a reserved offering.
    pub reservation_capacity: Option<u32>,
    /// Entries that replace those of the type's capacity.
    pub capacity_override: Option<Resources>,
    /// Entries that replace those of the type's total overhead.
    pub overhead_override: Option<Resources>,
}

impl Offering {
    /// An available offering in `zone`.
    pub fn new(zone: impl Into<String>, capacity_type: CapacityType, price: Price) -> Self {
        let mut requirements = Requirements::new();
        requirements.add(Requirement::new(label::ZONE, Operator::In, [zone.into()]));
        requirements.add(Requirement::new(
            label::CAPACITY_TYPE,
            Operator::In,
            [capacity_type.as_str().to_owned()],
        ));
        Self {
            requirements,
            price,
            available: true,
            reservation_capacity: None,
            capacity_override: None,
            overhead_override: None,
        }
    }

    /// The zone: the single value of its key.
    pub fn zone(&self) -> Option<&str> {
        self.single(label::ZONE)
    }

    /// The capacity type, if it is one of the three known ones.
    pub fn capacity_type(&self) -> Option<CapacityType> {
        self.single(label::CAPACITY_TYPE)?.parse().ok()
    }

    /// The only value that the offering's requirement on `key` allows.
    pub fn single(&self, key: &str) -> Option<&str> {
        let requirement = self.requirements.get(key)?;
        let mut values = requirement.values();
        match (requirement.is_complement(), values.next(), values.next()) {
            (false, Some(value), None) => Some(value),
            _ => None,
        }
    }
}
