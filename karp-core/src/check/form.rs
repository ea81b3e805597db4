//! What a pod demands of a place, from its strictest form to what is left when every wish was given up; not whether a place meets it.

use super::{volume, world::World};
use crate::{
    model::{
        Effect, Labels, NodeSelectorTerm, Pod, PreferredNodeTerm, Requirement, RequirementEntry,
        Requirements, Toleration, Vocabulary,
    },
    policy::PreferencePolicy,
};

/// A pod in one of the forms in which it is tried.
#[derive(Clone, Debug)]
pub(super) struct Form {
    /// Labels that the place must have.
    pub(super) demand: Requirements,
    /// Taints that it accepts.
    pub(super) tolerations: Vec<Toleration>,
}

/// All forms of a pod in the order in which they are tried, the places of its volumes one after another in each.
pub(super) fn forms(pod: &Pod, world: &World<'_>) -> Vec<Form> {
    steps(pod, world).concat()
}

/// Forms of a pod by how much is given up; of one step, those that differ in where the volumes are used.
///
/// While several required terms are left the first counts, and all wishes with it; then wishes go, heaviest first; in the end soft taints are
/// accepted if a usable pool has one.
pub(super) fn steps(pod: &Pod, world: &World<'_>) -> Vec<Vec<Form>> {
    let places = volume::alternatives(pod, world.snapshot);
    let of_step = |form: Form| {
        let with = |place: &Vec<Requirement>| {
            let mut form = form.clone();
            form.demand.add_all(&place.iter().cloned().collect());
            form
        };
        places.iter().map(with).collect()
    };
    without_volumes(pod, world).into_iter().map(of_step).collect()
}

/// Forms of a pod as if its volumes could be used everywhere.
pub(super) fn without_volumes(pod: &Pod, world: &World<'_>) -> Vec<Form> {
    let vocabulary = &world.snapshot.vocabulary;
    let wishes = if world.policy.preferences == PreferencePolicy::Ignore {
        Vec::new()
    } else {
        heaviest_first(&pod.spec.node_affinity.preferred)
    };
    let form = |term: Option<&NodeSelectorTerm>, wish: Option<&&PreferredNodeTerm>| {
        let demands = demands(pod, [term, wish.map(|wish| &wish.preference)], vocabulary);
        Form { demand: demands.into_iter().collect(), tolerations: pod.spec.tolerations.clone() }
    };
    let required = &pod.spec.node_affinity.required;
    let last = required.last();
    let mut forms: Vec<Form> =
        required.iter().map(|term| form(Some(term), wishes.first())).collect();
    if forms.is_empty() {
        forms.push(form(None, wishes.first()));
    }
    forms.extend((1..=wishes.len()).map(|given_up| form(last, wishes.get(given_up))));
    if let Some(last) = forms.last().filter(|_| world.tolerates_soft_taints) {
        let mut last = last.clone();
        last.tolerations.push(Toleration::everything().with_effect(Effect::PreferNoSchedule));
        forms.push(last);
    }
    forms
}

/// What a pod can't do without: its node selector and one required term, for each term; label by label, because a label may be named twice.
pub(super) fn alternatives(pod: &Pod, vocabulary: &Vocabulary) -> Vec<Vec<Requirement>> {
    each_term(pod).map(|term| demands(pod, [term, None], vocabulary)).collect()
}

/// The same for a daemon, all at once.
pub(super) fn alternatives_of_daemon(daemon: &Pod, vocabulary: &Vocabulary) -> Vec<Requirements> {
    alternatives(daemon, vocabulary).into_iter().map(Requirements::from).collect()
}

/// Each required term; once none where there is none.
fn each_term(pod: &Pod) -> impl Iterator<Item = Option<&NodeSelectorTerm>> {
    let required = &pod.spec.node_affinity.required;
    let without = required.is_empty().then_some(None);
    required.iter().map(Some).chain(without)
}

/// The node selector and some terms, label by label.
fn demands<'p>(
    pod: &'p Pod,
    terms: [Option<&'p NodeSelectorTerm>; 2],
    vocabulary: &Vocabulary,
) -> Vec<Requirement> {
    let selector = pod.spec.node_selector.iter();
    let selector = selector.map(|(key, value)| Requirement::equals(key, value.as_str()));
    let entries = terms.into_iter().flatten().flat_map(|term| &term.match_expressions);
    let all = selector.chain(entries.map(Requirement::from));
    all.map(|one| one.normalized(vocabulary)).collect()
}

pub(super) fn of_labels(labels: &Labels, vocabulary: &Vocabulary) -> Requirements {
    labels
        .iter()
        .map(|(key, value)| Requirement::equals(key, value.as_str()).normalized(vocabulary))
        .collect()
}

pub(super) fn of_entries(entries: &[RequirementEntry], vocabulary: &Vocabulary) -> Requirements {
    entries.iter().map(|entry| Requirement::from(entry).normalized(vocabulary)).collect()
}

/// Wishes by weight; of equal weight the first listed stays first.
pub(super) fn heaviest_first(wishes: &[PreferredNodeTerm]) -> Vec<&PreferredNodeTerm> {
    let mut wishes: Vec<&PreferredNodeTerm> = wishes.iter().collect();
    wishes.sort_by_key(|wish| std::cmp::Reverse(wish.weight));
    wishes
}
