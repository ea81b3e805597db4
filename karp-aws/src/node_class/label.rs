//! Labels and resources that EC2 adds to the core's: keys, and where the definitions allow them.
//!
//! Not the values that nodes carry.

use karp_core::k8s::validate::{LabelRules, LabelUse, Profile, ReservedDomain};
use karp_core::model::Vocabulary;

/// Domain of the labels that describe EC2 machines.
pub const DOMAIN: &str = "karpenter.k8s.aws";

/// Name of the node class; not well-known, so no pool can ask for it.
pub const NODE_CLASS: &str = "karpenter.k8s.aws/ec2nodeclass";

/// Tenancy of the machine: `default` or `dedicated`.
pub const TENANCY: &str = "karpenter.k8s.aws/instance-tenancy";

/// Whether the machine offers the Nitro sandbox; known since [`Profile::Head`].
pub const NITRO_SANDBOX: &str = "karpenter.k8s.aws/nitro-sandbox";

/// Id of the zone, the same in all accounts: `usw2-az1`.
pub const ZONE_ID: &str = "topology.k8s.aws/zone-id";

/// Labels of machines that pools, claims and overlays can ask for.
const MACHINE: [&str; 22] = [
    "karpenter.k8s.aws/instance-accelerator-count",
    "karpenter.k8s.aws/instance-accelerator-manufacturer",
    "karpenter.k8s.aws/instance-accelerator-name",
    "karpenter.k8s.aws/instance-capability-flex",
    "karpenter.k8s.aws/instance-category",
    "karpenter.k8s.aws/instance-cpu",
    "karpenter.k8s.aws/instance-cpu-manufacturer",
    "karpenter.k8s.aws/instance-cpu-sustained-clock-speed-mhz",
    "karpenter.k8s.aws/instance-ebs-bandwidth",
    "karpenter.k8s.aws/instance-encryption-in-transit-supported",
    "karpenter.k8s.aws/instance-family",
    "karpenter.k8s.aws/instance-generation",
    "karpenter.k8s.aws/instance-gpu-count",
    "karpenter.k8s.aws/instance-gpu-manufacturer",
    "karpenter.k8s.aws/instance-gpu-memory",
    "karpenter.k8s.aws/instance-gpu-name",
    "karpenter.k8s.aws/instance-hypervisor",
    "karpenter.k8s.aws/instance-local-nvme",
    "karpenter.k8s.aws/instance-memory",
    "karpenter.k8s.aws/instance-network-bandwidth",
    "karpenter.k8s.aws/instance-size",
    NITRO_SANDBOX,
];

/// Labels of launches that pools and claims can ask for, and overlays can't.
const LAUNCH: [&str; 6] = [
    "karpenter.k8s.aws/capacity-reservation-id",
    "karpenter.k8s.aws/capacity-reservation-interruptible",
    "karpenter.k8s.aws/capacity-reservation-type",
    TENANCY,
    "karpenter.k8s.aws/placement-group-id",
    "karpenter.k8s.aws/placement-group-partition",
];

/// Resources that karp measures itself on EC2, beyond the core's.
const RESOURCES: [&str; 5] = [
    "aws.amazon.com/neuron",
    "aws.amazon.com/neuroncore",
    "habana.ai/gaudi",
    "vpc.amazonaws.com/efa",
    "vpc.amazonaws.com/pod-eni",
];

/// What controllers know about labels on EC2.
pub fn vocabulary(profile: Profile) -> Vocabulary {
    Vocabulary::core()
        .with_restricted_domain(DOMAIN)
        .with_well_known(machine(profile))
        .with_well_known(LAUNCH)
        .with_well_known([ZONE_ID])
        .with_closed_values(TENANCY, ["default", "dedicated"])
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
    let domain = ReservedDomain::new(DOMAIN).allow(NODE_CLASS, &everywhere);
    let domain = machine(profile).fold(domain, |domain, key| domain.allow(key, &everywhere));
    LAUNCH.iter().fold(domain, |domain, key| domain.allow(key, &[NodePool, NodeClaim]))
}

fn machine(profile: Profile) -> impl Iterator<Item = &'static str> {
    MACHINE.into_iter().filter(move |key| *key != NITRO_SANDBOX || profile >= Profile::Head)
}
