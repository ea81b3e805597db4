//! Nodes that a method may disrupt, with what they cost; not which of them it does.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Cost, Stays};
use crate::model::{NodeName, NodePoolName, Price};

/// A node that a method may disrupt.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
#[serde(rename_all = "camelCase")]
pub struct Candidate {
    /// The node.
    pub node: NodeName,
    /// Its pool.
    pub node_pool: NodePoolName,
    /// What it costs per hour; zero when its price is not known.
    pub price: Price,
    /// What it costs to move its pods: 1, and what each pod that moves costs if that is more than nothing.
    pub disruption_cost: Cost,
    /// What all its pods cost, times the share of the node's life that is left.
    pub cost_times_lifetime: Cost,
}

/// All nodes, as one method sees them.
#[derive(Clone, Debug, Default, Eq, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
#[serde(rename_all = "camelCase")]
pub struct Candidates {
    /// Nodes that it may disrupt.
    pub accepted: BTreeMap<NodeName, Candidate>,
    /// The others, and why.
    pub left_out: BTreeMap<NodeName, Stays>,
}

/// What scores of the policy `Balanced` are measured against.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
#[serde(rename_all = "camelCase")]
pub struct PoolTotals {
    /// What the pool's machines cost per hour.
    pub cost: Price,
    /// What it would cost to move all their pods.
    pub disruption: Cost,
}
