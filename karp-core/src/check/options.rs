//! Rule: a machine lists at least one type and no more than allowed, and each of them can be the machine and holds all of it.

use std::collections::BTreeSet;

use super::{
    Violation, size,
    world::{Alike, Kind, World, requests},
};
use crate::model::{InstanceTypeName, Resources};

pub(super) fn every_type_does(world: &World<'_>, found: &mut Vec<Violation>) {
    for alike in world.alike() {
        let Some(first) = alike.machines.first() else { continue };
        let listed = first.instance_types.len();
        let is_wrong_number = listed == 0 || listed > world.policy.max_instance_types;
        let impossible = impossible(&alike);
        let sizes: Vec<(&Kind, Vec<Resources>)> = alike
            .kinds
            .iter()
            .filter(|kind| !impossible.contains(&kind.instance_type.name))
            .map(|kind| {
                let vocabulary = &world.snapshot.vocabulary;
                (*kind, size::sizes(&kind.instance_type, &alike.is, vocabulary))
            })
            .collect();
        for machine in &alike.machines {
            let name = || machine.name.clone();
            if is_wrong_number {
                found.push(Violation::NumberOfTypes { machine: name(), listed });
            }
            found.extend(impossible.iter().map(|instance_type| Violation::TypeLabels {
                machine: name(),
                instance_type: instance_type.clone(),
            }));
            let pods = requests(world.pods(&machine.pods));
            found.extend(too_small(&pods, &sizes).into_iter().map(|(instance_type, needed)| {
                Violation::TypeOffering { machine: name(), instance_type, needed }
            }));
        }
    }
}

/// Listed types that the machines can't be, or that are listed twice.
fn impossible(alike: &Alike<'_>) -> Vec<InstanceTypeName> {
    let listed = alike.machines.first().into_iter().flat_map(|first| first.instance_types.iter());
    let mut seen = BTreeSet::new();
    let is_possible = |name: &InstanceTypeName| {
        alike.pool.kinds.get(name).is_some_and(|kind| {
            let own = &kind.instance_type.requirements;
            own.intersects(&alike.pool.requirements).is_ok() && own.intersects(&alike.is).is_ok()
        })
    };
    listed.filter(|name| !is_possible(name) || !seen.insert(*name)).cloned().collect()
}

/// Types that are to be had in no size that holds the pods and the daemons, with what both ask for.
fn too_small(
    pods: &Resources,
    sizes: &[(&Kind, Vec<Resources>)],
) -> Vec<(InstanceTypeName, Resources)> {
    let mut found = Vec::new();
    // Most types have the same daemons as the one before.
    let mut last: Option<(&Resources, Resources)> = None;
    for (kind, sizes) in sizes {
        let needed = match last.take() {
            Some((daemons, needed)) if *daemons == kind.daemons => needed,
            _ => pods.merge(&kind.daemons),
        };
        if !sizes.iter().any(|size| needed.fits(size)) {
            found.push((kind.instance_type.name.clone(), needed.clone()));
        }
        last = Some((&kind.daemons, needed));
    }
    found
}
