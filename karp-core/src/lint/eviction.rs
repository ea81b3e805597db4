//! Pod disruption budgets that never let a pod go; not budgets that are used up for the moment.

use super::{Rule, cluster::Cluster, pods::PodGroup};
use crate::model::{Finding, IntOrPercent, PodDisruptionBudget, Severity};

/// A budget under which no pod can ever be evicted.
pub(super) const ALLOWS_NONE: Rule = Rule::new(
    "pdb-allows-none",
    Severity::Warning,
    "a pod disruption budget never allows an eviction",
    "allow one: `maxUnavailable: 1`, and run one replica more than are needed",
);

/// Pods of more than one budget, which can't be evicted through the API.
pub(super) const SEVERAL_BUDGETS: Rule = Rule::new(
    "several-pdbs",
    Severity::Warning,
    "pods have more than one pod disruption budget",
    "narrow the selectors, so that each pod has one budget",
);

pub(super) fn find(cluster: &Cluster<'_>) -> Vec<Finding> {
    let budgets = cluster.snapshot.pod_disruption_budgets.iter();
    let none = budgets.filter_map(|budget| allows_none(cluster, budget));
    let several = cluster.pods.iter().filter_map(|pods| several(cluster, pods));
    none.chain(several).collect()
}

fn allows_none(cluster: &Cluster<'_>, budget: &PodDisruptionBudget) -> Option<Finding> {
    let selected: Vec<&PodGroup<'_>> =
        cluster.pods.iter().filter(|pods| selects(budget, pods)).collect();
    let expected = selected.iter().fold(0_usize, |sum, pods| sum.saturating_add(pods.replicas));
    let (field, rule) = match (budget.min_available, budget.max_unavailable) {
        (_, Some(most)) if is_nothing(most) => ("maxUnavailable", most),
        (Some(fewest), None) if keeps_all(fewest, expected) => ("minAvailable", fewest),
        _ => return None,
    };
    if selected.is_empty() && !keeps_all_of_any(budget) {
        return None;
    }
    let whom = match selected.as_slice() {
        [] => "the pods that it selects".to_owned(),
        [one] => format!("{}, which has {expected} replicas,", one.object),
        [first, rest @ ..] => {
            format!("{} and {} more, {expected} replicas in all,", first.object, rest.len())
        }
    };
    let message = format!(
        "`{field}: {rule}` keeps every pod of {whom} where it is: a node with one of them is never consolidated, and its drain waits until \
         the grace period of its pool ends, or for ever"
    );
    let object = format!("PodDisruptionBudget {}", budget.id);
    Some(ALLOWS_NONE.finding(object, message).at(format!("spec.{field}")))
}

fn several(cluster: &Cluster<'_>, pods: &PodGroup<'_>) -> Option<Finding> {
    let mut budgets =
        cluster.snapshot.pod_disruption_budgets.iter().filter(|budget| selects(budget, pods));
    let (first, second) = (budgets.next()?, budgets.next()?);
    let message = format!(
        "budgets `{}` and `{}` both select its pods, and the eviction API refuses to evict a pod that has two: their nodes are never \
         drained",
        first.id.name(),
        second.id.name()
    );
    Some(SEVERAL_BUDGETS.finding(&pods.object, message))
}

fn selects(budget: &PodDisruptionBudget, pods: &PodGroup<'_>) -> bool {
    budget.id.namespace() == pods.namespace
        && budget.selector.as_ref().is_some_and(|selector| selector.matches(pods.labels))
}

/// Whether a `maxUnavailable` is none, however many pods there are.
const fn is_nothing(most: IntOrPercent) -> bool {
    matches!(most, IntOrPercent::Int(..=0) | IntOrPercent::Percent(..=0))
}

/// Whether a `minAvailable` is all of `expected` pods; shares are rounded up.
fn keeps_all(fewest: IntOrPercent, expected: usize) -> bool {
    match fewest {
        IntOrPercent::Percent(100..) => true,
        IntOrPercent::Int(_) | IntOrPercent::Percent(_) => {
            expected > 0 && fewest.scaled_up(expected) >= expected
        }
    }
}

/// Whether the budget keeps all pods however many there are.
fn keeps_all_of_any(budget: &PodDisruptionBudget) -> bool {
    budget.selector.is_some()
        && (budget.max_unavailable.is_some_and(is_nothing)
            || matches!(budget.min_available, Some(IntOrPercent::Percent(100..))))
}
