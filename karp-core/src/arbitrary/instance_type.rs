//! Instance types and their offerings; not which pool sells which.

use proptest::{
    option,
    prelude::*,
    sample::{select, subsequence},
};

use super::{
    object::ObjectStrategy,
    word::{self, ARCHITECTURES, CAPACITY_TYPES, CORES, DEVICE, SIZE, SPECIAL, TEAM, ZONES},
};
use crate::model::{
    CapacityType, InstanceType, Offering, Operator, Requirement, ResourceName, Resources, label,
};

const GIB: i64 = 1 << 30;

/// Instance types `t0` to `t2` of 1 to 8 cores, sold in up to six ways, some of which are not available.
///
/// Some have devices, an overhead, huge pages, a low number of pods, offerings that change capacity or overhead; some say not to have a label
/// that others have.
pub fn instance_type() -> ObjectStrategy<InstanceType> {
    let parts = (select(word::values_of(label::INSTANCE_TYPE)), size(), labels(), offerings());
    ObjectStrategy::new(parts.prop_map(|(name, size, labels, offerings)| {
        let mut made = InstanceType::new(name);
        made.capacity = size.capacity;
        made.overhead.kube_reserved = size.overhead;
        for requirement in labels.requirements {
            made.requirements.replace(requirement);
        }
        if let Some(cores) = made.capacity.get(ResourceName::CPU) {
            let cores = (cores / 1000).to_string();
            made.requirements.replace(Requirement::equals(CORES, cores));
        }
        let mut allowed = [Vec::new(), Vec::new()];
        for offering in offerings {
            let keys = [label::ZONE, label::CAPACITY_TYPE];
            for (key, values) in keys.into_iter().zip(&mut allowed) {
                values.extend(offering.single(key).map(str::to_owned));
            }
            made.offerings.push(offering);
        }
        let [zones, capacity_types] = allowed;
        if labels.declares_zone {
            made.requirements.replace(Requirement::new(label::ZONE, Operator::In, zones));
        }
        made.requirements.replace(Requirement::new(
            label::CAPACITY_TYPE,
            Operator::In,
            capacity_types,
        ));
        made
    }))
}

#[derive(Clone, Debug)]
struct Size {
    capacity: Resources,
    overhead: Resources,
}

fn size() -> impl Strategy<Value = Size> {
    let cores = select(&[1_i64, 2, 4, 8][..]);
    let memory = select(&[1_i64, 2, 4, 16][..]);
    let pods = prop_oneof![3 => Just(110_i64), 1 => select(&[2_i64, 4][..])];
    let devices = option::weighted(0.2, select(&[1_i64, 2][..]));
    let huge_pages = prop::bool::weighted(0.05);
    let reserved = option::weighted(0.3, select(&[100_i64, 500][..]));
    (cores, memory, pods, devices, huge_pages, reserved).prop_map(
        |(cores, memory, pods, devices, huge_pages, reserved)| {
            let mut capacity = Resources::new()
                .with(ResourceName::CPU, cores * 1000)
                .with(ResourceName::MEMORY, memory * GIB)
                .with(ResourceName::PODS, pods);
            if let Some(devices) = devices {
                capacity.set(DEVICE, devices);
            }
            if huge_pages {
                capacity.set("hugepages-2Mi", GIB / 2);
            }
            let overhead = reserved.map_or_else(Resources::new, |reserved| {
                let memory = reserved * (1 << 20);
                Resources::new()
                    .with(ResourceName::CPU, reserved)
                    .with(ResourceName::MEMORY, memory)
            });
            Size { capacity, overhead }
        },
    )
}

#[derive(Clone, Debug)]
struct TypeLabels {
    requirements: Vec<Requirement>,
    declares_zone: bool,
}

fn labels() -> impl Strategy<Value = TypeLabels> {
    let special = prop_oneof![
        Just(None),
        Just(Some(Requirement::does_not_exist(SPECIAL))),
        Just(Some(Requirement::equals(SPECIAL, "optional"))),
    ];
    let size = option::of(select(word::values_of(SIZE)));
    let team = option::weighted(0.1, select(word::values_of(TEAM)));
    let arch = subsequence(&ARCHITECTURES[..], 1..=2);
    (special, size, team, arch, prop::bool::weighted(0.95)).prop_map(
        |(special, size, team, arch, declares_zone)| {
            let mut requirements = vec![Requirement::new(label::ARCH, Operator::In, arch)];
            requirements.extend(special);
            requirements.extend(size.map(|size| Requirement::equals(SIZE, size)));
            requirements.extend(team.map(|team| Requirement::equals(TEAM, team)));
            TypeLabels { requirements, declares_zone }
        },
    )
}

fn offerings() -> impl Strategy<Value = Vec<Offering>> {
    let ways: Vec<(&str, CapacityType)> = ZONES
        .into_iter()
        .flat_map(|zone| CAPACITY_TYPES.into_iter().map(move |kind| (zone, kind)))
        .collect();
    let details = prop::array::uniform6((
        word::price(),
        prop::bool::weighted(0.85),
        option::weighted(0.05, select(&[500_i64, 16_000][..])),
        option::weighted(0.05, select(&[0_i64, 900][..])),
    ));
    (subsequence(ways, 1..=6), details).prop_map(|(ways, details)| {
        ways.into_iter()
            .zip(details)
            .map(|((zone, kind), (price, available, cpu, reserved))| {
                let mut offering = Offering::new(zone, kind, price);
                offering.available = available;
                let of_cpu = |amount| Resources::new().with(ResourceName::CPU, amount);
                offering.capacity_override = cpu.map(of_cpu);
                offering.overhead_override = reserved.map(of_cpu);
                offering
            })
            .collect()
    })
}
