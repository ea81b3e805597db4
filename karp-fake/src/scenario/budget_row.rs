//! Budgets with what the reference made of them; not a world of nodes.

use std::fmt;

use karp_core::{
    Timestamp,
    budget::{Allowed, Decider, DisruptionReason, PoolBudgets},
    model::Budget,
};
use serde::{Deserialize, Deserializer, de};

use super::ScenarioError;

/// The budgets of a pool at one instant, and how many of its nodes the reference allowed to be disrupted.
#[derive(Clone, Debug, Deserialize)]
#[non_exhaustive]
pub struct BudgetRow {
    /// The pool's budgets.
    pub budgets: Vec<Budget>,
    /// The instant.
    pub now: Timestamp,
    /// The reason asked about.
    #[serde(deserialize_with = "reason")]
    pub reason: DisruptionReason,
    /// Nodes of the pool.
    pub nodes: usize,
    /// Those on their way out.
    pub disrupting: usize,
    /// What the budgets came to.
    pub raw: i64,
    /// What was left after those on their way out.
    pub allowed: usize,
    /// Whether nothing limited.
    #[serde(default)]
    pub unbounded: bool,
    /// Whether at least one budget was invalid.
    #[serde(default)]
    pub error: bool,
}

/// How karp's answer to a row differs from the recorded one.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct BudgetDifference {
    /// What karp answers.
    pub ours: Allowed,
    /// How many more nodes karp would let go.
    pub left: usize,
    /// What was recorded: of the budgets, and after those on their way out.
    pub recorded: (i64, usize),
}

impl BudgetRow {
    /// The rows of a text, one a line; empty lines are skipped.
    ///
    /// # Errors
    ///
    /// [`ScenarioError::Line`] for the first line that is not a row.
    pub fn parse_lines(text: &str) -> Result<Vec<Self>, ScenarioError> {
        let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
        lines
            .map(|(index, line)| {
                serde_json::from_str(line).map_err(|error| ScenarioError::Line {
                    line: index + 1,
                    source: Box::new(ScenarioError::Format { problem: error.to_string() }),
                })
            })
            .collect()
    }

    /// How karp's answer differs; `None` when it agrees.
    ///
    /// # Example: a row that agrees
    ///
    /// ```
    /// use karp_fake::scenario::BudgetRow;
    ///
    /// let rows = BudgetRow::parse_lines(
    ///     r#"{"budgets":[{"nodes":"99%"}],"now":"2024-02-29T00:00:59Z","reason":"Underutilized","nodes":33,"disrupting":2,"raw":33,"allowed":31}"#,
    /// )?;
    /// assert_eq!(rows[0].difference(), None);
    /// # Ok::<(), karp_fake::scenario::ScenarioError>(())
    /// ```
    pub fn difference(&self) -> Option<BudgetDifference> {
        let ours = PoolBudgets::read(&self.budgets).allowed(self.reason, self.nodes, self.now);
        let left = ours.left(self.disrupting);
        let is_invalid = matches!(ours.decided_by, Decider::Invalid(_));
        let agrees = ours.nodes == self.raw
            && left == self.allowed
            && ours.is_unbounded() == self.unbounded
            && is_invalid == self.error;
        (!agrees).then_some(BudgetDifference { ours, left, recorded: (self.raw, self.allowed) })
    }
}

/// Reads the reason by its name in manifests.
fn reason<'de, D: Deserializer<'de>>(deserializer: D) -> Result<DisruptionReason, D::Error> {
    String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
}

impl fmt::Display for BudgetDifference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (raw, allowed) = self.recorded;
        let Allowed { nodes, decided_by, .. } = self.ours;
        write!(
            f,
            "{decided_by} allows {nodes}, {} left; recorded are {raw}, {allowed} left",
            self.left
        )
    }
}
