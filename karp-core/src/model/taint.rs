//! Marks on a node that keep pods away.
//!
//! Not here: which pods stay; see [`Toleration`](super::Toleration). The rules are at
//! <https://kubernetes.io/docs/concepts/scheduling-eviction/taint-and-toleration/>.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::label;

/// What a taint does to a pod that does not tolerate it.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[expect(clippy::exhaustive_enums, reason = "Kubernetes has exactly these three")]
pub enum Effect {
    /// It is evicted, and not scheduled.
    NoExecute,
    /// It is not scheduled.
    NoSchedule,
    /// It is scheduled elsewhere if possible.
    PreferNoSchedule,
}

/// A text is none of the three effects.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error(
    "`{text}` is not a taint effect (expected `NoSchedule`, `PreferNoSchedule` or `NoExecute`)"
)]
pub struct ParseEffectError {
    /// The text as given.
    pub text: String,
}

impl Effect {
    /// The effect as manifests write it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NoExecute => "NoExecute",
            Self::NoSchedule => "NoSchedule",
            Self::PreferNoSchedule => "PreferNoSchedule",
        }
    }
}

impl FromStr for Effect {
    type Err = ParseEffectError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        [Self::NoExecute, Self::NoSchedule, Self::PreferNoSchedule]
            .into_iter()
            .find(|known| known.as_str() == text)
            .ok_or_else(|| ParseEffectError { text: text.to_owned() })
    }
}

impl fmt::Display for Effect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// A mark on a node: key, value and effect.
///
/// # Example: the mark of a node that is being drained
///
/// ```
/// use karp_core::model::{Effect, Taint, label};
///
/// let taint = Taint::new(label::DISRUPTED_TAINT, Effect::NoSchedule);
/// assert_eq!(taint.to_string(), "karpenter.sh/disrupted:NoSchedule");
/// assert!(!taint.is_ephemeral());
/// ```
#[derive(Clone, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[non_exhaustive]
pub struct Taint {
    /// The key, a qualified name.
    pub key: String,
    /// The value, often empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub value: String,
    /// What it does to pods that do not tolerate it.
    pub effect: Effect,
}

impl Taint {
    /// A taint without a value.
    pub fn new(key: impl Into<String>, effect: Effect) -> Self {
        Self { key: key.into(), value: String::new(), effect }
    }

    /// This taint with a value.
    #[must_use]
    pub fn with_value(mut self, value: impl Into<String>) -> Self {
        self.value = value.into();
        self
    }

    /// Whether two taints take each other's place on a node: key and effect are equal, whatever
    /// the value.
    pub fn is_same(&self, other: &Self) -> bool {
        self.key == other.key && self.effect == other.effect
    }

    /// Whether the taint goes away by itself while a node starts.
    ///
    /// These are `node.kubernetes.io/not-ready` with `NoSchedule` or `NoExecute`,
    /// `node.kubernetes.io/unreachable` and `node.cloudprovider.kubernetes.io/uninitialized` with
    /// `NoSchedule`, `karpenter.sh/unregistered` with `NoExecute`, and every key that starts with
    /// `readiness.k8s.io/`. The value is not looked at.
    pub fn is_ephemeral(&self) -> bool {
        if self.key.starts_with(label::READINESS_TAINT_PREFIX) {
            return true;
        }
        matches!(
            (self.key.as_str(), self.effect),
            (label::NOT_READY_TAINT, Effect::NoSchedule | Effect::NoExecute)
                | (label::UNREACHABLE_TAINT | label::CLOUD_UNINITIALIZED_TAINT, Effect::NoSchedule)
                | (label::UNREGISTERED_TAINT, Effect::NoExecute)
        )
    }
}

impl fmt::Display for Taint {
    /// Writes `key=value:effect`, or `key:effect` where there is no value.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let equals = if self.value.is_empty() { "" } else { "=" };
        write!(f, "{}{equals}{}:{}", self.key, self.value, self.effect)
    }
}
