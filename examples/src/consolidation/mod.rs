//! What a pass and a week of passes make of a cluster, gathered for people and for programs; not the rules.

mod drawing;
mod html;
mod json;
mod money;
mod row;
mod style;
mod table;

use karp_core::{
    Timestamp,
    disrupt::{Disruption, Memory, Pass},
    forecast::{Assumptions, Event, Forecast, Happening, Held, forecast},
    model::{Finding, NodeName},
    policy::Policy,
    provision,
    snapshot::Snapshot,
};

pub use self::{html::html, json::json, row::Row, table::table};
use crate::calendar::describe;

/// Hours of a month, as clouds count them.
const HOURS_PER_MONTH: i128 = 730;

/// A pass and a week of a cluster.
#[derive(Debug)]
#[non_exhaustive]
pub struct Consolidation {
    /// What a pass does now, and what it makes of every machine.
    pub pass: Pass,
    /// What the passes of a week would do.
    pub week: Forecast,
    /// What was noticed while reading.
    pub findings: Vec<Finding>,
    /// Machines in the order in which they are shown: those that go now, those that would go next, those that stay.
    pub rows: Vec<Row>,
    /// The cluster, for what budgets say.
    snapshot: Snapshot,
}

impl Consolidation {
    /// Looks at a cluster at the instant of its snapshot: waiting pods are served first, then a pass is made, then a week goes by.
    pub fn of(snapshot: &Snapshot, policy: &Policy) -> Self {
        let plan = provision(snapshot, policy);
        let mut memory = Memory::new();
        memory.note_plan(&plan);
        let pass = Disruption::new(snapshot, policy, &memory).pass();
        let week = forecast(snapshot, policy, &Assumptions::default());
        let rows = row::rows(&pass, &week);
        Self { pass, week, findings: plan.findings, rows, snapshot: snapshot.clone() }
    }

    /// What all machines of pools cost per month, in 10⁻¹² dollars.
    fn monthly(&self) -> i128 {
        i128::from(self.pass.price().pico()) * HOURS_PER_MONTH
    }

    /// What the pass saves per month.
    fn saved_now(&self) -> i128 {
        self.pass.savings_pico() * HOURS_PER_MONTH
    }

    /// What the machines that are left after the week save per month.
    fn saved_by_week(&self) -> i128 {
        let fleet = |point: Option<&karp_core::forecast::Point>| {
            point.map_or(0, |point| i128::from(point.fleet.price.pico()))
        };
        (fleet(self.week.curve.first()) - fleet(self.week.curve.last())) * HOURS_PER_MONTH
    }

    /// What held nodes back, in one line: when, which, and by what budget.
    fn describe_held(&self, held: &Held) -> String {
        let pool = self.snapshot.node_pool(&held.node_pool);
        let budget = match held.decided_by {
            karp_core::budget::Decider::Budget(index) => {
                pool.and_then(|pool| pool.disruption.budgets.get(index)).map(describe)
            }
            _ => None,
        };
        let budget = budget.unwrap_or_else(|| held.decided_by.to_string());
        let nodes: Vec<&str> = held.nodes.iter().map(NodeName::as_str).collect();
        let (pool, reason) = (&held.node_pool, held.reason.as_str());
        format!("{pool}, {reason}: {budget} held {}", nodes.join(", "))
    }
}

/// Whether an event is shown in lists; that machines are gone shows in the curve.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "the form that filters ask for")]
fn is_shown(event: &&Event) -> bool {
    !matches!(event.what, Happening::Removed { .. })
}

/// Weekday, day and time: `Thu 15 18:00`.
fn moment(instant: Timestamp) -> String {
    let civil = instant.civil();
    let weekday = format!("{:?}", civil.weekday);
    let weekday = weekday.get(..3).unwrap_or(&weekday);
    format!("{weekday} {:02} {:02}:{:02}", civil.day, civil.hour, civil.minute)
}
