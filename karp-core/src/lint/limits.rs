//! Pools that may grow without end; not what a limit should be.

use super::{Rule, cluster::Cluster};
use crate::model::{Finding, Resources, Severity};

/// A pool without a ceiling.
pub(super) const NONE: Rule = Rule::new(
    "no-limits",
    Severity::Warning,
    "a pool has no limits",
    "set `spec.limits`, `cpu` at least, to what the pool may cost at most",
);

pub(super) fn find(cluster: &Cluster<'_>) -> Vec<Finding> {
    let pools = cluster.pools.iter().filter(|offer| {
        let has_limits =
            offer.pool.limits.as_ref().is_some_and(|limits| *limits != Resources::new());
        !offer.pool.is_static() && !has_limits
    });
    let message = "nothing limits how many machines it buys: a job that multiplies its pods, or a replica count with a zero too many, \
                   buys until the account's quota ends it";
    pools.map(|offer| NONE.finding(&offer.object, message).at("spec.limits")).collect()
}
