//! Quantities by resource name, as objects write them; not amounts in the solver's units.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer, de::Error};

use crate::model::{Quantity, ResourceName, Resources};

/// Exact quantities by resource name; none is negative.
#[derive(Clone, Debug, Default, Eq, Hash, PartialEq, Deserialize)]
#[serde(transparent)]
pub(crate) struct Amounts(BTreeMap<String, Amount>);

/// A quantity that is not negative.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
struct Amount(Quantity);

impl<'de> Deserialize<'de> for Amount {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let quantity = Quantity::deserialize(deserializer)?;
        if quantity.nanos() < 0 {
            return Err(D::Error::custom(format!("expected at least 0, found `{quantity}`")));
        }
        Ok(Self(quantity))
    }
}

impl Amounts {
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn get(&self, resource: &str) -> Option<&Quantity> {
        self.0.get(resource).map(|amount| &amount.0)
    }

    pub(crate) fn contains(&self, resource: &str) -> bool {
        self.0.contains_key(resource)
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &Quantity)> {
        self.0.iter().map(|(resource, amount)| (resource.as_str(), &amount.0))
    }

    /// Sets a resource; callers hand over amounts that are not negative.
    pub(crate) fn set(&mut self, resource: &str, quantity: Quantity) {
        self.0.insert(resource.to_owned(), Amount(quantity));
    }

    /// Sets the resources that are not set.
    pub(crate) fn fill(&mut self, defaults: &Self) {
        for (resource, quantity) in defaults.iter() {
            if !self.contains(resource) {
                self.set(resource, quantity.clone());
            }
        }
    }

    /// Adds per resource.
    pub(crate) fn add(&mut self, other: &Self) {
        for (resource, quantity) in other.iter() {
            let sum = self
                .get(resource)
                .map_or_else(|| quantity.clone(), |own| own.saturating_add(quantity));
            self.set(resource, sum);
        }
    }

    /// Takes the greater amount per resource.
    pub(crate) fn raise(&mut self, other: &Self) {
        for (resource, quantity) in other.iter() {
            if self.get(resource).is_none_or(|own| own < quantity) {
                self.set(resource, quantity.clone());
            }
        }
    }

    /// In the solver's units, rounded up.
    pub(crate) fn requests(&self) -> Resources {
        Resources::requests(self.iter())
    }

    /// In the solver's units, rounded down.
    pub(crate) fn capacity(&self) -> Resources {
        Resources::capacity(self.iter())
    }
}

/// Reads limits of a pool, which may be negative and then allow nothing.
pub(crate) fn signed<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Resources>, D::Error> {
    let amounts = BTreeMap::<String, Quantity>::deserialize(deserializer)?;
    Ok(Some(
        amounts
            .iter()
            .map(|(name, quantity)| (ResourceName::from(name.as_str()), quantity))
            .map(|(name, quantity)| {
                let amount = name.round_down(quantity);
                (name, amount)
            })
            .collect(),
    ))
}
