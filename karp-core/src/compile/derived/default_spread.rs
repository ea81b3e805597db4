//! Spread constraints of the cluster for pods without their own; not how pods are spread.
//!
//! Whom such a constraint counts is worked out per pod, as the Kubernetes scheduler does: the pods of its services and of its controller.
//! <https://kubernetes.io/docs/concepts/scheduling-eviction/topology-spread-constraints/#internal-default-constraints>

use std::sync::Arc;

use rustc_hash::FxHashMap;

use crate::{
    model::{
        Finding, LabelSelector, Labels, Pod, PodSpec, SelectorExpression, SelectorOperator,
        Service, Severity, TopologySpread, Workload, check_qualified_name,
    },
    snapshot::Snapshot,
};

/// The pods of the snapshot with the constraints, those that run, too, for their nodes may go; none when nothing changes.
///
/// Constraints that break the rules are a finding, and none is used then.
pub(super) fn pods(
    snapshot: &Snapshot,
    defaults: &[TopologySpread],
    findings: &mut Vec<Finding>,
) -> Option<Vec<Arc<Pod>>> {
    let invalid = invalid(defaults);
    if !invalid.is_empty() {
        findings.extend(invalid);
        return None;
    }
    let mut clerk = Clerk::new(snapshot, defaults);
    let mut is_changed = false;
    let pods = snapshot.pods.iter().map(|pod| {
        if pod.is_finished() || !pod.spec.topology_spread.is_empty() {
            return Arc::clone(pod);
        }
        let Some(spec) = clerk.spec(pod) else { return Arc::clone(pod) };
        is_changed = true;
        let mut pod = Pod::clone(pod);
        pod.spec = spec;
        Arc::new(pod)
    });
    let pods: Vec<Arc<Pod>> = pods.collect();
    is_changed.then_some(pods)
}

/// What is wrong with the constraints.
fn invalid(defaults: &[TopologySpread]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (place, own) in defaults.iter().enumerate() {
        let is_twice = defaults.iter().take(place).any(|other| {
            (&other.topology_key, other.when_unsatisfiable)
                == (&own.topology_key, own.when_unsatisfiable)
        });
        let key = check_qualified_name(&own.topology_key).err();
        let problems = [
            (own.max_skew == 0, "its `maxSkew` is 0, expected at least 1".to_owned()),
            (key.is_some(), key.map(|error| error.to_string()).unwrap_or_default()),
            (
                own.label_selector.is_some(),
                "it has a `labelSelector`, which is worked out".to_owned(),
            ),
            (!own.match_label_keys.is_empty(), "it has `matchLabelKeys`".to_owned()),
            (is_twice, format!("another one is over `{}`, too", own.topology_key)),
        ];
        for (_, problem) in problems.into_iter().filter(|(is_there, _)| *is_there) {
            let message = format!("{problem}; no default constraint is used");
            let finding =
                Finding::new("default-spread-invalid", Severity::Error, "Policy", message);
            findings.push(finding.at(format!("defaultSpread[{place}]")));
        }
    }
    findings
}

/// What tells a pod's constraints: its spec, labels and namespace, and its controller's API version, kind and name.
type Key<'s> = (*const PodSpec, *const Labels, &'s str, Option<(&'s str, &'s str, &'s str)>);

/// Works out whom constraints count, once for pods that are alike, so that their specs stay one allocation.
struct Clerk<'s> {
    defaults: &'s [TopologySpread],
    services: FxHashMap<&'s str, Vec<&'s Service>>,
    workloads: FxHashMap<(&'s str, &'s str, &'s str, &'s str), &'s Workload>,
    known: FxHashMap<Key<'s>, Option<Arc<PodSpec>>>,
    /// Specs by those that they are made of, and the selector.
    specs: FxHashMap<(*const PodSpec, LabelSelector), Arc<PodSpec>>,
}

impl<'s> Clerk<'s> {
    fn new(snapshot: &'s Snapshot, defaults: &'s [TopologySpread]) -> Self {
        let mut services: FxHashMap<&str, Vec<&Service>> = FxHashMap::default();
        for service in &snapshot.services {
            services.entry(service.id.namespace()).or_default().push(service);
        }
        let key = |own: &'s Workload| {
            (own.group.as_str(), own.kind.as_str(), own.id.namespace(), own.id.name())
        };
        let workloads = snapshot.workloads.iter().map(|own| (key(own), &**own)).collect();
        Self {
            defaults,
            services,
            workloads,
            known: FxHashMap::default(),
            specs: FxHashMap::default(),
        }
    }

    /// The pod's spec with the constraints; none when it is not told whom they count.
    fn spec(&mut self, pod: &'s Pod) -> Option<Arc<PodSpec>> {
        let controller = pod
            .controller()
            .map(|own| (own.api_version.as_str(), own.kind.as_str(), own.name.as_str()));
        let spec = Arc::as_ptr(&pod.spec);
        let key = (spec, Arc::as_ptr(&pod.labels), pod.id.namespace(), controller);
        if let Some(known) = self.known.get(&key) {
            return known.clone();
        }
        let made = self.selector(pod).map(|selector| {
            let defaults = self.defaults;
            let spec = self.specs.entry((spec, selector.clone())).or_insert_with(|| {
                let mut spec = PodSpec::clone(&pod.spec);
                let counting = |own: &TopologySpread| own.clone().selecting(selector.clone());
                spec.topology_spread = defaults.iter().map(counting).collect();
                Arc::new(spec)
            });
            Arc::clone(spec)
        });
        self.known.insert(key, made.clone());
        made
    }

    /// Whom the pod's constraints count: who its services select, and of those whom its controller does.
    fn selector(&self, pod: &Pod) -> Option<LabelSelector> {
        let mut selector = LabelSelector::default();
        let services = self.services.get(pod.id.namespace()).into_iter().flatten();
        for wanted in services.filter_map(|service| service.selector.as_ref()) {
            if wanted.iter().all(|(key, value)| pod.labels.get(key) == Some(value)) {
                selector.match_labels.extend(wanted.clone());
            }
        }
        if let Some((controller, wanted)) = self.of_controller(pod) {
            if controller.kind == "ReplicationController" {
                selector.match_labels.extend(wanted.match_labels.clone());
            } else {
                let labels = wanted.match_labels.iter().map(|(key, value)| SelectorExpression {
                    key: key.clone(),
                    operator: SelectorOperator::In,
                    values: vec![value.clone()],
                });
                selector.match_expressions.extend(labels);
                selector.match_expressions.extend(wanted.match_expressions.iter().cloned());
            }
        }
        (selector != LabelSelector::default()).then_some(selector)
    }

    /// The pod's controller and its selector, if it is of a kind whose pods are spread.
    fn of_controller(&self, pod: &Pod) -> Option<(&'s Workload, &'s LabelSelector)> {
        let owner = pod.controller()?;
        // Pods made from a Deployment alone belong to it, as they would to its ReplicaSet.
        let group = match owner.kind.as_str() {
            "Deployment" | "ReplicaSet" | "StatefulSet" => "apps",
            "ReplicationController" => "",
            _ => return None,
        };
        let own_group = owner.api_version.split_once('/').map_or("", |(group, _)| group);
        let key = (group, owner.kind.as_str(), pod.id.namespace(), owner.name.as_str());
        let workload = (own_group == group).then(|| self.workloads.get(&key))??;
        Some((workload, workload.selector.as_ref()?))
    }
}
