//! Why a node would be disrupted of karp's own will; not expiry, repair or interruption, which ask no budget.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// A reason that budgets can limit.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[expect(clippy::exhaustive_enums, reason = "the API of budgets fixes the three values")]
pub enum DisruptionReason {
    /// Its machine no longer is what its pool asks for.
    Drifted,
    /// No pod that matters runs on it.
    Empty,
    /// Its pods fit elsewhere, or on something cheaper.
    Underutilized,
}

/// A text that is none of the reasons; case matters.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("`{text}` is not a disruption reason (expected `Drifted`, `Empty` or `Underutilized`)")]
#[expect(clippy::exhaustive_structs, reason = "there is nothing else to say about it")]
pub struct ParseDisruptionReasonError {
    /// The text as given.
    pub text: String,
}

impl DisruptionReason {
    /// All reasons, in the order of their names.
    pub const ALL: [Self; 3] = [Self::Drifted, Self::Empty, Self::Underutilized];

    /// The name in manifests.
    ///
    /// ```
    /// use karp_core::budget::DisruptionReason;
    /// for reason in DisruptionReason::ALL {
    ///     assert_eq!(reason.as_str().parse(), Ok(reason));
    /// }
    /// assert!("drifted".parse::<DisruptionReason>().is_err());
    /// ```
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Drifted => "Drifted",
            Self::Empty => "Empty",
            Self::Underutilized => "Underutilized",
        }
    }
}

impl fmt::Display for DisruptionReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for DisruptionReason {
    type Err = ParseDisruptionReasonError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|reason| reason.as_str() == text)
            .ok_or_else(|| ParseDisruptionReasonError { text: text.to_owned() })
    }
}
