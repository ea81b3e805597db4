//! What is to be done: nodes to remove and machines to buy before; not whether it is still right a moment later.

use std::{collections::BTreeMap, fmt};

use serde::{Deserialize, Serialize};

use super::Method;
use crate::{
    decision::PlannedMachine,
    model::{NodeName, NodePoolName, Price},
};

/// Nodes to remove, and the machines that must be there before.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
#[serde(rename_all = "camelCase")]
pub struct Command {
    /// What found it.
    pub method: Method,
    /// Nodes to remove, dearest per moved pod first.
    pub nodes: Vec<NodeName>,
    /// Machines to buy before, with the pods that are to move there.
    pub replacements: Vec<PlannedMachine>,
    /// What the nodes cost per hour; nodes without a known price count nothing.
    pub price_before: Price,
    /// What the replacements will cost, each by the cheapest offering of its first type.
    pub price_after: Price,
    /// How the move scores for each pool with the policy `Balanced`.
    pub scores: BTreeMap<NodePoolName, Score>,
}

impl Command {
    /// What is saved per hour; less than nothing when the replacements are dearer.
    pub fn savings_pico(&self) -> i128 {
        i128::from(self.price_before.pico()) - i128::from(self.price_after.pico())
    }
}

impl fmt::Display for Command {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ", self.method)?;
        let nodes: Vec<&str> = self.nodes.iter().map(NodeName::as_str).collect();
        match self.replacements.as_slice() {
            [] => write!(f, "delete {}", nodes.join(", "))?,
            some => write!(f, "replace {} by {} machines", nodes.join(", "), some.len())?,
        }
        write!(f, " ({} instead of {} USD per hour)", self.price_after, self.price_before)
    }
}

/// Share of a pool's money that a move saves, over its share of the pool's pods that it moves.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(clippy::exhaustive_enums, reason = "a quotient is finite or not")]
pub enum Score {
    /// In millionths.
    Micro(i64),
    /// Something is saved and nothing moved.
    Infinite,
}
