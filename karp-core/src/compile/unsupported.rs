//! Constraints that are read but not decided on yet: refused when hard, reported when soft; never ignored silently.

use std::sync::Arc;

use super::{pending::Pending, shapes::Group};
use crate::{
    explain::Unsupported,
    model::{
        Finding, LabelSelector, Namespace, Pod, PodAffinityTerm, PodSpec, Severity,
        WhenUnsatisfiable,
    },
    policy::{Policy, PreferencePolicy},
    snapshot::Snapshot,
};

/// The first hard constraint of a pod that is not decided on yet.
pub(super) fn hard(spec: &PodSpec) -> Option<Unsupported> {
    let spread_is_hard = spec
        .topology_spread
        .iter()
        .any(|spread| spread.when_unsatisfiable == WhenUnsatisfiable::DoNotSchedule);
    [
        (!spec.resource_claims.is_empty(), Unsupported::DynamicResources),
        (!spec.volumes.is_empty(), Unsupported::Volume),
        (!spec.host_ports.is_empty(), Unsupported::HostPort),
        (spread_is_hard, Unsupported::TopologySpread),
        (!spec.pod_affinity.required.is_empty(), Unsupported::PodAffinity),
        (!spec.pod_anti_affinity.required.is_empty(), Unsupported::PodAntiAffinity),
    ]
    .into_iter()
    .find_map(|(is_there, feature)| is_there.then_some(feature))
}

/// Reports wishes that are not decided on yet, once per group of equal pods.
pub(super) fn soft(groups: &[Group<'_>], policy: &Policy, findings: &mut Vec<Finding>) {
    if policy.preferences == PreferencePolicy::Ignore {
        return;
    }
    for group in groups {
        let spec = &group.pod.spec;
        let spread_is_soft = spec
            .topology_spread
            .iter()
            .any(|spread| spread.when_unsatisfiable == WhenUnsatisfiable::ScheduleAnyway);
        let wishes = [
            (spread_is_soft, "spec.topologySpreadConstraints"),
            (!spec.pod_affinity.preferred.is_empty(), "spec.affinity.podAffinity"),
            (!spec.pod_anti_affinity.preferred.is_empty(), "spec.affinity.podAntiAffinity"),
        ];
        for (_, field) in wishes.into_iter().filter(|(is_there, _)| *is_there) {
            let message = format!(
                "this wish of {} equal pods is not decided on yet and was ignored",
                group.pods
            );
            let object = format!("Pod {}", group.pod.id);
            findings
                .push(Finding::new("unsupported", Severity::Warning, object, message).at(field));
        }
    }
}

/// Reports objects and settings that are not decided on yet.
pub(super) fn objects(snapshot: &Snapshot, policy: &Policy, findings: &mut Vec<Finding>) {
    let ignored = |object: String, what: &str| {
        Finding::new(
            "unsupported",
            Severity::Warning,
            object,
            format!("{what} are not decided on yet; it was ignored"),
        )
    };
    if policy.feature_gates.node_overlay {
        let overlays = snapshot.overlays.iter();
        findings
            .extend(overlays.map(|o| ignored(format!("NodeOverlay {}", o.name), "node overlays")));
    }
    if policy.feature_gates.capacity_buffer {
        let buffers = snapshot.buffers.iter();
        findings.extend(
            buffers.map(|b| ignored(format!("CapacityBuffer {}", b.id), "capacity buffers")),
        );
    }
    if !policy.default_spread.is_empty() {
        findings
            .push(ignored("Policy".to_owned(), "default spread constraints").at("defaultSpread"));
    }
}

/// Terms by which pods that stay reject others.
#[derive(Debug)]
pub(super) struct Rejecting<'s> {
    namespaces: &'s [Arc<Namespace>],
    terms: Vec<(&'s str, &'s PodAffinityTerm)>,
}

impl<'s> Rejecting<'s> {
    /// Terms of all bound pods. Pods that look for a place have none that matter: they are refused.
    pub(super) fn new(snapshot: &'s Snapshot, pending: &[Pending<'_>]) -> Self {
        let mut terms: Vec<(&str, &PodAffinityTerm)> = Vec::new();
        let moving: Vec<&Pod> =
            pending.iter().filter(|p| p.is_running).map(|p| p.pod.as_ref()).collect();
        for pod in
            snapshot.pods.iter().filter(|pod| pod.status.node.is_some() && !pod.is_finished())
        {
            if moving.iter().any(|other| std::ptr::eq(*other, pod.as_ref())) {
                continue;
            }
            for term in &pod.spec.pod_anti_affinity.required {
                let key = (pod.id.namespace(), term);
                if !terms.contains(&key) {
                    terms.push(key);
                }
            }
        }
        Self { namespaces: &snapshot.namespaces, terms }
    }

    /// Whether some pod may reject this one.
    pub(super) fn rejects(&self, pod: &Pod) -> bool {
        self.terms.iter().any(|(namespace, term)| {
            term.label_selector.as_ref().is_some_and(|selector| selector.matches(&pod.labels))
                && self.covers(namespace, term, pod.id.namespace())
        })
    }

    /// Whether a term of a pod in `own` is about pods in `namespace`.
    fn covers(&self, own: &str, term: &PodAffinityTerm, namespace: &str) -> bool {
        let selects = |selector: &LabelSelector| {
            let known = self.namespaces.iter().find(|known| known.name == namespace);
            known.map_or_else(
                || *selector == LabelSelector::default(),
                |known| selector.matches(&known.labels),
            )
        };
        match &term.namespace_selector {
            None if term.namespaces.is_empty() => own == namespace,
            None => term.namespaces.iter().any(|listed| listed == namespace),
            Some(selector) => {
                selects(selector) || term.namespaces.iter().any(|listed| listed == namespace)
            }
        }
    }
}
