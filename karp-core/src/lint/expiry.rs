//! Expiry, which asks no budget; not drift and consolidation, which do.

use super::{
    Rule,
    cluster::Cluster,
    offer::PoolOffer,
    schedules::{PoolCalendar, WEEK},
};
use crate::{
    budget::DisruptionReason,
    model::{Finding, Severity},
};

/// Machines end at any hour once they are old enough.
pub(super) const WITHOUT_WINDOW: Rule = Rule::new(
    "expiry-without-window",
    Severity::Warning,
    "expired machines end at any hour, whatever budgets say",
    "let drift replace machines in a window (a pinned image, raised regularly) well before `expireAfter`, or set `expireAfter: Never`",
);

pub(super) fn find(cluster: &Cluster<'_>) -> Vec<Finding> {
    cluster.pools.iter().filter_map(|offer| of_pool(cluster, offer)).collect()
}

fn of_pool(cluster: &Cluster<'_>, offer: &PoolOffer<'_>) -> Option<Finding> {
    let age = &offer.pool.template.expire_after;
    if age.is_never() {
        return None;
    }
    let forbids = |reason| {
        let calendar = PoolCalendar::new(cluster, offer, reason, WEEK);
        calendar.is_some_and(|calendar| calendar.slots().any(|allowed| allowed.nodes <= 0))
    };
    let has_forbidden_times =
        [DisruptionReason::Drifted, DisruptionReason::Underutilized].into_iter().any(forbids);
    let finding = if has_forbidden_times {
        let message = format!(
            "budgets forbid disruption at times, but expiry asks no budget: a machine ends {age} after its creation, also in the hours \
             that the budgets protect, and machines of one age end together"
        );
        WITHOUT_WINDOW.finding(&offer.object, message)
    } else {
        let message = format!(
            "a machine ends {age} after its creation, at whatever hour that is; machines that were bought together end together"
        );
        let finding = WITHOUT_WINDOW.finding(&offer.object, message);
        Finding { severity: Severity::Info, ..finding }
    };
    Some(finding.at("spec.template.spec.expireAfter"))
}
