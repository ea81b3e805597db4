//! Which taints a pod puts up with.
//!
//! Not here: taints themselves; see [`Taint`]. The rules are at
//! <https://kubernetes.io/docs/concepts/scheduling-eviction/taint-and-toleration/>.

use std::cmp::Ordering;
use std::fmt;

use serde::{Deserialize, Deserializer, Serialize};

use super::{Effect, Taint};

/// How a toleration compares its value with that of a taint.
#[derive(
    Clone, Copy, Debug, Default, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize,
)]
#[expect(clippy::exhaustive_enums, reason = "Kubernetes has exactly these four")]
pub enum TolerationOperator {
    /// The values are equal; the default.
    #[default]
    Equal,
    /// Any value will do.
    Exists,
    /// The taint's value is an integer above that of the toleration.
    Gt,
    /// The taint's value is an integer below that of the toleration.
    Lt,
}

/// A pod's consent to a kind of taint.
///
/// # Example: everything, and one value
///
/// ```
/// use karp_core::model::{Effect, Taint, Toleration, untolerated};
///
/// let taint = Taint::new("team", Effect::NoSchedule).with_value("blue");
/// assert!(Toleration::everything().tolerates(&taint));
/// let red = [Toleration::equal("team", "red")];
/// assert_eq!(untolerated([&taint], &red).count(), 1);
/// ```
#[derive(Clone, Debug, Default, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "camelCase", default)]
#[non_exhaustive]
pub struct Toleration {
    /// The key; empty matches every key.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub key: String,
    /// How values are compared.
    #[serde(deserialize_with = "operator_or_default")]
    pub operator: TolerationOperator,
    /// The value.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub value: String,
    /// The effect; `None` matches every effect.
    #[serde(deserialize_with = "effect_or_none", skip_serializing_if = "Option::is_none")]
    pub effect: Option<Effect>,
    /// Seconds that a pod stays after a `NoExecute` taint appears; `None` is for ever.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub toleration_seconds: Option<i64>,
}

impl Toleration {
    /// Consent to every taint.
    pub fn everything() -> Self {
        Self { operator: TolerationOperator::Exists, ..Self::default() }
    }

    /// Consent to a key with any value and effect.
    pub fn exists(key: impl Into<String>) -> Self {
        Self { key: key.into(), ..Self::everything() }
    }

    /// Consent to a key with one value and any effect.
    pub fn equal(key: impl Into<String>, value: impl Into<String>) -> Self {
        Self { key: key.into(), value: value.into(), ..Self::default() }
    }

    /// This toleration with another operator.
    #[must_use]
    pub const fn with_operator(mut self, operator: TolerationOperator) -> Self {
        self.operator = operator;
        self
    }

    /// This toleration for one effect alone.
    #[must_use]
    pub const fn with_effect(mut self, effect: Effect) -> Self {
        self.effect = Some(effect);
        self
    }

    /// Whether the pod puts up with a taint.
    ///
    /// Key and effect must be equal where the toleration names them. Then the operator decides;
    /// for `Gt` and `Lt` both values must be 64-bit integers in plain decimal form: `07`, `+7`
    /// and `7.0` never match.
    pub fn tolerates(&self, taint: &Taint) -> bool {
        if self.effect.is_some_and(|effect| effect != taint.effect) {
            return false;
        }
        if !self.key.is_empty() && self.key != taint.key {
            return false;
        }
        match self.operator {
            TolerationOperator::Equal => self.value == taint.value,
            TolerationOperator::Exists => true,
            TolerationOperator::Gt => self.compare(taint) == Some(Ordering::Greater),
            TolerationOperator::Lt => self.compare(taint) == Some(Ordering::Less),
        }
    }

    /// How the taint's integer compares with that of the toleration.
    fn compare(&self, taint: &Taint) -> Option<Ordering> {
        let (own, its) = (plain_integer(&self.value)?, plain_integer(&taint.value)?);
        Some(its.cmp(&own))
    }
}

/// An integer in the one form that it is printed in.
fn plain_integer(text: &str) -> Option<i64> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let is_plain = text == "0" || !digits.starts_with(['0', '+']);
    if is_plain { text.parse().ok() } else { None }
}

/// The taints that none of the tolerations covers, in the order given.
///
/// Every taint counts, `PreferNoSchedule` too.
pub fn untolerated<'t>(
    taints: impl IntoIterator<Item = &'t Taint>,
    tolerations: &[Toleration],
) -> impl Iterator<Item = &'t Taint> {
    let taints = taints.into_iter();
    taints.filter(|taint| !tolerations.iter().any(|toleration| toleration.tolerates(taint)))
}

/// Kubernetes writes "no operator" as nothing, `null` or an empty text.
fn operator_or_default<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<TolerationOperator, D::Error> {
    let given = Given::<TolerationOperator>::deserialize(deserializer)?;
    Ok(given.value().unwrap_or_default())
}

/// Kubernetes writes "any effect" as nothing, `null` or an empty text.
fn effect_or_none<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Effect>, D::Error> {
    Given::<Effect>::deserialize(deserializer).map(Given::value)
}

/// A value, `null`, or an empty text.
#[derive(Deserialize)]
#[serde(untagged)]
enum Given<T> {
    Value(T),
    Empty(Empty),
    Null(()),
}

#[derive(Deserialize)]
enum Empty {
    #[serde(rename = "")]
    Text,
}

impl<T> Given<T> {
    fn value(self) -> Option<T> {
        match self {
            Self::Value(value) => Some(value),
            Self::Empty(Empty::Text) | Self::Null(()) => None,
        }
    }
}

impl fmt::Display for Toleration {
    /// Writes `key=value:effect`, with the operator's sign for `=` and `*` for what matches all.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.key.is_empty() { "*" } else { &self.key })?;
        match self.operator {
            TolerationOperator::Equal => write!(f, "={}", self.value)?,
            TolerationOperator::Exists => {}
            TolerationOperator::Gt => write!(f, ">{}", self.value)?,
            TolerationOperator::Lt => write!(f, "<{}", self.value)?,
        }
        write!(f, ":{}", self.effect.map_or("*", Effect::as_str))
    }
}
