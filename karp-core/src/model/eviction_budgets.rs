//! What pod disruption budgets say of a pod: evictable now, ever, and which of them is in the way; not budgets of pools.

use std::{collections::BTreeMap, sync::Arc};

use super::{IntOrPercent, ObjectId, Pod, PodDisruptionBudget, Timestamp, pod_rules};

/// The pod disruption budgets of a cluster, by namespace.
///
/// ```
/// use std::sync::Arc;
/// use karp_core::model::{EvictionBudgets, LabelSelector, ObjectId, Pod, PodDisruptionBudget, Timestamp};
///
/// let mut budget = PodDisruptionBudget::new(ObjectId::new("default", "web"));
/// budget.selector = Some(LabelSelector::label("app", "web"));
/// let budgets = [Arc::new(budget)];
/// let web = Pod::new("web-1").label("app", "web");
/// let blocked = EvictionBudgets::new(&budgets).blocking(&web, Timestamp::EPOCH).unwrap();
/// assert_eq!(blocked.to_string(), "evicting pod violates a PDB (PodDisruptionBudget=[default/web])");
/// ```
#[derive(Clone, Debug)]
pub struct EvictionBudgets<'a> {
    by_namespace: BTreeMap<&'a str, Vec<&'a PodDisruptionBudget>>,
}

/// Why budgets don't let a pod go.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum BudgetBlock {
    /// This budget allows no disruption.
    One(ObjectId),
    /// Several budgets select the pod, which the eviction API does not support.
    Several(Vec<ObjectId>),
}

impl std::fmt::Display for BudgetBlock {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::One(id) => write!(f, "evicting pod violates a PDB (PodDisruptionBudget=[{id}])"),
            Self::Several(ids) => {
                let ids: Vec<String> = ids.iter().map(ToString::to_string).collect();
                let ids = ids.join(", ");
                write!(f, "eviction does not support multiple PDBs (PodDisruptionBudget=[{ids}])")
            }
        }
    }
}

impl<'a> EvictionBudgets<'a> {
    /// These budgets; their order does not matter.
    pub fn new(budgets: &'a [Arc<PodDisruptionBudget>]) -> Self {
        let mut by_namespace: BTreeMap<&str, Vec<&PodDisruptionBudget>> = BTreeMap::new();
        for budget in budgets {
            by_namespace.entry(budget.id.namespace()).or_default().push(budget);
        }
        for budgets in by_namespace.values_mut() {
            budgets.sort_by(|a, b| a.id.cmp(&b.id));
        }
        Self { by_namespace }
    }

    /// The budgets that select a pod, in name order.
    pub fn of(&self, pod: &Pod) -> Vec<&'a PodDisruptionBudget> {
        let all = self.by_namespace.get(pod.id.namespace()).map_or(&[][..], Vec::as_slice);
        let selects = |budget: &&&PodDisruptionBudget| {
            budget.selector.as_ref().is_some_and(|selector| selector.matches(&pod.labels))
        };
        all.iter().filter(selects).copied().collect()
    }

    /// What keeps the pod from being evicted now. Pods that are not evicted at all are not kept by a budget either.
    pub fn blocking(&self, pod: &Pod, now: Timestamp) -> Option<BudgetBlock> {
        self.block(pod, now, |budget| budget.disruptions_allowed <= 0)
    }

    /// What keeps the pod from ever being evicted: a budget that can't allow any disruption as long as it is what it is.
    pub fn blocking_for_good(&self, pod: &Pod, now: Timestamp) -> Option<BudgetBlock> {
        self.block(pod, now, |budget| {
            let none = [IntOrPercent::Int(0), IntOrPercent::Percent(0)];
            budget.max_unavailable.is_some_and(|most| none.contains(&most))
                || budget.min_available == Some(IntOrPercent::Percent(100))
        })
    }

    /// Whether the pod can be moved as things are: it will need another place, and neither its annotation nor a budget keeps it for good.
    pub fn can_be_moved(&self, pod: &Pod, now: Timestamp) -> bool {
        pod_rules::is_reschedulable(pod)
            && pod_rules::is_disruptable(pod, now)
            && self.blocking_for_good(pod, now).is_none()
    }

    fn block(
        &self,
        pod: &Pod,
        now: Timestamp,
        forbids: impl Fn(&PodDisruptionBudget) -> bool,
    ) -> Option<BudgetBlock> {
        if !pod_rules::is_evictable(pod, now) {
            return None;
        }
        match self.of(pod)[..] {
            [] => None,
            [budget] => {
                let is_exempt = is_exempt(budget, pod);
                (!is_exempt && forbids(budget)).then(|| BudgetBlock::One(budget.id.clone()))
            }
            ref several => {
                Some(BudgetBlock::Several(several.iter().map(|budget| budget.id.clone()).collect()))
            }
        }
    }
}

/// Whether a budget lets the pod go because it is not well.
pub(crate) fn is_exempt(budget: &PodDisruptionBudget, pod: &Pod) -> bool {
    budget.always_allows_unhealthy && pod.status.ready == Some(false)
}
