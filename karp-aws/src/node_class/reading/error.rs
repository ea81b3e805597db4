//! What is wrong with a field of a node class, as far as instance types depend on it; not the verdict of validation.

use serde_path_to_error::Segment;

/// A field of an `EC2NodeClass` that can't be used.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("`{field}`: {problem}")]
pub(crate) struct FieldError {
    /// Path of the field, `spec.kubelet.maxPods` for example.
    pub(crate) field: String,
    /// What is wrong and what was expected.
    pub(crate) problem: String,
}

impl FieldError {
    /// Says what is wrong with a field.
    pub(super) fn new(field: impl Into<String>, problem: impl Into<String>) -> Self {
        Self { field: field.into(), problem: problem.into() }
    }

    /// The path of a member, in brackets where its key would not be told from a path: `a.b`, `a["b.c"]`.
    pub(super) fn path(parent: &str, key: &str) -> String {
        let plain = key.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-".contains(&byte));
        match (plain, parent) {
            (false, _) => format!("{parent}[{key:?}]"),
            (true, "") => key.to_owned(),
            (true, _) => format!("{parent}.{key}"),
        }
    }
}

impl From<serde_path_to_error::Error<serde_json::Error>> for FieldError {
    fn from(error: serde_path_to_error::Error<serde_json::Error>) -> Self {
        let field = error.path().iter().fold(String::new(), |parent, segment| match segment {
            Segment::Seq { index } => format!("{parent}[{index}]"),
            Segment::Map { key } => Self::path(&parent, key),
            Segment::Enum { .. } | Segment::Unknown => parent,
        });
        Self::new(field, error.into_inner().to_string())
    }
}
