//! Rule: a machine's requests are those of its pods and, once, the least that daemons ask for on any type that it may become.

use super::{
    Violation,
    world::{World, requests},
};
use crate::model::Resources;

pub(super) fn requests_are_sums(world: &World<'_>, found: &mut Vec<Violation>) {
    for alike in world.alike() {
        let daemons = Resources::min_of(alike.kinds.iter().map(|kind| &kind.daemons));
        for machine in &alike.machines {
            let pods = requests(world.pods(&machine.pods));
            let expected = pods.merge(&daemons);
            // Types that were cut off count, too, and may have had less.
            let cut = machine.instance_types.len() >= world.policy.max_instance_types;
            let is = &machine.requests;
            let in_between = cut
                && is.iter().all(|(name, amount)| {
                    (pods.amount(name)..=expected.amount(name)).contains(&amount)
                });
            if !is_equal(is, &expected) && !in_between {
                found.push(Violation::Requests { machine: machine.name.clone(), expected });
            }
        }
    }
}

/// Whether two lists are equal when what they don't name is zero.
fn is_equal(a: &Resources, b: &Resources) -> bool {
    a.iter().chain(b.iter()).all(|(name, _)| a.amount(name) == b.amount(name))
}
