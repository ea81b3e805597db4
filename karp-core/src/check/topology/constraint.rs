//! What pods demand of others, by which equal demands of several pods are told; not the counts.

use std::collections::BTreeSet;

use crate::{
    check::{form::Form, world::World},
    model::{
        InclusionPolicy, LabelSelector, Labels, Pod, PodAffinityTerm, Requirements,
        SelectorExpression, SelectorOperator, Taint, Toleration, TopologySpread, Undefined, label,
        untolerated,
    },
};

/// What is demanded of the number of pods in a domain.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub(in crate::check) enum Kind {
    /// That it is close to the number in the emptiest domain.
    Spread { max_skew: u32, min_domains: Option<u32> },
    /// That there is one.
    Near,
    /// That there is none.
    Away,
    /// That there is none of those that keep the pod away.
    Rejected,
}

/// What is demanded of which pods in which domains.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub(in crate::check) struct Constraint {
    pub(in crate::check) kind: Kind,
    pub(in crate::check) key: String,
    /// Namespaces of the pods; none = all.
    namespaces: Option<BTreeSet<String>>,
    /// The pods; none = none.
    pub(super) selector: Option<LabelSelector>,
    pub(super) filter: Filter,
    /// Pools of whose domains it knows, by their places in the order of pools.
    pub(super) pools: Vec<usize>,
}

/// Which nodes count.
#[derive(Clone, Debug, Default, Eq, Hash, PartialEq)]
pub(super) struct Filter {
    /// Of which demands one must be met; none = all nodes count.
    alternatives: Vec<Requirements>,
    /// What covers their taints; none = all nodes count.
    tolerations: Option<Vec<Toleration>>,
}

impl Constraint {
    /// Everything that a pod in one of its forms demands.
    pub(super) fn of_form(pod: &Pod, form: &Form<'_>, world: &World<'_>) -> Vec<Self> {
        let spread = form.spread.iter().map(|spread| Self::of_spread(pod, spread, form, world));
        let tolerated = || pools(world, Some(&form.tolerations));
        let near =
            form.near.iter().map(|t| Self::of_term(pod, t, (Kind::Near, tolerated()), world));
        let away =
            form.away.iter().map(|t| Self::of_term(pod, t, (Kind::Away, tolerated()), world));
        spread.chain(near).chain(away).collect()
    }

    /// By what a pod keeps others away. Where it can't go itself it keeps nobody away, so that all pools are known.
    pub(super) fn rejections(pod: &Pod, world: &World<'_>) -> Vec<Self> {
        let terms = pod.spec.pod_anti_affinity.required.iter();
        terms
            .map(|term| Self::of_term(pod, term, (Kind::Rejected, pools(world, None)), world))
            .collect()
    }

    fn of_spread(pod: &Pod, spread: &TopologySpread, form: &Form<'_>, world: &World<'_>) -> Self {
        let mut selector = spread.label_selector.clone();
        add_own(&mut selector, pod, &spread.match_label_keys, SelectorOperator::In);
        let honors_taints = spread.node_taints_policy == InclusionPolicy::Honor;
        let says_something = form.alternatives.iter().all(|one| !one.is_empty());
        let honors_demands = spread.node_affinity_policy == InclusionPolicy::Honor;
        let tolerations = honors_taints.then_some(&form.tolerations);
        Self {
            kind: Kind::Spread { max_skew: spread.max_skew, min_domains: spread.min_domains },
            key: world.snapshot.vocabulary.canonical_key(&spread.topology_key).to_owned(),
            namespaces: Some(BTreeSet::from([pod.id.namespace().to_owned()])),
            selector: selector.map(sorted),
            filter: Filter {
                alternatives: if honors_demands && says_something {
                    form.alternatives.clone()
                } else {
                    Vec::new()
                },
                tolerations: tolerations.cloned(),
            },
            pools: pools(world, tolerations),
        }
    }

    fn of_term(
        pod: &Pod,
        term: &PodAffinityTerm,
        (kind, pools): (Kind, Vec<usize>),
        world: &World<'_>,
    ) -> Self {
        let mut selector = term.label_selector.clone();
        add_own(&mut selector, pod, &term.match_label_keys, SelectorOperator::In);
        add_own(&mut selector, pod, &term.mismatch_label_keys, SelectorOperator::NotIn);
        Self {
            kind,
            key: world.snapshot.vocabulary.canonical_key(&term.topology_key).to_owned(),
            namespaces: namespaces(pod, term, world),
            selector: selector.map(sorted),
            filter: Filter::default(),
            pools,
        }
    }

    /// Whether it is about a pod with these labels in this namespace.
    pub(super) fn selects(&self, namespace: &str, labels: &Labels) -> bool {
        self.namespaces.as_ref().is_none_or(|those| those.contains(namespace))
            && self.selector.as_ref().is_some_and(|selector| selector.matches(labels))
    }

    pub(super) fn is_over_hosts(&self) -> bool {
        self.key == label::HOSTNAME
    }
}

impl Filter {
    pub(super) fn is_open(&self) -> bool {
        self.alternatives.is_empty() && self.tolerations.is_none()
    }

    /// Whether a place with these taints counts.
    pub(super) fn accepts(&self, place: &Requirements, taints: &[Taint]) -> bool {
        let meets = |demand| place.is_compatible(demand, Undefined::Strict);
        let tolerates = |own: &Vec<Toleration>| untolerated(taints, own).next().is_none();
        (self.alternatives.is_empty() || self.alternatives.iter().any(meets))
            && self.tolerations.as_ref().is_none_or(tolerates)
    }
}

/// Pools whose taints are tolerated; all where it does not matter.
fn pools(world: &World<'_>, tolerations: Option<&Vec<Toleration>>) -> Vec<usize> {
    let pools = world.pools.iter().enumerate();
    let tolerated = pools.filter(|(_, pool)| {
        let taints = &pool.pool.template.taints;
        tolerations.is_none_or(|own| untolerated(taints, own).next().is_none())
    });
    tolerated.map(|(index, _)| index).collect()
}

/// Namespaces that a term is about: listed, selected by their labels, or the pod's own.
fn namespaces(pod: &Pod, term: &PodAffinityTerm, world: &World<'_>) -> Option<BTreeSet<String>> {
    let mut those: BTreeSet<String> = term.namespaces.iter().cloned().collect();
    match &term.namespace_selector {
        Some(all) if *all == LabelSelector::default() => return None,
        Some(selector) => {
            let known = world.snapshot.namespaces.iter();
            let selected = known.filter(|known| selector.matches(&known.labels));
            those.extend(selected.map(|known| known.name.clone()));
        }
        None if those.is_empty() => {
            those.insert(pod.id.namespace().to_owned());
        }
        None => {}
    }
    Some(those)
}

/// Adds what the pod itself has under some keys.
fn add_own(
    selector: &mut Option<LabelSelector>,
    pod: &Pod,
    keys: &[String],
    operator: SelectorOperator,
) {
    let Some(selector) = selector else { return };
    for key in keys {
        if let Some(value) = pod.labels.get(key) {
            let values = vec![value.clone()];
            selector.match_expressions.push(SelectorExpression {
                key: key.clone(),
                operator,
                values,
            });
        }
    }
}

/// A selector in which neither order nor repetition of expressions matters.
fn sorted(mut selector: LabelSelector) -> LabelSelector {
    selector.match_expressions.sort();
    selector.match_expressions.dedup();
    selector
}
