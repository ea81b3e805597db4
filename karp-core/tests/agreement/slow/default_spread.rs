//! Spread constraints of the cluster for pods without their own.

use std::sync::Arc;

use karp_core::{
    model::{LabelSelector, Pod, SelectorExpression, SelectorOperator, Workload},
    policy::Policy,
    snapshot::Snapshot,
};

/// The snapshot in which pods have the constraints.
pub(crate) fn applied(snapshot: &Snapshot, policy: &Policy) -> Snapshot {
    let mut applied = snapshot.clone();
    for pod in &mut applied.pods {
        let selector = selector(pod, snapshot);
        if pod.spec.topology_spread.is_empty() && selector != LabelSelector::default() {
            let mut spread = policy.default_spread.clone();
            for constraint in &mut spread {
                constraint.label_selector = Some(selector.clone());
            }
            Arc::make_mut(pod).spec_mut().topology_spread = spread;
        }
    }
    applied
}

fn selector(pod: &Pod, snapshot: &Snapshot) -> LabelSelector {
    let mut selector = LabelSelector::default();
    for service in &snapshot.services {
        for (key, value) in service.selector.iter().flatten() {
            let all = service.selector.iter().flatten();
            let mut meant = all.map(|(key, value)| pod.labels.get(key) == Some(value));
            if service.id.namespace() == pod.id.namespace() && meant.all(|one| one) {
                selector.match_labels.insert(key.clone(), value.clone());
            }
        }
    }
    let Some(owner) = pod.controller() else { return selector };
    let is_owner = |workload: &&Arc<Workload>| {
        let version = if workload.group.is_empty() { "v1" } else { "apps/v1" };
        workload.kind == owner.kind
            && workload.id.name() == owner.name
            && workload.id.namespace() == pod.id.namespace()
            && owner.api_version == version
    };
    let workload = snapshot.workloads.iter().find(is_owner);
    let Some(own) = workload.and_then(|workload| workload.selector.clone()) else {
        return selector;
    };
    match owner.kind.as_str() {
        "ReplicationController" => selector.match_labels.extend(own.match_labels),
        "Deployment" | "ReplicaSet" | "StatefulSet" => {
            for (key, value) in own.match_labels {
                let (operator, values) = (SelectorOperator::In, vec![value]);
                let expression = SelectorExpression { key, operator, values };
                selector.match_expressions.push(expression);
            }
            selector.match_expressions.extend(own.match_expressions);
        }
        _ => {}
    }
    selector
}
