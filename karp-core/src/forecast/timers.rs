//! The instants at which something can change without anybody doing anything; not what happens then.

use std::fmt;

use serde::Serialize;

use super::world::World;
use crate::{
    budget::PoolBudgets,
    lifecycle::{QuietState, expire, quiet_state},
    model::{DoNotDisrupt, NodePoolName, Timestamp},
};

/// Something that is waited for.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd, Serialize)]
#[non_exhaustive]
#[serde(rename_all = "camelCase")]
pub struct Wait {
    /// When it is over.
    pub until: Timestamp,
    /// What for.
    pub reason: WaitReason,
    /// The object: a pool for budgets and moves, a pod for protection, else a claim or a Node.
    pub object: String,
}

/// What is waited for.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd, Serialize)]
#[non_exhaustive]
#[serde(rename_all = "kebab-case")]
pub enum WaitReason {
    /// A machine boots.
    Boot,
    /// A budget allows more or less from then on, and nodes of the pool are held back.
    Budget,
    /// A node drains, or is held.
    Drain,
    /// A claim gets as old as it may.
    Expiry,
    /// Earlier moves of nodes of the pool count for less, where the policy limits moves.
    Moves,
    /// A pod's protection for a time ends.
    Protection,
    /// A node will have been quiet for long enough.
    Quiet,
}

impl fmt::Display for Wait {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { until, object, .. } = self;
        match self.reason {
            WaitReason::Boot => write!(f, "{object} boots until {until}"),
            WaitReason::Budget => write!(f, "budgets of {object} change at {until}"),
            WaitReason::Drain => write!(f, "{object} drains until {until}"),
            WaitReason::Expiry => write!(f, "{object} expires at {until}"),
            WaitReason::Moves => write!(f, "moves of {object} count until {until}"),
            WaitReason::Protection => write!(f, "pod {object} is protected until {until}"),
            WaitReason::Quiet => write!(f, "{object} will have been quiet at {until}"),
        }
    }
}

/// Instants at which budgets of pools may begin to say something else.
pub(super) struct BudgetChanges {
    by_pool: Vec<(NodePoolName, Vec<Timestamp>)>,
}

impl BudgetChanges {
    /// Those of all pools from now to the end.
    pub(super) fn new(world: &World<'_>, end: Timestamp) -> Self {
        let of_pool = |pool: &crate::model::NodePool| {
            let budgets = PoolBudgets::read(&pool.disruption.budgets);
            (pool.name.clone(), budgets.changes(world.now(), end))
        };
        Self { by_pool: world.snapshot.node_pools.iter().map(|pool| of_pool(pool)).collect() }
    }

    /// The next one of a pool.
    fn next(&self, pool: &NodePoolName, now: Timestamp) -> Option<Timestamp> {
        let (_, changes) = self.by_pool.iter().find(|(own, _)| own == pool)?;
        changes.get(changes.partition_point(|change| *change <= now)).copied()
    }
}

/// All that is waited for after now, in order.
pub(super) fn waits<'a>(
    world: &World<'_>,
    budgets: &BudgetChanges,
    held_pools: impl Iterator<Item = &'a NodePoolName>,
) -> Vec<Wait> {
    let now = world.now();
    let mut waits = Vec::new();
    let mut add = |until: Timestamp, reason, object: &dyn fmt::Display| {
        if until > now && until < Timestamp::MAX {
            waits.push(Wait { until, reason, object: object.to_string() });
        }
    };
    for (claim, &until) in &world.booting {
        add(until, WaitReason::Boot, claim);
    }
    for (leaver, &until) in &world.leaving {
        add(until, WaitReason::Drain, leaver);
    }
    let claims = world.snapshot.node_claims.iter();
    for claim in claims.filter(|claim| claim.deleting_since.is_none()) {
        if let Some(end) = expire(claim, &world.settings, now).look_again_at() {
            add(end, WaitReason::Expiry, &claim.name);
        }
        let pool = claim.pool().and_then(|pool| world.snapshot.node_pool(&pool));
        if let Some(QuietState::QuietAt(end)) = pool.map(|pool| quiet_state(claim, pool, now)) {
            add(end, WaitReason::Quiet, &claim.name);
        }
    }
    for pod in world.snapshot.pods.iter().filter(|pod| pod.status.node.is_some()) {
        if let DoNotDisrupt::Until(end) = DoNotDisrupt::of(pod, now) {
            add(end, WaitReason::Protection, &pod.id);
        }
    }
    if let Some(churn) = &world.policy.churn {
        let moves = world.memory.moves.iter();
        let pools = moves.flat_map(|own| own.nodes.keys().map(move |pool| (own.at, pool)));
        for (at, pool) in pools {
            add(at + churn.window, WaitReason::Moves, pool);
            add(at + churn.horizon, WaitReason::Moves, pool);
        }
    }
    for pool in held_pools {
        if let Some(change) = budgets.next(pool, now) {
            add(change, WaitReason::Budget, pool);
        }
    }
    waits.sort();
    waits
}
