//! Rule: pods tolerate the hard taints of where they stand; soft taints only push pods elsewhere, which is the solver's choice.

use std::sync::Arc;

use super::{Violation, violation::Place, world::World};
use crate::model::{Effect, Pod, Taint, untolerated};

pub(super) fn taints_are_tolerated(world: &World<'_>, found: &mut Vec<Violation>) {
    for (name, pods) in &world.plan.existing {
        if let Some(node) = world.nodes.get(name.as_str()) {
            let place = Place::Node(name.clone());
            look(&node.state.taints, &world.pods(pods), &place, found);
        }
    }
    for (machine, pool) in world.machines() {
        let place = Place::Machine(machine.name.clone());
        look(&pool.pool.template.taints, &world.pods(&machine.pods), &place, found);
    }
}

fn look(taints: &[Taint], pods: &[&Arc<Pod>], place: &Place, found: &mut Vec<Violation>) {
    let hard = || taints.iter().filter(|taint| taint.effect != Effect::PreferNoSchedule);
    for pod in pods {
        found.extend(untolerated(hard(), &pod.spec.tolerations).map(|taint| Violation::Taint {
            pod: pod.id.clone(),
            place: place.clone(),
            taint: taint.clone(),
        }));
    }
}
