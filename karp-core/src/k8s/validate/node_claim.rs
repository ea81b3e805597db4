//! The kind `NodeClaim`: fields in the order of the definition, then the rules between them.

use super::condition::loose_conditions;
use super::kind::{Kind, Scope};
use super::label_rules::LabelUse;
use super::node_class_ref::node_class_ref;
use super::pattern::{DURATION, DURATION_OR_NEVER};
use super::report::Broken;
use super::requirement::requirements;
use super::schema::{Schema, Subject, map, object, quantity, text, time};
use super::span::span;
use super::taint::taints;

/// The kind; nothing is checked on it at runtime.
pub(super) fn node_claim() -> Kind {
    Kind::new("karpenter.sh", "v1", "NodeClaim", Scope::Cluster)
        .spec(spec().required())
        .status(status())
}

fn spec() -> Schema {
    object([
        ("taints", taints()),
        ("startupTaints", taints()),
        ("requirements", requirements(LabelUse::NodeClaim).required()),
        ("resources", object([("requests", map(quantity()).into())])),
        ("nodeClassRef", node_class_ref()),
        ("terminationGracePeriod", text().like(&DURATION).decoded_by(span).into()),
        ("expireAfter", text().like(&DURATION_OR_NEVER).decoded_by(span).default("720h")),
    ])
    .rule(stays_as_it_is)
}

fn status() -> Schema {
    object([
        ("nodeName", text().into()),
        ("providerID", text().into()),
        ("imageID", text().into()),
        ("capacity", map(quantity()).into()),
        ("allocatable", map(quantity()).into()),
        ("conditions", loose_conditions().keyed_by("type").into()),
        ("lastPodEventTime", time().into()),
    ])
}

fn stays_as_it_is(spec: &Subject<'_>, broken: &mut Broken) {
    if spec.old.is_some_and(|old| old != spec.value) {
        broken.here("may not change: replace the claim instead");
    }
}
