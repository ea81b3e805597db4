//! How large a change is, so that the smallest can be named first; not whether it helps.

use serde::{Deserialize, Serialize};

/// How large a change is: what is given up counts first, then whom it concerns.
///
/// The order is that of "smallest": first by [`share`](Self::share), then by [`scope`](Self::scope).
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Size {
    /// What part of the demand or rule is given up, in millionths: of a number its relative change, by the larger of both values; half
    /// for a demand that becomes a wish, for consent to one taint, a key or a label that is put right; for a further value in a list of `n` one part in `n + 1`;
    /// all for whatever goes entirely or is made anew.
    pub share: u32,
    /// Whom it concerns.
    pub scope: Scope,
}

/// Whom a change concerns, from few to many.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[non_exhaustive]
#[serde(rename_all = "kebab-case")]
pub enum Scope {
    /// The pods of one workload.
    Workload,
    /// A pool, and every pod that uses it.
    Pool,
    /// Objects behind volumes.
    Storage,
    /// Everything that is decided.
    Policy,
}

impl Size {
    /// The share of what goes entirely.
    pub const WHOLE: u32 = 1_000_000;
    /// The share of what is kept in part.
    pub const HALF: u32 = 500_000;

    /// A size.
    pub const fn new(share: u32, scope: Scope) -> Self {
        Self { share, scope }
    }

    /// The share of a number that changes.
    pub(super) fn between(from: i64, to: i64) -> u32 {
        let (least, most) = (i128::from(from.min(to).max(0)), i128::from(from.max(to).max(0)));
        if most == 0 {
            return Self::WHOLE;
        }
        let whole = i128::from(Self::WHOLE);
        // Rounded up: no change is none.
        u32::try_from(((most - least) * whole + most - 1) / most).unwrap_or(Self::WHOLE)
    }

    /// The share of a further value in a list.
    pub(super) fn further(listed: usize) -> u32 {
        Self::WHOLE / u32::try_from(listed).unwrap_or(u32::MAX).saturating_add(1)
    }
}
