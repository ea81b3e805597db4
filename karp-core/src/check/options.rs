//! Rule: a machine lists at least one type and no more than allowed, and each of them can be the machine and holds all of it.

use std::collections::BTreeSet;

use super::{
    Violation, size,
    world::{World, requests, requirements_of},
};

pub(super) fn every_type_does(world: &World<'_>, found: &mut Vec<Violation>) {
    for (machine, pool) in world.machines() {
        let listed = machine.instance_types.len();
        if listed == 0 || listed > world.policy.max_instance_types {
            found.push(Violation::NumberOfTypes { machine: machine.name.clone(), listed });
        }
        let is = requirements_of(machine);
        let pods = requests(world.pods(&machine.pods));
        let mut seen = BTreeSet::new();
        for name in machine.instance_types.iter() {
            let of_pool = pool.kinds.get(name).filter(|kind| {
                kind.instance_type.requirements.intersects(&is).is_ok() && seen.insert(name)
            });
            let Some(kind) = of_pool else {
                found.push(Violation::TypeLabels {
                    machine: machine.name.clone(),
                    instance_type: name.clone(),
                });
                continue;
            };
            let needed = pods.merge(&kind.daemons);
            if !size::holds(&kind.instance_type, &needed, &is, &world.snapshot.vocabulary) {
                found.push(Violation::TypeOffering {
                    machine: machine.name.clone(),
                    instance_type: name.clone(),
                    needed,
                });
            }
        }
    }
}
