//! Reasons: stable code and data; not their order and not their layout.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::VolumeProblem;
use crate::model::{Price, Requirement, ResourceName, Taint, amount_text};

/// Why a pod can't use a place.
///
/// The first rule that excludes the place, in the documented order of rules. Codes are stable, kebab-case, never reused; all are listed
/// in `docs/src/reasons.md`.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
#[serde(rename_all = "kebab-case", tag = "code", content = "detail")]
pub enum Reason {
    /// A demand of the pod is against the rules of Kubernetes.
    InvalidRequirement {
        /// Label key.
        key: String,
        /// What is wrong and what was expected.
        problem: String,
    },
    /// The pod's demands on one label exclude each other, so that no machine can ever meet them.
    Contradiction {
        /// Label key.
        key: String,
    },
    /// The pod demands a label that the place does not define.
    LabelUnknown {
        /// Label key.
        key: String,
        /// A known key that was perhaps meant.
        hint: Option<String>,
    },
    /// Every type of the pool would exceed a limit of the pool.
    LimitExceeded {
        /// Limited resource.
        resource: ResourceName,
        /// What is left of the limit, in the resource's unit.
        remaining: i64,
        /// What the smallest fitting type would take.
        needed: i64,
    },
    /// Too few different values of a label would stay possible.
    MinValues {
        /// Label key.
        key: String,
        /// How many the pool demands.
        demanded: u32,
        /// How many there are among the types that would do.
        there: u32,
    },
    /// The pod refers to dynamic resource claims, which the policy ignores
    /// ([`ignore_dynamic_resources`](crate::policy::Policy::ignore_dynamic_resources)).
    DynamicResourcesIgnored,
    /// No instance type of the pool holds the pod.
    NoInstanceType(NoInstanceType),
    /// The pool has no instance type that meets its own requirements.
    NoTypesInPool,
    /// No pool can make machines for pods.
    NoDynamicPool,
    /// The pool may not have another machine.
    NodeLimitReached,
    /// The pod says that it must not run on machines of any pool.
    OptedOut,
    /// The pool is not used, for the reason of this finding code.
    PoolExcluded {
        /// Code of the finding.
        finding: String,
    },
    /// The pod's demand and the place's contradict each other.
    RequirementConflict {
        /// What the pod demands.
        demanded: Requirement,
        /// What the place offers.
        offered: Requirement,
    },
    /// No domain keeps the pod away from the pods that it avoids, or that avoid it.
    PodAntiAffinity {
        /// Label whose values are the domains.
        key: String,
        /// Whether it is others that avoid the pod.
        by_others: bool,
    },
    /// No domain that the pool can reach has the pods that the pod must be near to.
    PodAffinity {
        /// Label whose values are the domains.
        key: String,
    },
    /// The pod could be on a new machine of reserved capacity, all of which others of this round hold: it waits for a later round.
    Reservation,
    /// The pod demands a label that only the system may use.
    RestrictedLabel {
        /// Label key.
        key: String,
    },
    /// The place has a taint that the pod does not tolerate.
    TaintNotTolerated {
        /// The taint.
        taint: Taint,
    },
    /// In every domain that the pool can reach the pod would be one too many.
    TopologySpread {
        /// Label whose values are the domains.
        key: String,
        /// Greatest allowed difference to the emptiest domain.
        max_skew: u32,
        /// Domains that count for the pod, with the number of pods in each; at most five, emptiest first.
        domains: Vec<(String, u32)>,
    },
    /// The pod has a constraint that karp does not know yet.
    Unsupported(Unsupported),
    /// A volume of the pod is not in order.
    Volume {
        /// Name of its claim, in the pod's namespace.
        claim: String,
        /// What is wrong.
        problem: VolumeProblem,
    },
    /// The volumes of the pod can be used in no place that the pool can reach and the pod allows.
    VolumeTopology {
        /// Where they can be used, alternative by alternative; at most five.
        alternatives: Vec<Vec<Requirement>>,
    },
    /// The round was ended, by the policy's step limit or by the caller, before the pod was decided on.
    WorkLimit,
}

/// Constraints that are read but not decided on yet: a pod with one is refused rather than misplaced.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[non_exhaustive]
#[serde(rename_all = "kebab-case")]
pub enum Unsupported {
    /// Dynamic resource claims.
    DynamicResources,
    /// A field selector in a node term.
    MatchFields,
}

/// How far the types of a pool are from holding a pod.
///
/// Each number counts types that meet that one condition alone.
#[derive(Clone, Debug, Default, Eq, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
#[serde(rename_all = "camelCase", default)]
pub struct NoInstanceType {
    /// Types that were looked at.
    pub types: usize,
    /// Types whose labels the demand allows.
    pub compatible: usize,
    /// Types that are large enough.
    pub large_enough: usize,
    /// Types with an available offering that the demand allows.
    pub offered: usize,
    /// Types that are compatible and large enough, had they an offering.
    pub compatible_and_large_enough: usize,
    /// Types whose daemons leave the host ports of the pod free; all when it takes none.
    pub ports_free: usize,
    /// Types that would do, were it not for a limit of the pool.
    pub beyond_limits: usize,
    /// Resources of which not even the largest compatible type has enough; the nearest miss first.
    pub shortfalls: Vec<Shortfall>,
    /// Price of the cheapest type that would do if it were available, if there is one.
    pub unavailable_price: Option<Price>,
}

/// By how much the largest type falls short.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Shortfall {
    /// The resource.
    pub resource: ResourceName,
    /// What is needed in all, daemons included, in the resource's unit.
    pub needed: i64,
    /// The most that a compatible type has.
    pub largest: i64,
}

impl Reason {
    /// The stable code.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::InvalidRequirement { .. } => "invalid-requirement",
            Self::Contradiction { .. } => "contradiction",
            Self::DynamicResourcesIgnored => "dynamic-resources-ignored",
            Self::LabelUnknown { .. } => "label-unknown",
            Self::LimitExceeded { .. } => "limit-exceeded",
            Self::MinValues { .. } => "min-values",
            Self::NoInstanceType(_) => "no-instance-type",
            Self::NoTypesInPool => "no-types-in-pool",
            Self::NoDynamicPool => "no-dynamic-pool",
            Self::NodeLimitReached => "node-limit-reached",
            Self::OptedOut => "opted-out",
            Self::PoolExcluded { .. } => "pool-excluded",
            Self::RequirementConflict { .. } => "requirement-conflict",
            Self::PodAffinity { .. } => "pod-affinity",
            Self::PodAntiAffinity { .. } => "pod-anti-affinity",
            Self::Reservation => "reservation",
            Self::RestrictedLabel { .. } => "restricted-label",
            Self::TaintNotTolerated { .. } => "taint-not-tolerated",
            Self::TopologySpread { .. } => "topology-spread",
            Self::Unsupported(_) => "unsupported",
            Self::Volume { .. } => "volume",
            Self::VolumeTopology { .. } => "volume-topology",
            Self::WorkLimit => "work-limit",
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::InvalidRequirement { key, problem } => {
                write!(f, "the pod's demand on the label `{key}` is invalid: {problem}")
            }
            Self::Contradiction { key } => {
                write!(f, "the pod's demands on the label `{key}` exclude each other")
            }
            Self::DynamicResourcesIgnored => f.write_str(
                "the pod refers to dynamic resource claims, which the policy ignores",
            ),
            Self::LabelUnknown { key, hint: None } => {
                write!(f, "no machine of the pool will carry the label `{key}`")
            }
            Self::LabelUnknown { key, hint: Some(hint) } => write!(
                f,
                "no machine of the pool will carry the label `{key}`; was `{hint}` meant?"
            ),
            Self::LimitExceeded { resource, remaining, needed } => write!(
                f,
                "the pool's {resource} limit has {} left, its smallest machine takes {}",
                amount_text(resource, *remaining),
                amount_text(resource, *needed)
            ),
            Self::MinValues { key, demanded, there } => write!(
                f,
                "the pool demands {demanded} different values of `{key}` among its types, {there} would be left"
            ),
            Self::NoInstanceType(detail) => detail.fmt(f),
            Self::NoTypesInPool => {
                f.write_str("no instance type meets the pool's own requirements")
            }
            Self::NoDynamicPool => {
                f.write_str("there is no ready pool that makes machines for pods")
            }
            Self::NodeLimitReached => {
                f.write_str("the pool's limit on the number of nodes is reached")
            }
            Self::OptedOut => f.write_str("the pod demands a machine that belongs to no pool"),
            Self::PoolExcluded { finding } => write!(f, "the pool is not used: {finding}"),
            Self::RequirementConflict { demanded, offered } => {
                write!(f, "the pod demands {demanded}, the pool offers {offered}")
            }
            Self::PodAffinity { key } => {
                write!(f, "the pods that it must be near to are in no `{key}` of the pool")
            }
            Self::PodAntiAffinity { key, by_others: false } => {
                write!(f, "the pods that it must be away from may be in every `{key}` of the pool")
            }
            Self::PodAntiAffinity { key, by_others: true } => {
                write!(f, "pods that must be away from it may be in every `{key}` of the pool")
            }
            Self::Reservation => f.write_str(
                "the reserved capacity that it could be on is held by machines of this round; it waits for a later one",
            ),
            Self::RestrictedLabel { key } => {
                write!(f, "pods can't choose machines by the restricted label `{key}`")
            }
            Self::TaintNotTolerated { taint } => write!(f, "the pod does not tolerate {taint}"),
            Self::TopologySpread { key, max_skew, domains } => {
                fmt_spread(f, key, *max_skew, domains)
            }
            Self::Unsupported(feature) => write!(f, "karp does not decide on {feature} yet"),
            Self::Volume { claim, problem } => {
                write!(f, "the pod's volume claim `{claim}` can't be used: {problem}")
            }
            Self::VolumeTopology { alternatives } => fmt_places(f, alternatives),
            Self::WorkLimit => f.write_str("the round was ended before the pod was decided on"),
        }
    }
}

fn fmt_spread(
    f: &mut fmt::Formatter<'_>,
    key: &str,
    max_skew: u32,
    domains: &[(String, u32)],
) -> fmt::Result {
    write!(f, "one more pod in any `{key}` of the pool would exceed the skew of {max_skew}")?;
    for (index, (domain, pods)) in domains.iter().enumerate() {
        write!(f, "{} {domain} has {pods}", if index == 0 { ":" } else { "," })?;
    }
    Ok(())
}

fn fmt_places(f: &mut fmt::Formatter<'_>, alternatives: &[Vec<Requirement>]) -> fmt::Result {
    f.write_str("the pod's volumes can only be used on machines with ")?;
    for (index, alternative) in alternatives.iter().enumerate() {
        f.write_str(if index == 0 { "" } else { " or " })?;
        for (index, requirement) in alternative.iter().enumerate() {
            write!(f, "{}{requirement}", if index == 0 { "" } else { " and " })?;
        }
    }
    f.write_str(", which the pool does not make for it")
}

impl fmt::Display for Unsupported {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::DynamicResources => "dynamic resource claims",
            Self::MatchFields => "matchFields in node terms",
        })
    }
}

impl fmt::Display for NoInstanceType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.beyond_limits > 0 {
            return write!(
                f,
                "{} instance types would do, but exceed a limit of the pool; none of the other {} does",
                self.beyond_limits, self.types
            );
        }
        if let [first, rest @ ..] = self.shortfalls.as_slice() {
            write!(f, "no instance type is large enough: {first}")?;
            return rest.iter().try_for_each(|shortfall| write!(f, ", {shortfall}"));
        }
        if self.ports_free == 0 && self.types > 0 {
            return f.write_str(
                "daemons of the pool take the host ports of the pod on every instance type",
            );
        }
        if self.compatible == 0 {
            return write!(
                f,
                "none of {} instance types has the labels that are demanded",
                self.types
            );
        }
        if self.compatible_and_large_enough > 0 {
            write!(
                f,
                "{} of {} instance types would do, but none of them is available where it is needed",
                self.compatible_and_large_enough, self.types
            )?;
            return match self.unavailable_price {
                Some(price) => write!(f, " (the cheapest would cost {price} USD per hour)"),
                None => Ok(()),
            };
        }
        write!(
            f,
            "of {} instance types {} have the labels that are demanded, {} are large enough, none is both",
            self.types, self.compatible, self.large_enough
        )
    }
}

impl fmt::Display for Shortfall {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} {} needed, {} is the most there is (short by {})",
            self.resource,
            amount_text(&self.resource, self.needed),
            amount_text(&self.resource, self.largest),
            amount_text(&self.resource, self.needed.saturating_sub(self.largest))
        )
    }
}
