//! How long to wait before something that failed is tried again; not whether it is.

use serde::{Deserialize, Serialize};

use crate::model::Span;

/// Waits that double with every failure in a row.
///
/// ```
/// use karp_core::{lifecycle::Backoff, model::Span};
/// let waits: Vec<_> = (1..=8).map(|failures| Backoff::CLAIM.after(failures).as_seconds()).collect();
/// assert_eq!(waits, [1, 2, 4, 8, 16, 32, 60, 60]);
/// ```
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[expect(clippy::exhaustive_structs, reason = "a first and a longest wait are all there is to it")]
pub struct Backoff {
    /// Wait after the first failure.
    pub first: Span,
    /// Longest wait.
    pub longest: Span,
}

impl Backoff {
    /// For claims: 1 s to 1 min.
    pub const CLAIM: Self = Self { first: Span::seconds(1), longest: Span::minutes(1) };
    /// For evictions and the termination of nodes: 100 ms to 10 s.
    pub const EVICTION: Self = Self { first: Span::millis(100), longest: Span::seconds(10) };

    /// The wait after this many failures in a row; none before the first.
    pub fn after(self, failures: u32) -> Span {
        let Some(doublings) = failures.checked_sub(1) else { return Span::ZERO };
        let factor = 1_i64.checked_shl(doublings.min(62)).unwrap_or(i64::MAX);
        self.first.saturating_mul(factor).min(self.longest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_start_small_double_and_end_at_the_longest() {
        for (failures, millis) in [(0, 0), (1, 100), (2, 200), (7, 6400), (8, 10_000)] {
            assert_eq!(Backoff::EVICTION.after(failures), Span::millis(millis), "{failures}");
        }
        assert_eq!(Backoff::EVICTION.after(u32::MAX), Span::seconds(10));
    }
}
