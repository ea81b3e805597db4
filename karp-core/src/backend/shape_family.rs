//! Machines of any size within bounds; not types with one size.

use serde::{Deserialize, Serialize};

use crate::model::{
    InstanceTypeName, Offering, Overhead, Price, Requirements, ResourceName, Resources,
};

/// Machines whose size the caller chooses, within ranges, at a price that follows the size.
///
/// ```
/// use karp_core::{backend::ShapeFamily, model::{Resources, usd}};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// const GIB: i64 = 1 << 30;
/// let flex = ShapeFamily::new("flex")
///     .range("cpu", 1_000, 64_000, 1_000)
///     .range("memory", GIB, 1_024 * GIB, GIB)
///     .at_most_per("memory", 16 * GIB, "cpu", 1_000)
///     .price_per("cpu", 1_000, usd("0.03")?)
///     .price_per("memory", GIB, usd("0.0015")?);
/// let size = Resources::new().with("cpu", 4_000).with("memory", 16 * GIB);
/// assert!(flex.sells(&size));
/// assert_eq!(flex.price(&size), usd("0.144")?);
/// // 5 vCPUs have no more than 80 GiB.
/// assert!(!flex.sells(&Resources::new().with("cpu", 5_000).with("memory", 81 * GIB)));
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
#[serde(rename_all = "camelCase")]
pub struct ShapeFamily {
    /// Name, that of the instance type that its machines are labelled with.
    pub name: InstanceTypeName,
    /// Labels of its machines, whatever their size.
    pub requirements: Requirements,
    /// Sizes that are sold.
    pub ranges: Vec<ShapeRange>,
    /// Ceilings of one resource by another.
    pub ratios: Vec<ShapeRatio>,
    /// What of a machine pods can't use, whatever its size.
    pub overhead: Overhead,
    /// Price per hour of a machine of no size.
    pub base_price: Price,
    /// Price per hour by size.
    pub unit_prices: Vec<UnitPrice>,
    /// Zones and ways to pay; their prices are added to that of the size.
    pub offerings: Vec<Offering>,
}

/// Sizes of one resource that are sold: `least`, `least + step`, … up to `most`.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
#[serde(rename_all = "camelCase")]
pub struct ShapeRange {
    /// The resource.
    pub resource: ResourceName,
    /// Least amount, in the resource's unit.
    pub least: i64,
    /// Greatest amount.
    pub most: i64,
    /// Distance between two sizes; 0 counts as 1.
    pub step: i64,
}

/// At most `most` of `resource` for each `unit` of `per`, fractions in proportion.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
#[serde(rename_all = "camelCase")]
pub struct ShapeRatio {
    /// The resource that is bounded.
    pub resource: ResourceName,
    /// Its greatest amount per unit.
    pub most: i64,
    /// The resource that it is bounded by.
    pub per: ResourceName,
    /// Amount of that resource.
    pub unit: i64,
}

/// Price of an amount of a resource.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
#[serde(rename_all = "camelCase")]
pub struct UnitPrice {
    /// The resource.
    pub resource: ResourceName,
    /// The amount that costs `price`, in the resource's unit; 0 counts as 1.
    pub unit: i64,
    /// Price per hour of one unit.
    pub price: Price,
}

impl ShapeFamily {
    /// A family that sells nothing yet.
    pub fn new(name: impl Into<InstanceTypeName>) -> Self {
        Self {
            name: name.into(),
            requirements: Requirements::new(),
            ranges: Vec::new(),
            ratios: Vec::new(),
            overhead: Overhead::default(),
            base_price: Price::ZERO,
            unit_prices: Vec::new(),
            offerings: Vec::new(),
        }
    }

    /// Sells `resource` from `least` to `most` in steps.
    #[must_use]
    pub fn range(
        mut self,
        resource: impl Into<ResourceName>,
        least: i64,
        most: i64,
        step: i64,
    ) -> Self {
        self.ranges.push(ShapeRange { resource: resource.into(), least, most, step });
        self
    }

    /// Sells at most `most` of `resource` for each `unit` of `per`.
    #[must_use]
    pub fn at_most_per(
        mut self,
        resource: impl Into<ResourceName>,
        most: i64,
        per: impl Into<ResourceName>,
        unit: i64,
    ) -> Self {
        self.ratios.push(ShapeRatio { resource: resource.into(), most, per: per.into(), unit });
        self
    }

    /// Adds a price per amount.
    #[must_use]
    pub fn price_per(mut self, resource: impl Into<ResourceName>, unit: i64, price: Price) -> Self {
        self.unit_prices.push(UnitPrice { resource: resource.into(), unit, price });
        self
    }

    /// Adds a zone and way to pay.
    #[must_use]
    pub fn offering(mut self, offering: Offering) -> Self {
        self.offerings.push(offering);
        self
    }

    /// Whether a machine of exactly this size is sold: every resource is in a range of its name, and every range is met.
    pub fn sells(&self, size: &Resources) -> bool {
        self.ranges.iter().all(|range| range.has(size.amount(&range.resource)))
            && size.iter().all(|(name, _)| self.ranges.iter().any(|range| range.resource == *name))
            && self.ratios.iter().all(|ratio| ratio.allows(size))
    }

    /// Price per hour of a machine of this size, before its offering's; fractions of a unit cost in proportion.
    pub fn price(&self, size: &Resources) -> Price {
        self.unit_prices.iter().fold(self.base_price, |sum, unit_price| {
            let amount = u64::try_from(size.amount(&unit_price.resource)).unwrap_or(0);
            let unit = u64::try_from(unit_price.unit).unwrap_or(1).max(1);
            sum.saturating_add(unit_price.price.scaled(amount, unit))
        })
    }
}

impl ShapeRange {
    fn has(&self, amount: i64) -> bool {
        (self.least..=self.most).contains(&amount)
            && amount.saturating_sub(self.least) % self.step.max(1) == 0
    }
}

impl ShapeRatio {
    fn allows(&self, size: &Resources) -> bool {
        let bounded = i128::from(size.amount(&self.resource)) * i128::from(self.unit.max(1));
        bounded <= i128::from(size.amount(&self.per)) * i128::from(self.most)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn flex() -> ShapeFamily {
        ShapeFamily::new("flex").range("cpu", 1_000, 8_000, 500)
    }

    #[test]
    fn sizes_between_two_steps_are_not_sold() {
        assert!(flex().sells(&Resources::new().with("cpu", 1_500)));
        assert!(!flex().sells(&Resources::new().with("cpu", 1_600)));
        assert!(!flex().sells(&Resources::new().with("cpu", 8_500)));
        assert!(!flex().sells(&Resources::new()));
    }

    #[test]
    fn a_resource_without_a_range_is_not_sold() {
        assert!(!flex().sells(&Resources::new().with("cpu", 1_500).with("nvidia.com/gpu", 1)));
    }

    #[test]
    fn the_price_follows_the_size() {
        let price = Price::from_pico(4);
        let family = flex().price_per("cpu", 1_000, price);
        assert_eq!(family.price(&Resources::new().with("cpu", 2_500)), Price::from_pico(10));
        assert_eq!(family.price(&Resources::new()), Price::ZERO);
    }
}
