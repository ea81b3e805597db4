//! The labels that a machine of a type carries, as requirements; not those of its pool.

use std::collections::BTreeSet;

use karp_core::model::{CapacityType, Operator, Requirement, Requirements, label as core};

use crate::{
    label,
    node_class::{ClassSpec, Reservation},
};

use super::{figures::TypeFigures, region::Offer, type_name::NameParts};

/// Requirements of a type: every well-known key, absent where it does not apply.
///
/// The zone id alone is left open where the class does not tell it: the ids behind zone names differ by account.
pub(super) fn of(
    figures: &TypeFigures,
    class: &ClassSpec,
    region: &str,
    offer: &Offer,
) -> Requirements {
    let mut requirements = Requirements::new();
    requirements.extend(placement(figures, class, region, offer));
    requirements.extend(reservation(figures, class));
    for (key, value) in machine(figures) {
        requirements.add(exactly(key, value));
    }
    requirements
}

/// Exactly this value, or no such label.
fn exactly(key: &str, value: Option<String>) -> Requirement {
    Requirement::new(key, Operator::In, value)
}

/// Where and how it runs: image, place, ways to buy.
fn placement(
    figures: &TypeFigures,
    class: &ClassSpec,
    region: &str,
    offer: &Offer,
) -> Vec<Requirement> {
    let windows = class.family.is_windows();
    let os = match (windows, figures.arch()) {
        (false, _) => Some(core::OS_LINUX),
        (true, Some(core::ARCH_AMD64)) => Some(core::OS_WINDOWS),
        (true, _) => None,
    };
    let zones = offer.zones.iter().filter(|zone| admits_zone(class, zone)).cloned();
    let group = class.placement_group.clone();
    let mut placement = vec![
        exactly(core::INSTANCE_TYPE, Some(figures.name.clone())),
        exactly(core::ARCH, figures.arch().map(str::to_owned)),
        exactly(core::OS, os.map(str::to_owned)),
        exactly(core::WINDOWS_BUILD, class.family.windows_build().map(str::to_owned)),
        exactly(core::REGION, Some(region.to_owned())),
        Requirement::new(core::ZONE, Operator::In, zones),
        Requirement::new(core::CAPACITY_TYPE, Operator::In, capacity_types(figures, class)),
        Requirement::new(label::INSTANCE_TENANCY, Operator::In, ["default", "dedicated"]),
        exactly(label::PLACEMENT_GROUP_ID, group),
        exactly(label::PLACEMENT_GROUP_PARTITION, None),
    ];
    let ids: BTreeSet<&String> =
        class.zones.iter().flatten().filter_map(|(_, id)| id.as_ref()).collect();
    if !ids.is_empty() {
        placement.push(Requirement::new(
            label::TOPOLOGY_ZONE_ID,
            Operator::In,
            ids.into_iter().cloned(),
        ));
    }
    placement
}

/// Whether the class has a subnet in the zone, as far as is known.
pub(super) fn admits_zone(class: &ClassSpec, zone: &str) -> bool {
    class.zones.as_ref().is_none_or(|zones| zones.contains_key(zone))
}

/// Ways to buy the type: those that EC2 offers, and `reserved` where the class has a reservation of it.
fn capacity_types(figures: &TypeFigures, class: &ClassSpec) -> Vec<String> {
    let reserved = reservations(figures, class).next().map(|_| CapacityType::Reserved);
    purchasable(figures).chain(reserved).map(|kind| kind.as_str().to_owned()).collect()
}

/// Ways to buy the type that need no reservation.
pub(super) fn purchasable(figures: &TypeFigures) -> impl Iterator<Item = CapacityType> {
    [CapacityType::OnDemand, CapacityType::Spot]
        .into_iter()
        .filter(|capacity_type| figures.usage_classes.has(capacity_type.as_str()))
}

/// Reservations of the class that are for this type.
pub(super) fn reservations<'a>(
    figures: &'a TypeFigures,
    class: &'a ClassSpec,
) -> impl Iterator<Item = &'a Reservation> {
    class.reservations.iter().filter(|reservation| reservation.instance_type == figures.name)
}

fn reservation(figures: &TypeFigures, class: &ClassSpec) -> [Requirement; 3] {
    let values = |value: fn(&Reservation) -> String| reservations(figures, class).map(value);
    [
        Requirement::new(
            label::CAPACITY_RESERVATION_ID,
            Operator::In,
            values(|reservation| reservation.id.clone()),
        ),
        Requirement::new(
            label::CAPACITY_RESERVATION_TYPE,
            Operator::In,
            values(|reservation| reservation.kind.clone()),
        ),
        Requirement::new(
            label::CAPACITY_RESERVATION_INTERRUPTIBLE,
            Operator::In,
            values(|reservation| reservation.interruptible.to_string()),
        ),
    ]
}

/// What the machine is, whatever the class says.
fn machine(figures: &TypeFigures) -> Vec<(&'static str, Option<String>)> {
    let name = NameParts::of(&figures.name);
    let own = |text: Option<&str>| text.map(str::to_owned);
    let number = |number: Option<u32>| number.map(|number| number.to_string());
    let nvme = figures.storage_gb.filter(|_| figures.nvme);
    let flex = name.family.is_some_and(|family| family.contains("-flex"));
    let mut labels = vec![
        (label::INSTANCE_CATEGORY, own(name.category)),
        (label::INSTANCE_GENERATION, own(name.generation)),
        (label::INSTANCE_FAMILY, own(name.family)),
        (label::INSTANCE_SIZE, own(name.size)),
        (label::INSTANCE_CAPABILITY_FLEX, Some(flex.to_string())),
        (label::INSTANCE_CPU, number(Some(figures.vcpus))),
        (label::INSTANCE_CPU_MANUFACTURER, kebab(&figures.cpu_manufacturer)),
        (label::INSTANCE_CPU_SUSTAINED_CLOCK_SPEED_MHZ, number(figures.clock_mhz)),
        (label::INSTANCE_MEMORY, number(Some(figures.memory_mib))),
        (label::INSTANCE_EBS_BANDWIDTH, number(figures.ebs_mbps)),
        (label::INSTANCE_NETWORK_BANDWIDTH, number(figures.network_mbps)),
        (label::INSTANCE_LOCAL_NVME, number(nvme)),
        (label::INSTANCE_HYPERVISOR, Some(figures.hypervisor.clone())),
        (
            label::INSTANCE_ENCRYPTION_IN_TRANSIT_SUPPORTED,
            Some(figures.encryption_in_transit.to_string()),
        ),
        (label::NITRO_SANDBOX, Some(figures.nitro_enclaves.to_string())),
    ];
    labels.extend(gpu(figures));
    labels.extend(accelerator(figures));
    labels
}

fn gpu(figures: &TypeFigures) -> [(&'static str, Option<String>); 4] {
    let has_gpu = !figures.gpu_name.is_empty();
    let number = |number: Option<u32>| number.filter(|_| has_gpu).map(|number| number.to_string());
    [
        (label::INSTANCE_GPU_NAME, kebab(&figures.gpu_name)),
        (label::INSTANCE_GPU_MANUFACTURER, kebab(&figures.gpu_manufacturer)),
        (label::INSTANCE_GPU_COUNT, number(figures.gpu_count)),
        (label::INSTANCE_GPU_MEMORY, number(figures.gpu_memory_mib)),
    ]
}

/// Neuron devices; else inference accelerators.
fn accelerator(figures: &TypeFigures) -> [(&'static str, Option<String>); 3] {
    let (name, maker, count) = if figures.neuron_name.is_empty() {
        (&figures.accelerator_name, &*figures.accelerator_manufacturer, figures.accelerator_count)
    } else {
        (&figures.neuron_name, "aws", figures.neuron_count)
    };
    [
        (label::INSTANCE_ACCELERATOR_NAME, kebab(name)),
        (label::INSTANCE_ACCELERATOR_MANUFACTURER, kebab(maker)),
        (label::INSTANCE_ACCELERATOR_COUNT, count.map(|count| count.to_string())),
    ]
}

/// Lower case with hyphens for spaces, as label values can't have spaces; none for an empty text.
fn kebab(text: &str) -> Option<String> {
    (!text.is_empty()).then(|| text.to_lowercase().replace(' ', "-"))
}
