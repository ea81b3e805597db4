//! A setting that could not be read, kept until somebody can be told; not a finding about a manifest.

use serde::{Deserialize, Serialize};

/// A field of an object made in code whose text could not be read.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize, thiserror::Error)]
#[error("{field}: {problem}")]
pub struct InvalidField {
    /// The field, as its setter names it.
    pub field: String,
    /// What is wrong and what was expected.
    pub problem: String,
}
