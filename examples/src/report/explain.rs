//! Why one pod is where it is, or has no place; not the whole plan.

use std::fmt::Write as _;

use karp_core::{decision::Plan, model::PodId, snapshot::Snapshot};

use super::fold_names;

/// What the plan says of `pod`; none when the pod does not wait for a place.
pub fn explain(pod: &PodId, plan: &Plan, snapshot: &Snapshot) -> Option<String> {
    if let Some(unplaced) = plan.unplaced.iter().find(|unplaced| unplaced.pod == *pod) {
        return Some(unplaced.explain(snapshot).to_string());
    }
    if let Some((node, _)) = plan.existing.iter().find(|(_, pods)| pods.contains(pod)) {
        return Some(format!(
            "{pod} fits on node {node}, which is there: nothing is bought for it"
        ));
    }
    let machine = plan.machines.iter().find(|machine| machine.pods.contains(pod))?;
    let mut text =
        format!("{pod} goes to {}, which pool {} would buy\n", machine.name, machine.node_pool);
    // Writing to a String can't fail.
    let _ = match &machine.cheapest {
        Some(cheapest) => writeln!(
            text,
            "  cheapest of {} types that hold its {} pods: {} ({}, {}) at {} USD per hour",
            machine.instance_types.len(),
            machine.pods.len(),
            cheapest.instance_type,
            cheapest.capacity_type,
            cheapest.zone,
            cheapest.price
        ),
        None => writeln!(text, "  no offering is priced"),
    };
    for requirement in machine.requirements.iter() {
        let _ = writeln!(text, "  the machine must have {requirement}");
    }
    let _ = writeln!(text, "  together with {}", fold_names(&machine.pods));
    Some(text)
}
