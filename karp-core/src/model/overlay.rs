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

impl NodeOverlay {
    /// An overlay that changes nothing.
    pub fn new(name: impl Into<String>) -> Self {
        Self { name: name.into(), ..Self::default() }
    }
}
