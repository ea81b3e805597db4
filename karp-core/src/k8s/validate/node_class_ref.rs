//! The reference to a node class, which says how machines are configured.

use super::pattern::NO_SLASH;
use super::report::Broken;
use super::schema::{Schema, Subject, object, text};

/// Group, kind and name, all required and not empty.
pub(super) fn node_class_ref() -> Schema {
    object([
        ("group", text().like(&NO_SLASH).rule(not_empty).required()),
        ("kind", text().rule(not_empty).required()),
        ("name", text().rule(not_empty).required()),
    ])
    .required()
}

/// On a pool, the kind of node class is fixed; only the name may change.
pub(super) fn keeps_its_kind(reference: &Subject<'_>, broken: &mut Broken) {
    for field in ["group", "kind"] {
        let old = reference.old.and_then(|old| old.get(field));
        if let (Some(old), Some(new)) = (old, reference.get(field))
            && old != new
        {
            broken.at(field, format!("may not change: it was {old}, and is {new} now"));
        }
    }
}

fn not_empty(text: &Subject<'_>, broken: &mut Broken) {
    if text.text().is_empty() {
        broken.here("may not be empty");
    }
}
