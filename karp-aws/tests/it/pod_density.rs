//! How many pods a machine can run.

use karp_aws::Settings;
use karp_core::model::ResourceName;
use serde_json::json;

use crate::ec2::{class, kubelet_class, named, one, one_under, pods, types};

/// OVH-10, ITS-17
#[test]
fn interfaces_bound_the_pods_of_linux_machines() {
    let linux = types(&kubelet_class("AL2023", &json!({})));
    assert_eq!(pods(named(&linux, "t3.large")), 35);
    assert_eq!(pods(named(&linux, "m6idn.32xlarge")), 394);
    let windows = types(&kubelet_class("Windows2022", &json!({})));
    assert!(windows.iter().all(|offered| pods(offered) == 110));
}

/// OVH-11
#[test]
fn max_pods_holds_for_every_type() {
    let types = types(&kubelet_class("AL2023", &json!({ "maxPods": 10 })));
    assert!(types.iter().all(|offered| pods(offered) == 10));
}

/// OVH-14
#[test]
fn more_reserved_interfaces_than_there_are_leave_no_pods() {
    let mut settings = Settings::default();
    settings.reserved_enis = 1_000_000;
    for name in ["t3.large", "p5.48xlarge", "u-6tb1.56xlarge"] {
        let offered = one_under(settings.clone(), &kubelet_class("AL2023", &json!({})), name);
        assert_eq!(pods(&offered), 0, "{name}");
    }
}

/// OVH-15
#[test]
fn pods_per_core_bounds_where_the_image_honours_it() {
    let default = types(&kubelet_class("AL2023", &json!({})));
    let cores = |name: &str| named(&default, name).capacity.amount(ResourceName::CPU) / 1000;
    for name in ["t3.large", "m5.24xlarge", "c7g.medium"] {
        let unbounded = pods(named(&default, name));
        for (family, kubelet, expected) in [
            ("AL2023", json!({ "podsPerCore": 1 }), unbounded.min(cores(name))),
            ("AL2023", json!({ "podsPerCore": 4, "maxPods": 20 }), (4 * cores(name)).min(20)),
            ("AL2023", json!({ "podsPerCore": 0 }), unbounded),
            ("Bottlerocket", json!({ "podsPerCore": 1 }), unbounded),
            ("Windows2022", json!({ "podsPerCore": 1 }), 110.min(cores(name))),
        ] {
            let offered = one(&kubelet_class(family, &kubelet), name);
            assert_eq!(pods(&offered), expected, "{name} {family} {kubelet}");
        }
    }
}

/// OVH-16
#[test]
fn efa_only_interfaces_of_the_default_card_take_the_place_of_pods() {
    let interfaces = |card: u32, device: u32| {
        class(&json!({ "amiFamily": "AL2023", "networkInterfaces": [
            { "networkCardIndex": 0, "deviceIndex": 0, "interfaceType": "interface" },
            { "networkCardIndex": card, "deviceIndex": device, "interfaceType": "efa-only" },
        ]}))
    };
    assert_eq!(pods(&one(&interfaces(1, 0), "m6idn.32xlarge")), 394);
    assert_eq!(pods(&one(&interfaces(0, 1), "m6idn.32xlarge")), 345);
}

/// ITERR-5: Karpenter's gate for expressions is off by default, and the density is then the default one.
#[test]
fn an_expression_for_max_pods_leaves_the_default() {
    let kubelet = json!({ "maxPods": "min(max_pods, 10)", "podsPerCore": 8 });
    assert_eq!(pods(&one(&kubelet_class("AL2023", &kubelet), "t3.large")), 16);
}
