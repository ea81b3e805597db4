//! Where the definitions and the controllers allow the labels and resources of EC2.
//!
//! Not the keys themselves ([`label`]), nor the values that nodes carry.

use karp_core::k8s::validate::{LabelRules, LabelUse, Profile, ReservedDomain};
use karp_core::model::{self, Vocabulary};

use crate::{label, resource};

/// Labels of machines that pools, claims and overlays can ask for.
const MACHINE: [&str; 22] = [
    label::INSTANCE_ACCELERATOR_COUNT,
    label::INSTANCE_ACCELERATOR_MANUFACTURER,
    label::INSTANCE_ACCELERATOR_NAME,
    label::INSTANCE_CAPABILITY_FLEX,
    label::INSTANCE_CATEGORY,
    label::INSTANCE_CPU,
    label::INSTANCE_CPU_MANUFACTURER,
    label::INSTANCE_CPU_SUSTAINED_CLOCK_SPEED_MHZ,
    label::INSTANCE_EBS_BANDWIDTH,
    label::INSTANCE_ENCRYPTION_IN_TRANSIT_SUPPORTED,
    label::INSTANCE_FAMILY,
    label::INSTANCE_GENERATION,
    label::INSTANCE_GPU_COUNT,
    label::INSTANCE_GPU_MANUFACTURER,
    label::INSTANCE_GPU_MEMORY,
    label::INSTANCE_GPU_NAME,
    label::INSTANCE_HYPERVISOR,
    label::INSTANCE_LOCAL_NVME,
    label::INSTANCE_MEMORY,
    label::INSTANCE_NETWORK_BANDWIDTH,
    label::INSTANCE_SIZE,
    label::NITRO_SANDBOX,
];

/// Labels of launches that pools and claims can ask for, and overlays can't.
const LAUNCH: [&str; 6] = [
    label::CAPACITY_RESERVATION_ID,
    label::CAPACITY_RESERVATION_INTERRUPTIBLE,
    label::CAPACITY_RESERVATION_TYPE,
    label::INSTANCE_TENANCY,
    label::PLACEMENT_GROUP_ID,
    label::PLACEMENT_GROUP_PARTITION,
];

/// Resources that karp measures itself on EC2, beyond the core's.
const RESOURCES: [&str; 5] = [
    resource::NEURON,
    resource::NEURON_CORE,
    resource::HABANA_GAUDI,
    resource::EFA,
    resource::POD_ENI,
];

/// What controllers know about labels on EC2.
///
/// Keys of the domain `karpenter.k8s.aws` that are not well-known are restricted, the tenancy is `default` or `dedicated`, and
/// the EBS CSI driver's zone label stands for the zone.
pub fn vocabulary(profile: Profile) -> Vocabulary {
    Vocabulary::core()
        .with_restricted_domain(label::DOMAIN)
        .with_well_known(machine(profile))
        .with_well_known(LAUNCH)
        .with_reservation_id(label::CAPACITY_RESERVATION_ID)
        .with_well_known([label::TOPOLOGY_ZONE_ID])
        .with_closed_values(label::INSTANCE_TENANCY, ["default", "dedicated"])
        .with_alias(label::EBS_CSI_ZONE, model::label::ZONE)
}

/// What the definitions and the controllers allow.
pub fn rules(profile: Profile) -> LabelRules {
    LabelRules::core()
        .with_vocabulary(vocabulary(profile))
        .with_domain(domain(profile))
        .with_resources(RESOURCES)
}

/// Keys that the definitions allow in one place, in order.
pub(super) fn domain(profile: Profile) -> ReservedDomain {
    use LabelUse::{NodeClaim, NodeOverlay, NodePool};

    let everywhere = [NodePool, NodeClaim, NodeOverlay];
    let domain = ReservedDomain::new(label::DOMAIN).allow(label::NODE_CLASS, &everywhere);
    let domain = machine(profile).fold(domain, |domain, key| domain.allow(key, &everywhere));
    LAUNCH.iter().fold(domain, |domain, key| domain.allow(key, &[NodePool, NodeClaim]))
}

fn machine(profile: Profile) -> impl Iterator<Item = &'static str> {
    MACHINE.into_iter().filter(move |key| *key != label::NITRO_SANDBOX || profile >= Profile::Head)
}
