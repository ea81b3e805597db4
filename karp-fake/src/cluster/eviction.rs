//! Evictions under budgets, and the end of stopping pods; not which pods to evict.

use std::sync::Arc;

use karp_core::{
    backend::{ClusterObjects, EvictRequest, Evicted, ProviderError},
    model::{ObjectId, Pod, PodDisruptionBudget, Span, Timestamp},
};

use super::{history::History, write::is_other};

/// Kubernetes' default time between the stop signal and the kill.
const GRACE_PERIOD: Span = Span::seconds(30);

/// Tells a pod to stop, if its budgets allow it.
pub(super) fn evict(
    history: &mut History,
    request: &EvictRequest,
    now: Timestamp,
) -> Result<Evicted, ProviderError> {
    let newest = history.newest();
    let found = newest.pods.iter().find(|pod| pod.id == request.pod);
    let Some(pod) = found.filter(|pod| !is_other(&request.uid, &pod.uid)) else {
        return Ok(Evicted::Gone);
    };
    if pod.status.deleting_since.is_some() {
        return Ok(Evicted::Accepted);
    }
    let budget = match budget_of(&newest, pod, request.passes_budgets) {
        Ok(budget) => budget,
        Err(budgets) => return Ok(Evicted::Blocked { budgets }),
    };
    let grace_period =
        request.grace_period.or(pod.spec.termination_grace_period).unwrap_or(GRACE_PERIOD);
    history.change(|objects| {
        for pod in objects.pods.iter_mut().filter(|pod| pod.id == request.pod) {
            Arc::make_mut(pod).status.deleting_since = Some(now);
        }
        let spent = objects.pod_disruption_budgets.iter_mut();
        for budget in spent.filter(|known| Some(&known.id) == budget.as_ref()) {
            Arc::make_mut(budget).disruptions_allowed -= 1;
        }
        Ok(())
    })?;
    history.gone_at.insert(request.pod.clone(), now + grace_period);
    remove_stopped(history, now);
    Ok(Evicted::Accepted)
}

/// Removes pods whose time to stop is over.
pub(super) fn remove_stopped(history: &mut History, now: Timestamp) {
    let (gone, stopping) =
        std::mem::take(&mut history.gone_at).into_iter().partition(|(_, gone_at)| *gone_at <= now);
    history.gone_at = stopping;
    let gone: std::collections::BTreeMap<_, _> = gone;
    if gone.is_empty() {
        return;
    }
    let removed = history.change(|objects| {
        objects
            .pods
            .retain(|pod| pod.status.deleting_since.is_none() || !gone.contains_key(&pod.id));
        Ok(())
    });
    // The change above can't fail.
    debug_assert!(removed.is_ok(), "{removed:?}");
}

/// The budget that the eviction is charged to, or those that block it.
fn budget_of(
    objects: &ClusterObjects,
    pod: &Pod,
    passes_budgets: bool,
) -> Result<Option<ObjectId>, Vec<ObjectId>> {
    if passes_budgets || pod.is_finished() {
        return Ok(None);
    }
    let budgets: Vec<&Arc<PodDisruptionBudget>> = objects
        .pod_disruption_budgets
        .iter()
        .filter(|budget| budget.id.namespace() == pod.id.namespace())
        .filter(|budget| {
            budget.selector.as_ref().is_some_and(|selector| selector.matches(&pod.labels))
        })
        .collect();
    match budgets.as_slice() {
        [] => Ok(None),
        [budget] if budget.disruptions_allowed > 0 => Ok(Some(budget.id.clone())),
        [budget] if budget.always_allows_unhealthy && pod.status.ready == Some(false) => Ok(None),
        _ => Err(budgets.iter().map(|budget| budget.id.clone()).collect()),
    }
}
