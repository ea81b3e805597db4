//! Default and bounds of requests and limits in a namespace; not quotas.

use super::Subject;
use crate::{
    k8s::{
        object::{Amounts, LimitRangeItem, LimitRangeObject, PodSpecFields, ResourceFields},
        requests::{effective_limits, effective_requests},
    },
    model::{Finding, Quantity},
};

/// The `LimitRange`s of one namespace, in name order.
#[derive(Debug, Default)]
pub(super) struct LimitRanges {
    containers: Vec<LimitRangeItem>,
    pods: Vec<LimitRangeItem>,
}

impl LimitRanges {
    /// Adds a range, with the defaults that the API server gives it.
    pub(super) fn add(&mut self, range: &LimitRangeObject) {
        for item in &range.spec.limits {
            match item.kind.as_str() {
                "Container" => self.containers.push(with_defaults(item)),
                "Pod" => self.pods.push(item.clone()),
                _ => {}
            }
        }
    }

    /// Sets requests and limits of containers that are not set.
    pub(super) fn apply(&self, spec: &mut PodSpecFields) {
        for container in spec.containers.iter_mut().chain(&mut spec.init_containers) {
            for item in &self.containers {
                container.resources.limits.fill(&item.default);
                container.resources.requests.fill(&item.default_request);
            }
        }
    }

    /// The first bound that the pod breaks.
    pub(super) fn check(&self, spec: &PodSpecFields, subject: Subject<'_>) -> Option<Finding> {
        let lists = [("containers", &spec.containers), ("initContainers", &spec.init_containers)];
        for (list, containers) in lists {
            for (index, container) in containers.iter().enumerate() {
                for item in &self.containers {
                    if let Some(problem) = broken(item, &container.resources) {
                        let field = format!("{list}[{index}].resources");
                        return Some(subject.refuses("limit-range", &field, problem));
                    }
                }
            }
        }
        if self.pods.is_empty() {
            return None;
        }
        let whole = ResourceFields {
            requests: effective_requests(spec, None),
            limits: effective_limits(spec),
            claims: Vec::new(),
        };
        let problem = self.pods.iter().find_map(|item| broken(item, &whole))?;
        Some(subject.refuses("limit-range", "containers", format!("in all, {problem}")))
    }
}

/// Fills in a range's own defaults: the limit from `max`, the request from the limit, else from `min`.
fn with_defaults(item: &LimitRangeItem) -> LimitRangeItem {
    let mut item = item.clone();
    item.default.fill(&item.max);
    item.default_request.fill(&item.default);
    item.default_request.fill(&item.min);
    item
}

/// The first bound that these resources break, in words.
fn broken(item: &LimitRangeItem, resources: &ResourceFields) -> Option<String> {
    let below_min = item.min.iter().find_map(|(resource, min)| {
        let request = resources.requests.get(resource);
        request.is_none_or(|request| request < min).then(|| {
            format!("expected {resource} of at least `{min}`, requested {}", shown(request))
        })
    });
    let above_max = || {
        item.max.iter().find_map(|(resource, max)| {
            let limit = resources.limits.get(resource);
            limit.is_none_or(|limit| limit > max).then(|| {
                format!("expected {resource} of at most `{max}`, the limit is {}", shown(limit))
            })
        })
    };
    below_min.or_else(above_max).or_else(|| above_ratio(&item.max_limit_request_ratio, resources))
}

/// The first limit that is too far above its request.
fn above_ratio(ratios: &Amounts, resources: &ResourceFields) -> Option<String> {
    ratios.iter().find_map(|(resource, ratio)| {
        let (limit, request) = (resources.limits.get(resource)?, resources.requests.get(resource)?);
        // limit / request > ratio, without dividing; nano-units squared are beyond any type for huge amounts, and those then pass.
        let limit = limit.nanos().checked_mul(Quantity::from_units(1).nanos())?;
        let allowed = request.nanos().checked_mul(ratio.nanos())?;
        (limit > allowed).then(|| {
            format!("expected a limit of {resource} of at most `{ratio}` times the request")
        })
    })
}

fn shown(quantity: Option<&Quantity>) -> String {
    quantity.map_or_else(|| "nothing".to_owned(), |quantity| format!("`{quantity}`"))
}
