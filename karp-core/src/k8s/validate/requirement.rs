//! Node selector requirements: shape, admission rules, and what controllers check beyond.

use serde_json::Value;

use super::label_rules::{LabelRules, LabelUse};
use super::pattern::QUALIFIED_NAME;
use super::report::{Broken, alternatives};
use super::schema::{Rule, Schema, Subject, integer, list, object, text};
use crate::model::{check_label_value, check_qualified_name};

const OPERATORS: [&str; 8] = ["In", "NotIn", "Exists", "DoesNotExist", "Gt", "Lt", "Gte", "Lte"];
const BOUNDS: [&str; 4] = ["Gt", "Lt", "Gte", "Lte"];

/// The list of requirements of a pool, a claim or an overlay.
///
/// The text of values is not checked here: the definitions put its pattern on the list instead of
/// on the elements, where it has no effect. Controllers check it later.
pub(super) fn requirements(place: LabelUse) -> Schema {
    let (key_rule, list_rule): (Rule, Rule) = match place {
        LabelUse::NodePool => (pool_key, values_fit),
        LabelUse::NodeClaim => (claim_key, values_fit),
        LabelUse::NodeOverlay => (overlay_key, overlay_values_fit),
    };
    let key = text().at_most(316).like(&QUALIFIED_NAME).rule(key_rule).required();
    let operator = text().one_of(&OPERATORS).required();
    let values = list(text()).into();
    let requirement = if place == LabelUse::NodeOverlay {
        object([("key", key), ("operator", operator), ("values", values)])
    } else {
        let least = integer().at_least(1).at_most(50).into();
        object([("key", key), ("operator", operator), ("values", values), ("minValues", least)])
    };
    list(requirement).at_most(100).rule(list_rule)
}

fn pool_key(key: &Subject<'_>, broken: &mut Broken) {
    admitted(key, LabelUse::NodePool, broken);
}

fn claim_key(key: &Subject<'_>, broken: &mut Broken) {
    admitted(key, LabelUse::NodeClaim, broken);
}

fn overlay_key(key: &Subject<'_>, broken: &mut Broken) {
    admitted(key, LabelUse::NodeOverlay, broken);
}

fn admitted(key: &Subject<'_>, place: LabelUse, broken: &mut Broken) {
    if let Some(refusal) = key.labels.refused_at_admission(key.text(), place) {
        broken.here(refusal);
    }
}

fn values_fit(requirements: &Subject<'_>, broken: &mut Broken) {
    for (index, requirement) in requirements.items().iter().enumerate() {
        if let Some(problem) = misfit(&Parts::of(requirement)) {
            broken.at(format!("[{index}].values"), problem);
        }
    }
}

/// Overlays can't exclude nothing either.
fn overlay_values_fit(requirements: &Subject<'_>, broken: &mut Broken) {
    values_fit(requirements, broken);
    for (index, requirement) in requirements.items().iter().enumerate() {
        let parts = Parts::of(requirement);
        if parts.operator == "NotIn" && parts.values.is_empty() {
            broken.at(format!("[{index}].values"), "`NotIn` needs at least one value");
        }
    }
}

/// Why the values don't go with the operator.
fn misfit(parts: &Parts<'_>) -> Option<String> {
    let count = parts.values.len();
    if parts.operator == "In" {
        if count == 0 {
            return Some("`In` needs at least one value".to_owned());
        }
        let least = parts.min_values?;
        return (count < least)
            .then(|| format!("`minValues` asks for {least} values, found {count}"));
    }
    if !BOUNDS.contains(&parts.operator) {
        return None;
    }
    let operator = parts.operator;
    let [value] = parts.values.as_slice() else {
        return Some(format!("`{operator}` needs exactly one integer, found {count} values"));
    };
    let is_bound = value.parse::<i64>().is_ok_and(|value| value >= 0);
    (!is_bound).then(|| {
        format!("`{operator}` needs an integer from 0 to 9223372036854775807, found `{value}`")
    })
}

/// What controllers check on pools and overlays after admission.
pub(super) fn check_at_runtime(
    requirements: Option<&Value>,
    field: &str,
    labels: &LabelRules,
    broken: &mut Broken,
) {
    let items = requirements.and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    for (index, requirement) in items.iter().enumerate() {
        let parts = Parts::of(requirement);
        let key = labels.vocabulary().canonical_key(parts.key);
        let at = format!("{field}[{index}]");
        if let Some(refusal) = labels.refused_at_runtime(key) {
            broken.at(format!("{at}.key"), refusal);
        }
        if let Err(error) = check_qualified_name(key) {
            broken.at(format!("{at}.key"), error.to_string());
        }
        if let Some(problem) = unknown_values(key, &parts, labels) {
            broken.at(format!("{at}.values"), problem);
        }
        for (position, value) in parts.values.iter().enumerate() {
            if let Err(error) = check_label_value(value) {
                broken.at(format!("{at}.values[{position}]"), error.to_string());
            }
        }
    }
}

/// Why `In` can't be satisfied: the label has a closed set of values, and too few are in it.
fn unknown_values(key: &str, parts: &Parts<'_>, labels: &LabelRules) -> Option<String> {
    let known = labels.vocabulary().closed_values(key).filter(|_| parts.operator == "In")?;
    let least = parts.min_values.unwrap_or(1);
    let found = parts.values.iter().filter(|value| known.contains(**value)).count();
    let known: Vec<_> = known.iter().collect();
    (found < least).then(|| {
        let known = alternatives(&known);
        format!("at least {least} of the values must be one of {known}, found {found}")
    })
}

/// The parts of a requirement that has passed the structural checks.
struct Parts<'a> {
    key: &'a str,
    operator: &'a str,
    values: Vec<&'a str>,
    min_values: Option<usize>,
}

impl<'a> Parts<'a> {
    fn of(requirement: &'a Value) -> Self {
        let text = |field| requirement.get(field).and_then(Value::as_str).unwrap_or_default();
        let values = requirement.get("values").and_then(Value::as_array);
        let min_values = requirement.get("minValues").and_then(Value::as_number);
        Self {
            key: text("key"),
            operator: text("operator"),
            values: values.into_iter().flatten().filter_map(Value::as_str).collect(),
            min_values: min_values
                .and_then(super::admit::whole)
                .and_then(|least| usize::try_from(least).ok()),
        }
    }
}
