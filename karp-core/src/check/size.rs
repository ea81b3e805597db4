//! What a type holds, offering by offering; not which type is wanted.

use crate::model::{InstanceType, Offering, Requirements, Resources, Undefined, Vocabulary};

/// Whether some available offering that the machine could be holds all of `needed`.
///
/// An offering may change what the type has; such a change counts for that offering alone.
pub(super) fn holds(
    kind: &InstanceType,
    needed: &Resources,
    machine: &Requirements,
    vocabulary: &Vocabulary,
) -> bool {
    sold(kind, machine, vocabulary).any(|offering| needed.fits(&allocatable(kind, offering)))
}

/// Available offerings that a machine with these requirements could be.
pub(super) fn sold<'t>(
    kind: &'t InstanceType,
    machine: &'t Requirements,
    vocabulary: &'t Vocabulary,
) -> impl Iterator<Item = &'t Offering> {
    kind.offerings.iter().filter(|offering| {
        offering.available
            && machine.is_compatible(&offering.requirements, Undefined::WellKnown(vocabulary))
    })
}

/// What pods can use of a type, for each size in which it is to be had as such a machine.
pub(super) fn sizes(
    kind: &InstanceType,
    machine: &Requirements,
    vocabulary: &Vocabulary,
) -> Vec<Resources> {
    let mut sizes = Vec::new();
    for offering in sold(kind, machine, vocabulary) {
        let size = allocatable(kind, offering);
        if !sizes.contains(&size) {
            sizes.push(size);
        }
    }
    sizes
}

/// What pods can use of a type bought in this way.
pub(super) fn allocatable(kind: &InstanceType, offering: &Offering) -> Resources {
    let capacity = overridden(&kind.capacity, offering.capacity_override.as_ref());
    let overhead = overridden(&kind.overhead.total(), offering.overhead_override.as_ref());
    InstanceType::allocatable_of(&capacity, &overhead)
}

fn overridden(all: &Resources, by: Option<&Resources>) -> Resources {
    let mut all = all.clone();
    for (name, amount) in by.into_iter().flat_map(Resources::iter) {
        all.set(name.clone(), amount);
    }
    all
}
