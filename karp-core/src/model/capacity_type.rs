//! How a machine is paid for: on demand, spot, or from a reservation.
//!
//! Not here: prices and reservations themselves.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// The purchase model of an offering, the value of the label
/// [`karpenter.sh/capacity-type`](super::label::CAPACITY_TYPE).
///
/// ```
/// use karp_core::model::CapacityType;
///
/// assert_eq!("spot".parse(), Ok(CapacityType::Spot));
/// assert_eq!(CapacityType::OnDemand.to_string(), "on-demand");
/// ```
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "kebab-case")]
#[expect(clippy::exhaustive_enums, reason = "the label has exactly these three values")]
pub enum CapacityType {
    /// Billed by use, kept until given back.
    OnDemand,
    /// Paid for in advance.
    Reserved,
    /// Spare capacity that the cloud may take back.
    Spot,
}

/// A text is none of the three capacity types.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("`{text}` is not a capacity type (expected `on-demand`, `reserved` or `spot`)")]
pub struct ParseCapacityTypeError {
    /// The text as given.
    pub text: String,
}

impl CapacityType {
    /// All three, in the order of their texts.
    pub const ALL: [Self; 3] = [Self::OnDemand, Self::Reserved, Self::Spot];

    /// The value of the label.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::OnDemand => "on-demand",
            Self::Reserved => "reserved",
            Self::Spot => "spot",
        }
    }
}

impl FromStr for CapacityType {
    type Err = ParseCapacityTypeError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|known| known.as_str() == text)
            .ok_or_else(|| ParseCapacityTypeError { text: text.to_owned() })
    }
}

impl fmt::Display for CapacityType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}
