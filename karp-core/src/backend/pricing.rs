//! What machines cost; not which to buy.
#![cfg_attr(
    feature = "mock",
    expect(clippy::disallowed_types, reason = "mocks keep what they expect behind a lock")
)]

use std::collections::BTreeMap;

use async_trait::async_trait;

use super::ProviderError;
use crate::model::{CapacityType, InstanceType, InstanceTypeName, Price, Timestamp};

/// Knows prices, for clouds that don't say them with their types, or say list prices only.
///
/// # Contract
///
#[doc = include_str!("pricing.md")]
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait Pricing: Send + Sync {
    /// The prices that are known.
    ///
    /// # Errors
    ///
    /// Whatever keeps the source from answering; the caller goes on with the last table.
    async fn prices(&self, request: &PricesRequest) -> Result<PriceTable, ProviderError>;
}

/// Asks for prices.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub struct PricesRequest {
    /// Only of these types; empty = all.
    pub instance_types: Vec<InstanceTypeName>,
}

/// Prices per hour.
///
/// ```
/// use karp_core::{
///     backend::{PriceEntry, PriceTable},
///     model::{CapacityType::{OnDemand, Spot}, InstanceType, Price, Timestamp, usd},
/// };
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let table = PriceTable::new(
///     Timestamp::EPOCH,
///     [PriceEntry::new("m.large", OnDemand, usd("0.10")?), PriceEntry::new("m.large", Spot, usd("0.03")?).in_zone("z2")],
/// );
/// assert_eq!(table.price(&"m.large".into(), Some("z1"), OnDemand), Some(usd("0.10")?));
/// assert_eq!(table.price(&"m.large".into(), Some("z1"), Spot), None);
///
/// let listed = InstanceType::new("m.large").offering("z1", OnDemand, Ok(Price::ZERO));
/// assert_eq!(table.priced(&listed).offerings[0].price, usd("0.10")?);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct PriceTable {
    as_of: Timestamp,
    prices: BTreeMap<(InstanceTypeName, CapacityType, Option<String>), Price>,
}

/// The price of one offering.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct PriceEntry {
    /// The type.
    pub instance_type: InstanceTypeName,
    /// The zone; none = every zone without an entry of its own.
    pub zone: Option<String>,
    /// How it is paid.
    pub capacity_type: CapacityType,
    /// Price per hour.
    pub price: Price,
}

impl PricesRequest {
    /// Asks for all.
    pub fn new() -> Self {
        Self::default()
    }

    /// Asks for some types.
    #[must_use]
    pub fn of_types(mut self, types: impl IntoIterator<Item = InstanceTypeName>) -> Self {
        self.instance_types.extend(types);
        self
    }
}

impl PriceEntry {
    /// A price in every zone.
    pub fn new(
        instance_type: impl Into<InstanceTypeName>,
        capacity_type: CapacityType,
        price: Price,
    ) -> Self {
        Self { instance_type: instance_type.into(), zone: None, capacity_type, price }
    }

    /// The same in one zone.
    #[must_use]
    pub fn in_zone(mut self, zone: impl Into<String>) -> Self {
        self.zone = Some(zone.into());
        self
    }
}

impl PriceTable {
    /// Prices as they were at `as_of`; of equal entries the last counts.
    pub fn new(as_of: Timestamp, entries: impl IntoIterator<Item = PriceEntry>) -> Self {
        let prices = entries
            .into_iter()
            .map(|entry| ((entry.instance_type, entry.capacity_type, entry.zone), entry.price))
            .collect();
        Self { as_of, prices }
    }

    /// When the source last vouched for the figures.
    pub const fn as_of(&self) -> Timestamp {
        self.as_of
    }

    /// Number of prices.
    pub fn len(&self) -> usize {
        self.prices.len()
    }

    /// Whether nothing is known.
    pub fn is_empty(&self) -> bool {
        self.prices.is_empty()
    }

    /// The price of an offering, if it is known.
    pub fn price(
        &self,
        instance_type: &InstanceTypeName,
        zone: Option<&str>,
        capacity_type: CapacityType,
    ) -> Option<Price> {
        let of = |zone: Option<&str>| {
            let key = (instance_type.clone(), capacity_type, zone.map(str::to_owned));
            self.prices.get(&key).copied()
        };
        zone.and_then(|zone| of(Some(zone))).or_else(|| of(None))
    }

    /// The type with the prices of this table; offerings that it does not know keep theirs.
    #[must_use]
    pub fn priced(&self, instance_type: &InstanceType) -> InstanceType {
        let mut priced = instance_type.clone();
        for offering in &mut priced.offerings {
            let known = offering.capacity_type().and_then(|capacity_type| {
                self.price(&instance_type.name, offering.zone(), capacity_type)
            });
            offering.price = known.unwrap_or(offering.price);
        }
        priced
    }
}
