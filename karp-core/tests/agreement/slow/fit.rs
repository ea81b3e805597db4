//! Whether one place takes one pod as it is tried; nothing here changes a place.

use karp_core::{
    model::{HostPort, InstanceType, Offering, Requirements, Resources, Vocabulary, untolerated},
    snapshot::Snapshot,
};

use super::{
    Demand,
    reservation::{Ledger, Refused},
    terms,
    topology::Topology,
    volume,
    world::{Kind, Machine, Node, Template},
};

/// The node's requirements with the pod on it; none when it does not take the pod.
pub(crate) fn on_node(
    node: &Node,
    demand: &Demand,
    topology: &Topology<'_>,
    snapshot: &Snapshot,
) -> Option<Requirements> {
    let vocabulary = &snapshot.vocabulary;
    let full = demand.full(vocabulary);
    let fits = untolerated(&node.state.taints, &demand.spec.tolerations).next().is_none()
        && !conflict(&node.ports, demand)
        && demand.requests().fits(&node.free)
        && volume::fits(&node.state, &node.disks, &demand.disks, snapshot)
        && terms::is_strictly_compatible(&node.requirements, &full);
    if !fits {
        return None;
    }
    let with_pod = known_to(&node.requirements, &full);
    demand.places.iter().find_map(|place| {
        if !terms::is_strictly_compatible(&with_pod, place) {
            return None;
        }
        let with_volumes = known_to(&with_pod, place);
        let narrowed = topology.narrowed(demand, &with_volumes)?;
        terms::is_strictly_compatible(&with_volumes, &narrowed).then_some(narrowed)
    })
}

/// A node's requirements with further ones, on labels that it has.
///
/// A node has all labels that it will ever have: a pod that avoids values of another does not bring it there.
fn known_to(node: &Requirements, more: &Requirements) -> Requirements {
    let mut both = terms::both(node, more);
    for key in more.keys().filter(|key| !node.has(key)) {
        both.remove(key);
    }
    both
}

/// The machine with the pod on it; none when it does not take the pod.
pub(crate) fn on_machine(
    (machine, template): (&Machine, &Template),
    demand: &Demand,
    (topology, ledger): (&Topology<'_>, &Ledger),
    vocabulary: &Vocabulary,
) -> Result<Machine, Refused> {
    let full = demand.full(vocabulary);
    if untolerated(&template.pool.template.taints, &demand.spec.tolerations).next().is_some()
        || !terms::is_compatible(&machine.requirements, &full, vocabulary)
        || conflict(&machine.ports, demand)
    {
        return Err(Refused::Anyway);
    }
    let with_pod = terms::both(&machine.requirements, &full);
    let mut last = Refused::Anyway;
    for place in &demand.places {
        last = Refused::Anyway;
        if !terms::is_compatible(&with_pod, place, vocabulary) {
            continue;
        }
        let with_volumes = terms::both(&with_pod, place);
        let opened = with_demand(machine, demand, &with_volumes, (topology, vocabulary));
        let Some(mut opened) = opened else { continue };
        match ledger.reserve(&mut opened, vocabulary) {
            Ok(()) => return Ok(opened),
            Err(refused) => last = refused,
        }
    }
    Err(last)
}

/// The machine with the pod on it, when it is `with_pod` thereby.
fn with_demand(
    machine: &Machine,
    demand: &Demand,
    with_pod: &Requirements,
    (topology, vocabulary): (&Topology<'_>, &Vocabulary),
) -> Option<Machine> {
    let requirements = topology.narrowed(demand, with_pod)?;
    if !terms::is_compatible(with_pod, &requirements, vocabulary) {
        return None;
    }
    let requests = machine.requests.merge(&demand.requests());
    let mut types = types_that_hold(&machine.types, &requirements, &requests, vocabulary);
    types.retain(|kind| !conflict(&kind.ports, demand));
    let mut opened = Machine { requirements, types, requests, ..machine.clone() };
    opened.pods.push(demand.pod.id.clone());
    opened.ports.extend(demand.spec.host_ports.iter().copied());
    (!opened.types.is_empty()).then_some(opened)
}

/// Whether a port that the pod takes on its host is taken.
fn conflict(taken: &[HostPort], demand: &Demand) -> bool {
    demand.spec.host_ports.iter().any(|port| taken.iter().any(|other| port.conflicts(other)))
}

/// Those of `kinds` that can be a machine with these requirements and hold these requests and their daemons.
pub(crate) fn types_that_hold(
    kinds: &[Kind],
    requirements: &Requirements,
    requests: &Resources,
    vocabulary: &Vocabulary,
) -> Vec<Kind> {
    kinds
        .iter()
        .filter(|kind| {
            kind.instance_type.requirements.intersects(requirements).is_ok()
                && sizes(&kind.instance_type).into_iter().any(|(allocatable, offerings)| {
                    requests.merge(&kind.daemons).fits(&allocatable)
                        && offerings.iter().any(|o| is_sold_for(o, requirements, vocabulary))
                })
        })
        .cloned()
        .collect()
}

/// Whether an offering is to be had for a machine with these requirements.
pub(crate) fn is_sold_for(
    offering: &Offering,
    requirements: &Requirements,
    vocabulary: &Vocabulary,
) -> bool {
    offering.available && terms::is_compatible(requirements, &offering.requirements, vocabulary)
}

/// What pods can use of a type, and the available offerings for which that is so.
///
/// The first size is that without overrides, also when no offering has it.
pub(crate) fn sizes(kind: &InstanceType) -> Vec<(Resources, Vec<&Offering>)> {
    let mut sizes: Vec<(Resources, Vec<&Offering>)> = vec![(kind.allocatable(), Vec::new())];
    for offering in kind.offerings.iter().filter(|offering| offering.available) {
        let nothing = Resources::new();
        let capacity = offering.capacity_override.as_ref().unwrap_or(&nothing);
        let overhead = offering.overhead_override.as_ref().unwrap_or(&nothing);
        let capacity = terms::replaced(&kind.capacity, capacity);
        let overhead = terms::replaced(&kind.overhead.total(), overhead);
        let allocatable = InstanceType::allocatable_of(&capacity, &overhead);
        match sizes.iter_mut().find(|(size, _)| *size == allocatable) {
            Some((_, offerings)) => offerings.push(offering),
            None => sizes.push((allocatable, vec![offering])),
        }
    }
    sizes
}

/// Available offerings with which a machine of a type holds these requests and its daemons.
pub(crate) fn fitting<'k>(
    kind: &'k Kind,
    requests: &Resources,
) -> impl Iterator<Item = &'k Offering> + use<'k> {
    let needed = requests.merge(&kind.daemons);
    let sizes = sizes(&kind.instance_type).into_iter();
    sizes.filter(move |(size, _)| needed.fits(size)).flat_map(|(_, offerings)| offerings)
}
