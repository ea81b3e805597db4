//! Which pods keep their node from being disrupted; not what moving them costs.

use std::sync::Arc;

use super::Stays;
use crate::model::{BudgetBlock, EvictionBudgets, Pod, Timestamp, pod_rules};

/// The first pod that keeps its node from being disrupted: one that asks for it, else one that budgets protect now.
pub(super) fn blocker(
    pods: &[&Arc<Pod>],
    budgets: &EvictionBudgets<'_>,
    now: Timestamp,
) -> Option<Stays> {
    let protected = pods.iter().find(|pod| !pod_rules::is_disruptable(pod, now));
    if let Some(pod) = protected {
        return Some(Stays::PodDoNotDisrupt { pod: pod.id.clone() });
    }
    pods.iter().find_map(|pod| {
        let pod_id = || pod.id.clone();
        budgets.blocking(pod, now).map(|block| match block {
            BudgetBlock::One(budget) => Stays::Pdb { pod: pod_id(), budget },
            BudgetBlock::Several(_) => Stays::PdbSeveral { pod: pod_id() },
        })
    })
}
