//! What a user is told about assumptions.

use karp_aws::catalog::Bundled;
use karp_core::{
    k8s::{Catalog as _, CatalogRequest},
    model::{NodePool, Operator, RequirementEntry, Severity, label as core},
};
use serde_json::{Value, json};

use crate::ec2::{class, kubelet_class, pool};

fn catalog() -> Bundled {
    crate::ec2::catalog().keeping(|name| name == "m5.large")
}

fn codes(pool: &NodePool, class: Option<&Value>) -> Vec<String> {
    let answer = catalog().instance_types(&CatalogRequest::new(pool, class)).unwrap();
    answer.findings.into_iter().map(|finding| finding.code).collect()
}

fn requiring(key: &str, value: &str) -> NodePool {
    pool().requirement(RequirementEntry::new(key, Operator::In, [value]))
}

#[test]
fn a_class_that_is_not_there_is_planned_with_defaults_and_told() {
    let answer = catalog().instance_types(&CatalogRequest::new(&pool(), None)).unwrap();
    let missing =
        answer.findings.iter().find(|finding| finding.code == "missing-node-class").unwrap();
    assert_eq!(
        (missing.severity, missing.object.as_str()),
        (Severity::Warning, "NodePool general")
    );
    let default = kubelet_class("AL2023", &json!({}));
    let same = catalog().instance_types(&CatalogRequest::new(&pool(), Some(&default))).unwrap();
    assert_eq!(answer.instance_types, same.instance_types);
}

#[test]
fn made_up_prices_are_told_to_pools_that_admit_spot() {
    let class = kubelet_class("AL2023", &json!({}));
    for (pool, told) in [
        (pool(), true),
        (requiring(core::CAPACITY_TYPE, "spot"), true),
        (requiring(core::CAPACITY_TYPE, "on-demand"), false),
        (pool().label(core::CAPACITY_TYPE, "on-demand"), false),
    ] {
        let codes = codes(&pool, Some(&class));
        assert_eq!(codes.iter().any(|code| code == "synthetic-spot-prices"), told, "{codes:?}");
        assert!(codes.iter().any(|code| code == "bundled-prices"));
    }
}

/// KPARSE-3, KPARSE-5, KPARSE-6, KPARSE-7
#[test]
fn expressions_are_told_by_field() {
    let kubelet = json!({
        "maxPods": "max_pods + 1",
        "kubeReserved": { "cpu": "vcpus * 10", "memory": "1Gi" },
        "systemReserved": { "memory": "" },
    });
    let class = kubelet_class("AL2023", &kubelet);
    let answer = catalog().instance_types(&CatalogRequest::new(&pool(), Some(&class))).unwrap();
    let mut fields: Vec<_> = answer
        .findings
        .iter()
        .filter(|finding| finding.code == "kubelet-expression-ignored")
        .map(|finding| finding.field.as_str())
        .collect();
    fields.sort_unstable();
    assert_eq!(
        fields,
        [
            "spec.kubelet.kubeReserved.cpu",
            "spec.kubelet.maxPods",
            "spec.kubelet.systemReserved.memory"
        ]
    );
}

/// KPARSE-1, KPARSE-2, KPARSE-4, KPARSE-8
#[test]
fn plain_values_are_no_expressions() {
    for kubelet in [
        json!({}),
        json!({ "maxPods": 10, "kubeReserved": { "cpu": "1e3", "memory": "1Gi" } }),
        json!({ "evictionHard": { "memory.available": "5%" } }),
    ] {
        let class = kubelet_class("AL2023", &kubelet);
        assert!(!codes(&pool(), Some(&class)).contains(&"kubelet-expression-ignored".to_owned()));
    }
}

#[test]
fn what_only_ec2_knows_is_told() {
    let mut object = class(&json!({
        "amiFamily": "AL2023",
        "placementGroupSelector": { "name": "batch" },
    }));
    object["status"] = json!({ "capacityReservations": [
        { "id": "cr-1", "availabilityZone": "us-east-1a", "instanceType": "m5.large" },
    ]});
    let told = codes(&requiring("topology.k8s.aws/zone-id", "use1-az1"), Some(&object));
    for code in ["placement-group-unresolved", "reservation-count-unknown", "zone-ids-unknown"] {
        assert!(told.iter().any(|own| own == code), "{code}");
    }
    object["status"] =
        json!({ "subnets": [{ "id": "s", "zone": "us-east-1a", "zoneID": "use1-az1" }] });
    object["spec"]["placementGroupSelector"] = json!({ "id": "pg-1" });
    let told = codes(&requiring("topology.k8s.aws/zone-id", "use1-az1"), Some(&object));
    assert_eq!(told, ["bundled-prices", "synthetic-spot-prices"]);
}
