//! Rule: places are what the node selector, one required term and the volumes of each of their pods demand, and machines what their pool demands.

use super::{
    Violation, form,
    violation::Place,
    volume,
    world::{Node, World, requirements_of},
};
use crate::model::{Requirement, Requirements, label};

pub(super) fn nodes_are_what_pods_demand(world: &World<'_>, found: &mut Vec<Violation>) {
    for (name, ids) in &world.plan.existing {
        let Some(node) = world.nodes.get(name.as_str()) else { continue };
        let pods = world.pods(ids);
        for pod in pods {
            let met = form::alternatives(pod, &world.snapshot.vocabulary)
                .iter()
                .any(|demand| is_met_by_node(demand, node));
            let mut places = volume::alternatives(pod, world).into_iter();
            if !met || !places.any(|place| is_met_by_node(&place, node)) {
                let place = Place::Node(name.clone());
                found.push(Violation::Demand { pod: pod.id.clone(), place });
            }
        }
    }
}

/// Whether the node's labels meet a demand.
fn is_met_by_node(demand: &[Requirement], node: &Node) -> bool {
    demand.iter().all(|demanded| match node.labels.get(demanded.key()) {
        Some(label) => demanded.has_intersection(label),
        None => demanded.admits_absence(),
    })
}

pub(super) fn machines_are_what_pools_and_pods_demand(
    world: &World<'_>,
    found: &mut Vec<Violation>,
) {
    for (machine, pool) in world.machines() {
        let is = requirements_of(machine);
        // Types are looked at one by one elsewhere.
        let of_pool = pool.requirements.iter().filter(|one| one.key() != label::INSTANCE_TYPE);
        for demanded in of_pool.filter(|one| !is_implied(one, &is)) {
            let machine = machine.name.clone();
            found.push(Violation::Requirement { machine, demanded: demanded.clone() });
        }
        for pod in world.pods(&machine.pods) {
            let met = form::alternatives(pod, &world.snapshot.vocabulary)
                .iter()
                .any(|demand| demand.iter().all(|one| is_implied(one, &is)));
            let mut places = volume::alternatives(pod, world).into_iter();
            let usable = |place: Vec<Requirement>| place.iter().all(|one| is_implied(one, &is));
            if !met || !places.any(usable) {
                let place = Place::Machine(machine.name.clone());
                found.push(Violation::Demand { pod: pod.id.clone(), place });
            }
        }
    }
}

/// Whether whatever a machine may be meets a demand on one label.
pub(super) fn is_implied(demanded: &Requirement, machine: &Requirements) -> bool {
    machine.get(demanded.key()).is_some_and(|own| {
        let may_lack = own.is_empty() && !demanded.admits_absence();
        let both = own.intersect(demanded).with_min_values(own.min_values());
        !may_lack && both == *own
    })
}
