//! How much may be spent on advice; not what it is spent on.

use serde::{Deserialize, Serialize};

/// How often a changed snapshot may be planned again, which is what advice costs.
///
/// A change that holds a number is searched to its end once begun, so that each of the two limits can be exceeded by one search: at most 130 plans, seldom more than
/// ten.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
#[serde(rename_all = "camelCase", default)]
pub struct Effort {
    /// For one group of equal pods. Default: 96.
    pub per_advice: usize,
    /// By one [`Advisor`](super::Advisor) in all. Default: 1,024.
    pub in_all: usize,
}

impl Default for Effort {
    fn default() -> Self {
        Self { per_advice: 96, in_all: 1_024 }
    }
}

impl Effort {
    /// So many plans for each group and in all.
    pub const fn new(per_advice: usize, in_all: usize) -> Self {
        Self { per_advice, in_all }
    }
}
