//! Completes pods as the API server does when they are created; not pods that a server has seen.
//!
//! | Field | Default |
//! |---|---|
//! | requests of a container | its limits, then those of the namespace's `LimitRange`s |
//! | requests of the pod as a whole, where it has limits | the sum of its containers, else its limits |
//! | `overhead`, part of `nodeSelector` and `tolerations` | those of the `RuntimeClass` |
//! | `priority` | that of the `PriorityClass`, else of the global default class |
//!
//! See <https://kubernetes.io/docs/reference/access-authn-authz/admission-controllers/>.

mod limit_range;
mod priority;
mod runtime_class;

use std::collections::BTreeMap;

use self::{limit_range::LimitRanges, priority::Priorities};
use super::{
    object::{PodSpecFields, RuntimeClassObject},
    objects::{Objects, Shelf},
    requests::{container_requests, is_pod_level},
};
use crate::model::{Finding, Severity};

/// The API server's rules for new pods.
#[derive(Debug)]
pub(crate) struct Admission<'a> {
    limit_ranges: BTreeMap<&'a str, LimitRanges>,
    priorities: Priorities<'a>,
    runtime_classes: &'a Shelf<RuntimeClassObject>,
}

/// Whose pods are completed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Subject<'a> {
    pub(crate) namespace: &'a str,
    /// For findings: `Deployment shop/web`.
    pub(crate) object: &'a str,
    /// Path of the spec in the object.
    pub(crate) path: &'a str,
}

impl<'a> Admission<'a> {
    pub(crate) fn new(objects: &'a Objects) -> Self {
        let mut limit_ranges: BTreeMap<&str, LimitRanges> = BTreeMap::new();
        for (id, range) in &objects.limit_ranges {
            limit_ranges.entry(id.namespace()).or_default().add(&range.object);
        }
        Self {
            limit_ranges,
            priorities: Priorities::new(&objects.priority_classes),
            runtime_classes: &objects.runtime_classes,
        }
    }

    /// The spec that the server would store; what it would refuse is a finding, and left as it is.
    pub(crate) fn complete(
        &self,
        mut spec: PodSpecFields,
        subject: Subject<'_>,
        findings: &mut Vec<Finding>,
    ) -> PodSpecFields {
        default_requests(&mut spec);
        default_pod_requests(&mut spec);
        if let Err(finding) = runtime_class::apply(&mut spec, self.runtime_classes, subject) {
            findings.push(*finding);
        }
        match self.priorities.of(&spec) {
            Ok(priority) => spec.priority = Some(priority),
            Err(class) => findings.push(subject.refuses(
                "missing-priority-class",
                "priorityClassName",
                format!("priority class `{class}` is not there, priority 0 is taken"),
            )),
        }
        if let Some(ranges) = self.limit_ranges.get(subject.namespace) {
            ranges.apply(&mut spec);
            findings.extend(ranges.check(&spec, subject));
        }
        findings.extend(above_limit(&spec, subject));
        spec
    }
}

impl Subject<'_> {
    /// A finding about something for which the server would refuse the pods.
    fn refuses(&self, code: &str, field: &str, message: String) -> Finding {
        Finding::new(code, Severity::Error, self.object, message)
            .at(format!("{}.{field}", self.path))
    }
}

/// Requests that are not given are the limits.
fn default_requests(spec: &mut PodSpecFields) {
    for container in spec.containers.iter_mut().chain(&mut spec.init_containers) {
        container.resources.requests.fill(&container.resources.limits);
    }
}

/// Requests of the pod as a whole: what its containers ask for, else its limits, once it has limits.
fn default_pod_requests(spec: &mut PodSpecFields) {
    if spec.resources.limits.is_empty() {
        return;
    }
    let of_containers = container_requests(spec);
    let resources = &mut spec.resources;
    for defaults in [&of_containers, &resources.limits] {
        for (resource, quantity) in defaults.iter() {
            if is_pod_level(resource) && !resources.requests.contains(resource) {
                resources.requests.set(resource, quantity.clone());
            }
        }
    }
}

/// A finding for the first request above its limit.
fn above_limit(spec: &PodSpecFields, subject: Subject<'_>) -> Option<Finding> {
    let of = |name: &str, index: usize| format!("{name}[{index}]");
    let regular = spec.containers.iter().enumerate().map(|(at, it)| (of("containers", at), it));
    let init = spec.init_containers.iter().enumerate();
    let init = init.map(|(at, it)| (of("initContainers", at), it));
    regular.chain(init).find_map(|(path, container)| {
        let resources = &container.resources;
        let (resource, request) = resources.requests.iter().find(|(resource, request)| {
            resources.limits.get(resource).is_some_and(|limit| *request > limit)
        })?;
        let limit = resources.limits.get(resource)?;
        Some(subject.refuses(
            "request-above-limit",
            &format!("{path}.resources.requests"),
            format!("expected {resource} of at most its limit `{limit}`, found `{request}`"),
        ))
    })
}
