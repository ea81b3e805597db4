//! Pod disruption budgets with what they allow; not who asks.

use std::collections::BTreeMap;

use crate::{
    k8s::objects::Objects,
    model::{Pod, PodDisruptionBudget},
};

/// The budgets; those that no controller has counted yet are counted here.
pub(super) fn budgets(objects: &Objects, pods: &[Pod]) -> Vec<PodDisruptionBudget> {
    let mut by_namespace: BTreeMap<&str, Vec<&Pod>> = BTreeMap::new();
    if objects.budgets.values().any(|budget| !budget.object.is_counted()) {
        for pod in pods.iter().filter(|pod| !pod.is_finished()) {
            by_namespace.entry(pod.id.namespace()).or_default().push(pod);
        }
    }
    let budgets = objects.budgets.values().map(|placed| {
        let mut budget = placed.object.model();
        if !placed.object.is_counted() {
            let pods = by_namespace.get(budget.id.namespace()).map_or(&[][..], Vec::as_slice);
            budget.disruptions_allowed = allowed(&budget, pods);
        }
        budget
    });
    budgets.collect()
}

/// Evictions that leave as many pods available as the budget demands: healthy pods beyond those that must be
/// (<https://kubernetes.io/docs/tasks/run-application/configure-pdb/>). Shares are rounded up.
fn allowed(budget: &PodDisruptionBudget, pods: &[&Pod]) -> i32 {
    let Some(selector) = &budget.selector else { return 0 };
    let selected = || pods.iter().filter(|pod| selector.matches(&pod.labels));
    let expected = selected().count();
    let healthy = selected()
        .filter(|pod| pod.status.ready == Some(true) && pod.status.deleting_since.is_none())
        .count();
    let needed = match (budget.min_available, budget.max_unavailable) {
        (_, Some(most)) => expected.saturating_sub(most.scaled_up(expected)),
        (Some(fewest), None) => fewest.scaled_up(expected),
        (None, None) => return 0,
    };
    i32::try_from(healthy.saturating_sub(needed)).unwrap_or(i32::MAX)
}
