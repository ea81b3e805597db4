//! Changes of what pods want of each other; not of what they want of nodes.

use std::sync::Arc;

use rustc_hash::FxHashSet;

use super::{Candidate, pods, reason::Subject};
use crate::{
    advise::{PodChange, PolicyChange, change::Likeness},
    model::{Pod, PodAffinityTerm, TopologySpread, Vocabulary, WhenUnsatisfiable},
};

/// Most workloads whose anti-affinity is tried.
const OTHERS: usize = 8;

/// Each of the pod's terms on a label about pods to be near.
pub(super) fn soften_near(subject: &mut Subject<'_>, key: &str) {
    for (place, topology_key) in on(subject, &subject.pod.spec.pod_affinity.required, key) {
        subject.pods(PodChange::SoftNear { place, topology_key });
    }
}

/// Each of the pod's terms on a label about pods to be away from.
pub(super) fn soften_away(subject: &mut Subject<'_>, key: &str) {
    for (place, topology_key) in on(subject, &subject.pod.spec.pod_anti_affinity.required, key) {
        subject.pods(PodChange::SoftAway { place, topology_key });
    }
}

/// Terms on a label, with their places.
fn on(subject: &Subject<'_>, terms: &[PodAffinityTerm], key: &str) -> Vec<(usize, String)> {
    let vocabulary = &subject.snapshot.vocabulary;
    let terms = terms.iter().enumerate();
    terms
        .filter(|(_, term)| vocabulary.canonical_key(&term.topology_key) == key)
        .map(|(place, term)| (place, term.topology_key.clone()))
        .collect()
}

/// Each term on a label by which other pods avoid the pod, one pod per workload.
pub(super) fn soften_others(subject: &mut Subject<'_>, key: &str) {
    let labels = Arc::clone(&subject.pod.labels);
    let selects = |term: &PodAffinityTerm| {
        term.label_selector.as_ref().is_some_and(|selector| selector.matches(&labels))
    };
    let mut seen: FxHashSet<Likeness> = FxHashSet::default();
    let mut found: Vec<Candidate> = Vec::new();
    let avoids = |pod: &&Arc<Pod>| pod.spec.pod_anti_affinity.required.iter().any(selects);
    for other in subject.snapshot.pods.iter().filter(avoids) {
        if other.buffer().is_some() || !seen.insert(Likeness::of(other)) {
            continue;
        }
        let terms = &other.spec.pod_anti_affinity.required;
        for (place, topology_key) in on(subject, terms, key) {
            if terms.get(place).is_some_and(selects) {
                found.push(pods(&other.id, PodChange::SoftAway { place, topology_key }));
            }
        }
        if seen.len() == OTHERS {
            break;
        }
    }
    subject.found.append(&mut found);
}

/// A spread that leaves no domain: a larger skew, fewer domains, or a wish.
pub(super) fn of_spread(subject: &mut Subject<'_>, key: &str) {
    let (policy, vocabulary) = (subject.policy, &subject.snapshot.vocabulary);
    if !subject.spreads_itself {
        for one in policy.default_spread.iter().filter(|one| is_on(vocabulary, one, key)) {
            let topology_key = one.topology_key.clone();
            subject.policy(PolicyChange::SoftDefaultSpread { topology_key });
        }
        return;
    }
    // No difference is larger than the number of pods.
    let pods = u64::try_from(subject.snapshot.pods.len()).unwrap_or(u64::MAX);
    let pod = subject.pod;
    for (place, one) in pod.spec.topology_spread.iter().enumerate() {
        if !is_on(vocabulary, one, key) {
            continue;
        }
        let (topology_key, from) = (one.topology_key.clone(), one.max_skew);
        subject.pods(PodChange::SoftSpread { place, topology_key: topology_key.clone() });
        let own = topology_key.clone();
        subject.turn_pods((1, pods.min(u64::from(u32::MAX - from))), move |step| {
            let more = u32::try_from(step).unwrap_or(u32::MAX);
            let to = from.saturating_add(more);
            PodChange::MaxSkew { place, topology_key: own.clone(), from, to }
        });
        let Some(from) = one.min_domains else { continue };
        subject.turn_pods((1, u64::from(from).saturating_sub(1)), move |step| {
            let less = u32::try_from(step).unwrap_or(u32::MAX);
            let to = from.saturating_sub(less);
            PodChange::MinDomains { place, topology_key: topology_key.clone(), from, to }
        });
    }
}

/// Whether a constraint is a demand on a label.
fn is_on(vocabulary: &Vocabulary, one: &TopologySpread, key: &str) -> bool {
    one.when_unsatisfiable == WhenUnsatisfiable::DoNotSchedule
        && vocabulary.canonical_key(&one.topology_key) == key
}
