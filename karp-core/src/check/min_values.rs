//! Rule: the types of a machine have as many different values of a label as its pool demands, or the machine says that it demands fewer.

use std::collections::BTreeSet;

use super::{
    Violation,
    world::{Pool, World},
};
use crate::{
    decision::PlannedMachine,
    model::{InstanceTypeName, Requirement},
    policy::MinValuesPolicy,
};

pub(super) fn minimum_values_are_kept(world: &World<'_>, found: &mut Vec<Violation>) {
    for (machine, pool) in world.machines() {
        let mut is_lowered = false;
        for demanded in pool.requirements.iter() {
            let Some(asked) = demanded.min_values() else { continue };
            let key = demanded.key();
            let said = machine.requirements.get(key).and_then(Requirement::min_values);
            let may_be_lower = world.policy.min_values == MinValuesPolicy::BestEffort;
            if said != Some(asked) && !(may_be_lower && said < Some(asked) && said.is_some()) {
                let (machine, key) = (machine.name.clone(), key.to_owned());
                found.push(Violation::StatedMinValues { machine, key, said, demanded: asked });
                continue;
            }
            let said = said.unwrap_or(asked);
            is_lowered |= said < asked;
            let there = values(machine, pool, key);
            // Where they may be lowered, nobody looks at them again when the list is cut.
            let is_cut = machine.instance_types.len() >= world.policy.max_instance_types;
            if there < said && !(may_be_lower && is_cut) {
                let (machine, key) = (machine.name.clone(), key.to_owned());
                found.push(Violation::MinValues { machine, key, demanded: said, there });
            }
        }
        if machine.min_values_relaxed != is_lowered {
            found.push(Violation::MinValuesFlag { machine: machine.name.clone() });
        }
    }
}

/// Different values of a label that the listed types name.
fn values(machine: &PlannedMachine, pool: &Pool, key: &str) -> u32 {
    let kinds = |name: &InstanceTypeName| pool.kinds.get(name);
    let listed = machine.instance_types.iter().filter_map(kinds);
    let of_types = listed.filter_map(|kind| kind.instance_type.requirements.get(key));
    let values: BTreeSet<&str> =
        of_types.filter(|one| !one.is_complement()).flat_map(Requirement::values).collect();
    u32::try_from(values.len()).unwrap_or(u32::MAX)
}
