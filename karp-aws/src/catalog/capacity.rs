//! What a machine has in all, by resource; not what of it is taken.

use karp_core::model::{ResourceName, Resources};

use crate::{Settings, node_class::ClassSpec, resource};

use super::{ephemeral_storage, figures::TypeFigures, pod_density};

const MIB: i64 = 1 << 20;
const PPM: i64 = 1_000_000;

/// Nominal memory that the firmware of arm64 machines keeps for itself.
const ARM64_FIRMWARE_MIB: i64 = 64;

/// The capacity of a machine of this type and class.
pub(super) fn of(figures: &TypeFigures, class: &ClassSpec, settings: &Settings) -> Resources {
    let mut capacity = Resources::new()
        .with(ResourceName::CPU, i64::from(figures.vcpus) * 1000)
        .with(ResourceName::MEMORY, memory(figures, settings))
        .with(ResourceName::EPHEMERAL_STORAGE, ephemeral_storage::of(figures, class))
        .with(ResourceName::PODS, i64::from(pod_density::of(figures, class, settings)));
    for (name, count) in devices(figures, class) {
        if count > 0 {
            capacity.set(ResourceName::from_static(name), i64::from(count));
        }
    }
    capacity
}

/// Bytes of memory that a machine is estimated to report: nominal, less the firmware's part on arm64, less the share that the
/// settings name, whole MiB rounded against the machine.
fn memory(figures: &TypeFigures, settings: &Settings) -> i64 {
    let firmware =
        if figures.architectures.iter().next() == Some("arm64") { ARM64_FIRMWARE_MIB } else { 0 };
    let mib = (i64::from(figures.memory_mib) - firmware).max(0);
    let taken = (mib * i64::from(settings.vm_memory_overhead_ppm) + PPM - 1) / PPM;
    (mib - taken).max(0) * MIB
}

/// Devices of the machine, zero where it has none.
fn devices(figures: &TypeFigures, class: &ClassSpec) -> [(&'static str, u32); 7] {
    let gpus = |maker: &str| {
        let count = figures.gpu_count.unwrap_or(0);
        if figures.gpu_manufacturer == maker { count } else { 0 }
    };
    let neurons = figures.neuron_count.unwrap_or(0);
    let neuron_cores = neurons.saturating_mul(figures.neuron_cores.unwrap_or(0));
    let windows_addresses =
        if class.family.is_windows() { figures.ipv4_per_eni.saturating_sub(1) } else { 0 };
    [
        (resource::NVIDIA_GPU, gpus("NVIDIA")),
        (resource::AMD_GPU, gpus("AMD")),
        (resource::HABANA_GAUDI, gpus("Habana")),
        (resource::NEURON, neurons),
        (resource::NEURON_CORE, neuron_cores),
        (resource::EFA, fabric_adapters(figures, class)),
        (resource::PRIVATE_IPV4_ADDRESS, windows_addresses),
    ]
}

/// Fabric adapters: those that the class configures, or as many as the type takes when it configures no interfaces.
fn fabric_adapters(figures: &TypeFigures, class: &ClassSpec) -> u32 {
    class.network_interfaces.as_ref().map_or_else(
        || figures.efa_interfaces.unwrap_or(0),
        |interfaces| {
            let count = interfaces.iter().filter(|interface| interface.efa_only).count();
            u32::try_from(count).unwrap_or(u32::MAX)
        },
    )
}
