//! Equal classes share types; unequal ones don't; the answer never varies.

use std::sync::Arc;

use karp_aws::catalog::Bundled;
use karp_core::model::InstanceType;
use serde_json::{Value, json};

use crate::ec2::{ask, catalog, class, kubelet_class};

fn same(a: &[Arc<InstanceType>], b: &[Arc<InstanceType>]) -> bool {
    a.len() == b.len() && a.iter().zip(b).all(|(a, b)| Arc::ptr_eq(a, b))
}

/// ITOFF-2
#[test]
fn classes_that_say_the_same_share_their_types() {
    let catalog = catalog();
    let by_family = class(&json!({ "amiFamily": "AL2023", "tags": { "a": "b" } }));
    let mut by_alias = class(&json!({ "amiSelectorTerms": [{ "alias": "al2023@v20240625" }] }));
    by_alias["metadata"]["name"] = json!("other");
    let first = ask(&catalog, &by_family).unwrap().instance_types;
    assert!(same(&first, &ask(&catalog, &by_family).unwrap().instance_types));
    assert!(same(&first, &ask(&catalog, &by_alias).unwrap().instance_types));
}

/// ITOFF-3, ITOFF-4
#[test]
fn classes_that_differ_in_what_matters_do_not() {
    let catalog = catalog().keeping(|name| name.starts_with("m5"));
    let volume = |device: &str, size: &str, root: bool| {
        class(&json!({ "amiFamily": "AL2023", "blockDeviceMappings": [
            { "deviceName": device, "rootVolume": root, "ebs": { "volumeSize": size } },
        ]}))
    };
    let classes: [Value; 10] = [
        kubelet_class("AL2023", &json!({})),
        kubelet_class("Bottlerocket", &json!({})),
        kubelet_class("AL2023", &json!({ "kubeReserved": { "cpu": "1" } })),
        kubelet_class("AL2023", &json!({ "systemReserved": { "cpu": "1" } })),
        kubelet_class("AL2023", &json!({ "evictionHard": { "memory.available": "1Gi" } })),
        kubelet_class("AL2023", &json!({ "maxPods": 10 })),
        class(&json!({ "amiFamily": "AL2023", "instanceStorePolicy": "RAID0" })),
        volume("/dev/xvda", "30Gi", false),
        volume("/dev/xvda", "40Gi", false),
        volume("/dev/xvdb", "40Gi", true),
    ];
    let lists: Vec<_> =
        classes.iter().map(|class| ask(&catalog, class).unwrap().instance_types).collect();
    for (place, list) in lists.iter().enumerate() {
        assert!(lists.iter().take(place).all(|earlier| !same(earlier, list)), "{place}");
    }
    assert!(same(&lists[0], &ask(&catalog, &classes[0]).unwrap().instance_types));
}

/// However many classes a process reads, each gets the right answer.
#[test]
fn many_classes_are_answered_as_if_each_was_the_only_one() {
    let catalog = catalog().keeping(|name| name == "m5.large");
    let class = |max_pods: u32| kubelet_class("AL2023", &json!({ "maxPods": max_pods }));
    for max_pods in (1..40).chain([1, 20]) {
        let answer = ask(&catalog, &class(max_pods)).unwrap().instance_types;
        let pods = answer.first().unwrap().capacity.amount("pods");
        assert_eq!(pods, i64::from(max_pods));
    }
}

#[test]
fn two_catalogs_answer_alike_in_the_order_of_names() {
    let class = kubelet_class("AL2023", &json!({}));
    let answer = |catalog: &Bundled| ask(catalog, &class).unwrap().instance_types;
    let (a, b) = (answer(&catalog()), answer(&catalog()));
    assert_eq!(a, b);
    assert!(!same(&a, &b));
    assert!(a.iter().zip(a.iter().skip(1)).all(|(a, b)| a.name < b.name));
}
