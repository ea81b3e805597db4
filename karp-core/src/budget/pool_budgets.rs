//! All budgets of one pool, read once; not how many of its nodes are on their way out already.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::{Allowance, DisruptionReason, ParseAllowanceError, Window, WindowError};
use crate::model::{Budget, Timestamp};

/// The budgets of a pool.
///
/// All that name a reason, or name none, hold for it at once: the smallest decides. An entry that can't be read makes the pool allow
/// nothing for every reason, those it does not name included: nobody knows what its author meant to protect.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct PoolBudgets {
    entries: Vec<Entry>,
}

/// A budget, read.
#[derive(Clone, Debug, Eq, PartialEq)]
struct Entry {
    /// As written; `None` = every reason.
    reasons: Option<Vec<String>>,
    nodes: Result<Allowance, ParseAllowanceError>,
    window: Result<Window, WindowError>,
}

/// Why a budget can't be evaluated.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum BudgetError {
    /// The number of nodes can't be read.
    #[error("`nodes`: {0}")]
    Nodes(#[from] ParseAllowanceError),
    /// The window can't be told.
    #[error(transparent)]
    Window(#[from] WindowError),
}

/// How many nodes of a pool may be on their way out at once, and what says so.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
#[serde(rename_all = "camelCase")]
pub struct Allowed {
    /// The number, those that are on their way out already included; [`UNBOUNDED`](Self::UNBOUNDED) without a limit, and below zero only
    /// for budgets that admission refuses.
    pub nodes: i64,
    /// What decides it.
    pub decided_by: Decider,
}

/// What decides how many nodes may be disrupted.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
#[serde(rename_all = "camelCase")]
pub enum Decider {
    /// The budget with this index, counted from 0; of several that allow equally little, the first.
    Budget(usize),
    /// The budget with this index can't be evaluated: nothing is allowed.
    Invalid(usize),
    /// No budget limits this reason now.
    Nothing,
}

impl Allowed {
    /// What stands for "no limit": the largest count that the API knows.
    pub const UNBOUNDED: i64 = 2_147_483_647;

    /// Whether nothing limits.
    pub const fn is_unbounded(self) -> bool {
        self.nodes == Self::UNBOUNDED
    }

    /// How many more may be disrupted when `disrupting` are on their way out.
    pub fn left(self, disrupting: usize) -> usize {
        usize::try_from(self.nodes).unwrap_or(0).saturating_sub(disrupting)
    }
}

impl PoolBudgets {
    /// Reads a pool's budgets. None of them is lost: what can't be read is in [`errors`](Self::errors) and allows nothing.
    pub fn read(budgets: &[Budget]) -> Self {
        let entries = budgets.iter().map(|budget| Entry {
            reasons: budget.reasons.clone(),
            nodes: budget.nodes.parse(),
            window: Window::of(budget),
        });
        Self { entries: entries.collect() }
    }

    /// What the budgets allow in a pool of `total` nodes, for one reason, at `now`.
    ///
    /// An entry counts only while its window holds, also when its number of nodes can't be read: outside the window nobody asks for it.
    pub fn allowed(&self, reason: DisruptionReason, total: usize, now: Timestamp) -> Allowed {
        let mut least = Allowed { nodes: Allowed::UNBOUNDED, decided_by: Decider::Nothing };
        for (index, entry) in self.entries.iter().enumerate() {
            match entry.value(total, now) {
                Err(_) => return Allowed { nodes: 0, decided_by: Decider::Invalid(index) },
                Ok(Some(nodes)) if entry.names(reason) && nodes < least.nodes => {
                    least = Allowed { nodes, decided_by: Decider::Budget(index) };
                }
                Ok(_) => {}
            }
        }
        least
    }

    /// What is wrong with which budget, whether its window holds or not.
    pub fn errors(&self) -> impl Iterator<Item = (usize, BudgetError)> {
        self.entries.iter().enumerate().flat_map(|(index, entry)| {
            let nodes = entry.nodes.clone().err().map(BudgetError::from);
            let window = entry.window.clone().err().map(BudgetError::from);
            nodes.into_iter().chain(window).map(move |error| (index, error))
        })
    }

    /// Every instant in `from..to` from which what is allowed may differ from before, in order, apart from changes in the number of nodes.
    ///
    /// ```
    /// use karp_core::{budget::PoolBudgets, model::{Budget, Span}, Timestamp};
    /// let mut night = Budget::default();
    /// night.nodes = "5".to_owned();
    /// night.schedule = Some("0 22 * * *".to_owned());
    /// night.duration = Some(Span::hours(6));
    /// let noon: Timestamp = "2026-01-15T12:00:00Z".parse().unwrap();
    /// let changes = PoolBudgets::read(&[night]).changes(noon, noon + Span::hours(24));
    /// assert_eq!(changes, [noon + Span::hours(10), noon + Span::hours(16)]);
    /// ```
    pub fn changes(&self, from: Timestamp, to: Timestamp) -> Vec<Timestamp> {
        let mut changes: Vec<Timestamp> =
            self.windows().flat_map(|window| window.changes(from, to)).collect();
        changes.sort_unstable();
        changes.dedup();
        changes
    }

    /// Windows that can be told.
    fn windows(&self) -> impl Iterator<Item = &Window> {
        self.entries.iter().filter_map(|entry| entry.window.as_ref().ok())
    }
}

impl Entry {
    fn names(&self, reason: DisruptionReason) -> bool {
        self.reasons
            .as_ref()
            .is_none_or(|reasons| reasons.iter().any(|name| name == reason.as_str()))
    }

    /// The number while the window holds.
    fn value(&self, total: usize, now: Timestamp) -> Result<Option<i64>, BudgetError> {
        match &self.window {
            Err(error) => Err(error.clone().into()),
            Ok(window) if !window.holds_at(now) => Ok(None),
            Ok(_) => Ok(Some(self.nodes.clone()?.of(total))),
        }
    }
}

impl fmt::Display for Decider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Budget(index) => write!(f, "budget {index}"),
            Self::Invalid(index) => write!(f, "budget {index}, which is invalid"),
            Self::Nothing => f.write_str("no budget"),
        }
    }
}
