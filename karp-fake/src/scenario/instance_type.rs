//! Instance types as scenario files write them; not those of a provider.

use std::{collections::BTreeMap, sync::Arc};

use karp_core::model::{
    CapacityType, InstanceType, Offering, Operator, Overhead, Price, Quantity, Requirement,
    Requirements, Resources, label,
};
use serde::Deserialize;

use super::ScenarioError;

/// Key of the label that tells reserved offerings apart.
pub(super) const RESERVATION_ID: &str = "karpenter.test.sh/reservation-id";

/// An instance type as written.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct TypeFile {
    pub(super) name: String,
    requirements: Vec<RequirementFile>,
    capacity: Amounts,
    #[serde(default)]
    overhead: OverheadFile,
    pub(super) offerings: Vec<OfferingFile>,
}

type Amounts = BTreeMap<String, Quantity>;

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct RequirementFile {
    key: String,
    operator: String,
    #[serde(default)]
    values: Vec<String>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
struct OverheadFile {
    kube_reserved: Amounts,
    system_reserved: Amounts,
    eviction_threshold: Amounts,
}

/// One way to buy it, as written.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct OfferingFile {
    zone: String,
    capacity_type: String,
    price: Price,
    available: bool,
    pub(super) reservation_id: Option<String>,
    reservation_capacity: Option<u32>,
}

impl TypeFile {
    /// The same type with what is offered in `zones` alone.
    pub(super) fn in_zones(mut self, zones: &[&str]) -> Self {
        self.offerings.retain(|offering| zones.contains(&offering.zone.as_str()));
        for requirement in &mut self.requirements {
            if requirement.key == label::ZONE {
                requirement.values.retain(|zone| zones.contains(&zone.as_str()));
            }
        }
        self
    }

    /// The type in terms of the model.
    pub(super) fn read(&self) -> Result<InstanceType, ScenarioError> {
        let mut requirements = Requirements::new();
        for (index, written) in self.requirements.iter().enumerate() {
            let operator: Operator = written
                .operator
                .parse()
                .map_err(|error| self.error(format!("requirements[{index}].operator"), &error))?;
            requirements.add(Requirement::new(&written.key, operator, written.values.clone()));
        }
        let mut read = InstanceType::new(self.name.as_str());
        read.requirements = requirements;
        read.capacity = Resources::capacity(borrowed(&self.capacity));
        read.overhead = Overhead {
            kube_reserved: Resources::requests(borrowed(&self.overhead.kube_reserved)),
            system_reserved: Resources::requests(borrowed(&self.overhead.system_reserved)),
            eviction_threshold: Resources::requests(borrowed(&self.overhead.eviction_threshold)),
        };
        for (index, offering) in self.offerings.iter().enumerate() {
            let offering = offering
                .read()
                .map_err(|error| self.error(format!("offerings[{index}].capacityType"), &error))?;
            read.offerings.push(offering);
        }
        Ok(read)
    }

    fn error(&self, field: String, error: &dyn std::error::Error) -> ScenarioError {
        ScenarioError::Type { name: self.name.clone(), field, problem: error.to_string() }
    }
}

impl OfferingFile {
    fn read(&self) -> Result<Offering, karp_core::model::ParseCapacityTypeError> {
        let capacity_type: CapacityType = self.capacity_type.parse()?;
        let mut offering = Offering::new(self.zone.as_str(), capacity_type, self.price);
        offering.available = self.available;
        offering.reservation_capacity = self.reservation_capacity;
        // Offerings of no reservation must not be chosen by a demand for one.
        offering.requirements.add(match &self.reservation_id {
            Some(id) => Requirement::equals(RESERVATION_ID, id.as_str()),
            None => Requirement::does_not_exist(RESERVATION_ID),
        });
        Ok(offering)
    }
}

/// Reads a JSON list of instance types, in the form of scenario files.
///
/// # Errors
///
/// [`ScenarioError::Format`] when the text is no such list, [`ScenarioError::Type`] for an operator or capacity type that is unknown.
///
/// ```
/// use karp_fake::scenario::instance_types;
///
/// let types = instance_types(
///     r#"[{
///         "name": "m.large", "requirements": [], "capacity": {"cpu": "2", "memory": "8Gi"},
///         "offerings": [{"zone": "z1", "capacityType": "on-demand", "price": 0.096, "available": true}]
///     }]"#,
/// )?;
/// assert_eq!(types[0].offerings[0].price.to_string(), "0.096");
/// # Ok::<(), karp_fake::scenario::ScenarioError>(())
/// ```
pub fn instance_types(json: &str) -> Result<Vec<Arc<InstanceType>>, ScenarioError> {
    let types: Vec<TypeFile> = serde_json::from_str(json)
        .map_err(|error| ScenarioError::Format { problem: error.to_string() })?;
    types.iter().map(|written| written.read().map(Arc::new)).collect()
}

fn borrowed(amounts: &Amounts) -> impl Iterator<Item = (&str, &Quantity)> {
    amounts.iter().map(|(name, quantity)| (name.as_str(), quantity))
}
