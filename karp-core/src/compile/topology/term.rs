//! Topology constraints as pods write them, interned; not yet bound to what else the pods ask for.

use std::{cmp::Reverse, sync::Arc};

use rustc_hash::FxHashMap;

use super::{
    group::Kind,
    scope::{Audience, Namespaces, Scope},
};
use crate::{
    compile::{
        names::Names,
        reader::Reader,
        table::{Table, id_types},
    },
    model::{
        InclusionPolicy, LabelSelector, Labels, Namespace, Pod, PodAffinityTerm,
        SelectorExpression, SelectorOperator, TopologySpread, WhenUnsatisfiable, label,
    },
    policy::PreferencePolicy,
};

id_types! {
    /// A constraint as written.
    TermId;
}

/// A constraint as written.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub(super) struct Term {
    pub(super) kind: Kind,
    pub(super) scope: Scope,
    pub(super) audience: Audience,
    pub(super) max_skew: u32,
    pub(super) min_domains: Option<u32>,
    /// Whether nodes that the pod's own demands exclude don't count.
    pub(super) honors_affinity: bool,
    /// Whether nodes whose taints the pod does not tolerate don't count.
    pub(super) honors_taints: bool,
}

/// Interned constraints.
#[derive(Clone, Debug, Default)]
pub(in crate::compile) struct Terms {
    pub(super) rows: Table<TermId, Term>,
    ids: FxHashMap<Term, TermId>,
}

impl Terms {
    /// Whether there are no constraints.
    pub(in crate::compile) const fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    fn intern(&mut self, term: Term) -> TermId {
        if let Some(&id) = self.ids.get(&term) {
            return id;
        }
        let id = self.rows.push(term.clone());
        self.ids.insert(term, id);
        id
    }
}

/// All topology constraints of equal pods.
#[derive(Clone, Debug, Default, Eq, Hash, PartialEq)]
pub(crate) struct ShapeTerms {
    /// Spread, in the pod's order; whether each is a wish.
    pub(super) spread: Vec<(TermId, bool)>,
    /// Required affinity.
    pub(super) near: Vec<TermId>,
    /// Required anti-affinity.
    pub(super) away: Vec<TermId>,
    /// Preferred affinity, heaviest first.
    pub(super) rather_near: Vec<TermId>,
    /// Preferred anti-affinity, heaviest first.
    pub(super) rather_away: Vec<TermId>,
}

impl ShapeTerms {
    /// How many wishes there are of each kind: affinity, anti-affinity, spread.
    pub(crate) fn wishes(&self) -> (usize, usize, usize) {
        let soft = self.spread.iter().filter(|(_, is_wish)| *is_wish).count();
        (self.rather_near.len(), self.rather_away.len(), soft)
    }

    /// Spread constraints left when `dropped` wishes are given up: each time the first one, whose place the last one takes.
    pub(super) fn spread_without(&self, dropped: usize) -> Vec<TermId> {
        let mut left = self.spread.clone();
        for _ in 0..dropped {
            if let Some(place) = left.iter().position(|(_, is_wish)| *is_wish) {
                left.swap_remove(place);
            }
        }
        left.into_iter().map(|(term, _)| term).collect()
    }
}

/// Reads constraints.
pub(in crate::compile) struct TermReader<'s> {
    pub(in crate::compile) reader: Reader<'s>,
    pub(in crate::compile) namespaces: &'s [Arc<Namespace>],
    pub(in crate::compile) preferences: PreferencePolicy,
}

impl TermReader<'_> {
    /// The constraints of a pod.
    pub(in crate::compile) fn read(
        &self,
        pod: &Pod,
        names: &Names,
        terms: &mut Terms,
    ) -> ShapeTerms {
        let spec = &pod.spec;
        let mut read = ShapeTerms::default();
        let wishes_count = self.preferences == PreferencePolicy::Respect;
        for spread in &spec.topology_spread {
            let is_wish = spread.when_unsatisfiable == WhenUnsatisfiable::ScheduleAnyway;
            if (!is_wish || wishes_count)
                && let Some(term) = self.spread(spread, pod, names)
            {
                read.spread.push((terms.intern(term), is_wish));
            }
        }
        let mut intern = |kind, term: &PodAffinityTerm| {
            self.affinity(kind, term, pod, names).map(|term| terms.intern(term))
        };
        read.near = required(&spec.pod_affinity.required, |term| intern(Kind::Affinity, term));
        read.away = required(&spec.pod_anti_affinity.required, |term| intern(Kind::Anti, term));
        if wishes_count {
            let by_weight = |terms: &[crate::model::WeightedPodAffinityTerm]| {
                let mut terms: Vec<_> = terms.to_vec();
                terms.sort_by_key(|term| Reverse(term.weight));
                terms.into_iter().map(|term| term.pod_affinity_term).collect::<Vec<_>>()
            };
            let near = by_weight(&spec.pod_affinity.preferred);
            read.rather_near = required(&near, |term| intern(Kind::Affinity, term));
            let away = by_weight(&spec.pod_anti_affinity.preferred);
            read.rather_away = required(&away, |term| intern(Kind::Anti, term));
        }
        read
    }

    /// The required anti-affinity of a pod that stays where it is.
    pub(in crate::compile) fn rejections(
        &self,
        pod: &Pod,
        names: &Names,
        terms: &mut Terms,
    ) -> Vec<TermId> {
        required(&pod.spec.pod_anti_affinity.required, |term| {
            self.affinity(Kind::Anti, term, pod, names).map(|term| terms.intern(term))
        })
    }

    fn spread(&self, spread: &TopologySpread, pod: &Pod, names: &Names) -> Option<Term> {
        let keys = (spread.match_label_keys.as_slice(), [].as_slice());
        Some(Term {
            kind: Kind::Spread,
            scope: self.scope(&spread.topology_key, names)?,
            audience: Audience {
                namespaces: Namespaces::one(pod.id.namespace()),
                selector: folded(spread.label_selector.as_ref(), keys, &pod.labels),
            },
            max_skew: spread.max_skew,
            min_domains: spread.min_domains,
            honors_affinity: spread.node_affinity_policy == InclusionPolicy::Honor,
            honors_taints: spread.node_taints_policy == InclusionPolicy::Honor,
        })
    }

    fn affinity(
        &self,
        kind: Kind,
        term: &PodAffinityTerm,
        pod: &Pod,
        names: &Names,
    ) -> Option<Term> {
        let keys = (term.match_label_keys.as_slice(), term.mismatch_label_keys.as_slice());
        Some(Term {
            kind,
            scope: self.scope(&term.topology_key, names)?,
            audience: Audience {
                namespaces: Namespaces::of(term, pod.id.namespace(), self.namespaces),
                selector: folded(term.label_selector.as_ref(), keys, &pod.labels),
            },
            max_skew: u32::MAX,
            min_domains: None,
            honors_affinity: false,
            honors_taints: false,
        })
    }

    /// The scope of a key; every topology key was noted as demanded.
    fn scope(&self, key: &str, names: &Names) -> Option<Scope> {
        let key = self.reader.vocabulary().canonical_key(key);
        if key == label::HOSTNAME { Some(Scope::Host) } else { names.key(key).map(Scope::Key) }
    }
}

fn required(
    terms: &[PodAffinityTerm],
    read: impl FnMut(&PodAffinityTerm) -> Option<TermId>,
) -> Vec<TermId> {
    terms.iter().filter_map(read).collect()
}

/// A selector with the pod's own values of some keys added, or excluded; expressions in a fixed order, each once.
fn folded(
    selector: Option<&LabelSelector>,
    (matched, mismatched): (&[String], &[String]),
    labels: &Labels,
) -> Option<LabelSelector> {
    let mut selector = selector?.clone();
    let own = |keys: &[String], operator: SelectorOperator| -> Vec<SelectorExpression> {
        keys.iter()
            .filter_map(|key| {
                let values = vec![labels.get(key)?.clone()];
                Some(SelectorExpression { key: key.clone(), operator, values })
            })
            .collect()
    };
    selector.match_expressions.extend(own(matched, SelectorOperator::In));
    selector.match_expressions.extend(own(mismatched, SelectorOperator::NotIn));
    selector.match_expressions.sort();
    selector.match_expressions.dedup();
    Some(selector)
}
