//! What it costs to move a pod, as its priority and deletion cost say; not what its machine costs.

use crate::model::{NodeClaim, Pod, Timestamp};

/// Annotation by which a pod says how much its deletion costs, compared with others of its workload
/// (<https://kubernetes.io/docs/concepts/workloads/controllers/replicaset/#pod-deletion-cost>).
const DELETION_COST: &str = "controller.kubernetes.io/pod-deletion-cost";

/// The cost of moving a pod, in parts of 1 / 2²⁷.
///
/// `1 + D / 2²⁷ + P / 2²⁵`, from −10 to 10, where `D` is the pod's deletion cost (0 where it is absent or no integer) and `P` its priority. In
/// these parts the formula is exact.
///
/// ```
/// use karp_core::{lifecycle::{EVICTION_COST_ONE, eviction_cost}, model::Pod};
/// let mut pod = Pod::new("web-1");
/// assert_eq!(eviction_cost(&pod), EVICTION_COST_ONE);
/// pod.spec_mut().priority = -1_000_000_000;
/// assert_eq!(eviction_cost(&pod), -10 * EVICTION_COST_ONE);
/// ```
pub fn eviction_cost(pod: &Pod) -> i128 {
    let deletion = pod.annotations.get(DELETION_COST);
    let deletion = deletion.and_then(|text| text.parse::<i64>().ok()).map_or(0, i128::from);
    let priority = i128::from(pod.spec.priority);
    (EVICTION_COST_ONE + deletion + 4 * priority)
        .clamp(-10 * EVICTION_COST_ONE, 10 * EVICTION_COST_ONE)
}

/// The cost of moving a pod of priority 0 that does not say what its deletion costs.
pub const EVICTION_COST_ONE: i128 = 1 << 27;

/// How much of a machine's life is left, in millionths: all of it without `expireAfter`, none from its end on.
pub fn lifetime_left(claim: &NodeClaim, now: Timestamp) -> i128 {
    let Some(life) = claim.expire_after.as_span().filter(|life| life.as_nanos() > 0) else {
        return MILLION;
    };
    let (life, age) = (i128::from(life.as_nanos()), now - claim.created_at);
    ((life - i128::from(age.as_nanos())) * MILLION / life).clamp(0, MILLION)
}

const MILLION: i128 = 1_000_000;

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::model::{Labels, NillableSpan, NodePoolName, Span};

    #[test]
    fn priority_and_deletion_cost_add_up_within_bounds() {
        for (deletion, priority, cost) in [
            ("0", 0, EVICTION_COST_ONE),
            ("100", 0, EVICTION_COST_ONE + 100),
            ("-100", 0, EVICTION_COST_ONE - 100),
            ("much", 1, EVICTION_COST_ONE + 4),
            ("0", i32::MAX, 10 * EVICTION_COST_ONE),
            ("-2147483647", i32::MIN, -10 * EVICTION_COST_ONE),
        ] {
            let mut pod = Pod::new("p");
            let text = deletion.to_owned();
            pod.annotations = Arc::new(Labels::from([(DELETION_COST.to_owned(), text)]));
            pod.spec_mut().priority = priority;
            assert_eq!(eviction_cost(&pod), cost, "{deletion} {priority}");
        }
    }

    #[test]
    fn a_life_ends_where_expire_after_says() {
        let mut claim = NodeClaim::new("c", &NodePoolName::from("p"));
        claim.expire_after = NillableSpan::new(Span::hours(10));
        let left =
            |claim: &NodeClaim, hours| lifetime_left(claim, Timestamp::EPOCH + Span::hours(hours));
        assert_eq!([0, 5, 10, 20].map(|hours| left(&claim, hours)), [MILLION, MILLION / 2, 0, 0]);
        claim.expire_after = NillableSpan::NEVER;
        assert_eq!(left(&claim, 1000), MILLION);
    }
}
