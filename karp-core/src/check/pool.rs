//! Rule: machines have pods, come from pools that make machines for pods, and are numbered per pool; nodes that get pods take pods.

use std::collections::BTreeMap;

use super::{Violation, world::World};
use crate::model::NodeClaimName;

pub(super) fn machines_come_from_usable_pools(world: &World<'_>, found: &mut Vec<Violation>) {
    let mut numbers: BTreeMap<&str, usize> = BTreeMap::new();
    for machine in &world.plan.machines {
        let number = numbers.entry(machine.node_pool.as_str()).or_default();
        *number += 1;
        let expected = NodeClaimName::from(format!("{}-{number}", machine.node_pool));
        if machine.name != expected {
            found.push(Violation::UnexpectedName { machine: machine.name.clone(), expected });
        }
        if machine.pods.is_empty() || world.pool_of(machine).is_none() {
            found.push(Violation::UnusablePool {
                machine: machine.name.clone(),
                node_pool: machine.node_pool.clone(),
            });
        }
    }
    for (node, pods) in &world.plan.existing {
        if pods.is_empty() || !world.nodes.contains_key(node.as_str()) {
            found.push(Violation::UnusableNode { node: node.clone() });
        }
    }
}
