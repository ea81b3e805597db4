//! How much of a machine's life is left; not when it ends.

use super::{Cost, NodeClaim, Span, Timestamp};

/// The share of a cost that is left to a machine of this claim: all of it without `expireAfter`, half of it in the middle of its life, none at its
/// end.
///
/// ```
/// use karp_core::model::{Cost, NodeClaim, NodePoolName, Span, Timestamp, over_lifetime};
/// let claim = NodeClaim::new("general-1", &NodePoolName::from("general")); // 720 h, created in 1970
/// let middle = Timestamp::EPOCH + Span::hours(360);
/// assert_eq!(over_lifetime(Cost::ONE, &claim, middle), Cost::ONE.share(1, 2));
/// ```
pub fn over_lifetime(cost: Cost, claim: &NodeClaim, now: Timestamp) -> Cost {
    let Some(life) = claim.expire_after.as_span().map(Span::as_nanos) else {
        return cost;
    };
    let age = (now - claim.created_at).as_nanos();
    cost.share(life.saturating_sub(age).clamp(0, life.max(0)), life)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{NillableSpan, NodePoolName};

    #[test]
    fn a_life_ends_where_expire_after_says() {
        let mut claim = NodeClaim::new("c", &NodePoolName::from("p"));
        let left = |claim: &NodeClaim, hours| {
            over_lifetime(Cost::ONE, claim, Timestamp::EPOCH + Span::hours(hours))
        };
        claim.expire_after = NillableSpan::new(Span::hours(10));
        let half = Cost::ONE.share(1, 2);
        let shares = [-5, 0, 5, 10, 20].map(|hours| left(&claim, hours));
        assert_eq!(shares, [Cost::ONE, Cost::ONE, half, Cost::ZERO, Cost::ZERO]);
        claim.expire_after = NillableSpan::NEVER;
        assert_eq!(left(&claim, 1000), Cost::ONE);
        for odd in [Span::ZERO, Span::hours(-1)] {
            claim.expire_after = NillableSpan::new(odd);
            assert_eq!(left(&claim, 1), Cost::ZERO);
        }
    }
}
