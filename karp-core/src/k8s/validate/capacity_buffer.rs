//! The kind `CapacityBuffer`: fields in the order of the definition, then the rules between them.

use super::condition::conditions;
use super::kind::{Kind, Scope};
use super::report::Broken;
use super::schema::{Schema, Subject, integer, long, map, object, quantity, text};

/// The kind; what a buffer refers to is resolved later, and is no matter of validation.
pub(super) fn capacity_buffer() -> Kind {
    Kind::new("autoscaling.x-k8s.io", "v1beta1", "CapacityBuffer", Scope::Namespaced)
        .spec(spec().required())
        .status(status())
}

fn spec() -> Schema {
    let workload = object([
        ("apiGroup", text().into()),
        ("kind", text().at_least(1).required()),
        ("name", text().at_least(1).required()),
    ]);
    object([
        ("provisioningStrategy", text().default("buffer.x-k8s.io/active-capacity")),
        ("podTemplateRef", pod_template_ref()),
        ("scalableRef", workload),
        ("replicas", integer().at_least(0).into()),
        ("percentage", integer().at_least(0).into()),
        ("limits", map(quantity()).into()),
    ])
    .rule(one_reference_at_most)
    .rule(a_template_needs_a_size)
}

fn pod_template_ref() -> Schema {
    object([("name", text().at_least(1).required())])
}

fn status() -> Schema {
    object([
        ("podTemplateRef", pod_template_ref()),
        ("podTemplateGeneration", long().into()),
        ("replicas", integer().into()),
        ("provisioningStrategy", text().into()),
        ("conditions", conditions().keyed_by("type").into()),
    ])
}

fn one_reference_at_most(spec: &Subject<'_>, broken: &mut Broken) {
    if spec.has("podTemplateRef") && spec.has("scalableRef") {
        broken.at("scalableRef", "excludes `podTemplateRef`");
    }
}

fn a_template_needs_a_size(spec: &Subject<'_>, broken: &mut Broken) {
    if spec.has("podTemplateRef") && !spec.has("replicas") && !spec.has("limits") {
        broken.at("podTemplateRef", "needs `replicas` or `limits` beside it");
    }
}
