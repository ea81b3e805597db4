//! What pods say about their own disruption; not what is done with them.

use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::Stays;
use crate::{
    compile::pending::{is_evictable, is_protected},
    model::{Pod, PodDisruptionBudget, Timestamp},
};

/// Whether it runs or may run: not finished and not being deleted.
fn is_active(pod: &Pod) -> bool {
    !pod.is_finished() && pod.status.deleting_since.is_none()
}

/// Whether a pod needs another place when its node goes.
pub(super) fn is_reschedulable(pod: &Pod) -> bool {
    let stateful = || {
        let owners = &pod.owners;
        owners.iter().any(|own| own.kind == "StatefulSet" && own.api_version.starts_with("apps/"))
    };
    // One of a stateful set comes back even when it had finished before.
    (is_active(pod) || (pod.status.deleting_since.is_some() && stateful()))
        && !pod.is_daemon()
        && !pod.is_mirror()
}

/// Budgets by namespace, as far as evictions at this moment are concerned.
pub(super) struct Evictions<'s>(FxHashMap<&'s str, Vec<&'s PodDisruptionBudget>>);

impl<'s> Evictions<'s> {
    pub(super) fn new(budgets: &'s [Arc<PodDisruptionBudget>]) -> Self {
        let mut by_namespace: FxHashMap<&str, Vec<&PodDisruptionBudget>> = FxHashMap::default();
        for budget in budgets {
            by_namespace.entry(budget.id.namespace()).or_default().push(budget);
        }
        Self(by_namespace)
    }

    /// The first pod that keeps its node from being disrupted: one that asks for it, else one that budgets protect now.
    pub(super) fn blocker(&self, pods: &[&'s Arc<Pod>], now: Timestamp) -> Option<Stays> {
        let protected = pods.iter().find(|pod| is_active(pod) && is_protected(pod, now));
        if let Some(pod) = protected {
            return Some(Stays::PodDoNotDisrupt { pod: pod.id.clone() });
        }
        pods.iter().find_map(|pod| self.blocks(pod, now))
    }

    fn blocks(&self, pod: &Pod, now: Timestamp) -> Option<Stays> {
        if !is_evictable(pod, now) {
            return None;
        }
        let budgets = self.0.get(pod.id.namespace())?.iter();
        let mut selecting =
            budgets.filter(|one| one.selector.as_ref().is_some_and(|s| s.matches(&pod.labels)));
        let budget = selecting.next()?;
        if selecting.next().is_some() {
            return Some(Stays::PdbSeveral { pod: pod.id.clone() });
        }
        let is_exempt = budget.always_allows_unhealthy && pod.status.ready == Some(false);
        (budget.disruptions_allowed <= 0 && !is_exempt)
            .then(|| Stays::Pdb { pod: pod.id.clone(), budget: budget.id.clone() })
    }
}
