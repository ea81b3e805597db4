//! Windows of disruption budgets that don't do what they seem to do; not how many nodes a budget should allow.

use super::{Rule, cluster::Cluster, offer::PoolOffer};
use crate::{
    budget::{
        Allowance, Allowed, BudgetError, Calendar, DisruptionReason, Hour, PoolBudgets, Window,
    },
    model::{Budget, Finding, Severity, Span},
};

/// A budget that can't be read.
pub(super) const INVALID: Rule = Rule::new(
    "budget-invalid",
    Severity::Error,
    "a budget can't be read, so that its pool allows nothing",
    "correct it: a five-field schedule in UTC with a duration, and a count or a share of nodes",
);

/// A schedule without effect.
pub(super) const ALWAYS_HOLDS: Rule = Rule::new(
    "budget-always-holds",
    Severity::Warning,
    "a budget's windows join, so that it holds always",
    "shorten the duration, or drop schedule and duration if that is what was meant",
);

/// A budget without effect.
pub(super) const NEVER_HOLDS: Rule = Rule::new(
    "budget-never-holds",
    Severity::Warning,
    "a budget never holds for any reason",
    "give it a duration and a reason, or drop it",
);

/// A schedule that hits no day.
pub(super) const NEVER_FIRES: Rule = Rule::new(
    "schedule-never-fires",
    Severity::Warning,
    "a schedule never fires, so that its budget holds always",
    "correct day and month; drop schedule and duration if the budget is meant to hold always",
);

/// A window that allows something, beside nothing that limits.
pub(super) const UNLIMITED_OUTSIDE: Rule = Rule::new(
    "unlimited-outside-window",
    Severity::Warning,
    "outside a budget's window nothing limits at all",
    "add a budget for the rest of the time: budgets only ever limit, and where none holds everything may go",
);

/// How far ahead most lints look.
pub(super) const WEEK: Span = Span::hours(7 * 24);
/// Long enough for windows that come once a month.
const FIVE_WEEKS: Span = Span::hours(35 * 24);

pub(super) fn find(cluster: &Cluster<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for offer in &cluster.pools {
        findings.extend(offer.budgets.errors().map(|(index, error)| invalid(offer, index, &error)));
        let budgets = offer.pool.disruption.budgets.iter().enumerate();
        findings.extend(
            budgets.filter_map(|(index, budget)| misleading(cluster, offer, index, budget)),
        );
        findings.extend(unlimited_outside(cluster, offer));
    }
    findings
}

fn field(index: usize, member: &str) -> String {
    format!("spec.disruption.budgets[{index}].{member}")
}

fn invalid(offer: &PoolOffer<'_>, index: usize, error: &BudgetError) -> Finding {
    use crate::budget::WindowError;

    let member = match error {
        BudgetError::Nodes(_) => "nodes",
        BudgetError::Window(WindowError::NoSchedule) => "duration",
        BudgetError::Window(WindowError::Schedule(_)) => "schedule",
    };
    let message = format!(
        "{error}; admission lets it through, and the pool's machines are then never disrupted, for any reason"
    );
    INVALID.finding(&offer.object, message).at(field(index, member))
}

/// A budget that holds at other times than its author thinks.
fn misleading(
    cluster: &Cluster<'_>,
    offer: &PoolOffer<'_>,
    index: usize,
    budget: &Budget,
) -> Option<Finding> {
    let is_known = |name: &String| name.parse::<DisruptionReason>().is_ok();
    if budget.reasons.as_ref().is_some_and(|reasons| !reasons.iter().any(is_known)) {
        let message =
            "it names no reason, so that it limits nothing; leave `reasons` out to limit all";
        return Some(NEVER_HOLDS.finding(&offer.object, message).at(field(index, "reasons")));
    }
    let window = Window::of(budget).ok()?;
    let Window::Scheduled { schedule, duration } = &window else { return None };
    let text = schedule.as_str();
    let finding = |rule: &Rule, member: &str, message: String| {
        Some(rule.finding(&offer.object, message).at(field(index, member)))
    };
    if *duration <= Span::ZERO || schedule.interval().is_some_and(|every| every > *duration) {
        let message =
            format!("`{text}` for {duration} is no time at all: the budget never limits anything");
        return finding(&NEVER_HOLDS, "duration", message);
    }
    let Some(hit) = schedule.next_after(cluster.snapshot.now) else {
        let message = format!(
            "`{text}` never fires within five years; controllers take such a budget to hold always"
        );
        return finding(&NEVER_FIRES, "schedule", message);
    };
    // Most windows end: then there is no need to look at the whole year.
    if window.holds_at(hit + *duration) && holds_always(cluster, budget) {
        let message = format!(
            "`{text}` fires again before the {duration} of its last window are over: the schedule changes nothing"
        );
        return finding(&ALWAYS_HOLDS, "duration", message);
    }
    None
}

/// Whether the budget holds at every instant of the next 400 days.
fn holds_always(cluster: &Cluster<'_>, budget: &Budget) -> bool {
    let mut alone = budget.clone();
    "0".clone_into(&mut alone.nodes);
    alone.reasons = None;
    let budgets = PoolBudgets::read(&[alone]);
    let calendar =
        PoolCalendar::of(cluster, &budgets, DisruptionReason::Drifted, Calendar::LONGEST);
    calendar.is_some_and(|calendar| !calendar.is_ever_unlimited())
}

/// Budgets of a pool with a window that allow something for a reason that nothing limits at other times.
fn unlimited_outside(cluster: &Cluster<'_>, offer: &PoolOffer<'_>) -> Vec<Finding> {
    let unlimited: Vec<DisruptionReason> = DisruptionReason::ALL
        .into_iter()
        .filter(|reason| {
            PoolCalendar::new(cluster, offer, *reason, FIVE_WEEKS)
                .is_some_and(|calendar| calendar.is_ever_unlimited())
        })
        .collect();
    let mut findings = Vec::new();
    for (index, budget) in offer.pool.disruption.budgets.iter().enumerate() {
        let allowance = budget.nodes.parse::<Allowance>();
        let allows = allowance.is_ok_and(|nodes| nodes.of(PoolCalendar::NODES) > 0);
        let Ok(Window::Scheduled { schedule, .. }) = Window::of(budget) else { continue };
        let names = |reason: &&DisruptionReason| {
            budget
                .reasons
                .as_ref()
                .is_none_or(|names| names.iter().any(|name| name == reason.as_str()))
        };
        let reasons: Vec<&str> =
            unlimited.iter().filter(names).map(|reason| reason.as_str()).collect();
        if allows && !reasons.is_empty() {
            let message = format!(
                "it allows {} from `{}`, but outside its window nothing limits {}: all nodes may go at once",
                budget.nodes,
                schedule.as_str(),
                reasons.join(", ")
            );
            findings.push(
                UNLIMITED_OUTSIDE.finding(&offer.object, message).at(field(index, "schedule")),
            );
        }
    }
    findings
}

/// What a pool's budgets allow for one reason in the time after the snapshot, in a pool of [`NODES`](Self::NODES) nodes.
#[derive(Clone, Debug)]
pub(super) struct PoolCalendar(Calendar);

impl PoolCalendar {
    /// As many nodes as make a share its own number.
    pub(super) const NODES: usize = 100;

    /// None at the end of time.
    pub(super) fn new(
        cluster: &Cluster<'_>,
        offer: &PoolOffer<'_>,
        reason: DisruptionReason,
        span: Span,
    ) -> Option<Self> {
        Self::of(cluster, &offer.budgets, reason, span)
    }

    fn of(
        cluster: &Cluster<'_>,
        budgets: &PoolBudgets,
        reason: DisruptionReason,
        span: Span,
    ) -> Option<Self> {
        let now = cluster.snapshot.now;
        Calendar::new(budgets, reason, Self::NODES, now..now + span).ok().map(Self)
    }

    /// What is allowed, in order of time.
    pub(super) fn slots(&self) -> impl Iterator<Item = Allowed> {
        self.0.slots().iter().map(|slot| slot.allowed)
    }

    /// What is allowed, hour by hour.
    pub(super) fn hours(&self) -> impl Iterator<Item = Hour> {
        self.0.hours()
    }

    /// Whether there is a time at which nothing limits.
    pub(super) fn is_ever_unlimited(&self) -> bool {
        self.slots().any(Allowed::is_unbounded)
    }
}
