//! One pod as it is tried: what is left of its wishes; not where it goes.

use std::{collections::BTreeSet, sync::Arc};

use karp_core::{
    model::{Effect, Pod, PodSpec, Requirements, Resources, Toleration, Vocabulary},
    policy::{Policy, PreferencePolicy},
    snapshot::Snapshot,
};

use super::{
    terms,
    volume::{self, Disk},
};

/// A copy of a pod from which relaxation takes one wish after the other.
#[derive(Clone, Debug)]
pub(crate) struct Demand {
    pub(crate) pod: Arc<Pod>,
    /// What it still asks for.
    pub(crate) spec: PodSpec,
    /// Where its volumes can be used, one of these.
    pub(crate) places: Vec<Requirements>,
    /// Volumes that count against the limits of nodes.
    pub(crate) disks: BTreeSet<Disk>,
}

impl Demand {
    /// The pod as it was written; without wishes if the policy says so.
    pub(crate) fn new(pod: &Arc<Pod>, snapshot: &Snapshot, policy: &Policy) -> Self {
        let mut spec = (*pod.spec).clone();
        if policy.preferences == PreferencePolicy::Ignore {
            spec.node_affinity.preferred.clear();
            spec.pod_affinity.preferred.clear();
            spec.pod_anti_affinity.preferred.clear();
            spec.topology_spread.retain(terms::is_hard);
        }
        let (places, disks) = (volume::places(pod, snapshot), volume::disks(pod, snapshot));
        Self { pod: Arc::clone(pod), spec, places, disks }
    }

    /// Requests and one of the pods that the machine can hold.
    pub(crate) fn requests(&self) -> Resources {
        terms::requests(&self.pod)
    }

    /// Node selector and the first required term.
    pub(crate) fn strict(&self, vocabulary: &Vocabulary) -> Requirements {
        self.alternatives(vocabulary).swap_remove(0)
    }

    /// Node selector and a required term, for each term that is left; the selector alone when there is none.
    pub(crate) fn alternatives(&self, vocabulary: &Vocabulary) -> Vec<Requirements> {
        let selector = terms::of_labels(&self.spec.node_selector, vocabulary);
        let required = &self.spec.node_affinity.required;
        if required.is_empty() {
            return vec![selector];
        }
        required
            .iter()
            .map(|term| {
                let mut demand = selector.clone();
                terms::add_entries(&mut demand, &term.match_expressions, vocabulary);
                demand
            })
            .collect()
    }

    /// The same and the heaviest preferred term that is left.
    pub(crate) fn full(&self, vocabulary: &Vocabulary) -> Requirements {
        let mut demand = self.strict(vocabulary);
        let preferred = &self.spec.node_affinity.preferred;
        if let Some(heaviest) = heaviest(preferred.iter().map(|term| term.weight)) {
            let term = &preferred[heaviest].preference;
            terms::add_entries(&mut demand, &term.match_expressions, vocabulary);
        }
        demand
    }

    /// Gives up one wish; false when nothing is left to give up.
    pub(crate) fn relax(&mut self, tolerate_prefer_no_schedule: bool) -> bool {
        let spec = &mut self.spec;
        if spec.node_affinity.required.len() > 1 {
            spec.node_affinity.required.remove(0);
            return true;
        }
        for terms in [&mut spec.pod_affinity.preferred, &mut spec.pod_anti_affinity.preferred] {
            if let Some(index) = heaviest(terms.iter().map(|term| term.weight)) {
                terms.remove(index);
                return true;
            }
        }
        let preferred = &mut spec.node_affinity.preferred;
        if let Some(index) = heaviest(preferred.iter().map(|term| term.weight)) {
            preferred.remove(index);
            return true;
        }
        let spread = &mut spec.topology_spread;
        if let Some(index) = spread.iter().position(|constraint| !terms::is_hard(constraint)) {
            spread.swap_remove(index);
            return true;
        }
        let toleration = Toleration::everything().with_effect(Effect::PreferNoSchedule);
        if tolerate_prefer_no_schedule && !spec.tolerations.contains(&toleration) {
            spec.tolerations.push(toleration);
            return true;
        }
        false
    }
}

/// Index of the heaviest, of several the first.
pub(crate) fn heaviest(weights: impl Iterator<Item = i32>) -> Option<usize> {
    let mut best: Option<(usize, i32)> = None;
    for (index, weight) in weights.enumerate() {
        if best.is_none_or(|(_, heaviest)| weight > heaviest) {
            best = Some((index, weight));
        }
    }
    best.map(|(index, _)| index)
}
