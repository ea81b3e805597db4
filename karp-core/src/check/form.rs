//! What a pod demands of a place, from its strictest form to what is left when every wish was given up; not whether a place meets it.

use std::cmp::Reverse;

use super::{volume, world::World};
use crate::{
    model::{
        Effect, Labels, NodeSelectorTerm, Pod, PodAffinityTerm, PreferredNodeTerm, Requirement,
        RequirementEntry, Requirements, Toleration, TopologySpread, Vocabulary,
        WeightedPodAffinityTerm, WhenUnsatisfiable,
    },
    policy::PreferencePolicy,
};

/// A pod in one of the forms in which it is tried.
#[derive(Clone, Debug)]
pub(super) struct Form<'p> {
    /// Labels that the place must have, the heaviest wish that is left included.
    pub(super) demand: Requirements,
    /// The same without the wish.
    pub(super) strict: Requirements,
    /// The node selector with each required term that is left.
    pub(super) alternatives: Vec<Requirements>,
    /// Taints that it accepts.
    pub(super) tolerations: Vec<Toleration>,
    /// Over what it is spread.
    pub(super) spread: Vec<&'p TopologySpread>,
    /// Pods that must be near.
    pub(super) near: Vec<&'p PodAffinityTerm>,
    /// Pods that must be away.
    pub(super) away: Vec<&'p PodAffinityTerm>,
}

/// All forms of a pod in the order in which they are tried, the places of its volumes one after another in each.
pub(super) fn forms<'p>(pod: &'p Pod, world: &World<'_>) -> Vec<Form<'p>> {
    steps(pod, world).concat()
}

/// Forms of a pod by how much is given up; of one step, those that differ in where the volumes are used.
pub(super) fn steps<'p>(pod: &'p Pod, world: &World<'_>) -> Vec<Vec<Form<'p>>> {
    let places = volume::alternatives(pod, world);
    let of_step = |form: Form<'p>| {
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
///
/// While several required terms are left the first counts, and all wishes with it; then wishes go, heaviest first: to be near pods, to be away from
/// pods, about the node, and soft spread; in the end soft taints are accepted if a usable pool has one.
pub(super) fn without_volumes<'p>(pod: &'p Pod, world: &World<'_>) -> Vec<Form<'p>> {
    let mut left = Left::new(pod, world);
    let mut forms = vec![left.form(&world.snapshot.vocabulary)];
    while left.give_up() {
        forms.push(left.form(&world.snapshot.vocabulary));
    }
    forms
}

/// What a pod has not given up yet; of wishes, the heaviest last.
struct Left<'p> {
    pod: &'p Pod,
    required: &'p [NodeSelectorTerm],
    about_node: Vec<&'p NodeSelectorTerm>,
    near: Vec<&'p PodAffinityTerm>,
    away: Vec<&'p PodAffinityTerm>,
    spread: Vec<&'p TopologySpread>,
    tolerations: Vec<Toleration>,
    may_tolerate_more: bool,
}

impl<'p> Left<'p> {
    fn new(pod: &'p Pod, world: &World<'_>) -> Self {
        let spec = &pod.spec;
        let respected = world.policy.preferences == PreferencePolicy::Respect;
        let wishes = |terms: &'p [WeightedPodAffinityTerm]| {
            let mut terms: Vec<&WeightedPodAffinityTerm> =
                terms.iter().filter(|_| respected).collect();
            terms.sort_by_key(|term| Reverse(term.weight));
            terms.into_iter().rev().map(|term| &term.pod_affinity_term).collect()
        };
        let about_node = heaviest_first(&spec.node_affinity.preferred).into_iter().rev();
        Self {
            pod,
            required: &spec.node_affinity.required,
            about_node: about_node.filter(|_| respected).map(|wish| &wish.preference).collect(),
            near: wishes(&spec.pod_affinity.preferred),
            away: wishes(&spec.pod_anti_affinity.preferred),
            spread: spec.topology_spread.iter().filter(|one| respected || !is_soft(one)).collect(),
            tolerations: spec.tolerations.clone(),
            may_tolerate_more: world.tolerates_soft_taints,
        }
    }

    /// Gives up one thing; false when nothing is left to give up.
    fn give_up(&mut self) -> bool {
        if let [_, rest @ ..] = self.required
            && !rest.is_empty()
        {
            self.required = rest;
            return true;
        }
        let given_up = self.near.pop().is_some()
            || self.away.pop().is_some()
            || self.about_node.pop().is_some();
        if given_up {
            return true;
        }
        if let Some(soft) = self.spread.iter().position(|one| is_soft(one)) {
            self.spread.swap_remove(soft);
            return true;
        }
        let soft_taints = Toleration::everything().with_effect(Effect::PreferNoSchedule);
        self.tolerations.push(soft_taints);
        std::mem::take(&mut self.may_tolerate_more)
    }

    fn form(&self, vocabulary: &Vocabulary) -> Form<'p> {
        let with = |terms| demands(self.pod, terms, vocabulary).into_iter().collect();
        let first = self.required.first();
        let spec = &self.pod.spec;
        let alternatives = self.required.iter().map(|term| with([Some(term), None]));
        let alternatives: Vec<Requirements> = alternatives.collect();
        Form {
            demand: with([first, self.about_node.last().copied()]),
            strict: with([first, None]),
            alternatives: if alternatives.is_empty() {
                vec![with([None, None])]
            } else {
                alternatives
            },
            tolerations: self.tolerations.clone(),
            spread: self.spread.clone(),
            near: spec.pod_affinity.required.iter().chain(self.near.iter().copied()).collect(),
            away: spec.pod_anti_affinity.required.iter().chain(self.away.iter().copied()).collect(),
        }
    }
}

fn is_soft(spread: &TopologySpread) -> bool {
    spread.when_unsatisfiable == WhenUnsatisfiable::ScheduleAnyway
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
    wishes.sort_by_key(|wish| Reverse(wish.weight));
    wishes
}
