//! Which device drivers have published everything that they have on a Node; not what of it is free.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// One `ResourceSlice` of a Node: a part of a pool of devices.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[expect(clippy::exhaustive_structs, reason = "these four decide whether a pool is complete")]
#[serde(rename_all = "camelCase")]
pub struct DriverSlice {
    /// The driver.
    pub driver: String,
    /// The pool.
    pub pool: String,
    /// Generation of the pool that the slice is part of.
    pub generation: i64,
    /// How many slices the pool has at that generation.
    pub slices: i64,
}

/// Those of a comma list of drivers that have no complete pool, in name order, each once.
///
/// A pool is complete when as many slices of its newest generation are there as it says. Slices of older generations never count.
pub(super) fn incomplete(drivers: &str, slices: &[DriverSlice]) -> Vec<String> {
    let mut pools: BTreeMap<(&str, &str), Newest> = BTreeMap::new();
    for slice in slices {
        let newest = pools.entry((&slice.driver, &slice.pool)).or_default();
        newest.add(slice);
    }
    let has_complete = |wanted: &str| {
        pools.iter().any(|((driver, _), newest)| *driver == wanted && newest.is_complete())
    };
    let wanted = drivers.split(',').map(str::trim).filter(|driver| !driver.is_empty());
    let mut missing: Vec<String> =
        wanted.filter(|driver| !has_complete(driver)).map(str::to_owned).collect();
    missing.sort();
    missing.dedup();
    missing
}

/// The newest generation of a pool.
#[derive(Default)]
struct Newest {
    generation: Option<i64>,
    there: i64,
    declared: i64,
}

impl Newest {
    fn add(&mut self, slice: &DriverSlice) {
        if self.generation.is_none_or(|known| known < slice.generation) {
            *self = Self { generation: Some(slice.generation), there: 0, declared: 0 };
        }
        if self.generation == Some(slice.generation) {
            self.there = self.there.saturating_add(1);
            self.declared = self.declared.max(slice.slices);
        }
    }

    const fn is_complete(&self) -> bool {
        self.declared > 0 && self.there == self.declared
    }
}
