//! How much of each resource: sums, differences, and whether a request fits.
//!
//! Not here: what a pod's containers add up to, and which node has room.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use smallvec::SmallVec;

use super::{Quantity, QuantityFormat, ResourceName};

type Entry = (ResourceName, i64);

/// An amount per resource name, in name order.
///
/// CPU is counted in thousandths of a core, everything else in whole units: bytes for memory, a
/// count for pods and devices. All arithmetic stops at the bounds of `i64`. A resource that is
/// named with amount zero differs from one that is not named; see [`subtract`](Self::subtract)
/// and [`min`](Self::min) for where that matters.
///
/// # Example: two containers on a node
///
/// ```
/// use karp_core::model::{Quantity, ResourceName, Resources};
///
/// let app = Resources::requests([("cpu", &"250m".parse()?), ("memory", &"1Gi".parse()?)]);
/// let proxy = Resources::requests([("cpu", &"0.25".parse()?)]);
/// let both = app.merge(&proxy);
/// assert_eq!(both.to_string(), "cpu 500m, memory 1Gi");
///
/// let node = Resources::capacity([("cpu", &"2".parse()?), ("memory", &"512Mi".parse()?)]);
/// assert!(proxy.fits(&node));
/// assert!(!both.fits(&node));
/// # Ok::<(), karp_core::model::ParseQuantityError>(())
/// ```
#[derive(Clone, Debug, Default, Eq, Hash, PartialEq)]
pub struct Resources {
    /// Sorted by name, each name once.
    entries: SmallVec<[Entry; 4]>,
}

impl Resources {
    /// No resources.
    pub fn new() -> Self {
        Self::default()
    }

    /// Amounts that something asks for, rounded up so that it never gets less than it asked for.
    ///
    /// Quantities of a name that occurs twice are added.
    pub fn requests<'q, Name>(amounts: impl IntoIterator<Item = (Name, &'q Quantity)>) -> Self
    where
        Name: Into<ResourceName>,
    {
        Self::read(
            amounts,
            |quantity, is_cpu| {
                if is_cpu { quantity.milli_ceil() } else { quantity.units_ceil() }
            },
        )
    }

    /// Amounts that something offers, rounded down so that it never gives more than it has.
    ///
    /// Quantities of a name that occurs twice are added.
    pub fn capacity<'q, Name>(amounts: impl IntoIterator<Item = (Name, &'q Quantity)>) -> Self
    where
        Name: Into<ResourceName>,
    {
        Self::read(
            amounts,
            |quantity, is_cpu| {
                if is_cpu { quantity.milli_floor() } else { quantity.units_floor() }
            },
        )
    }

    fn read<'q, Name>(
        amounts: impl IntoIterator<Item = (Name, &'q Quantity)>,
        round: impl Fn(&Quantity, bool) -> i64,
    ) -> Self
    where
        Name: Into<ResourceName>,
    {
        let amounts = amounts.into_iter().map(|(name, quantity)| {
            let name = name.into();
            let amount = round(quantity, name.is_cpu());
            (name, amount)
        });
        amounts.collect()
    }

    /// Sets the amount of a resource, replacing any earlier one.
    pub fn set(&mut self, name: impl Into<ResourceName>, amount: i64) {
        let name = name.into();
        match self.position(name.as_str()) {
            Ok(found) => {
                if let Some(entry) = self.entries.get_mut(found) {
                    entry.1 = amount;
                }
            }
            Err(place) => self.entries.insert(place, (name, amount)),
        }
    }

    /// Removes a resource; yields its amount if it was named.
    pub fn remove(&mut self, name: impl AsRef<str>) -> Option<i64> {
        let found = self.position(name.as_ref()).ok()?;
        Some(self.entries.remove(found).1)
    }

    /// These resources with one amount set; for building values in one expression.
    #[must_use]
    pub fn with(mut self, name: impl Into<ResourceName>, amount: i64) -> Self {
        self.set(name, amount);
        self
    }

    /// The amount of a resource, or `None` if it is not named.
    pub fn get(&self, name: impl AsRef<str>) -> Option<i64> {
        let found = self.position(name.as_ref()).ok()?;
        self.entries.get(found).map(|entry| entry.1)
    }

    /// The amount of a resource, 0 if it is not named.
    pub fn amount(&self, name: impl AsRef<str>) -> i64 {
        self.get(name).unwrap_or(0)
    }

    /// Names and amounts, in name order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&ResourceName, i64)> + Clone {
        self.entries.iter().map(|(name, amount)| (name, *amount))
    }

    /// The number of resources named.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether no resource is named.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Whether every amount is zero, or none is named.
    pub fn is_zero(&self) -> bool {
        self.entries.iter().all(|(_, amount)| *amount == 0)
    }

    /// The sum, over every resource named on either side.
    #[must_use]
    pub fn merge(&self, other: &Self) -> Self {
        self.union(other, i64::saturating_add)
    }

    /// Adds `other` to `self`, over every resource named on either side: [`merge`](Self::merge) in place.
    pub fn add(&mut self, other: &Self) {
        for (name, amount) in other.iter() {
            match self.entries.binary_search_by(|(own, _)| own.cmp(name)) {
                Ok(place) => {
                    if let Some((_, own)) = self.entries.get_mut(place) {
                        *own = own.saturating_add(amount);
                    }
                }
                Err(place) => self.entries.insert(place, (name.clone(), amount)),
            }
        }
    }

    /// What is left of `self` when `other` is taken, over the resources named in `self`.
    ///
    /// A resource that only `other` names is ignored; compare [`subtract_from`](Self::subtract_from).
    #[must_use]
    pub fn subtract(&self, other: &Self) -> Self {
        let left = self
            .iter()
            .map(|(name, amount)| (name.clone(), amount.saturating_sub(other.amount(name))));
        Self { entries: left.collect() }
    }

    /// Takes `other` out of `self`; a resource that only `other` names becomes negative.
    pub fn subtract_from(&mut self, other: &Self) {
        *self = self.union(other, i64::saturating_sub);
    }

    /// The larger amount of each resource named on either side.
    ///
    /// A resource named on one side only keeps its amount, even a negative one.
    #[must_use]
    pub fn max(&self, other: &Self) -> Self {
        let mut larger = self.clone();
        for (name, amount) in other.iter() {
            let own = self.get(name).unwrap_or(amount);
            larger.set(name, own.max(amount));
        }
        larger
    }

    /// The smaller amount of each resource named on both sides.
    #[must_use]
    pub fn min(&self, other: &Self) -> Self {
        let smaller = self.iter().filter_map(|(name, amount)| {
            other.get(name).map(|others| (name.clone(), amount.min(others)))
        });
        Self { entries: smaller.collect() }
    }

    /// The largest amount of each resource named in any of `all`; nothing for nothing.
    pub fn max_of<'a>(all: impl IntoIterator<Item = &'a Self>) -> Self {
        all.into_iter().fold(Self::new(), |largest, next| largest.max(next))
    }

    /// The smallest amount of each resource named in every one of `all`; nothing for nothing.
    pub fn min_of<'a>(all: impl IntoIterator<Item = &'a Self>) -> Self {
        let smallest = all.into_iter().fold(None::<Self>, |smallest, next| {
            Some(smallest.map_or_else(|| next.clone(), |smallest| smallest.min(next)))
        });
        smallest.unwrap_or_default()
    }

    /// The sum of all of `all`.
    pub fn sum_of<'a>(all: impl IntoIterator<Item = &'a Self>) -> Self {
        all.into_iter().fold(Self::new(), |sum, next| sum.merge(next))
    }

    /// Whether this request fits into `total`.
    ///
    /// Nothing fits into a total with a negative amount, whichever resource it is: it is
    /// overbooked. Otherwise each amount requested must not exceed that of the total, where a
    /// resource that the total does not name counts as 0. So a request of zero for an unknown
    /// resource fits.
    pub fn fits(&self, total: &Self) -> bool {
        total.entries.iter().all(|(_, amount)| *amount >= 0)
            && self.iter().all(|(name, amount)| amount <= total.amount(name))
    }

    fn position(&self, name: &str) -> Result<usize, usize> {
        // A handful of short names: a scan beats a binary search.
        for (place, (own, _)) in self.entries.iter().enumerate() {
            match own.as_str().cmp(name) {
                Ordering::Less => {}
                Ordering::Equal => return Ok(place),
                Ordering::Greater => return Err(place),
            }
        }
        Err(self.entries.len())
    }

    fn union(&self, other: &Self, combine: impl Fn(i64, i64) -> i64) -> Self {
        let mut entries = SmallVec::with_capacity(self.entries.len().max(other.entries.len()));
        let mut left = self.entries.iter().peekable();
        let mut right = other.entries.iter().peekable();
        loop {
            let order = match (left.peek(), right.peek()) {
                (None, None) => break,
                (Some(_), None) => Ordering::Less,
                (None, Some(_)) => Ordering::Greater,
                (Some(a), Some(b)) => a.0.cmp(&b.0),
            };
            let a = if order.is_le() { left.next() } else { None };
            let b = if order.is_ge() { right.next() } else { None };
            if let Some((name, _)) = a.or(b) {
                let amount = combine(a.map_or(0, |a| a.1), b.map_or(0, |b| b.1));
                entries.push((name.clone(), amount));
            }
        }
        Self { entries }
    }
}

impl<Name: Into<ResourceName>> FromIterator<(Name, i64)> for Resources {
    /// Collects amounts; those of a name that occurs twice are added.
    fn from_iter<I: IntoIterator<Item = (Name, i64)>>(amounts: I) -> Self {
        let mut resources = Self::new();
        for (name, amount) in amounts {
            let name = name.into();
            let sum = resources.amount(&name).saturating_add(amount);
            resources.set(name, sum);
        }
        resources
    }
}

impl fmt::Display for Resources {
    /// Writes `cpu 500m, memory 2Gi`, or `nothing`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_empty() {
            return f.write_str("nothing");
        }
        for (place, (name, amount)) in self.iter().enumerate() {
            let comma = if place == 0 { "" } else { ", " };
            write!(f, "{comma}{name} {}", amount_text(name, amount))?;
        }
        Ok(())
    }
}

impl Serialize for Resources {
    /// Writes a map from name to Kubernetes quantity text.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.iter().map(|(name, amount)| (name, amount_text(name, amount))))
    }
}

impl<'de> Deserialize<'de> for Resources {
    /// Reads a map from name to quantity, rounding up as for a request.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let amounts = BTreeMap::<ResourceName, Quantity>::deserialize(deserializer)?;
        Ok(Self::requests(&amounts))
    }
}

/// The amount of a resource as people and Kubernetes write it, exactly.
///
/// `amount` is in thousandths for CPU, in whole units otherwise. Bytes are written with a binary
/// or a decimal suffix, whichever is shorter; counts without any.
///
/// ```
/// use karp_core::model::{ResourceName, amount_text};
///
/// assert_eq!(amount_text(&ResourceName::CPU, 1500), "1500m");
/// assert_eq!(amount_text(&ResourceName::MEMORY, 1_610_612_736), "1536Mi");
/// assert_eq!(amount_text(&ResourceName::MEMORY, 2_000_000_000), "2G");
/// assert_eq!(amount_text(&ResourceName::PODS, 2000), "2000");
/// ```
pub fn amount_text(name: &ResourceName, amount: i64) -> String {
    if name.is_cpu() {
        return Quantity::from_milli(amount).canonical();
    }
    if !name.is_bytes() {
        return amount.to_string();
    }
    let binary = Quantity::from_bytes(amount);
    let decimal = Quantity::from_nanos(binary.nanos(), QuantityFormat::DecimalSi).canonical();
    let binary = binary.canonical();
    if decimal.len() < binary.len() { decimal } else { binary }
}
