//! What a pod asks for in all: containers, init containers, sidecars, overhead; not whether it fits.
//!
//! The sums are the Kubernetes scheduler's own, on exact quantities
//! (<https://kubernetes.io/docs/concepts/workloads/pods/sidecar-containers/#resource-sharing-within-containers>,
//! <https://kubernetes.io/docs/tasks/configure-pod-container/assign-pod-level-resources/>,
//! <https://kubernetes.io/docs/tasks/configure-pod-container/resize-container-resources/>).

use std::borrow::Cow;

use super::object::{Amounts, Container, PodSpecFields, PodStatusFields};

/// What the pod asks for in all.
///
/// Init containers run one after the other, beside the sidecars before them; the rest runs at once. While a resize in place is under
/// way, the greater of the old and the new amount counts; a resize that can never be granted does not count.
pub(crate) fn effective_requests(
    spec: &PodSpecFields,
    status: Option<&PodStatusFields>,
) -> Amounts {
    let granted = status.filter(|status| status.grants_resources());
    let mut total = run(spec, |container| match granted {
        Some(status) => Cow::Owned(granted_requests(container, status)),
        None => Cow::Borrowed(&container.resources.requests),
    });
    replace(&mut total, &spec.resources.requests);
    total.add(&spec.overhead);
    total
}

/// What the pod may use at most, for resources where that is bounded.
pub(crate) fn effective_limits(spec: &PodSpecFields) -> Amounts {
    let mut total = run(spec, |container| Cow::Borrowed(&container.resources.limits));
    replace(&mut total, &spec.resources.limits);
    for (resource, quantity) in spec.overhead.iter() {
        if let Some(limit) = total.get(resource) {
            total.set(resource, limit.saturating_add(quantity));
        }
    }
    total
}

/// What the containers ask for, without the pod's own resources and overhead.
pub(crate) fn container_requests(spec: &PodSpecFields) -> Amounts {
    run(spec, |container| Cow::Borrowed(&container.resources.requests))
}

/// Whether the resource can be set for a pod as a whole.
pub(crate) fn is_pod_level(resource: &str) -> bool {
    matches!(resource, "cpu" | "memory") || resource.starts_with("hugepages-")
}

/// The most that is used at any time of the pod's life, per resource.
fn run<'a>(spec: &'a PodSpecFields, of: impl Fn(&'a Container) -> Cow<'a, Amounts>) -> Amounts {
    let mut peak = Amounts::default();
    let mut sidecars = Amounts::default();
    for container in &spec.init_containers {
        if container.is_sidecar() {
            sidecars.add(&of(container));
            peak.raise(&sidecars);
        } else {
            let mut step = of(container).into_owned();
            step.add(&sidecars);
            peak.raise(&step);
        }
    }
    let mut steady = sidecars;
    for container in &spec.containers {
        steady.add(&of(container));
    }
    steady.raise(&peak);
    steady
}

/// Puts the pod's own amounts in place of those of its containers.
fn replace(total: &mut Amounts, of_pod: &Amounts) {
    for (resource, quantity) in of_pod.iter() {
        if is_pod_level(resource) {
            total.set(resource, quantity.clone());
        }
    }
}

fn granted_requests(container: &Container, status: &PodStatusFields) -> Amounts {
    let granted = status
        .container_statuses
        .iter()
        .chain(&status.init_container_statuses)
        .find(|of_container| of_container.name == container.name);
    let asked = &container.resources.requests;
    let Some(granted) = granted else { return asked.clone() };
    let Some(running) = &granted.resources else {
        let mut most = asked.clone();
        most.raise(&granted.allocated_resources);
        return most;
    };
    let mut most = if status.is_resize_infeasible() { Amounts::default() } else { asked.clone() };
    most.raise(&running.requests);
    most.raise(&granted.allocated_resources);
    most
}
