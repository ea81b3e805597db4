//! Instance types to test with; not figures of a cloud.

use std::sync::Arc;

use karp_core::model::{
    CapacityType, InstanceType, Operator, Overhead, Price, Requirement, ResourceName, Resources,
    label,
};

/// Zones of the [`reference_benchmark`].
const BENCHMARK_ZONES: [&str; 3] = ["test-zone-1", "test-zone-2", "test-zone-3"];
const GIB: i64 = 1 << 30;
const MIB: i64 = 1 << 20;

/// The types of the reference's scheduling benchmark: type *i* of `count` has *i* + 1 CPUs, twice as many GiB and ten times as many pods.
///
/// Each costs 0.1 USD per CPU and 0.1 USD per 10⁹ bytes, as spot in two zones and on demand in three alike. Labels beside the usual
/// ones: `integer` (CPUs), `size` (`large` above 4 CPUs and 8 GiB, else `small`), `special` (`optional` on large types).
///
/// ```
/// let types = karp_fake::catalog::reference_benchmark(400);
/// assert_eq!(types[3].name.as_str(), "fake-it-3");
/// assert_eq!(types[3].allocatable().to_string(), "cpu 3900m, memory 8182Mi, pods 40");
/// assert_eq!(types[0].offerings[0].price.to_string(), "0.3147483648");
/// ```
pub fn reference_benchmark(count: usize) -> Vec<Arc<InstanceType>> {
    (1..=i64::try_from(count).unwrap_or(i64::MAX))
        .map(|cpus| Arc::new(benchmark_type(cpus)))
        .collect()
}

fn benchmark_type(cpus: i64) -> InstanceType {
    const PICO_PER_CPU: i64 = 100_000_000_000;
    const PICO_PER_BYTE: i64 = 100;
    let memory = cpus.saturating_mul(2 * GIB);
    let pico =
        cpus.saturating_mul(PICO_PER_CPU).saturating_add(memory.saturating_mul(PICO_PER_BYTE));
    let price = Price::from_pico(pico);
    let mut kind = InstanceType::new(format!("fake-it-{}", cpus - 1));
    kind.capacity = Resources::new()
        .with(ResourceName::CPU, cpus.saturating_mul(1_000))
        .with(ResourceName::MEMORY, memory)
        .with(ResourceName::PODS, cpus.saturating_mul(10));
    kind.overhead = Overhead {
        kube_reserved: Resources::new()
            .with(ResourceName::CPU, 100)
            .with(ResourceName::MEMORY, 10 * MIB),
        ..Overhead::default()
    };
    let is_large = cpus > 4 && memory > 8 * GIB;
    let special = if is_large {
        Requirement::equals("special", "optional")
    } else {
        Requirement::does_not_exist("special")
    };
    kind = kind
        .requirement(Requirement::new(label::OS, Operator::In, ["darwin", "linux", "windows"]))
        .requirement(Requirement::equals("integer", cpus.to_string()))
        .requirement(Requirement::equals("size", if is_large { "large" } else { "small" }))
        .requirement(special);
    for zone in BENCHMARK_ZONES.into_iter().take(2) {
        kind = kind.offering(zone, CapacityType::Spot, Ok(price));
    }
    for zone in BENCHMARK_ZONES {
        kind = kind.offering(zone, CapacityType::OnDemand, Ok(price));
    }
    kind
}

/// Twelve types with round numbers, to teach and to reason with: in `z1`, `z2` and `z3`, on demand, and as spot for three tenths.
///
/// | Family | Memory per CPU | Sizes | USD per hour and CPU |
/// |---|---|---|---|
/// | `c` | 2 GiB | `c.small` 2 CPUs, `c.medium` 4, `c.large` 8, `c.huge` 16 | 0.04 |
/// | `m` | 4 GiB | `m.small`, `m.medium`, `m.large`, `m.huge` | 0.05 |
/// | `r` | 8 GiB | `r.small`, `r.medium`, `r.large` | 0.06 |
/// | `g` | 4 GiB | `g.large`, with one `nvidia.com/gpu` | 0.15 |
///
/// All hold 110 pods and reserve nothing, so that what is free is what is there.
///
/// ```
/// let types = karp_fake::catalog::teaching();
/// assert_eq!(types.len(), 12);
/// let m_large = types.iter().find(|kind| kind.name == "m.large").unwrap();
/// assert_eq!(m_large.allocatable().to_string(), "cpu 8, memory 32Gi, pods 110");
/// assert_eq!(m_large.offerings[0].price.to_string(), "0.40");
/// ```
pub fn teaching() -> Vec<Arc<InstanceType>> {
    const SIZES: [(&str, i64); 4] = [("small", 2), ("medium", 4), ("large", 8), ("huge", 16)];
    // Family, GiB per CPU, thousandths of a USD per CPU, sizes from and to.
    const FAMILIES: [(&str, i64, i64, usize, usize); 4] =
        [("c", 2, 40, 0, 4), ("m", 4, 50, 0, 4), ("r", 8, 60, 0, 3), ("g", 4, 150, 2, 3)];
    let mut types = Vec::new();
    for (family, gib_per_cpu, milli_usd_per_cpu, from, to) in FAMILIES {
        for (size, cpus) in SIZES.into_iter().take(to).skip(from) {
            let mut kind = teaching_type(
                &format!("{family}.{size}"),
                cpus,
                cpus * gib_per_cpu,
                cpus * milli_usd_per_cpu,
            );
            if family == "g" {
                kind = kind.capacity("nvidia.com/gpu", "1");
            }
            types.push(Arc::new(kind));
        }
    }
    types
}

fn teaching_type(name: &str, cpus: i64, gib: i64, milli_usd: i64) -> InstanceType {
    const PICO_PER_MILLI_USD: i64 = 1_000_000_000;
    let price = Price::from_pico(milli_usd * PICO_PER_MILLI_USD);
    let mut kind = InstanceType::new(name).cpu(&cpus.to_string()).memory(&format!("{gib}Gi"));
    for zone in ["z1", "z2", "z3"] {
        kind = kind.offering(zone, CapacityType::OnDemand, Ok(price)).offering(
            zone,
            CapacityType::Spot,
            Ok(price.scaled(3, 10)),
        );
    }
    kind
}
