//! Rule: no two pods of one place take the same port of their host, daemons of each listed type included.

use super::{Violation, violation::Place, world::World};
use crate::model::{HostPort, Pod};

pub(super) fn host_ports_are_free(world: &World<'_>, found: &mut Vec<Violation>) {
    for (name, pods) in &world.plan.existing {
        let Some(node) = world.nodes.get(name.as_str()) else { continue };
        let place = || Place::Node(name.clone());
        found.extend(taken_twice(node.ports.clone(), &world.pods_of(pods), place));
    }
    for (machine, pool) in world.machines() {
        let kinds = machine.instance_types.iter().filter_map(|name| pool.kinds.get(name));
        let of_daemons: Vec<HostPort> = kinds.flat_map(|kind| kind.ports.iter().copied()).collect();
        let place = || Place::Machine(machine.name.clone());
        found.extend(taken_twice(of_daemons, &world.pods_of(&machine.pods), place));
    }
}

/// Every pod with a port that one before it has taken.
fn taken_twice(
    mut taken: Vec<HostPort>,
    pods: &[&Pod],
    place: impl Fn() -> Place,
) -> Vec<Violation> {
    let mut found = Vec::new();
    for pod in pods {
        if let Some(port) = conflict(&taken, pod) {
            found.push(Violation::HostPort { pod: pod.id.clone(), place: place(), port });
        }
        taken.extend(pod.spec.host_ports.iter().copied());
    }
    found
}

/// The first port of a pod that is taken.
pub(super) fn conflict(taken: &[HostPort], pod: &Pod) -> Option<HostPort> {
    let is_taken = |port: &&HostPort| taken.iter().any(|other| port.conflicts(other));
    pod.spec.host_ports.iter().find(is_taken).copied()
}
