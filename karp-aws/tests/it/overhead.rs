//! What of a machine pods can't use: kubelet, system, eviction.

use karp_aws::Settings;
use karp_core::model::{ResourceName, Resources};
use serde_json::json;

use crate::ec2::{
    GIB, MIB, class, kube_memory_mib, kubelet_class, named, one, one_under, pods, types,
};

fn resources(cpu_milli: i64, memory: i64, storage: i64) -> Resources {
    Resources::new()
        .with(ResourceName::CPU, cpu_milli)
        .with(ResourceName::MEMORY, memory)
        .with(ResourceName::EPHEMERAL_STORAGE, storage)
}

/// OVH-1, OVH-3, OVH-9
#[test]
fn without_settings_the_defaults_of_the_images_hold() {
    let xlarge = one(&kubelet_class("AL2023", &json!({})), "m5.xlarge");
    assert!(xlarge.overhead.system_reserved.is_zero());
    assert_eq!(xlarge.overhead.kube_reserved, resources(80, 893 * MIB, GIB));
    let eviction = &xlarge.overhead.eviction_threshold;
    assert_eq!(eviction.amount(ResourceName::MEMORY), 100 * MIB);
    assert_eq!(eviction.amount(ResourceName::EPHEMERAL_STORAGE), 2 * GIB);
    assert_eq!(eviction.amount(ResourceName::CPU), 0);
}

/// OVH-2, OVH-4
#[test]
fn reserved_amounts_are_taken_as_given() {
    let reserved = json!({ "cpu": "2", "memory": "20Gi", "ephemeral-storage": "10Gi" });
    let kubelet = json!({ "systemReserved": reserved, "kubeReserved": reserved });
    let xlarge = one(&kubelet_class("AL2023", &kubelet), "m5.xlarge");
    assert_eq!(xlarge.overhead.system_reserved, resources(2000, 20 * GIB, 10 * GIB));
    assert_eq!(xlarge.overhead.kube_reserved, resources(2000, 20 * GIB, 10 * GIB));
}

#[test]
fn a_reserved_amount_replaces_only_its_own_default() {
    let xlarge =
        one(&kubelet_class("AL2023", &json!({ "kubeReserved": { "cpu": "0.1234" } })), "m5.xlarge");
    assert_eq!(xlarge.overhead.kube_reserved, resources(124, 893 * MIB, GIB));
}

/// OVH-5, OVH-6, OVH-7, OVH-8
#[test]
fn hard_thresholds_count_and_soft_ones_do_not() {
    // m5.xlarge has 15155 MiB.
    let tenth = (15155 * MIB + 9) / 10;
    let twentieth = (15155 * MIB + 19) / 20;
    let grace = json!({ "memory.available": "1m" });
    for (hard, soft, expected) in [
        (Some("500Mi"), None, 500 * MIB),
        (Some("10%"), None, tenth),
        (Some("100%"), None, 0),
        (None, None, 100 * MIB),
        (None, Some("500Mi"), 100 * MIB),
        (None, Some("100%"), 100 * MIB),
        (Some("5%"), Some("10%"), twentieth),
        (Some("5%"), Some("2%"), twentieth),
        (Some("1Gi"), Some("3Gi"), GIB),
        (Some("1Gi"), Some("10%"), GIB),
    ] {
        let mut kubelet = json!({});
        if let Some(hard) = hard {
            kubelet["evictionHard"] = json!({ "memory.available": hard });
        }
        if let Some(soft) = soft {
            kubelet["evictionSoft"] = json!({ "memory.available": soft });
            kubelet["evictionSoftGracePeriod"] = grace.clone();
        }
        let xlarge = one(&kubelet_class("Bottlerocket", &kubelet), "m5.xlarge");
        let kept = xlarge.overhead.eviction_threshold.amount(ResourceName::MEMORY);
        assert_eq!(kept, expected, "hard {hard:?} soft {soft:?}");
    }
}

#[test]
fn the_storage_threshold_is_a_share_of_the_volume() {
    let spec = json!({
        "amiFamily": "AL2023",
        "blockDeviceMappings": [{ "rootVolume": true, "ebs": { "volumeSize": "100Gi" } }],
        "kubelet": { "evictionHard": { "nodefs.available": "5%" } },
    });
    let xlarge = one(&class(&spec), "m5.xlarge");
    let kept = xlarge.overhead.eviction_threshold.amount(ResourceName::EPHEMERAL_STORAGE);
    assert_eq!(kept, 5 * GIB);
}

/// OVH-12
#[test]
fn max_pods_lowers_the_reserved_memory_of_some_families_only() {
    for (family, mib) in [
        ("AL2", 640),
        ("AL2023", 640),
        ("Custom", 640),
        ("Bottlerocket", 365),
        ("Windows2022", 365),
    ] {
        let large = one(&kubelet_class(family, &json!({ "maxPods": 10 })), "t3.large");
        assert_eq!((pods(&large), kube_memory_mib(&large)), (10, mib), "{family}");
    }
}

/// OVH-13
#[test]
fn reserved_interfaces_lower_pods_but_no_memory_on_amazon_linux() {
    for (family, density, mib) in [
        ("AL2", 24, 640),
        ("AL2023", 24, 640),
        ("Custom", 24, 640),
        ("Bottlerocket", 24, 519),
        ("Windows2022", 110, 1465),
    ] {
        let mut settings = Settings::default();
        settings.reserved_enis = 1;
        let large = one_under(settings, &kubelet_class(family, &json!({})), "t3.large");
        assert_eq!((pods(&large), kube_memory_mib(&large)), (density, mib), "{family}");
    }
}

/// OVH-17: nodes that have joined report at least this much; an estimate above it would promise too much.
#[test]
fn estimates_stay_below_what_real_nodes_report() {
    let types = types(&kubelet_class("AL2023", &json!({})));
    for (name, kib, cpu_milli) in [
        ("t4g.small", 1_408_312, 1930),
        ("t4g.medium", 3_377_496, 1930),
        ("t4g.xlarge", 15_136_012, 3920),
        ("m5.large", 7_220_184, 1930),
    ] {
        let allocatable = named(&types, name).allocatable();
        assert!(allocatable.amount(ResourceName::MEMORY) <= kib * 1024, "{name}");
        assert!(allocatable.amount(ResourceName::CPU) <= cpu_milli, "{name}");
    }
}

/// The worked figures of the documentation.
#[test]
fn the_documented_examples_come_out() {
    let types = types(&kubelet_class("AL2023", &json!({})));
    for (name, capacity_mib, kube_mib, allocatable_mib, kube_cpu, cpu) in [
        ("a1.medium", 1835, 343, 1392, 60, 940),
        ("m5.large", 7577, 574, 6903, 70, 1930),
        ("m5.xlarge", 15155, 893, 14162, 80, 3920),
    ] {
        let offered = named(&types, name);
        let allocatable = offered.allocatable();
        let memory = |resources: &Resources| resources.amount(ResourceName::MEMORY) / MIB;
        assert_eq!(memory(&offered.capacity), capacity_mib, "{name}");
        assert_eq!(kube_memory_mib(offered), kube_mib, "{name}");
        assert_eq!(memory(&allocatable), allocatable_mib, "{name}");
        assert_eq!(offered.overhead.kube_reserved.amount(ResourceName::CPU), kube_cpu, "{name}");
        assert_eq!(allocatable.amount(ResourceName::CPU), cpu, "{name}");
    }
    let largest = named(&types, "m7a.48xlarge");
    assert_eq!(largest.overhead.kube_reserved.amount(ResourceName::CPU), 550);
    assert_eq!(largest.allocatable().amount(ResourceName::CPU), 191_450);
}

#[test]
fn another_memory_share_is_taken_off_exactly() {
    let mut settings = Settings::default();
    settings.vm_memory_overhead_ppm = 0;
    let class = kubelet_class("AL2023", &json!({}));
    let memory = |settings: Settings| {
        one_under(settings, &class, "m5.large").capacity.amount(ResourceName::MEMORY)
    };
    assert_eq!(memory(settings.clone()), 8192 * MIB);
    settings.vm_memory_overhead_ppm = 1;
    assert_eq!(memory(settings.clone()), 8191 * MIB);
    settings.vm_memory_overhead_ppm = u32::MAX;
    assert_eq!(memory(settings), 0);
}
