//! Node overlays: prices and extra capacity laid over instance types; not their evaluation.

use serde::{Deserialize, Serialize};

use super::{Condition, RequirementEntry, Resources};

/// A `NodeOverlay`.
#[derive(Clone, Debug, Default, Eq, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
#[serde(rename_all = "camelCase", default)]
pub struct NodeOverlay {
    /// Name.
    pub name: String,
    /// 1 to 10,000, heavier overlays win; 0 when not set.
    pub weight: u32,
    /// Which types and offerings it applies to.
    pub requirements: Vec<RequirementEntry>,
    /// New price per hour, as written.
    pub price: Option<String>,
    /// Signed change of the price (`+0.1`, `-10%`), as written.
    pub price_adjustment: Option<String>,
    /// Extended resources to add or replace.
    pub capacity: Resources,
    /// Status conditions.
    pub conditions: Vec<Condition>,
}

/// What overlays changed of an instance type, or of any type that a machine may become.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
#[serde(rename_all = "camelCase", default)]
pub struct Overlaid {
    /// The price of an offering. A claim says so by the annotation [`PRICE_OVERLAY_APPLIED`](super::label::PRICE_OVERLAY_APPLIED).
    pub price: bool,
    /// The capacity. A claim says so by the annotation [`CAPACITY_OVERLAY_APPLIED`](super::label::CAPACITY_OVERLAY_APPLIED).
    pub capacity: bool,
}

impl Overlaid {
    /// What is changed of any of these.
    pub fn any(all: impl IntoIterator<Item = Self>) -> Self {
        all.into_iter().fold(Self::default(), |any, one| Self {
            price: any.price || one.price,
            capacity: any.capacity || one.capacity,
        })
    }
}

impl NodeOverlay {
    /// An overlay that changes nothing.
    pub fn new(name: impl Into<String>) -> Self {
        Self { name: name.into(), ..Self::default() }
    }
}
