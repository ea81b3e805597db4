//! The kind `NodeOverlay`: fields in the order of the definition, then the rules between them.

use serde_json::Value;

use super::condition::conditions;
use super::kind::{Kind, Scope};
use super::label_rules::{LabelRules, LabelUse};
use super::pattern::{PRICE, PRICE_ADJUSTMENT};
use super::report::Broken;
use super::requirement::{self, requirements};
use super::schema::{Schema, Subject, entry, integer, map, object, quantity, text};

/// Resources that the definition itself keeps from overlays; controllers know more.
const STANDARD: [&str; 4] = ["cpu", "memory", "ephemeral-storage", "pods"];

/// The kind.
pub(super) fn node_overlay() -> Kind {
    Kind::new("karpenter.sh", "v1alpha1", "NodeOverlay", Scope::Cluster)
        .spec(spec().required())
        .status(object([("conditions", conditions().keyed_by("type").into())]))
        .runtime(check_at_runtime)
}

fn spec() -> Schema {
    object([
        ("requirements", requirements(LabelUse::NodeOverlay).required()),
        ("price", text().like(&PRICE).into()),
        ("priceAdjustment", text().like(&PRICE_ADJUSTMENT).into()),
        ("capacity", map(quantity()).rule(standard_resources_are_fixed)),
        ("weight", integer().at_least(1).at_most(10_000).into()),
    ])
    .rule(one_price_at_most)
}

fn one_price_at_most(spec: &Subject<'_>, broken: &mut Broken) {
    if spec.has("price") && spec.has("priceAdjustment") {
        broken.at("priceAdjustment", "excludes `price`");
    }
}

fn standard_resources_are_fixed(capacity: &Subject<'_>, broken: &mut Broken) {
    for name in capacity.keys().filter(|name| STANDARD.contains(name)) {
        broken.entry(name, format!("`{name}` can't be overlaid"));
    }
}

fn check_at_runtime(overlay: &Value, labels: &LabelRules, broken: &mut Broken) {
    let requirements = overlay.pointer("/spec/requirements");
    requirement::check_at_runtime(requirements, "spec.requirements", labels, broken);
    let capacity = overlay.pointer("/spec/capacity").and_then(Value::as_object);
    for name in capacity.into_iter().flat_map(|capacity| capacity.keys()) {
        if labels.measures(name) {
            let message = format!("`{name}` is measured by the provider and can't be overlaid");
            broken.at(entry("spec.capacity", name), message);
        }
    }
}
