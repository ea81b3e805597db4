//! Rule: every pod that waits is in the plan once, no other pod is, and the plan is of the snapshot's instant.

use std::collections::BTreeMap;

use super::{Violation, world::World};
use crate::model::PodId;

pub(super) fn each_waiting_pod_once(world: &World<'_>, found: &mut Vec<Violation>) {
    let plan = world.plan;
    if plan.now != world.snapshot.now {
        found.push(Violation::Instant { plan: plan.now });
    }
    let on_machines = plan.machines.iter().flat_map(|machine| &machine.pods);
    let on_nodes = plan.existing.values().flatten();
    let unplaced = plan.unplaced.iter().map(|unplaced| &unplaced.pod);
    let mut times: BTreeMap<&PodId, usize> = BTreeMap::new();
    for pod in on_machines.chain(on_nodes).chain(unplaced) {
        *times.entry(pod).or_default() += 1;
    }
    for (pod, count) in &times {
        let pod = (*pod).clone();
        if !world.waiting.contains_key(&pod) {
            found.push(Violation::PodNotWaiting { pod });
        } else if *count > 1 {
            found.push(Violation::PodTwice { pod });
        }
    }
    let lost = world.waiting.keys().filter(|pod| !times.contains_key(*pod));
    found.extend(lost.map(|pod| Violation::PodLost { pod: (*pod).clone() }));
}
