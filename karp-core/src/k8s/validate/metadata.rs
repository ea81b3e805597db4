//! Object metadata: name, labels and annotations, as the API server checks them on every kind.

use serde_json::{Map, Value};

use super::kind::Scope;
use super::path::Path;
use super::pattern::SUBDOMAIN;
use super::report::{Report, Stage};
use crate::k8s::document::shown;
use crate::model::{check_label_value, check_qualified_name};

const NAME_LENGTH_MAX: usize = 253;

/// Fields that object metadata has; the server drops others.
const FIELDS: [&str; 15] = [
    "annotations",
    "creationTimestamp",
    "deletionGracePeriodSeconds",
    "deletionTimestamp",
    "finalizers",
    "generateName",
    "generation",
    "labels",
    "managedFields",
    "name",
    "namespace",
    "ownerReferences",
    "resourceVersion",
    "selfLink",
    "uid",
];

/// Checks the metadata of an object.
pub(super) fn check(object: &Value, scope: Scope, report: &mut Report) {
    let path = Path::Root.field("metadata");
    let metadata = match object.get("metadata") {
        Some(Value::Object(metadata)) => metadata,
        None | Some(Value::Null) => {
            return report.error(&path.field("name"), Stage::Admission, "required");
        }
        Some(other) => {
            let message = format!("expected an object, found {}", shown(other));
            return report.error(&path, Stage::Admission, message);
        }
    };
    for name in metadata.keys().filter(|name| !FIELDS.contains(&name.as_str())) {
        report.warn(&path.field(name), "unknown field: the API server drops it");
    }
    check_name(metadata, &path, report);
    check_texts(metadata, "labels", &path, report, |key, value| {
        check_qualified_name(key).err().or_else(|| check_label_value(value).err())
    });
    check_texts(metadata, "annotations", &path, report, |key, _| {
        check_qualified_name(&key.to_lowercase()).err()
    });
    if scope == Scope::Cluster
        && let Some(namespace) = metadata.get("namespace").and_then(Value::as_str)
        && !namespace.is_empty()
    {
        let message = format!("`{namespace}` is ignored: the kind is not namespaced");
        report.warn(&path.field("namespace"), message);
    }
}

fn check_name(metadata: &Map<String, Value>, path: &Path<'_>, report: &mut Report) {
    let path = path.field("name");
    let message = match metadata.get("name").filter(|name| !name.is_null()) {
        Some(Value::String(name)) if name.is_empty() && !is_generated(metadata) => {
            "required".to_owned()
        }
        Some(Value::String(name)) if name.is_empty() => return,
        Some(Value::String(name)) if name.len() > NAME_LENGTH_MAX => {
            format!("expected at most {NAME_LENGTH_MAX} characters, found {}", name.len())
        }
        Some(Value::String(name)) if !SUBDOMAIN.is_match(name) => {
            format!("expected {}, found `{name}`", SUBDOMAIN.expected())
        }
        Some(Value::String(_)) => return,
        Some(other) => not_a_string(other),
        None if is_generated(metadata) => return,
        None => "required".to_owned(),
    };
    report.error(&path, Stage::Admission, message);
}

fn is_generated(metadata: &Map<String, Value>) -> bool {
    let prefix = metadata.get("generateName").and_then(Value::as_str);
    prefix.is_some_and(|prefix| !prefix.is_empty())
}

fn check_texts<Problem: ToString>(
    metadata: &Map<String, Value>,
    field: &str,
    path: &Path<'_>,
    report: &mut Report,
    check: fn(&str, &str) -> Option<Problem>,
) {
    let path = path.field(field);
    match metadata.get(field) {
        None | Some(Value::Null) => {}
        Some(Value::Object(entries)) => {
            for (key, value) in entries {
                let message = match value.as_str() {
                    Some(value) => check(key, value).map(|problem| problem.to_string()),
                    None if value.is_null() => None,
                    None => Some(not_a_string(value)),
                };
                if let Some(message) = message {
                    report.error(&path.field(key), Stage::Admission, message);
                }
            }
        }
        Some(other) => {
            let message = format!("expected an object, found {}", shown(other));
            report.error(&path, Stage::Admission, message);
        }
    }
}

fn not_a_string(value: &Value) -> String {
    format!("expected a string (put it in quotes), found {}", shown(value))
}
