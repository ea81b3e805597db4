//! From a pod spec as the API writes it to the model's; not the completing of what it leaves open.

use super::{
    object::{Named, PodClaimFields, PodSpecFields, PodStatusFields, Volume},
    requests::effective_requests,
};
use crate::model::{
    EphemeralVolume, HostPort, PodClaimSource, PodResourceClaim, PodSpec, PodVolume, Span,
};

/// What a pod named `pod` asks for.
///
/// The name matters for the claims of ephemeral volumes, the status for containers that are being resized.
pub(crate) fn pod_spec(
    fields: &PodSpecFields,
    status: Option<&PodStatusFields>,
    pod: &str,
) -> PodSpec {
    PodSpec {
        requests: effective_requests(fields, status).requests(),
        node_selector: fields.node_selector.clone(),
        node_affinity: (&fields.affinity.to_nodes).into(),
        tolerations: fields.tolerations.clone(),
        topology_spread: fields.topology_spread_constraints.clone(),
        pod_affinity: (&fields.affinity.near).into(),
        pod_anti_affinity: (&fields.affinity.away).into(),
        host_ports: host_ports(fields),
        volumes: fields.volumes.iter().filter_map(|volume| pod_volume(volume, pod)).collect(),
        resource_claims: resource_claims(fields),
        scheduling_gates: names(&fields.scheduling_gates),
        priority: fields.priority.unwrap_or_default(),
        termination_grace_period: fields.termination_grace_period_seconds.map(Span::seconds),
    }
}

fn names(named: &[Named]) -> Vec<String> {
    named.iter().map(|named| named.name.clone()).collect()
}

/// Claims of the pod, and those that only a container names.
fn resource_claims(fields: &PodSpecFields) -> Vec<PodResourceClaim> {
    let source = |claim: &PodClaimFields| match (
        &claim.resource_claim_name,
        &claim.resource_claim_template_name,
    ) {
        (Some(name), _) => PodClaimSource::Claim(name.clone()),
        (None, Some(template)) => PodClaimSource::Template(template.clone()),
        (None, None) => PodClaimSource::Undeclared,
    };
    let declared = fields.resource_claims.iter();
    let mut claims: Vec<PodResourceClaim> = declared
        .map(|claim| PodResourceClaim { name: claim.name.clone(), source: source(claim) })
        .collect();
    let containers = fields.init_containers.iter().chain(&fields.containers);
    for named in containers.flat_map(|container| &container.resources.claims) {
        if !claims.iter().any(|claim| claim.name == named.name) {
            let source = PodClaimSource::Undeclared;
            claims.push(PodResourceClaim { name: named.name.clone(), source });
        }
    }
    claims
}

/// Ports of the regular containers; in the host's network every port is one of the host's.
fn host_ports(fields: &PodSpecFields) -> Vec<HostPort> {
    let ports = fields.containers.iter().flat_map(|container| &container.ports);
    let taken = ports.filter_map(|port| {
        let mut taken = port.on_host().ok()?;
        if taken.port == 0 && fields.host_network {
            taken.port = port.inside;
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
