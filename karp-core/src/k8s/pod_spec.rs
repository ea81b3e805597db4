//! From a pod spec as the API writes it to the model's; not the completing of what it leaves open.

use super::{
    object::{PodSpecFields, PodStatusFields, Volume},
    requests::effective_requests,
};
use crate::model::{EphemeralVolume, HostPort, PodSpec, PodVolume, Span};

/// What a pod named `pod` asks for.
///
/// The name matters for the claims of ephemeral volumes, the status for containers that are being resized.
pub(crate) fn pod_spec(
    fields: &PodSpecFields,
    status: Option<&PodStatusFields>,
    pod: &str,
) -> PodSpec {
    let mut spec = PodSpec::default();
    spec.requests = effective_requests(fields, status).requests();
    spec.node_selector.clone_from(&fields.node_selector);
    spec.node_affinity = (&fields.affinity.node_affinity).into();
    spec.tolerations.clone_from(&fields.tolerations);
    spec.topology_spread.clone_from(&fields.topology_spread_constraints);
    spec.pod_affinity = (&fields.affinity.pod_affinity).into();
    spec.pod_anti_affinity = (&fields.affinity.pod_anti_affinity).into();
    spec.host_ports = host_ports(fields);
    spec.volumes = fields.volumes.iter().filter_map(|volume| pod_volume(volume, pod)).collect();
    spec.resource_claims = fields.resource_claims.iter().map(|claim| claim.name.clone()).collect();
    spec.scheduling_gates = fields.scheduling_gates.iter().map(|gate| gate.name.clone()).collect();
    spec.priority = fields.priority.unwrap_or_default();
    spec.termination_grace_period = fields.termination_grace_period_seconds.map(Span::seconds);
    spec
}

/// Ports of the regular containers; in the host's network every port is one of the host's.
fn host_ports(fields: &PodSpecFields) -> Vec<HostPort> {
    let ports = fields.containers.iter().flat_map(|container| &container.ports);
    let taken = ports.filter_map(|port| {
        let mut taken = port.on_host().ok()?;
        if taken.port == 0 && fields.host_network {
            taken.port = port.container_port;
        }
        (taken.port != 0).then_some(taken)
    });
    taken.collect()
}

fn pod_volume(volume: &Volume, pod: &str) -> Option<PodVolume> {
    let (claim, ephemeral) = match (&volume.persistent_volume_claim, &volume.ephemeral) {
        (Some(source), _) => (source.claim_name.clone(), None),
        (None, Some(source)) => {
            let storage_class = source.volume_claim_template.spec.storage_class_name.clone();
            (format!("{pod}-{}", volume.name), Some(EphemeralVolume { storage_class }))
        }
        (None, None) => return None,
    };
    Some(PodVolume { name: volume.name.clone(), claim, ephemeral })
}
