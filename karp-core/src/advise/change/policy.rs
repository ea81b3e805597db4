//! Changes of the policy; not of anything in the cluster.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{
    model::WhenUnsatisfiable,
    policy::{MinValuesPolicy, Policy, ReservedOfferingMode},
};

/// A change of the policy.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[non_exhaustive]
#[serde(rename_all = "kebab-case", rename_all_fields = "camelCase", tag = "what")]
pub enum PolicyChange {
    /// Pods that could be on reserved capacity take other capacity rather than wait.
    ReservedFallback,
    /// Pools lower their `minValues` to what can be had.
    BestEffortMinValues,
    /// A spread constraint for pods without their own becomes a wish.
    SoftDefaultSpread {
        /// Its label.
        topology_key: String,
    },
    /// A round is not ended after so many steps.
    LiftWorkLimit,
}

impl PolicyChange {
    pub(super) fn apply(&self, policy: &mut Policy) {
        match self {
            Self::ReservedFallback => policy.reserved_offerings = ReservedOfferingMode::Fallback,
            Self::BestEffortMinValues => policy.min_values = MinValuesPolicy::BestEffort,
            Self::LiftWorkLimit => policy.work_limit = None,
            Self::SoftDefaultSpread { topology_key } => {
                let own = policy.default_spread.iter_mut();
                own.filter(|one| one.topology_key == *topology_key)
                    .for_each(|one| one.when_unsatisfiable = WhenUnsatisfiable::ScheduleAnyway);
            }
        }
    }
}

impl fmt::Display for PolicyChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ReservedFallback => {
                f.write_str("let the policy fall back from reserved capacity (reservedOfferings)")
            }
            Self::BestEffortMinValues => {
                f.write_str("let the policy lower minValues where they can't be kept (minValues)")
            }
            Self::LiftWorkLimit => f.write_str("lift the policy's limit on steps (workLimit)"),
            Self::SoftDefaultSpread { topology_key } => {
                write!(f, "make the policy's default spread over {topology_key} ScheduleAnyway")
            }
        }
    }
}
