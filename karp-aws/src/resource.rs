//! Names of the resources that EC2 machines have beside cpu, memory, storage and pods; not their amounts.

/// AMD GPUs.
pub const AMD_GPU: &str = "amd.com/gpu";
/// Elastic Fabric Adapters.
pub const EFA: &str = "vpc.amazonaws.com/efa";
/// Habana Gaudi accelerators.
pub const HABANA_GAUDI: &str = "habana.ai/gaudi";
/// AWS Neuron devices.
pub const NEURON: &str = "aws.amazon.com/neuron";
/// Cores of AWS Neuron devices.
pub const NEURON_CORE: &str = "aws.amazon.com/neuroncore";
/// NVIDIA GPUs.
pub const NVIDIA_GPU: &str = "nvidia.com/gpu";
/// Branch network interfaces for pods with security groups of their own.
pub const POD_ENI: &str = "vpc.amazonaws.com/pod-eni";
/// Addresses for pods on Windows machines.
pub const PRIVATE_IPV4_ADDRESS: &str = "vpc.amazonaws.com/PrivateIPv4Address";
