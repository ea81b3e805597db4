//! Capacities of a dozen types as a reference catalog has them, made by other code from the same formulas: memory 92.5 % of nominal,
//! pods by network interfaces, memory and CPU for the kubelet.

use karp_core::model::{CapacityType, ResourceName};
use serde_json::json;

use crate::ec2::{MIB, kubelet_class, named, types};

/// Name, CPUs, MiB, pods, kubelet's millicores, kubelet's MiB, a zone and its spot price in millionths of a dollar.
type Row = (&'static str, i64, i64, i64, i64, i64, &'static str, i64);

const REFERENCE: [Row; 15] = [
    ("t3.nano", 2, 473, 4, 70, 299, "us-east-1a", 1_897),
    ("t3.large", 2, 7_577, 35, 70, 640, "us-east-1b", 34_778),
    ("m5.large", 2, 7_577, 29, 70, 574, "us-east-1b", 32_218),
    ("m5.xlarge", 4, 15_155, 58, 80, 893, "us-east-1c", 86_861),
    ("c5.2xlarge", 8, 15_155, 58, 90, 893, "us-east-1c", 125_392),
    ("r5.4xlarge", 16, 121_241, 234, 110, 2_829, "us-east-1b", 475_373),
    ("c6i.8xlarge", 32, 60_620, 234, 150, 2_829, "us-east-1b", 567_936),
    ("m6a.24xlarge", 96, 363_724, 737, 310, 8_362, "us-east-1b", 2_388_787),
    ("g4dn.8xlarge", 32, 121_241, 58, 150, 893, "us-east-1c", 846_899),
    ("i4i.metal", 128, 969_932, 737, 390, 8_362, "us-east-1b", 4_256_623),
    ("r7iz.32xlarge", 128, 969_932, 737, 390, 8_362, "us-east-1b", 6_437_683),
    ("m7i-flex.large", 2, 7_577, 29, 70, 574, "us-east-1c", 27_579),
    ("inf2.xlarge", 4, 15_155, 58, 80, 893, "us-east-1a", 243_837),
    ("x1e.32xlarge", 128, 3_697_868, 234, 390, 2_829, "us-east-1a", 13_226_573),
    ("c4.large", 2, 3_552, 29, 70, 574, "us-east-1b", 30_080),
];

#[test]
fn the_reference_figures_come_out() {
    let types = types(&kubelet_class("AL2023", &json!({})));
    for (name, cpus, mib, pods, kube_milli, kube_mib, zone, micro_usd) in REFERENCE {
        let offered = named(&types, name);
        let capacity = &offered.capacity;
        assert_eq!(capacity.amount(ResourceName::CPU), cpus * 1000, "{name}");
        assert_eq!(capacity.amount(ResourceName::MEMORY), mib * MIB, "{name}");
        assert_eq!(capacity.amount(ResourceName::PODS), pods, "{name}");
        let reserved = &offered.overhead.kube_reserved;
        assert_eq!(reserved.amount(ResourceName::CPU), kube_milli, "{name}");
        assert_eq!(reserved.amount(ResourceName::MEMORY), kube_mib * MIB, "{name}");
        let in_zone = offered.offerings.iter().filter(|offering| offering.zone() == Some(zone));
        let mut spot =
            in_zone.filter(|offering| offering.capacity_type() == Some(CapacityType::Spot));
        let spot = spot.next().unwrap();
        assert_eq!((spot.price.pico() + 500_000) / 1_000_000, micro_usd, "{name}");
    }
}
