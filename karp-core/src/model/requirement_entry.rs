//! A requirement as manifests write it: key, operator, values.
//!
//! Not here: what it admits; see [`Requirement`](super::Requirement).

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// How the values of a [`RequirementEntry`] restrict a label.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[expect(clippy::exhaustive_enums, reason = "manifests know exactly these eight")]
pub enum Operator {
    /// The label must be absent.
    DoesNotExist,
    /// The label must be present, with any value.
    Exists,
    /// The label is an integer above the value.
    Gt,
    /// The label is an integer not below the value.
    Gte,
    /// The label has one of the values.
    In,
    /// The label is an integer below the value.
    Lt,
    /// The label is an integer not above the value.
    Lte,
    /// The label has none of the values, or is absent.
    NotIn,
}

/// A text is none of the eight operators.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error(
    "`{text}` is not an operator (expected `In`, `NotIn`, `Exists`, `DoesNotExist`, `Gt`, `Lt`, \
     `Gte` or `Lte`)"
)]
pub struct ParseOperatorError {
    /// The text as given.
    pub text: String,
}

impl Operator {
    /// All eight, in the order of their texts.
    pub const ALL: [Self; 8] = [
        Self::DoesNotExist,
        Self::Exists,
        Self::Gt,
        Self::Gte,
        Self::In,
        Self::Lt,
        Self::Lte,
        Self::NotIn,
    ];

    /// The operator as manifests write it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::DoesNotExist => "DoesNotExist",
            Self::Exists => "Exists",
            Self::Gt => "Gt",
            Self::Gte => "Gte",
            Self::In => "In",
            Self::Lt => "Lt",
            Self::Lte => "Lte",
            Self::NotIn => "NotIn",
        }
    }

    /// Whether the operator compares with one integer.
    pub const fn is_bound(self) -> bool {
        matches!(self, Self::Gt | Self::Gte | Self::Lt | Self::Lte)
    }

    /// Whether a label that is absent satisfies the operator.
    pub const fn admits_absence(self) -> bool {
        matches!(self, Self::DoesNotExist | Self::NotIn)
    }
}

impl FromStr for Operator {
    type Err = ParseOperatorError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|known| known.as_str() == text)
            .ok_or_else(|| ParseOperatorError { text: text.to_owned() })
    }
}

impl fmt::Display for Operator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// One element of a list of requirements, as in a node pool or a node affinity term.
///
/// # Example: from JSON
///
/// ```
/// use karp_core::model::{Operator, RequirementEntry};
///
/// let text = r#"{"key": "size", "operator": "In", "values": ["l", "xl"], "minValues": 2}"#;
/// let entry: RequirementEntry = serde_json::from_str(text)?;
/// assert_eq!(entry.operator, Operator::In);
/// assert_eq!(entry.min_values, Some(2));
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct RequirementEntry {
    /// The label key.
    pub key: String,
    /// How the values restrict the label.
    pub operator: Operator,
    /// The values; exactly one integer for bounds, none for existence.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub values: Vec<String>,
    /// How many different values must remain possible; a demand on the set, not on a value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min_values: Option<u32>,
}

impl RequirementEntry {
    /// An entry without `minValues`.
    pub fn new<Value: Into<String>>(
        key: impl Into<String>,
        operator: Operator,
        values: impl IntoIterator<Item = Value>,
    ) -> Self {
        let values = values.into_iter().map(Into::into).collect();
        Self { key: key.into(), operator, values, min_values: None }
    }

    /// This entry with a `minValues` demand.
    #[must_use]
    pub const fn with_min_values(mut self, min_values: u32) -> Self {
        self.min_values = Some(min_values);
        self
    }
}
