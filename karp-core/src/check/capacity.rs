//! Rule: nodes have room for the pods put on them, beside what runs there and the daemons that are still to come.

use super::{
    Violation,
    world::{World, requests},
};
use crate::model::ResourceName;

pub(super) fn nodes_hold_their_pods(world: &World<'_>, found: &mut Vec<Violation>) {
    for (name, pods) in &world.plan.existing {
        let Some(node) = world.nodes.get(name.as_str()) else { continue };
        let needed = requests(world.pods(pods));
        let short = |(resource, left): (&ResourceName, i64)| {
            let needed = needed.amount(resource);
            // A node that holds too much of anything already takes nothing more.
            (left < needed || left < 0).then(|| Violation::Overbooked {
                node: name.clone(),
                resource: resource.clone(),
                needed,
                left,
            })
        };
        let unknown = needed.iter().filter(|(resource, _)| node.left.get(resource).is_none());
        found.extend(node.left.iter().filter_map(short));
        found.extend(unknown.filter_map(|(resource, _)| short((resource, 0))));
    }
}
