//! Daemons on new machines and those still to come on nodes; not the pods of users.

use std::sync::Arc;

use super::{form, waiting};
use crate::{
    model::{
        DaemonSet, Effect, HostPort, InstanceType, NodePool, Pod, Requirements, Resources,
        Toleration, Undefined, untolerated,
    },
    policy::Policy,
    snapshot::{Snapshot, StateNode},
};

/// What daemons ask for on a new machine of this type, and the ports that they take of it.
///
/// A daemon counts when it tolerates the pool's taints, soft ones always, and when one of its required terms goes with the pool and the type.
/// <https://kubernetes.io/docs/concepts/workloads/controllers/daemonset/#taints-and-tolerations>
pub(super) fn on_new_machine(
    (daemons, snapshot): (&[Pod], &Snapshot),
    pool: &NodePool,
    template: &Requirements,
    kind: &InstanceType,
) -> (Resources, Vec<HostPort>) {
    let counted = daemons.iter().filter(|daemon| {
        let mut tolerations = daemon.spec.tolerations.clone();
        tolerations.push(Toleration::everything().with_effect(Effect::PreferNoSchedule));
        untolerated(&pool.template.taints, &tolerations).next().is_none()
            && form::alternatives_of_daemon(daemon, &snapshot.vocabulary).iter().any(|demand| {
                template.is_compatible(demand, Undefined::WellKnown(&snapshot.vocabulary))
                    && kind.requirements.intersects(demand).is_ok()
            })
    });
    let counted: Vec<&Pod> = counted.collect();
    let ports = counted.iter().flat_map(|daemon| daemon.spec.host_ports.iter().copied()).collect();
    (sum(counted), ports)
}

/// What daemons will still ask for on a node, less what its daemons have; nothing below zero.
pub(super) fn still_to_come(
    (daemons, snapshot): (&[Pod], &Snapshot),
    state: &StateNode,
    bound: &[&Arc<Pod>],
) -> Resources {
    let labels = form::of_labels(&state.labels, &snapshot.vocabulary);
    let counted = daemons.iter().filter(|daemon| {
        // Only the first counts on nodes that are there.
        let demand = form::alternatives_of_daemon(daemon, &snapshot.vocabulary).into_iter().next();
        untolerated(&state.taints, &daemon.spec.tolerations).next().is_none()
            && demand.is_some_and(|demand| labels.is_compatible(&demand, Undefined::Strict))
    });
    let there = bound.iter().filter(|pod| pod.is_daemon()).map(|pod| &***pod);
    let rest = sum(counted).subtract(&sum(there));
    rest.iter().map(|(name, amount)| (name.clone(), amount.max(0))).collect()
}

/// The pod that each set runs: as the newest there is, else as the template says; not those with claims that the policy ignores.
pub(super) fn daemons(snapshot: &Snapshot, policy: &Policy) -> Vec<Pod> {
    let sets = snapshot.daemon_sets.iter().map(|set| daemon(snapshot, set));
    let is_ignored =
        |daemon: &Pod| policy.ignore_dynamic_resources && !daemon.spec.resource_claims.is_empty();
    sets.filter(|daemon| !is_ignored(daemon)).collect()
}

fn daemon(snapshot: &Snapshot, set: &DaemonSet) -> Pod {
    let mut newest_first = snapshot.pods.iter().rev();
    let newest = newest_first.find(|pod| waiting::is_of_daemon_set(pod, set) && !pod.is_finished());
    let mut daemon = Pod::new(set.id.name());
    daemon.spec =
        newest.map_or_else(|| Arc::clone(&set.template.spec), |pod| Arc::clone(&pod.spec));
    let required = &set.template.spec.node_affinity.required;
    if !required.is_empty() {
        daemon.spec_mut().node_affinity.required.clone_from(required);
    }
    daemon
}

fn sum<'p>(daemons: impl IntoIterator<Item = &'p Pod>) -> Resources {
    daemons.into_iter().fold(Resources::new(), |sum, daemon| {
        sum.merge(&daemon.spec.requests).merge(&Resources::new().with("pods", 1))
    })
}
