//! The kind `NodePool`: fields in the order of the definition, then the rules between them.

use serde_json::{Value, json};

use super::condition::conditions;
use super::kind::{Kind, Scope};
use super::label_rules::{LabelRules, LabelUse};
use super::node_class_ref::{keeps_its_kind, node_class_ref};
use super::pattern::{BUDGET_NODES, DURATION, DURATION_OR_NEVER, LABEL_VALUE, SCHEDULE, WINDOW};
use super::profile::Profile;
use super::report::Broken;
use super::requirement::{self, requirements};
use super::schema::{Schema, Subject, entry, integer, list, long, map, object, quantity, text};
use super::span::span;
use super::taint::{self, taints};
use crate::model::{check_label_value, check_qualified_name};

/// The kind as `definitions` has it.
pub(super) fn node_pool(definitions: Profile) -> Kind {
    Kind::new("karpenter.sh", "v1", "NodePool", Scope::Cluster)
        .spec(spec(definitions).required())
        .status(status())
        .runtime(check_at_runtime)
}

fn spec(definitions: Profile) -> Schema {
    object([
        ("template", template().required()),
        ("disruption", disruption(definitions).default(json!({"consolidateAfter": "0s"}))),
        ("limits", map(quantity()).into()),
        ("weight", integer().at_least(1).at_most(100).into()),
        ("replicas", long().at_least(0).into()),
    ])
    .rule(stays_static_or_dynamic)
    .rule(a_static_pool_limits_nodes_only)
    .rule(a_static_pool_has_no_weight)
}

fn template() -> Schema {
    let labels = map(text().at_most(63).like(&LABEL_VALUE)).at_most(100).rule(labels_are_admitted);
    let metadata = object([("labels", labels), ("annotations", map(text()).into())]);
    let spec = object([
        ("taints", taints()),
        ("startupTaints", taints()),
        ("requirements", requirements(LabelUse::NodePool).required()),
        ("nodeClassRef", node_class_ref().rule(keeps_its_kind)),
        ("terminationGracePeriod", text().like(&DURATION).decoded_by(span).into()),
        ("expireAfter", text().like(&DURATION_OR_NEVER).decoded_by(span).default("720h")),
    ]);
    object([("metadata", metadata), ("spec", spec.required())])
}

fn disruption(definitions: Profile) -> Schema {
    const POLICIES: [&str; 3] = ["WhenEmpty", "WhenEmptyOrUnderutilized", "Balanced"];
    const REASONS: [&str; 3] = ["Underutilized", "Empty", "Drifted"];

    let after = text().like(&DURATION_OR_NEVER).decoded_by(span);
    let after = match definitions {
        Profile::V1_14_1 => after.required(),
        Profile::Head => after.default("0s"),
    };
    let budget = object([
        ("nodes", text().like(&BUDGET_NODES).default("10%").required()),
        ("schedule", text().like(&SCHEDULE).into()),
        ("duration", text().like(&WINDOW).decoded_by(span).into()),
        ("reasons", list(text().one_of(&REASONS)).at_most(50).distinct().into()),
    ]);
    let budgets = list(budget).at_most(50).default(json!([{"nodes": "10%"}]));
    object([
        ("consolidateAfter", after),
        ("consolidationPolicy", text().one_of(&POLICIES).default("WhenEmptyOrUnderutilized")),
        ("budgets", budgets.rule(schedules_have_durations)),
    ])
}

fn status() -> Schema {
    object([
        ("resources", map(quantity()).into()),
        ("nodes", long().default(0)),
        ("nodeClassObservedGeneration", long().into()),
        ("conditions", conditions().keyed_by("type").into()),
    ])
}

fn stays_static_or_dynamic(spec: &Subject<'_>, broken: &mut Broken) {
    let Some(old) = spec.old else { return };
    match (old.get("replicas").is_some(), spec.has("replicas")) {
        (true, false) => broken.at("replicas", "may not be removed: a static pool stays static"),
        (false, true) => broken.at("replicas", "may not be added: a dynamic pool stays dynamic"),
        (true, true) | (false, false) => {}
    }
}

fn a_static_pool_limits_nodes_only(spec: &Subject<'_>, broken: &mut Broken) {
    let limits = spec.get("limits").and_then(Value::as_object);
    if let Some(limits) = limits.filter(|_| spec.has("replicas"))
        && let Some(other) = limits.keys().find(|name| *name != "nodes")
    {
        broken
            .at("limits", format!("a pool with `replicas` can limit `nodes` only, not `{other}`"));
    }
}

fn a_static_pool_has_no_weight(spec: &Subject<'_>, broken: &mut Broken) {
    if spec.has("replicas") && spec.has("weight") {
        broken.at("weight", "a pool with `replicas` has no weight");
    }
}

fn schedules_have_durations(budgets: &Subject<'_>, broken: &mut Broken) {
    for (index, budget) in budgets.items().iter().enumerate() {
        match (budget.get("schedule").is_some(), budget.get("duration").is_some()) {
            (true, false) => broken.at(format!("[{index}].duration"), "required with `schedule`"),
            (false, true) => broken.at(format!("[{index}].schedule"), "required with `duration`"),
            (true, true) | (false, false) => {}
        }
    }
}

fn labels_are_admitted(labels: &Subject<'_>, broken: &mut Broken) {
    for key in labels.keys() {
        if let Some(refusal) = labels.labels.refused_at_admission(key, LabelUse::NodePool) {
            broken.entry(key, refusal);
        }
    }
}

/// Cron expressions are not part of it: a bad one only surfaces when its budget is evaluated.
fn check_at_runtime(pool: &Value, labels: &LabelRules, broken: &mut Broken) {
    let entries = pool.pointer("/spec/template/metadata/labels").and_then(Value::as_object);
    for (key, value) in entries.into_iter().flatten() {
        let at = entry("spec.template.metadata.labels", key);
        if let Err(error) = check_qualified_name(key) {
            broken.at(&at, error.to_string());
        }
        if let Err(error) = check_label_value(value.as_str().unwrap_or_default()) {
            broken.at(&at, error.to_string());
        }
        if let Some(refusal) = labels.refused_at_runtime(key) {
            broken.at(&at, refusal);
        }
    }
    if let Some(spec) = pool.pointer("/spec/template/spec") {
        let field = "spec.template.spec";
        taint::check_at_runtime(spec, field, &["taints", "startupTaints"], broken);
        let field = format!("{field}.requirements");
        requirement::check_at_runtime(spec.get("requirements"), &field, labels, broken);
    }
}
