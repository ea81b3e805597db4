//! From a raw object to a typed one, with errors that name the field; not what the fields mean.

use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use serde_path_to_error::{Path, Segment};

/// A field that could not be understood.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct FieldError {
    /// Path of the field, `spec.containers[0].resources.requests.cpu` for example.
    pub(crate) field: String,
    /// What is wrong and what was expected.
    pub(crate) problem: String,
}

impl FieldError {
    pub(crate) fn new(field: impl Into<String>, problem: impl Into<String>) -> Self {
        Self { field: field.into(), problem: problem.into() }
    }
}

/// Reads `T` from an object without nulls.
///
/// Paths are worked out for bad input only: following them slows reading down.
pub(crate) fn typed<T: DeserializeOwned>(value: &Value) -> Result<T, FieldError> {
    T::deserialize(value).or_else(|_| {
        serde_path_to_error::deserialize(value)
            .map_err(|error| field_error(error.path(), &error.inner().to_string()))
    })
}

/// Members of these maps are user data: a null there is a mistake to report or an empty text, not an absent field.
const OPEN_MAPS: [&str; 12] = [
    "allocatable",
    "allocatedResources",
    "annotations",
    "capacity",
    "default",
    "defaultRequest",
    "labels",
    "limits",
    "matchLabels",
    "nodeSelector",
    "podFixed",
    "requests",
];

/// Removes members that are null, as the API server does: a null there means "not set".
pub(crate) fn drop_nulls(value: &mut Value) {
    match value {
        Value::Object(object) => drop_null_members(object),
        Value::Array(items) => items.iter_mut().for_each(drop_nulls),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

fn drop_null_members(object: &mut Map<String, Value>) {
    object.retain(|_, member| !member.is_null());
    for (key, member) in object {
        match member {
            Value::Object(_) if OPEN_MAPS.contains(&key.as_str()) => {}
            Value::Object(_) | Value::Array(_) => drop_nulls(member),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }
}

fn field_error(path: &Path, message: &str) -> FieldError {
    let mut field = path_text(path);
    // An error about a member that is not there carries the path of the object around it.
    if let Some(name) =
        message.strip_prefix("missing field `").and_then(|rest| rest.split('`').next())
    {
        if !field.is_empty() {
            field.push('.');
        }
        field.push_str(name);
        return FieldError::new(field, "required, but not there");
    }
    FieldError::new(field, plain(message))
}

/// `spec.containers[0].resources.requests[nvidia.com/gpu]`.
fn path_text(path: &Path) -> String {
    let mut text = String::new();
    for segment in path {
        match segment {
            Segment::Seq { index } => {
                text.push('[');
                text.push_str(&index.to_string());
                text.push(']');
            }
            Segment::Map { key } | Segment::Enum { variant: key } if key.contains(['.', '/']) => {
                text.push('[');
                text.push_str(key);
                text.push(']');
            }
            Segment::Map { key } | Segment::Enum { variant: key } => {
                if !text.is_empty() {
                    text.push('.');
                }
                text.push_str(key);
            }
            Segment::Unknown => {}
        }
    }
    text
}

/// Serde's message in the words of somebody who writes manifests.
fn plain(message: &str) -> String {
    let swapped = message
        .strip_prefix("invalid type: ")
        .or_else(|| message.strip_prefix("invalid value: "))
        .and_then(|rest| rest.rsplit_once(", expected "))
        .map(|(found, expected)| format!("expected {}, found {}", wanted(expected), got(found)));
    swapped.unwrap_or_else(|| message.to_owned())
}

fn wanted(expected: &str) -> &str {
    match expected {
        "a sequence" => "a list",
        "a map" => "an object",
        "u8" | "u16" | "u32" | "u64" => "a whole number of at least 0",
        "i8" | "i16" | "i32" | "i64" => "a whole number",
        text if text.starts_with("struct ") => "an object",
        text => text,
    }
}

fn got(found: &str) -> String {
    match found {
        "sequence" => "a list".to_owned(),
        "map" => "an object".to_owned(),
        "unit value" | "null" => "null".to_owned(),
        text => text.replacen("string \"", "the text \"", 1),
    }
}
