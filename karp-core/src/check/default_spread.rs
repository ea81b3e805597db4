//! Pods with the spread constraints that the cluster gives them; not whether these are kept.

use std::{borrow::Cow, sync::Arc};

use crate::{
    model::{
        LabelSelector, Labels, Pod, SelectorExpression, SelectorOperator, TopologySpread,
        check_qualified_name,
    },
    policy::Policy,
    snapshot::Snapshot,
};

/// Controllers whose selectors count, with the start of their API version.
const CONTROLLERS: [(&str, &str); 4] = [
    ("Deployment", "apps/"),
    ("ReplicaSet", "apps/"),
    ("ReplicationController", "v1"),
    ("StatefulSet", "apps/"),
];

/// The snapshot with constraints for all pods that have none and for which it can be told whom they count.
pub(super) fn with_defaults<'s>(snapshot: Cow<'s, Snapshot>, policy: &Policy) -> Cow<'s, Snapshot> {
    let defaults = &policy.default_spread;
    if defaults.is_empty() || !defaults.iter().all(|one| is_valid(one, defaults)) {
        return snapshot;
    }
    let mut with = snapshot.into_owned();
    let pods: Vec<Arc<Pod>> = with.pods.iter().map(|pod| given(pod, defaults, &with)).collect();
    with.pods = pods;
    Cow::Owned(with)
}

fn given(pod: &Arc<Pod>, defaults: &[TopologySpread], snapshot: &Snapshot) -> Arc<Pod> {
    let selector = counted(pod, snapshot);
    let is_told = !selector.match_labels.is_empty() || !selector.match_expressions.is_empty();
    if !pod.spec.topology_spread.is_empty() || !is_told {
        return Arc::clone(pod);
    }
    let mut given = Pod::clone(pod);
    for one in defaults {
        let mut one = one.clone();
        one.label_selector = Some(selector.clone());
        given.spec_mut().topology_spread.push(one);
    }
    Arc::new(given)
}

/// Whom the constraints of a pod count.
fn counted(pod: &Pod, snapshot: &Snapshot) -> LabelSelector {
    let mut counted = LabelSelector::default();
    for service in &snapshot.services {
        let wanted = service.selector.clone().unwrap_or_default();
        let selector =
            LabelSelector { match_labels: wanted.clone(), match_expressions: Vec::new() };
        if service.id.namespace() == pod.id.namespace() && selector.matches(&pod.labels) {
            counted.match_labels.extend(wanted);
        }
    }
    let controller = pod.controller().filter(|owner| {
        CONTROLLERS
            .iter()
            .any(|(kind, version)| owner.kind == *kind && owner.api_version.starts_with(version))
    });
    let workload = controller.and_then(|owner| {
        snapshot.workloads.iter().find(|workload| {
            let of_apps = owner.kind != "ReplicationController";
            workload.kind == owner.kind
                && workload.group == if of_apps { "apps" } else { "" }
                && workload.id.namespace() == pod.id.namespace()
                && workload.id.name() == owner.name
        })
    });
    let Some(selector) = workload.and_then(|workload| workload.selector.clone()) else {
        return counted;
    };
    if workload.is_some_and(|workload| workload.kind == "ReplicationController") {
        counted.match_labels.extend(selector.match_labels);
        return counted;
    }
    counted.match_expressions = expressions(selector.match_labels);
    counted.match_expressions.extend(selector.match_expressions);
    counted
}

fn expressions(labels: Labels) -> Vec<SelectorExpression> {
    let expression = |(key, value)| SelectorExpression {
        key,
        operator: SelectorOperator::In,
        values: vec![value],
    };
    labels.into_iter().map(expression).collect()
}

/// Whether a constraint may be given to all pods.
fn is_valid(one: &TopologySpread, all: &[TopologySpread]) -> bool {
    let same = all.iter().filter(|other| {
        one.topology_key == other.topology_key && one.when_unsatisfiable == other.when_unsatisfiable
    });
    one.max_skew > 0
        && check_qualified_name(&one.topology_key).is_ok()
        && one.label_selector.is_none()
        && one.match_label_keys.is_empty()
        && same.count() == 1
}
