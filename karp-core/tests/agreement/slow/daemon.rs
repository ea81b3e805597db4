//! Daemons: what they take of a new machine, and what of a node they will still take.

use std::sync::Arc;

use karp_core::{
    model::{
        DaemonSet, Effect, HostPort, InstanceType, NodePool, NodeSelectorTerm, Pod, PodSpec,
        Requirement, Requirements, Resources, Taint, untolerated,
    },
    policy::Policy,
    snapshot::{Snapshot, StateNode},
};

use super::terms;

/// What all daemons that would run on a machine of this type ask for in all, and the ports that they take.
pub(crate) fn on_new_machine(
    (snapshot, policy): (&Snapshot, &Policy),
    pool: &NodePool,
    template: &Requirements,
    kind: &InstanceType,
) -> (Resources, Vec<HostPort>) {
    // Kubernetes lets daemons run on nodes with soft taints.
    let taints: Vec<Taint> = pool
        .template
        .taints
        .iter()
        .filter(|taint| taint.effect != Effect::PreferNoSchedule)
        .cloned()
        .collect();
    let all = daemons(snapshot, policy);
    let runs = |spec: &&PodSpec| {
        untolerated(&taints, &spec.tolerations).next().is_none()
            && alternatives(spec, snapshot).iter().any(|demand| {
                terms::is_compatible(template, demand, &snapshot.vocabulary)
                    && kind.requirements.intersects(demand).is_ok()
            })
    };
    let running: Vec<&PodSpec> = all.iter().filter(runs).collect();
    let ports = running.iter().flat_map(|spec| spec.host_ports.iter().copied()).collect();
    (terms::requests_of_specs(running), ports)
}

/// What daemons will still take of a node: those that fit its labels and taints, less those that are there.
pub(crate) fn still_to_come(
    (snapshot, policy): (&Snapshot, &Policy),
    state: &StateNode,
    bound: &[&Arc<Pod>],
) -> Resources {
    let labels = terms::of_labels(&state.labels, &snapshot.vocabulary);
    let all = daemons(snapshot, policy);
    let fitting = all.iter().filter(|spec| {
        let first = alternatives(spec, snapshot).remove(0);
        untolerated(&state.taints, &spec.tolerations).next().is_none()
            && terms::is_strictly_compatible(&labels, &first)
    });
    let mut left = terms::requests_of_specs(fitting);
    let there: Vec<&Arc<Pod>> = bound.iter().copied().filter(|pod| pod.is_daemon()).collect();
    let there = terms::requests_of(&there);
    let all: Vec<_> = left.iter().map(|(name, amount)| (name.clone(), amount)).collect();
    for (name, amount) in all {
        let rest = (amount - there.amount(&name)).max(0);
        left.set(name, rest);
    }
    left
}

/// The pod that each daemon set puts on a node: as its newest pod is, or as its template says; a required node term of the template
/// stands instead of that of the pod, which names one node.
fn daemons(snapshot: &Snapshot, policy: &Policy) -> Vec<PodSpec> {
    snapshot
        .daemon_sets
        .iter()
        .map(|set| {
            let newest = snapshot
                .pods
                .iter()
                .filter(|pod| is_of(pod, set) && !pod.is_finished())
                .max_by_key(|pod| (pod.created_at, pod.id.clone()));
            let mut spec =
                newest.map_or_else(|| (*set.template.spec).clone(), |p| (*p.spec).clone());
            let required = &set.template.spec.node_affinity.required;
            if !required.is_empty() {
                spec.node_affinity.required.clone_from(required);
            }
            spec
        })
        .filter(|spec| !policy.ignore_dynamic_resources || spec.resource_claims.is_empty())
        .collect()
}

fn is_of(pod: &Pod, set: &DaemonSet) -> bool {
    pod.id.namespace() == set.id.namespace()
        && pod
            .controller()
            .is_some_and(|owner| owner.kind == "DaemonSet" && owner.name == set.id.name())
}

/// What a daemon demands of a node, once per required term; once when there is none. Terms that leave no value of a label are met nowhere.
fn alternatives(spec: &PodSpec, snapshot: &Snapshot) -> Vec<Requirements> {
    let none = [NodeSelectorTerm::default()];
    let required = &spec.node_affinity.required;
    let required = if required.is_empty() { &none[..] } else { required };
    required
        .iter()
        .map(|term| {
            let selector = terms::of_labels(&spec.node_selector, &snapshot.vocabulary);
            let mut parts: Vec<Requirement> = selector.iter().cloned().collect();
            let entries = term.match_expressions.iter().map(Requirement::from);
            parts.extend(entries.map(|entry| entry.normalized(&snapshot.vocabulary)));
            parts
        })
        .map(Requirements::from)
        .collect()
}
