//! A snapshot as it is decided on: with the types that overlays make, the pods of capacity buffers and default constraints; not the decision.
//!
//! What nothing changes is the snapshot's own: the same allocations, so that a world without any of this pays nothing.

mod buffers;
mod default_spread;
#[cfg(test)]
mod default_spread_test;
mod overlaid;
mod overlay;
#[cfg(test)]
mod sharing_test;

use std::borrow::Cow;

use crate::{
    model::{Finding, Severity},
    policy::Policy,
    snapshot::Snapshot,
};

/// The snapshot as the policy wants it decided on; what can't be applied is a finding.
pub(crate) fn derive<'s>(
    snapshot: Cow<'s, Snapshot>,
    policy: &Policy,
    findings: &mut Vec<Finding>,
) -> Cow<'s, Snapshot> {
    let mut derived = snapshot;
    let gates = &policy.feature_gates;
    findings.extend(gate_off(
        ("NodeOverlay", "nodeOverlay"),
        gates.node_overlay,
        &derived.overlays,
    ));
    if gates.node_overlay && !derived.overlays.is_empty() {
        let types = overlaid::types(&derived, findings);
        if !types.is_empty() {
            derived.to_mut().instance_types.extend(types);
        }
    }
    let kind = ("CapacityBuffer", "capacityBuffer");
    findings.extend(gate_off(kind, gates.capacity_buffer, &derived.buffers));
    if gates.capacity_buffer && !derived.buffers.is_empty() {
        let pods = buffers::virtual_pods(&derived, findings);
        if !pods.is_empty() {
            derived.to_mut().add_pods(pods);
        }
    }
    if !policy.default_spread.is_empty()
        && let Some(pods) = default_spread::pods(&derived, &policy.default_spread, findings)
    {
        derived.to_mut().pods = pods;
    }
    derived
}

/// Says that objects are there which the policy does not want to be used.
fn gate_off<T>((kind, gate): (&str, &str), is_on: bool, objects: &[T]) -> Option<Finding> {
    let count = objects.len();
    let message = format!("{count} in the cluster; the gate `{gate}` of the policy is off");
    (!is_on && count > 0).then(|| Finding::new("gate-off", Severity::Info, kind, message))
}
