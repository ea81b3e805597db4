//! Whether a machine has drifted, rule by rule; not what is written about it.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{DriftReason, HashStamp, instance_type};
use crate::{
    lifecycle::{Settings, conditions},
    model::{
        InstanceType, NodeClaim, NodePool, Requirement, Requirements, Span, Timestamp, Undefined,
    },
};

/// Age from which on a claim's type is looked up in the catalog.
const TYPE_CHECK_AGE: Span = Span::hours(1);

/// For how long a claim that passed is not looked up again.
const TYPE_CHECK_PERIOD: Span = Span::minutes(30);

/// What the cloud says of a machine.
#[derive(Clone, Debug, Default, Eq, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
#[serde(rename_all = "camelCase")]
pub enum ProviderDrift {
    /// It is not what its class says, for this reason, one word.
    Drifted(String),
    /// It is what its class says, or is not there any more.
    None,
    /// It could not be judged: what was known before stays.
    #[default]
    Unknown,
}

/// All that decides whether a machine has drifted.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct DriftState<'a> {
    /// The claim.
    pub claim: &'a NodeClaim,
    /// Its pool.
    pub pool: &'a NodePool,
    /// The hash on the pool.
    pub stamp: &'a HashStamp,
    /// Instance types of the pool, unavailable ones included.
    pub types: &'a [Arc<InstanceType>],
    /// When the claim's type was last found in the catalog.
    pub type_found_at: Option<Timestamp>,
    /// What the cloud says.
    pub provider: &'a ProviderDrift,
}

/// Whether a machine has drifted.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct DriftVerdict {
    /// Why it has; none = it has not.
    pub reason: Option<DriftReason>,
    /// Whether nothing is known for certain: no rule of ours says that it has drifted, and the cloud could not tell.
    pub is_open: bool,
    /// Whether its type was looked up and found: remember the time as [`DriftState::type_found_at`].
    pub found_type: bool,
}

impl<'a> DriftState<'a> {
    /// A claim and its pool, whose types are these.
    pub const fn new(
        claim: &'a NodeClaim,
        pool: &'a NodePool,
        stamp: &'a HashStamp,
        types: &'a [Arc<InstanceType>],
    ) -> Self {
        Self { claim, pool, stamp, types, type_found_at: None, provider: &ProviderDrift::None }
    }

    /// Says what the cloud says.
    #[must_use]
    pub const fn with_provider(mut self, provider: &'a ProviderDrift) -> Self {
        self.provider = provider;
        self
    }

    /// Says when the claim's type was last found.
    #[must_use]
    pub const fn with_type_found_at(mut self, at: Timestamp) -> Self {
        self.type_found_at = Some(at);
        self
    }
}

/// Whether a machine has drifted: by hash, then requirements, then type, then what the cloud says. A claim that is not launched has not.
pub fn drift(state: &DriftState<'_>, settings: &Settings, now: Timestamp) -> DriftVerdict {
    let claim = state.claim;
    let mut verdict = DriftVerdict { reason: None, is_open: false, found_type: false };
    if !conditions::is_true(&claim.status.conditions, conditions::LAUNCHED) {
        return verdict;
    }
    if state.stamp.shows_drift_of(&HashStamp::of(&claim.annotations)) {
        verdict.reason = Some(DriftReason::NodePoolDrifted);
    } else if !meets_requirements(claim, state.pool, settings) {
        verdict.reason = Some(DriftReason::RequirementsDrifted);
    } else if is_type_due(state, now) {
        verdict.found_type = instance_type::is_offered(claim, state.types, settings);
        verdict.reason = (!verdict.found_type).then_some(DriftReason::InstanceTypeNotFound);
    }
    if verdict.reason.is_none() {
        match state.provider {
            ProviderDrift::Drifted(reason) => {
                verdict.reason = Some(DriftReason::Provider(reason.clone()));
            }
            ProviderDrift::None => {}
            ProviderDrift::Unknown => verdict.is_open = true,
        }
    }
    verdict
}

/// Whether the labels that the claim has are those that its pool asks for. A label that is missing is missing: machines that are there get no
/// further labels.
fn meets_requirements(claim: &NodeClaim, pool: &NodePool, settings: &Settings) -> bool {
    let entries = pool.template.requirements.iter();
    let wanted = entries.map(|entry| Requirement::from(entry).normalized(&settings.vocabulary));
    let wanted = wanted.collect::<Requirements>().offered();
    Requirements::from_labels(&claim.labels).is_compatible(&wanted, Undefined::Strict)
}

fn is_type_due(state: &DriftState<'_>, now: Timestamp) -> bool {
    now - state.claim.created_at > TYPE_CHECK_AGE
        && state.type_found_at.is_none_or(|found| now - found >= TYPE_CHECK_PERIOD)
}
