//! How pods are spread over, kept together in and kept apart by topology domains; not the counting.

use serde::{Deserialize, Serialize};

use super::LabelSelector;

/// A topology spread constraint
/// (<https://kubernetes.io/docs/concepts/scheduling-eviction/topology-spread-constraints/>).
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[non_exhaustive]
#[serde(rename_all = "camelCase")]
pub struct TopologySpread {
    /// Node label whose values are the domains.
    pub topology_key: String,
    /// Greatest allowed difference to the emptiest domain, in pods; at least 1.
    pub max_skew: u32,
    /// Whether the constraint is a demand or a wish.
    pub when_unsatisfiable: WhenUnsatisfiable,
    /// Pods that count; none selects nothing.
    #[serde(default)]
    pub label_selector: Option<LabelSelector>,
    /// Fewest domains that must exist before their least count is used; absent = 1.
    #[serde(default)]
    pub min_domains: Option<u32>,
    /// Whether nodes that the pod's own node affinity excludes count. Default: they don't (`Honor`).
    #[serde(default = "InclusionPolicy::honor")]
    pub node_affinity_policy: InclusionPolicy,
    /// Whether nodes whose taints the pod does not tolerate count. Default: they do (`Ignore`).
    #[serde(default = "InclusionPolicy::ignore")]
    pub node_taints_policy: InclusionPolicy,
    /// Pod label keys whose values are added to the selector.
    #[serde(default)]
    pub match_label_keys: Vec<String>,
}

impl TopologySpread {
    /// A hard constraint over `topology_key` with `max_skew`, all else as Kubernetes defaults it.
    pub fn new(topology_key: impl Into<String>, max_skew: u32) -> Self {
        Self {
            topology_key: topology_key.into(),
            max_skew,
            when_unsatisfiable: WhenUnsatisfiable::DoNotSchedule,
            label_selector: None,
            min_domains: None,
            node_affinity_policy: InclusionPolicy::Honor,
            node_taints_policy: InclusionPolicy::Ignore,
            match_label_keys: Vec::new(),
        }
    }

    /// Counts the pods that `selector` selects.
    #[must_use]
    pub fn selecting(mut self, selector: LabelSelector) -> Self {
        self.label_selector = Some(selector);
        self
    }

    /// Makes the constraint a wish (`ScheduleAnyway`).
    #[must_use]
    pub const fn soft(mut self) -> Self {
        self.when_unsatisfiable = WhenUnsatisfiable::ScheduleAnyway;
        self
    }
}

/// What to do with a pod that would break a spread constraint.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[expect(clippy::exhaustive_enums, reason = "Kubernetes fixes the two values")]
pub enum WhenUnsatisfiable {
    /// Leave it pending.
    DoNotSchedule,
    /// Place it all the same.
    ScheduleAnyway,
}

/// Whether a property of nodes is respected when domains are counted.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[expect(clippy::exhaustive_enums, reason = "Kubernetes fixes the two values")]
pub enum InclusionPolicy {
    /// Only nodes that the pod could use count.
    Honor,
    /// All nodes count.
    Ignore,
}

impl InclusionPolicy {
    /// Default of [`TopologySpread::node_affinity_policy`].
    pub const fn honor() -> Self {
        Self::Honor
    }

    /// Default of [`TopologySpread::node_taints_policy`].
    pub const fn ignore() -> Self {
        Self::Ignore
    }
}

/// Terms about other pods: affinity or anti-affinity, by the field that holds it.
#[derive(Clone, Debug, Default, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct PodTerms {
    /// Demands, all of which must hold.
    pub required: Vec<PodAffinityTerm>,
    /// Wishes with weights 1 to 100.
    pub preferred: Vec<WeightedPodAffinityTerm>,
}

/// One term about other pods
/// (<https://kubernetes.io/docs/concepts/scheduling-eviction/assign-pod-node/#inter-pod-affinity-and-anti-affinity>).
#[derive(Clone, Debug, Default, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[non_exhaustive]
#[serde(rename_all = "camelCase", default)]
pub struct PodAffinityTerm {
    /// Node label whose values are the domains.
    pub topology_key: String,
    /// The other pods; none selects nothing.
    pub label_selector: Option<LabelSelector>,
    /// Namespaces of the other pods; empty together with no `namespace_selector` = the pod's own.
    pub namespaces: Vec<String>,
    /// Namespaces by their labels, added to `namespaces`; an empty selector = all.
    pub namespace_selector: Option<LabelSelector>,
    /// Pod label keys whose values are added to the selector.
    pub match_label_keys: Vec<String>,
    /// Pod label keys whose values are excluded by the selector.
    pub mismatch_label_keys: Vec<String>,
}

impl PodAffinityTerm {
    /// A term on the domains of `topology_key` about the pods of the own namespace that `selector` selects.
    pub fn new(topology_key: impl Into<String>, selector: LabelSelector) -> Self {
        Self {
            topology_key: topology_key.into(),
            label_selector: Some(selector),
            ..Self::default()
        }
    }
}

/// A wish about other pods and how much it counts.
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct WeightedPodAffinityTerm {
    /// 1 to 100; relaxation drops the heaviest first.
    pub weight: i32,
    /// The wish.
    pub pod_affinity_term: PodAffinityTerm,
}
