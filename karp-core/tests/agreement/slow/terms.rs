//! Words of the rules that several files speak: sums of requests, requirement sets from labels and entries.

use std::sync::Arc;

use karp_core::{
    model::{
        Labels, NodeClaimName, Pod, PodSpec, Requirement, RequirementEntry, Requirements,
        ResourceName, Resources, TopologySpread, Undefined, Vocabulary, WhenUnsatisfiable,
    },
    snapshot::StateNode,
};

/// Whether the pod is bound to the machine's Node.
pub(crate) fn is_on(pod: &Pod, state: &StateNode) -> bool {
    matches!((&pod.status.node, &state.node), (Some(bound), Some(node)) if *bound == node.name)
}

pub(crate) fn is_hard(constraint: &TopologySpread) -> bool {
    constraint.when_unsatisfiable == WhenUnsatisfiable::DoNotSchedule
}

/// Limits may count machines under this name.
pub(crate) fn is_nodes(name: &ResourceName) -> bool {
    name.as_str() == "nodes"
}

/// What a pod asks for; a pod takes one of the pods that a machine can hold.
pub(crate) fn requests(pod: &Pod) -> Resources {
    requests_of_specs([&*pod.spec])
}

pub(crate) fn requests_of(pods: &[&Arc<Pod>]) -> Resources {
    requests_of_specs(pods.iter().map(|pod| &*pod.spec))
}

pub(crate) fn requests_of_specs<'a>(specs: impl IntoIterator<Item = &'a PodSpec>) -> Resources {
    specs.into_iter().fold(Resources::new(), |sum, spec| {
        sum.merge(&spec.requests).merge(&Resources::new().with("pods", 1))
    })
}

/// `all` with the entries of `with` instead of its own.
pub(crate) fn replaced(all: &Resources, with: &Resources) -> Resources {
    let mut all = all.clone();
    for (name, amount) in with.iter() {
        all.set(name.clone(), amount);
    }
    all
}

pub(crate) fn of_labels(labels: &Labels, vocabulary: &Vocabulary) -> Requirements {
    labels
        .iter()
        .map(|(key, value)| Requirement::equals(key, value.as_str()).normalized(vocabulary))
        .collect()
}

pub(crate) fn add_entries(
    to: &mut Requirements,
    entries: &[RequirementEntry],
    vocabulary: &Vocabulary,
) {
    to.extend(entries.iter().map(|entry| Requirement::from(entry).normalized(vocabulary)));
}

pub(crate) fn both(a: &Requirements, b: &Requirements) -> Requirements {
    let mut both = a.clone();
    both.add_all(b);
    both
}

/// The host name that a machine has until it is there.
pub(crate) fn placeholder(name: &NodeClaimName) -> String {
    format!("hostname-placeholder-{name}")
}

/// Whether a machine that is still to come can meet a demand: well-known labels get a value later.
pub(crate) fn is_compatible(
    machine: &Requirements,
    demand: &Requirements,
    vocabulary: &Vocabulary,
) -> bool {
    machine.is_compatible(demand, Undefined::WellKnown(vocabulary))
}

/// Whether a node meets a demand: it has all labels that it will ever have.
pub(crate) fn is_strictly_compatible(node: &Requirements, demand: &Requirements) -> bool {
    node.is_compatible(demand, Undefined::Strict)
}
