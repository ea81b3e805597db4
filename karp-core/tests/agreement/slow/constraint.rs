//! What a topology constraint is about, by which equal constraints of several pods are told; not the counts.

use std::collections::BTreeSet;

use karp_core::model::{
    InclusionPolicy, LabelSelector, Labels, Pod, Requirements, SelectorExpression, Taint,
    Toleration, Undefined, untolerated,
};

/// What a constraint is about; equal constraints share a group.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Identity {
    pub(crate) kind: Kind,
    pub(crate) key: String,
    /// Namespaces of the pods that count.
    pub(crate) namespaces: BTreeSet<String>,
    /// Pods that count; none = no pod does.
    pub(crate) selector: Option<Selector>,
    pub(crate) filter: Option<Filter>,
    /// Domains that are known from the start; constraints that know others are others. Host names are not known by name.
    pub(crate) known: BTreeSet<String>,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Kind {
    Spread {
        max_skew: i64,
        min_domains: Option<u32>,
    },
    Affinity,
    AntiAffinity,
    /// Anti-affinity seen from the pods that it keeps away.
    Inverse,
}

/// A selector in which repeated expressions don't matter.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Selector {
    pub(crate) labels: Labels,
    pub(crate) expressions: BTreeSet<SelectorExpression>,
}

/// Which nodes count for a spread constraint.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Filter {
    pub(crate) affinity: InclusionPolicy,
    pub(crate) taints: InclusionPolicy,
    /// Node selector and one required term each.
    pub(crate) alternatives: Vec<Requirements>,
    pub(crate) tolerations: Vec<Toleration>,
}

impl Identity {
    pub(crate) fn selects(&self, pod: &Pod) -> bool {
        self.namespaces.contains(pod.id.namespace())
            && self.selector.as_ref().is_some_and(|selector| selector.matches(&pod.labels))
    }
}

impl Selector {
    fn matches(&self, labels: &Labels) -> bool {
        self.labels.iter().all(|(key, value)| labels.get(key) == Some(value))
            && self.expressions.iter().all(|expression| expression.matches(labels))
    }
}

impl From<LabelSelector> for Selector {
    fn from(selector: LabelSelector) -> Self {
        Self {
            labels: selector.match_labels,
            expressions: selector.match_expressions.into_iter().collect(),
        }
    }
}

/// Whether a node with these taints and labels counts for a constraint.
pub(crate) fn counts(identity: &Identity, taints: &[Taint], labels: &Requirements) -> bool {
    let Some(filter) = &identity.filter else { return true };
    let tolerated = filter.taints == InclusionPolicy::Ignore
        || untolerated(taints, &filter.tolerations).next().is_none();
    let wanted = filter.affinity == InclusionPolicy::Ignore
        || filter.alternatives.iter().any(|one| labels.is_compatible(one, Undefined::Strict));
    tolerated && wanted
}
