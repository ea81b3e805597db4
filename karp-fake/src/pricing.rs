//! Prices of a catalog, fixed or changing by the hour; not prices of a real cloud.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use karp_core::{
    backend::{Clock, PriceEntry, PriceTable, PricesRequest, Pricing, ProviderError},
    model::{InstanceType, Offering, Price, Timestamp},
};

use crate::{FakeClock, FaultPlan, Operation, Seed, fault::Faults};

/// Knows the prices of a catalog: clones are one source.
///
/// ```
/// use karp_core::backend::{Clock, Pricing, PricesRequest};
/// use karp_core::model::{CapacityType::Spot, Span, Timestamp};
/// use karp_fake::{FakeClock, FakePricing, Seed, catalog};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let clock = FakeClock::new(Timestamp::EPOCH);
/// let pricing = FakePricing::new(clock.clone(), catalog::teaching()).with_hourly_change(Seed(7), 20);
/// let before = pricing.prices(&PricesRequest::new()).await?;
/// clock.advance(Span::hours(1));
/// let after = pricing.prices(&PricesRequest::new()).await?;
/// let price = |table: &karp_core::backend::PriceTable| table.price(&"m.large".into(), Some("z1"), Spot).unwrap();
/// assert_ne!(price(&before), price(&after));
/// assert_eq!(after.as_of(), clock.now());
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct FakePricing {
    clock: FakeClock,
    types: Arc<[Arc<InstanceType>]>,
    change: Option<Change>,
    faults: Arc<Mutex<Faults>>,
}

/// How prices move.
#[derive(Clone, Copy, Debug)]
struct Change {
    seed: Seed,
    percent: u32,
}

impl FakePricing {
    /// The prices of these types, which never change.
    pub fn new(clock: FakeClock, types: Vec<Arc<InstanceType>>) -> Self {
        Self { clock, types: Arc::from(types), change: None, faults: Arc::default() }
    }

    /// Lets each price be another every hour: that of the catalog, up to `percent` more or less. At most 100.
    ///
    /// What a price is at an hour follows from the seed, the offering and the hour alone.
    #[must_use]
    pub fn with_hourly_change(mut self, seed: Seed, percent: u32) -> Self {
        self.change = Some(Change { seed, percent: percent.min(100) });
        self
    }

    /// Makes calls go wrong.
    #[must_use]
    pub fn with_faults(self, plan: FaultPlan) -> Self {
        *self.faults() = Faults::new(plan);
        self
    }

    fn faults(&self) -> MutexGuard<'_, Faults> {
        self.faults.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn table(&self, request: &PricesRequest) -> PriceTable {
        let now = self.clock.now();
        let wanted = &request.instance_types;
        let entries = self
            .types
            .iter()
            .filter(|kind| wanted.is_empty() || wanted.contains(&kind.name))
            .flat_map(|kind| kind.offerings.iter().map(move |offering| (kind, offering)))
            .filter_map(|(kind, offering)| {
                let price = self.price(kind, offering, now);
                let entry = PriceEntry::new(kind.name.clone(), offering.capacity_type()?, price);
                Some(match offering.zone() {
                    Some(zone) => entry.in_zone(zone),
                    None => entry,
                })
            });
        PriceTable::new(now, entries)
    }

    fn price(&self, kind: &InstanceType, offering: &Offering, now: Timestamp) -> Price {
        let Some(Change { seed, percent }) = self.change else { return offering.price };
        let hour = now.unix_seconds().div_euclid(3_600);
        let zone = offering.zone().unwrap_or_default();
        let paid = offering.capacity_type().map_or("", |capacity_type| capacity_type.as_str());
        let mut stream = seed.stream(&format!("price/{}/{zone}/{paid}/{hour}", kind.name));
        // In hundredths of a percent of the catalog's price.
        let swing = i64::from(percent) * 100;
        let share = 10_000 + stream.between(-swing, swing);
        offering.price.scaled(share.unsigned_abs(), 10_000)
    }
}

#[async_trait]
impl Pricing for FakePricing {
    async fn prices(&self, request: &PricesRequest) -> Result<PriceTable, ProviderError> {
        let fault = self.faults().strike(Operation::Prices);
        Faults::around(fault, Operation::Prices, || Ok(self.table(request)))
    }
}

#[cfg(test)]
mod tests {
    use karp_core::{
        backend::ErrorKind,
        model::CapacityType::{OnDemand, Spot},
    };

    use super::*;
    use crate::{Fault, catalog};

    fn pricing() -> FakePricing {
        FakePricing::new(FakeClock::new(Timestamp::EPOCH), catalog::teaching())
    }

    #[tokio::test]
    async fn prices_are_those_of_the_catalog() {
        let request = PricesRequest::new().of_types(["m.large".into()]);
        let table = pricing().prices(&request).await.unwrap();
        assert_eq!(table.len(), 6);
        assert_eq!(
            table.price(&"m.large".into(), Some("z2"), OnDemand).unwrap().to_string(),
            "0.40"
        );
        assert_eq!(table.price(&"c.large".into(), Some("z2"), OnDemand), None);
    }

    #[tokio::test]
    async fn changing_prices_stay_within_their_bounds_and_come_again_with_the_seed() {
        let draw = || async {
            let changing = pricing().with_hourly_change(Seed(1), 30);
            changing.prices(&PricesRequest::new()).await.unwrap()
        };
        let table = draw().await;
        assert_eq!(table, draw().await);
        for kind in catalog::teaching() {
            let listed = kind.offerings[1].price;
            let price = table.price(&kind.name, Some("z1"), Spot).unwrap();
            assert!(price >= listed.scaled(70, 100) && price <= listed.scaled(130, 100));
        }
    }

    #[tokio::test]
    async fn a_planned_fault_strikes_once() {
        let lost = Fault::LoseRequest(ErrorKind::Unavailable);
        let pricing = pricing().with_faults(FaultPlan::new().on_nth(Operation::Prices, 0, lost));
        let error = pricing.prices(&PricesRequest::new()).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unavailable);
        assert!(pricing.prices(&PricesRequest::new()).await.is_ok());
    }
}
