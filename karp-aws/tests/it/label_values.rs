//! Labels and devices of types, against figures that AWS publishes.

use karp_aws::{label as aws, resource};
use karp_core::model::{Operator, Requirement, Requirements, label as core};
use serde_json::json;

use crate::ec2::{class, kubelet_class, label, named, one, types};

/// ITL-1, ITL-2
#[test]
fn a_gpu_machine_carries_every_label_of_its_kind() {
    let spec = json!({ "amiFamily": "AL2023" });
    let mut object = class(&spec);
    object["status"] = json!({ "subnets": [
        { "id": "subnet-1", "zone": "us-east-1b", "zoneID": "use1-az2" },
    ]});
    let gpu = one(&object, "g4dn.8xlarge");
    for (key, value) in [
        (core::INSTANCE_TYPE, "g4dn.8xlarge"),
        (core::ARCH, "amd64"),
        (core::OS, "linux"),
        (core::REGION, "us-east-1"),
        (core::ZONE, "us-east-1b"),
        (aws::TOPOLOGY_ZONE_ID, "use1-az2"),
        (aws::INSTANCE_CATEGORY, "g"),
        (aws::INSTANCE_GENERATION, "4"),
        (aws::INSTANCE_FAMILY, "g4dn"),
        (aws::INSTANCE_SIZE, "8xlarge"),
        (aws::INSTANCE_CPU, "32"),
        (aws::INSTANCE_CPU_MANUFACTURER, "intel"),
        (aws::INSTANCE_CPU_SUSTAINED_CLOCK_SPEED_MHZ, "2500"),
        (aws::INSTANCE_MEMORY, "131072"),
        (aws::INSTANCE_EBS_BANDWIDTH, "9500"),
        (aws::INSTANCE_NETWORK_BANDWIDTH, "50000"),
        (aws::INSTANCE_GPU_NAME, "t4"),
        (aws::INSTANCE_GPU_MANUFACTURER, "nvidia"),
        (aws::INSTANCE_GPU_COUNT, "1"),
        (aws::INSTANCE_GPU_MEMORY, "16384"),
        (aws::INSTANCE_LOCAL_NVME, "900"),
        (aws::INSTANCE_HYPERVISOR, "nitro"),
        (aws::INSTANCE_ENCRYPTION_IN_TRANSIT_SUPPORTED, "true"),
        (aws::INSTANCE_CAPABILITY_FLEX, "false"),
    ] {
        assert_eq!(label(&gpu, key), Some(value), "{key}");
    }
    let tenancy = gpu.requirements.get(aws::INSTANCE_TENANCY).unwrap();
    assert!(tenancy.has("default") && tenancy.has("dedicated"));
    assert_eq!(gpu.capacity.amount(resource::NVIDIA_GPU), 1);
}

/// ITL-3
#[test]
fn an_inference_machine_carries_accelerator_labels() {
    let inferentia = one(&kubelet_class("AL2023", &json!({})), "inf2.xlarge");
    for (key, value) in [
        (aws::INSTANCE_CATEGORY, "inf"),
        (aws::INSTANCE_CPU, "4"),
        (aws::INSTANCE_CPU_SUSTAINED_CLOCK_SPEED_MHZ, "3600"),
        (aws::INSTANCE_CPU_MANUFACTURER, "amd"),
        (aws::INSTANCE_MEMORY, "16384"),
        (aws::INSTANCE_EBS_BANDWIDTH, "10000"),
        (aws::INSTANCE_NETWORK_BANDWIDTH, "2083"),
        (aws::INSTANCE_ACCELERATOR_NAME, "inferentia2"),
        (aws::INSTANCE_ACCELERATOR_MANUFACTURER, "aws"),
        (aws::INSTANCE_ACCELERATOR_COUNT, "1"),
    ] {
        assert_eq!(label(&inferentia, key), Some(value), "{key}");
    }
    let absent = inferentia.requirements.get(aws::INSTANCE_GPU_NAME).unwrap();
    assert_eq!(absent.operator(), Operator::DoesNotExist);
}

/// ITL-1
#[test]
fn windows_machines_carry_their_build_and_exist_on_amd64_only() {
    let types = types(&kubelet_class("Windows2022", &json!({})));
    let large = named(&types, "m5.large");
    assert_eq!(label(large, core::OS), Some("windows"));
    assert_eq!(label(large, core::WINDOWS_BUILD), Some("10.0.20348"));
    assert_eq!(label(named(&types, "m6g.large"), core::OS), None);
}

/// ITL-5
#[test]
fn enclaves_show_in_a_label() {
    let types = types(&kubelet_class("AL2023", &json!({})));
    assert_eq!(label(named(&types, "m6idn.32xlarge"), aws::NITRO_SANDBOX), Some("true"));
    assert_eq!(label(named(&types, "t4g.small"), aws::NITRO_SANDBOX), Some("false"));
}

/// ITS-8
#[test]
fn flex_families_are_told_apart() {
    let types = types(&kubelet_class("AL2023", &json!({})));
    assert_eq!(label(named(&types, "c7i-flex.large"), aws::INSTANCE_CAPABILITY_FLEX), Some("true"));
    assert_eq!(label(named(&types, "c7i.large"), aws::INSTANCE_CAPABILITY_FLEX), Some("false"));
}

/// ITS-7
#[test]
fn metal_is_a_size_without_hypervisor() {
    let metal = one(&kubelet_class("AL2023", &json!({})), "m5.metal");
    assert_eq!(label(&metal, aws::INSTANCE_SIZE), Some("metal"));
    assert_eq!(label(&metal, aws::INSTANCE_HYPERVISOR), Some(""));
}

#[test]
fn every_well_known_label_is_stated_for_every_type() {
    let words = karp_aws::vocabulary();
    // The pool's own label, and ids of zones that only a cluster knows.
    let open = [core::NODE_POOL, aws::TOPOLOGY_ZONE_ID];
    for offered in types(&kubelet_class("AL2023", &json!({}))) {
        for key in words.well_known().filter(|key| !open.contains(key)) {
            assert!(offered.requirements.has(key), "{} {key}", offered.name);
        }
    }
}

/// ITS-9, ITS-10, ITS-11, ITS-12, ITS-13, ITS-14
#[test]
fn devices_are_counted() {
    let linux = types(&kubelet_class("AL2023", &json!({})));
    for (name, device, count) in [
        ("p5.48xlarge", resource::NVIDIA_GPU, 8),
        ("p5.48xlarge", resource::EFA, 32),
        ("inf2.24xlarge", resource::NEURON, 6),
        ("inf2.24xlarge", resource::NEURON_CORE, 12),
        ("trn1.2xlarge", resource::NEURON, 1),
        ("inf2.xlarge", resource::NEURON_CORE, 2),
        ("m5.large", resource::EFA, 0),
        // A machine with a part of a GPU has none that Kubernetes could count.
        ("g6f.large", resource::NVIDIA_GPU, 0),
        ("t3.large", resource::POD_ENI, 0),
        ("m5.large", resource::PRIVATE_IPV4_ADDRESS, 0),
    ] {
        assert_eq!(named(&linux, name).capacity.amount(device), count, "{name} {device}");
    }
    let windows = types(&kubelet_class("Windows2019", &json!({})));
    assert_eq!(named(&windows, "m5.large").capacity.amount(resource::PRIVATE_IPV4_ADDRESS), 9);
}

/// No node image runs on a Mac, so nothing must be placed there.
#[test]
fn macs_have_no_architecture_and_can_not_be_bought() {
    let types = types(&kubelet_class("AL2023", &json!({})));
    for offered in types.iter().filter(|offered| offered.name.starts_with("mac")) {
        for arch in [core::ARCH_AMD64, core::ARCH_ARM64] {
            let asked = Requirements::from_iter([Requirement::equals(core::ARCH, arch)]);
            assert!(offered.requirements.intersects(&asked).is_err(), "{}", offered.name);
        }
        assert!(offered.offerings.iter().all(|offering| !offering.available), "{}", offered.name);
    }
}
