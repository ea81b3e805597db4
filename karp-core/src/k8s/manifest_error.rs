//! Why a file, a document or an object could not be used; not what is doubtful about a usable one.

use super::{Place, ReadError};
use crate::model::{Finding, Severity};

/// Why a part of the input could not be used; the rest of the input was.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum ManifestError {
    /// A file or folder could not be read.
    #[error("{path}: {problem}")]
    Unreadable {
        /// Path.
        path: String,
        /// What the operating system said.
        problem: String,
    },
    /// A document is no object.
    #[error("{place}: {source}")]
    Document {
        /// Where it stands.
        place: Place,
        /// Why it could not be read.
        source: ReadError,
    },
    /// An object lacks a field, or has one that can't be understood.
    #[error("{place}: {object}: `{field}`: {problem}")]
    Field {
        /// Where it stands.
        place: Place,
        /// The object, `Deployment shop/web` for example.
        object: String,
        /// Path of the field.
        field: String,
        /// What is wrong and what was expected.
        problem: String,
    },
    /// An object is written for another version of its kind.
    #[error("{place}: {object}: version `{found}` is not supported, expected {expected}")]
    Version {
        /// Where it stands.
        place: Place,
        /// The object.
        object: String,
        /// The `apiVersion` found.
        found: String,
        /// The `apiVersion`s that can be read.
        expected: String,
    },
    /// An object of this kind and name was there before; the later one is used, as `kubectl apply` would leave it.
    #[error("{place}: {object} takes the place of the one at {first}")]
    Duplicate {
        /// Where the later one stands.
        place: Place,
        /// The object.
        object: String,
        /// Where the one that it replaces stands.
        first: Place,
    },
}

impl ManifestError {
    /// The code of [`finding`](Self::finding).
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Unreadable { .. } => "unreadable-file",
            Self::Document { .. } => "unreadable-document",
            Self::Field { .. } => "invalid-field",
            Self::Version { .. } => "unsupported-version",
            Self::Duplicate { .. } => "duplicate-object",
        }
    }

    /// Whether input was lost; a duplicate is told, but nothing of it is lost.
    pub const fn is_loss(&self) -> bool {
        !matches!(self, Self::Duplicate { .. })
    }

    /// The error as a finding.
    pub fn finding(&self) -> Finding {
        let severity = if self.is_loss() { Severity::Error } else { Severity::Warning };
        let finding =
            |object: &str, message: String| Finding::new(self.code(), severity, object, message);
        match self {
            Self::Unreadable { path, problem } => finding(path, problem.clone()),
            Self::Document { place, source } => finding(&place.to_string(), source.to_string()),
            Self::Field { place, object, field, problem } => {
                finding(object, format!("{problem} ({place})")).at(field.as_str())
            }
            Self::Version { place, object, found, expected } => finding(
                object,
                format!("version `{found}` is not supported, expected {expected} ({place})"),
            )
            .at("apiVersion"),
            Self::Duplicate { place, object, first } => {
                finding(object, format!("{place} takes the place of the one at {first}"))
            }
        }
    }
}
