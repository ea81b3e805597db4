//! Pools that are as free by day as by night; not what their budgets should be.

use super::{
    Rule,
    cluster::Cluster,
    offer::PoolOffer,
    schedules::{PoolCalendar, WEEK},
};
use crate::{
    budget::{DisruptionReason, Window},
    model::{Finding, Severity},
};

/// Nothing is held back while people work.
pub(super) const NO_BUDGET: Rule = Rule::new(
    "no-business-hours-budget",
    Severity::Info,
    "no budget holds disruption back during business hours",
    "add a budget with a schedule and a duration that allows less, `nodes: \"0\"` for example, while people work; schedules are in UTC",
);

pub(super) fn find(cluster: &Cluster<'_>) -> Vec<Finding> {
    let Some(hours) = &cluster.settings.business_hours else { return Vec::new() };
    cluster.pools.iter().filter_map(|offer| of_pool(cluster, offer, hours)).collect()
}

/// Reports the reasons for which no business hour allows less than the freest hour of the week.
fn of_pool(cluster: &Cluster<'_>, offer: &PoolOffer<'_>, hours: &Window) -> Option<Finding> {
    // That an empty node goes disturbs nobody.
    let reasons = [DisruptionReason::Drifted, DisruptionReason::Underutilized];
    let is_possible = |reason: &DisruptionReason| {
        *reason == DisruptionReason::Drifted
            || !offer.pool.is_static() && !offer.pool.disruption.consolidate_after.is_never()
    };
    let free: Vec<&str> = reasons
        .into_iter()
        .filter(is_possible)
        .filter(|reason| {
            PoolCalendar::new(cluster, offer, *reason, WEEK)
                .is_some_and(|calendar| is_as_free(&calendar, hours))
        })
        .map(DisruptionReason::as_str)
        .collect();
    if free.is_empty() {
        return None;
    }
    let message = format!(
        "for {} as much is allowed while people work as at any other hour of the week",
        free.join(" and ")
    );
    Some(NO_BUDGET.finding(&offer.object, message).at("spec.disruption.budgets"))
}

fn is_as_free(calendar: &PoolCalendar, hours: &Window) -> bool {
    let most = calendar.hours().map(|hour| hour.most.nodes).max();
    let least_by_day = calendar
        .hours()
        .filter(|hour| hours.holds_at(hour.start))
        .map(|hour| hour.least.nodes)
        .min();
    least_by_day.is_some_and(|least| least > 0) && least_by_day == most
}
