//! How many nodes of each pool budgets count, and how many of those are on their way out; not what is allowed.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{
    model::{ConditionStatus, NodePoolName, condition},
    snapshot::StateNode,
};

/// A pool's nodes as budgets count them.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, Serialize, Deserialize)]
#[expect(clippy::exhaustive_structs, reason = "a share of a total is all that budgets know")]
pub struct PoolNodes {
    /// Nodes of the pool: initialized, and their machine not yet being terminated.
    pub total: usize,
    /// Those that are not ready or on their way out, for whatever cause.
    pub disrupting: usize,
}

impl PoolNodes {
    /// Counts the nodes of every pool.
    ///
    /// Only nodes that have a claim, are initialized, and whose claim does not say that the machine is being terminated count at all. `is_marked` says
    /// of which nodes their removal is decided, though neither node nor claim shows it yet.
    pub fn count<'a>(
        nodes: impl IntoIterator<Item = &'a StateNode>,
        is_marked: impl Fn(&StateNode) -> bool,
    ) -> BTreeMap<NodePoolName, Self> {
        let mut pools: BTreeMap<NodePoolName, Self> = BTreeMap::new();
        for state in nodes {
            let Some(pool) = state.pool().filter(|_| counts(state)) else { continue };
            let count = pools.entry(pool).or_default();
            count.total += 1;
            if state.deleting || is_marked(state) || !is_ready(state) {
                count.disrupting += 1;
            }
        }
        pools
    }
}

fn counts(state: &StateNode) -> bool {
    state.node.is_some()
        && state.initialized
        && state.claim.as_ref().is_some_and(|claim| {
            condition(&claim.status.conditions, "InstanceTerminating")
                != Some(ConditionStatus::True)
        })
}

fn is_ready(state: &StateNode) -> bool {
    state
        .node
        .as_ref()
        .is_some_and(|node| condition(&node.conditions, "Ready") == Some(ConditionStatus::True))
}
