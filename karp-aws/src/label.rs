//! Keys of the labels that EC2 machines carry, beside Kubernetes' own; not their values.
//!
//! The core's keys (zone, capacity type, architecture...) are in [`karp_core::model::label`]. What each value is made from:
//! `docs/src/aws-catalog.md`.

/// Id of the capacity reservation that a reserved machine uses.
pub const CAPACITY_RESERVATION_ID: &str = "karpenter.k8s.aws/capacity-reservation-id";
/// Whether EC2 may take a reserved machine back: `true` or `false`.
pub const CAPACITY_RESERVATION_INTERRUPTIBLE: &str =
    "karpenter.k8s.aws/capacity-reservation-interruptible";
/// Kind of the reservation: `default` or `capacity-block`.
pub const CAPACITY_RESERVATION_TYPE: &str = "karpenter.k8s.aws/capacity-reservation-type";
/// Number of inference or training accelerators.
pub const INSTANCE_ACCELERATOR_COUNT: &str = "karpenter.k8s.aws/instance-accelerator-count";
/// Maker of the accelerators, `aws` for example.
pub const INSTANCE_ACCELERATOR_MANUFACTURER: &str =
    "karpenter.k8s.aws/instance-accelerator-manufacturer";
/// Name of the accelerators, `inferentia2` for example.
pub const INSTANCE_ACCELERATOR_NAME: &str = "karpenter.k8s.aws/instance-accelerator-name";
/// Whether the type belongs to a flex family: `true` or `false`.
pub const INSTANCE_CAPABILITY_FLEX: &str = "karpenter.k8s.aws/instance-capability-flex";
/// Letters at the start of the type's name, `m` for example.
pub const INSTANCE_CATEGORY: &str = "karpenter.k8s.aws/instance-category";
/// Number of vCPUs.
pub const INSTANCE_CPU: &str = "karpenter.k8s.aws/instance-cpu";
/// Maker of the processor: `intel`, `amd`, `aws` or `apple`.
pub const INSTANCE_CPU_MANUFACTURER: &str = "karpenter.k8s.aws/instance-cpu-manufacturer";
/// Sustained clock of the processor in MHz.
pub const INSTANCE_CPU_SUSTAINED_CLOCK_SPEED_MHZ: &str =
    "karpenter.k8s.aws/instance-cpu-sustained-clock-speed-mhz";
/// Greatest bandwidth to EBS in Mbit/s.
pub const INSTANCE_EBS_BANDWIDTH: &str = "karpenter.k8s.aws/instance-ebs-bandwidth";
/// Whether traffic between machines is encrypted by the network: `true` or `false`.
pub const INSTANCE_ENCRYPTION_IN_TRANSIT_SUPPORTED: &str =
    "karpenter.k8s.aws/instance-encryption-in-transit-supported";
/// Part of the name before the dot, `g4dn` for example.
pub const INSTANCE_FAMILY: &str = "karpenter.k8s.aws/instance-family";
/// Generation, `4` for example.
pub const INSTANCE_GENERATION: &str = "karpenter.k8s.aws/instance-generation";
/// Number of GPUs.
pub const INSTANCE_GPU_COUNT: &str = "karpenter.k8s.aws/instance-gpu-count";
/// Maker of the GPUs, `nvidia` for example.
pub const INSTANCE_GPU_MANUFACTURER: &str = "karpenter.k8s.aws/instance-gpu-manufacturer";
/// Memory of one GPU in MiB.
pub const INSTANCE_GPU_MEMORY: &str = "karpenter.k8s.aws/instance-gpu-memory";
/// Name of the GPUs, `t4` for example.
pub const INSTANCE_GPU_NAME: &str = "karpenter.k8s.aws/instance-gpu-name";
/// Hypervisor: `nitro`, `xen`, or empty on bare metal.
pub const INSTANCE_HYPERVISOR: &str = "karpenter.k8s.aws/instance-hypervisor";
/// Local `NVMe` storage in GB.
pub const INSTANCE_LOCAL_NVME: &str = "karpenter.k8s.aws/instance-local-nvme";
/// Nominal memory in MiB.
pub const INSTANCE_MEMORY: &str = "karpenter.k8s.aws/instance-memory";
/// Sustained network bandwidth in Mbit/s.
pub const INSTANCE_NETWORK_BANDWIDTH: &str = "karpenter.k8s.aws/instance-network-bandwidth";
/// Part of the name after the dot, `8xlarge` for example.
pub const INSTANCE_SIZE: &str = "karpenter.k8s.aws/instance-size";
/// Tenancy: `default` or `dedicated`.
pub const INSTANCE_TENANCY: &str = "karpenter.k8s.aws/instance-tenancy";
/// Whether the type supports Nitro Enclaves: `true` or `false`.
pub const NITRO_SANDBOX: &str = "karpenter.k8s.aws/nitro-sandbox";
/// Id of the placement group.
pub const PLACEMENT_GROUP_ID: &str = "karpenter.k8s.aws/placement-group-id";
/// Partition of the placement group.
pub const PLACEMENT_GROUP_PARTITION: &str = "karpenter.k8s.aws/placement-group-partition";
/// Id of the zone, `use1-az1` for example: the same place in every account, unlike the zone's name.
pub const TOPOLOGY_ZONE_ID: &str = "topology.k8s.aws/zone-id";

/// Domain of the labels that only this provider may set; keys of it that are not well-known are refused.
pub const DOMAIN: &str = "karpenter.k8s.aws";

/// Name of the node class; not well-known, so no pool can ask for it.
pub const NODE_CLASS: &str = "karpenter.k8s.aws/ec2nodeclass";

/// Zone label of the EBS CSI driver, which stands for `topology.kubernetes.io/zone`.
pub const EBS_CSI_ZONE: &str = "topology.ebs.csi.aws.com/zone";
