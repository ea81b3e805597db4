//! Rule: whatever types its machines become, a pool stays within its limits.

use std::collections::BTreeMap;

use super::{
    Violation,
    world::{Kind, Pool, World},
};
use crate::model::{NodeClaimName, NodePoolName, Resources};

/// What a machine counts as in limits that count machines.
const ONE_NODE: (&str, i64) = ("nodes", 1);

pub(super) fn limits_hold(world: &World<'_>, found: &mut Vec<Violation>) {
    let mut left: BTreeMap<&NodePoolName, Resources> = BTreeMap::new();
    let mut largest: BTreeMap<&NodeClaimName, Resources> = BTreeMap::new();
    for alike in world.alike().filter(|alike| alike.pool.pool.limits.is_some()) {
        let most = Resources::max_of(alike.kinds.iter().map(|kind| &kind.instance_type.capacity));
        let most = as_node(most);
        largest.extend(alike.machines.iter().map(|machine| (&machine.name, most.clone())));
    }
    for (machine, pool) in world.machines() {
        let Some(limits) = &pool.pool.limits else { continue };
        let left = left
            .entry(&pool.pool.name)
            .or_insert_with(|| limits.subtract(&of_nodes(world, &pool.pool.name)));
        let Some(taken) = largest.get(&machine.name) else { continue };
        for (resource, left) in left.iter() {
            let taken = taken.amount(resource);
            if taken > left {
                found.push(Violation::Limit {
                    machine: machine.name.clone(),
                    resource: resource.clone(),
                    left,
                    taken,
                });
            }
        }
        *left = left.subtract(taken);
    }
}

/// What the nodes of a pool have in all.
pub(super) fn of_nodes(world: &World<'_>, pool: &NodePoolName) -> Resources {
    let nodes = world.nodes.values().filter(|node| node.state.pool().as_ref() == Some(pool));
    nodes.fold(Resources::new(), |sum, node| sum.merge(&as_node((*node.state.capacity).clone())))
}

/// What at least is left of a pool's limits in the end: every machine counts as the largest type that the pool has.
pub(super) fn least_left<'w>(pool: &Pool, world: &'w World<'_>) -> Option<&'w Resources> {
    let of_pools = world.least_left.get_or_init(|| {
        let left = |pool: &Pool| (pool.pool.name.clone(), least_left_of(pool, world));
        world.pools.iter().map(left).collect()
    });
    of_pools.get(&pool.pool.name)?.as_ref()
}

fn least_left_of(pool: &Pool, world: &World<'_>) -> Option<Resources> {
    let limits = pool.pool.limits.as_ref()?;
    let kinds = pool.usable_kinds().map(|kind| &kind.instance_type.capacity);
    let largest = as_node(Resources::max_of(kinds));
    let machines = world.machines().filter(|(_, of)| of.pool.name == pool.pool.name);
    let left = limits.subtract(&of_nodes(world, &pool.pool.name));
    Some(machines.fold(left, |left, _| left.subtract(&largest)))
}

/// Whether a machine of a type is within what is left of limits.
pub(super) fn is_within(kind: &Kind, left: Option<&Resources>) -> bool {
    let taken = as_node(kind.instance_type.capacity.clone());
    left.is_none_or(|left| left.iter().all(|(name, left)| taken.amount(name) <= left))
}

fn as_node(capacity: Resources) -> Resources {
    let (name, one) = ONE_NODE;
    capacity.with(name, one)
}
