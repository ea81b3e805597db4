//! What of a machine's capacity pods can't use: kubelet, system, eviction; not the daemons, which are pods.

use karp_core::model::{Overhead, ResourceName, Resources};

use crate::{
    Settings,
    node_class::{ClassSpec, Threshold},
};

use super::{figures::TypeFigures, pod_density};

const MIB: i64 = 1 << 20;
const GIB: i64 = 1 << 30;

/// Memory that the bootstrap of EKS images reserves, whatever the number of pods.
const BASE_MIB: i64 = 255;
/// Memory that it reserves for each pod.
const MIB_PER_POD: i64 = 11;
/// Memory that the kubelet keeps free by default.
const DEFAULT_EVICTION: i64 = 100 * MIB;
/// Storage that the kubelet keeps free by default, as a share of the capacity: one part of ten.
const DEFAULT_EVICTION_PARTS: i64 = 10;
/// Storage that the bootstrap reserves.
const DEFAULT_STORAGE: i64 = GIB;

/// Bands of CPU: how many thousandths of a core belong to the band, and which part of them is reserved, in hundredths of a
/// percent. What is above all bands is in the last one.
const CPU_BANDS: [(i64, i64); 4] = [(1000, 600), (1000, 100), (2000, 50), (i64::MAX, 25)];

/// The overhead of a machine of this type and class, whose capacity is known.
pub(super) fn of(
    figures: &TypeFigures,
    class: &ClassSpec,
    settings: &Settings,
    capacity: &Resources,
) -> Overhead {
    let mut kube_reserved = Resources::new()
        .with(ResourceName::CPU, reserved_cpu(i64::from(figures.vcpus) * 1000))
        .with(ResourceName::MEMORY, reserved_memory(figures, class, settings))
        .with(ResourceName::EPHEMERAL_STORAGE, DEFAULT_STORAGE);
    for (name, amount) in class.kubelet.kube_reserved.iter() {
        kube_reserved.set(name, amount);
    }
    Overhead {
        kube_reserved,
        system_reserved: class.kubelet.system_reserved.clone(),
        eviction_threshold: eviction(class, capacity),
    }
}

/// Thousandths of a core for the kubelet: each band's part, truncated, summed up.
fn reserved_cpu(mut milli: i64) -> i64 {
    let mut reserved = 0;
    for (width, part) in CPU_BANDS {
        let in_band = milli.min(width);
        reserved += in_band * part / 10_000;
        milli -= in_band;
    }
    reserved
}

/// Memory for the kubelet: `11 × pods + 255` MiB.
///
/// Amazon Linux counts the pods that the interfaces would allow, so that neither `maxPods` nor reserved interfaces lower it; the
/// other images count the pods that the machine takes.
fn reserved_memory(figures: &TypeFigures, class: &ClassSpec, settings: &Settings) -> i64 {
    let pods = if class.family.reserves_memory_by_interfaces() {
        pod_density::by_interfaces(figures, class, 0)
    } else {
        pod_density::of(figures, class, settings)
    };
    (MIB_PER_POD * i64::from(pods) + BASE_MIB) * MIB
}

/// What eviction keeps free: the hard thresholds; soft ones don't count, as pods may use that room for a while.
fn eviction(class: &ClassSpec, capacity: &Resources) -> Resources {
    let memory = capacity.amount(ResourceName::MEMORY);
    let storage = capacity.amount(ResourceName::EPHEMERAL_STORAGE);
    let of = |threshold: Option<Threshold>, capacity, default| {
        threshold.map_or(default, |threshold| threshold.of(capacity))
    };
    let tenth = storage.div_euclid(DEFAULT_EVICTION_PARTS)
        + i64::from(storage.rem_euclid(DEFAULT_EVICTION_PARTS) > 0);
    Resources::new()
        .with(ResourceName::MEMORY, of(class.kubelet.memory_available, memory, DEFAULT_EVICTION))
        .with(ResourceName::EPHEMERAL_STORAGE, of(class.kubelet.nodefs_available, storage, tenth))
}
