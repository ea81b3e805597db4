//! What the budgets of pools allow in days to come, gathered from a snapshot, for people and for programs; not the rules.

mod html;
mod text;

use karp_core::{
    Timestamp,
    budget::{Allowed, Calendar, CalendarError, Decider, DisruptionReason, PoolBudgets, PoolNodes},
    model::{Budget, NodePoolName, Span},
    snapshot::{Snapshot, state_nodes},
};
use serde::Serialize;

pub use self::{html::html, text::text};

/// Nodes that a pool is taken to have when none is known.
pub const NODES_ASSUMED: usize = 20;

/// A pool's budgets and what they allow.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PoolCalendar {
    /// The pool.
    pub pool: NodePoolName,
    /// Nodes that shares are taken of.
    pub nodes: usize,
    /// The budgets as written.
    pub budgets: Vec<Budget>,
    /// What is wrong with which of them.
    pub errors: Vec<(usize, String)>,
    /// One for each reason.
    pub calendars: Vec<Calendar>,
}

/// The calendars of all pools, from the start of the hour of the snapshot's instant.
///
/// `nodes` stands for the number of nodes of every pool; without, they are counted, and [`NODES_ASSUMED`] where there are none.
///
/// # Errors
///
/// When `days` is 0 or more than 400.
pub fn pool_calendars(
    snapshot: &Snapshot,
    days: u16,
    nodes: Option<usize>,
) -> Result<Vec<PoolCalendar>, CalendarError> {
    let counts = PoolNodes::count(&state_nodes(snapshot), |_| false);
    let start = start_of_hour(snapshot.now());
    let during = start..start + Span::hours(24 * i64::from(days));
    let pools = snapshot.node_pools.iter().map(|pool| {
        let counted = counts.get(&pool.name).map_or(NODES_ASSUMED, |count| count.total);
        let nodes = nodes.unwrap_or(counted);
        let budgets = PoolBudgets::read(&pool.disruption.budgets);
        let calendars = DisruptionReason::ALL
            .map(|reason| Calendar::new(&budgets, reason, nodes, during.clone()));
        Ok(PoolCalendar {
            pool: pool.name.clone(),
            nodes,
            errors: budgets.errors().map(|(index, error)| (index, error.to_string())).collect(),
            budgets: pool.disruption.budgets.clone(),
            calendars: calendars.into_iter().collect::<Result<_, _>>()?,
        })
    });
    pools.collect()
}

impl PoolCalendar {
    /// Reasons of which the calendars are alike, with one of those calendars.
    fn groups(&self) -> Vec<(Vec<DisruptionReason>, &Calendar)> {
        let mut groups: Vec<(Vec<DisruptionReason>, &Calendar)> = Vec::new();
        for calendar in &self.calendars {
            match groups.iter_mut().find(|(_, other)| other.slots() == calendar.slots()) {
                Some((reasons, _)) => reasons.push(calendar.reason()),
                None => groups.push((vec![calendar.reason()], calendar)),
            }
        }
        groups
    }
}

/// The letter of a budget in a legend: `a` for the first; the API allows 50.
fn letter(index: usize) -> char {
    ('a'..='z').chain('A'..='Z').nth(index).unwrap_or('?')
}

/// A budget in words, for a legend.
pub(crate) fn describe(budget: &Budget) -> String {
    let what = match budget.nodes.as_str() {
        "1" => "1 node".to_owned(),
        share if share.ends_with('%') => format!("{share} of the nodes"),
        count => format!("{count} nodes"),
    };
    let reasons = match budget.reasons.as_deref() {
        None => String::new(),
        Some([]) => " for no reason".to_owned(),
        Some(reasons) => format!(" for {}", reasons.join(", ")),
    };
    let start = budget.schedule.as_ref().map(|schedule| format!(" from `{schedule}`"));
    let length = budget.duration.map(|duration| format!(" for {duration}"));
    format!("{what}{reasons}{}{}", start.unwrap_or_default(), length.unwrap_or_default())
}

/// The number and the letter of the budget that decides: `3a`; `∞` without limit, `0!` when a budget can't be evaluated.
fn amount(allowed: Allowed) -> String {
    format!("{}{}", number(allowed), decider(allowed))
}

fn number(allowed: Allowed) -> String {
    if allowed.is_unbounded() { "∞".to_owned() } else { allowed.nodes.to_string() }
}

/// The letter of the budget that decides, `!` for one that can't be evaluated, empty for none.
fn decider(allowed: Allowed) -> String {
    match allowed.decided_by {
        Decider::Budget(index) => letter(index).to_string(),
        Decider::Invalid(_) => "!".to_owned(),
        _ => String::new(),
    }
}

fn start_of_hour(instant: Timestamp) -> Timestamp {
    Timestamp::from_unix_seconds(instant.unix_seconds().div_euclid(3600).saturating_mul(3600))
}

/// Weekday, month and day: `Thu 01-15`.
fn day(instant: Timestamp) -> String {
    let civil = instant.civil();
    let weekday = format!("{:?}", civil.weekday);
    format!("{} {:02}-{:02}", weekday.get(..3).unwrap_or(&weekday), civil.month, civil.day)
}
