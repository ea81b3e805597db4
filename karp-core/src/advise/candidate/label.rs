//! Changes of demands on labels, of pods and of pools; not of amounts.

use std::collections::BTreeSet;

use super::reason::{Subject, opts_out};
use crate::{
    advise::{PodChange, PoolChange},
    model::{
        NodePoolName, Operator, Requirement, RequirementEntry, check_label_value,
        check_qualified_name,
    },
};

/// Each demand of the pod on a label.
pub(super) fn drop_demands(subject: &mut Subject<'_>, key: &str) {
    drop_where(subject, |own| own == key);
}

/// Each demand of the pod on any label.
pub(super) fn drop_all_demands(subject: &mut Subject<'_>) {
    drop_where(subject, |_| true);
}

fn drop_where(subject: &mut Subject<'_>, is_meant: impl Fn(&str) -> bool) {
    let (pod, vocabulary) = (subject.pod, &subject.snapshot.vocabulary);
    for (key, value) in &pod.spec.node_selector {
        if is_meant(vocabulary.canonical_key(key)) {
            let (key, value) = (key.clone(), value.clone());
            subject.pods(PodChange::DropSelector { key, value });
        }
    }
    let terms = pod.spec.node_affinity.required.iter();
    let entries: BTreeSet<&RequirementEntry> =
        terms.flat_map(|term| &term.match_expressions).collect();
    for demand in entries {
        if is_meant(vocabulary.canonical_key(&demand.key)) {
            subject.pods(PodChange::DropDemand { demand: demand.clone() });
        }
    }
}

/// Each demand, hard or soft, that keeps the pod from all pools.
pub(super) fn drop_opt_out(subject: &mut Subject<'_>) {
    let affinity = &subject.pod.spec.node_affinity;
    let wishes = affinity.preferred.iter().map(|wish| &wish.preference);
    let entries = affinity.required.iter().chain(wishes).flat_map(|term| &term.match_expressions);
    let entries: BTreeSet<&RequirementEntry> =
        entries.filter(|entry| opts_out(entry, subject)).collect();
    for demand in entries {
        subject.pods(PodChange::DropDemand { demand: demand.clone() });
    }
}

/// Each requirement of a pool on a label.
pub(super) fn drop_requirements(subject: &mut Subject<'_>, name: &NodePoolName, key: &str) {
    for requirement in requirements(subject, Some(name), Some(key)) {
        subject.of_pool(Some(name), PoolChange::DropRequirement { requirement });
    }
}

/// Each requirement of a pool.
pub(super) fn drop_all_requirements(subject: &mut Subject<'_>, name: Option<&NodePoolName>) {
    for requirement in requirements(subject, name, None) {
        subject.of_pool(name, PoolChange::DropRequirement { requirement });
    }
}

/// Requirements of a pool, on one label or on all.
fn requirements(
    subject: &Subject<'_>,
    name: Option<&NodePoolName>,
    key: Option<&str>,
) -> Vec<RequirementEntry> {
    let vocabulary = &subject.snapshot.vocabulary;
    let entries = subject.node_pool(name).map_or(&[][..], |pool| &pool.template.requirements);
    let is_meant =
        |own: &&RequirementEntry| key.is_none_or(|key| vocabulary.canonical_key(&own.key) == key);
    entries.iter().filter(is_meant).cloned().collect()
}

/// Values that the pod demands of a label, in the order of its spec; each once.
fn demanded(subject: &Subject<'_>, key: &str) -> Vec<String> {
    let vocabulary = &subject.snapshot.vocabulary;
    let spec = &subject.pod.spec;
    let of_selector = spec
        .node_selector
        .iter()
        .filter(|(own, _)| vocabulary.canonical_key(own) == key)
        .map(|(_, value)| value.clone());
    let of_terms = spec
        .node_affinity
        .required
        .iter()
        .flat_map(|term| &term.match_expressions)
        .filter(|own| vocabulary.canonical_key(&own.key) == key)
        .filter_map(|own| Requirement::from(own).any());
    let mut values: Vec<String> = Vec::new();
    for value in of_selector.chain(of_terms) {
        if !values.contains(&value) {
            values.push(value);
        }
    }
    values
}

/// A label that no machine of the pool will carry.
pub(super) fn of_unknown(
    subject: &mut Subject<'_>,
    (key, hint): (&str, Option<&str>),
    name: Option<&NodePoolName>,
) {
    if let Some(to) = hint {
        for from in written(subject, key) {
            subject.pods(PodChange::RenameKey { from, to: to.to_owned() });
        }
    }
    drop_demands(subject, key);
    if subject.snapshot.vocabulary.is_restricted(key) || check_qualified_name(key).is_err() {
        return;
    }
    for value in demanded(subject, key) {
        if check_label_value(&value).is_ok() {
            let key = key.to_owned();
            subject.of_pool(name, PoolChange::AddLabel { key, value });
        }
    }
}

/// The ways in which the pod writes a label.
fn written(subject: &Subject<'_>, key: &str) -> BTreeSet<String> {
    let spec = &subject.pod.spec;
    let of_terms = spec
        .node_affinity
        .required
        .iter()
        .flat_map(|term| &term.match_expressions)
        .map(|own| &own.key);
    let vocabulary = &subject.snapshot.vocabulary;
    let all = spec.node_selector.keys().chain(of_terms);
    all.filter(|own| vocabulary.canonical_key(own) == key).cloned().collect()
}

/// A label of which pod and pool want different values.
pub(super) fn of_conflict(
    subject: &mut Subject<'_>,
    demanded: &Requirement,
    name: Option<&NodePoolName>,
) {
    drop_demands(subject, demanded.key());
    if let Some(name) = name {
        drop_requirements(subject, name, demanded.key());
        widen(subject, name, demanded);
    }
}

/// Adds what is demanded to what a pool lists.
pub(super) fn widen(subject: &mut Subject<'_>, name: &NodePoolName, demanded: &Requirement) {
    if demanded.is_complement() {
        return;
    }
    let listed = requirements(subject, Some(name), Some(demanded.key()));
    for requirement in listed.into_iter().filter(|own| own.operator == Operator::In) {
        for value in demanded.values().filter(|value| check_label_value(value).is_ok()) {
            let (requirement, value) = (requirement.clone(), value.to_owned());
            subject.of_pool(Some(name), PoolChange::Widen { requirement, value });
        }
    }
}
