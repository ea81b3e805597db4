//! Which nodes each method may disrupt, beyond what holds for all; not which of them it does.

use super::{Cost, Method, Stays, fleet::Machine};
use crate::model::{ConditionStatus, NodePool, condition, label};

/// Why a method leaves a machine alone; none for a candidate.
pub(super) fn reason(machine: &Machine, method: Method) -> Option<Stays> {
    let rejection =
        if method.is_eventual() { &machine.eventual_rejection } else { &machine.rejection };
    if let Some(rejection) = rejection {
        return Some(rejection.clone());
    }
    let Some(pool) = machine.pool.as_deref() else { return Some(Stays::PoolMissing) };
    match method {
        Method::Emptiness => not_to_be_emptied(machine, pool),
        Method::StaticDrift if !pool.is_static() => Some(Stays::PoolDynamic),
        Method::Drift if pool.is_static() => Some(Stays::PoolStatic),
        Method::StaticDrift | Method::Drift => {
            (!says(machine, "Drifted")).then_some(Stays::NotDrifted)
        }
        Method::MultiNode | Method::SingleNode => not_to_be_consolidated(machine, pool),
    }
}

/// Whether a machine has no pods whose move costs anything.
pub(super) fn is_empty(machine: &Machine) -> bool {
    machine.candidate.disruption_cost <= Cost::ONE
}

fn not_to_be_emptied(machine: &Machine, pool: &NodePool) -> Option<Stays> {
    if pool.is_static() {
        return Some(Stays::PoolStatic);
    }
    if pool.disruption.consolidate_after.is_never() {
        return Some(Stays::ConsolidationDisabled);
    }
    if machine.has_buffer_pods {
        return Some(Stays::BufferPods);
    }
    if !is_empty(machine) {
        return Some(Stays::NotEmpty);
    }
    (!says(machine, "Consolidatable")).then_some(Stays::NotConsolidatable)
}

fn not_to_be_consolidated(machine: &Machine, pool: &NodePool) -> Option<Stays> {
    if pool.is_static() {
        return Some(Stays::PoolStatic);
    }
    let labels = &machine.state.labels;
    if machine.kind.is_none() {
        let name = labels.get(label::INSTANCE_TYPE).map_or("", String::as_str);
        return Some(Stays::TypeMissing { instance_type: name.into() });
    }
    for key in [label::CAPACITY_TYPE, label::ZONE] {
        if !labels.contains_key(key) {
            return Some(Stays::LabelMissing { key: key.to_owned() });
        }
    }
    if pool.disruption.consolidate_after.is_never() {
        return Some(Stays::ConsolidationDisabled);
    }
    if is_empty(machine) {
        return Some(Stays::Empty);
    }
    if pool.disruption.consolidation_policy == "WhenEmpty" {
        return Some(Stays::PolicyWhenEmpty);
    }
    (!says(machine, "Consolidatable")).then_some(Stays::NotConsolidatable)
}

fn says(machine: &Machine, kind: &str) -> bool {
    machine.state.claim.as_ref().is_some_and(|claim| {
        condition(&claim.status.conditions, kind) == Some(ConditionStatus::True)
    })
}
