//! Label selectors of pods and namespaces; not node requirements.

use serde::{Deserialize, Serialize};

use super::Labels;

/// Selects objects by their labels, as Kubernetes defines it.
///
/// All parts must hold. An empty selector selects everything; "no selector" is `Option::None` at its owner and selects nothing
/// (<https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/>).
#[derive(Clone, Debug, Default, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct LabelSelector {
    /// Labels that must be present with exactly these values.
    #[serde(skip_serializing_if = "Labels::is_empty")]
    pub match_labels: Labels,
    /// Further conditions.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub match_expressions: Vec<SelectorExpression>,
}

/// One condition of a [`LabelSelector`].
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
pub struct SelectorExpression {
    /// Label key.
    pub key: String,
    /// How the label's value relates to `values`.
    pub operator: SelectorOperator,
    /// Values for `In` and `NotIn`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub values: Vec<String>,
}

/// Operator of a [`SelectorExpression`].
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[expect(clippy::exhaustive_enums, reason = "Kubernetes fixes the four operators")]
pub enum SelectorOperator {
    /// The key is absent.
    DoesNotExist,
    /// The key is present.
    Exists,
    /// The key is present with one of the values.
    In,
    /// The key is absent, or present with none of the values.
    NotIn,
}

impl LabelSelector {
    /// Selects objects that carry exactly this label.
    ///
    /// ```
    /// use karp_core::model::{LabelSelector, Labels};
    /// let web = LabelSelector::label("app", "web");
    /// assert!(web.matches(&Labels::from([("app".to_owned(), "web".to_owned())])));
    /// assert!(!web.matches(&Labels::new()));
    /// assert!(LabelSelector::default().matches(&Labels::new()));
    /// ```
    pub fn label(key: impl Into<String>, value: impl Into<String>) -> Self {
        Self {
            match_labels: Labels::from([(key.into(), value.into())]),
            match_expressions: Vec::new(),
        }
    }

    /// Whether an object with `labels` is selected.
    pub fn matches(&self, labels: &Labels) -> bool {
        self.match_labels.iter().all(|(key, value)| labels.get(key) == Some(value))
            && self.match_expressions.iter().all(|expression| expression.matches(labels))
    }
}

impl SelectorExpression {
    /// Whether an object with `labels` meets this condition.
    pub fn matches(&self, labels: &Labels) -> bool {
        let value = labels.get(&self.key);
        match self.operator {
            SelectorOperator::DoesNotExist => value.is_none(),
            SelectorOperator::Exists => value.is_some(),
            SelectorOperator::In => value.is_some_and(|value| self.values.contains(value)),
            SelectorOperator::NotIn => value.is_none_or(|value| !self.values.contains(value)),
        }
    }
}
