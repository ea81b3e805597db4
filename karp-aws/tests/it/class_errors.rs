//! Classes that can't be read: an error that names the field, never a guess.

use karp_aws::catalog::{self, BundledError};
use karp_core::k8s::{Catalog as _, CatalogError, CatalogRequest};
use serde_json::{Value, json};

use crate::ec2::{ask, catalog, class, kubelet_class, pool};

fn field_of(object: &Value) -> String {
    match ask(&catalog(), object).unwrap_err() {
        CatalogError::InvalidNodeClass { name, field, problem } => {
            assert_eq!(name, "default");
            assert!(!problem.is_empty() && !problem.contains('\n'), "{problem}");
            field
        }
        other => other.to_string(),
    }
}

/// KPARSE-16, ITERR-1: an interpreted field of the wrong type leaves the class without types.
#[test]
fn a_kubelet_field_of_the_wrong_type_is_named() {
    for (kubelet, field) in [
        (json!({ "clusterDNS": "10.0.0.10" }), "spec.kubelet.clusterDNS"),
        (json!({ "maxPods": true }), "spec.kubelet.maxPods"),
        (json!({ "podsPerCore": "4" }), "spec.kubelet.podsPerCore"),
        (json!({ "kubeReserved": { "cpu": 1 } }), "spec.kubelet.kubeReserved.cpu"),
        (json!({ "systemReserved": { "memory": 1 } }), "spec.kubelet.systemReserved.memory"),
        (
            json!({ "evictionHard": { "memory.available": 5 } }),
            r#"spec.kubelet.evictionHard["memory.available"]"#,
        ),
        (
            json!({ "evictionSoft": { "memory.available": 5 } }),
            r#"spec.kubelet.evictionSoft["memory.available"]"#,
        ),
        (
            json!({ "evictionSoftGracePeriod": { "memory.available": "soon" } }),
            r#"spec.kubelet.evictionSoftGracePeriod["memory.available"]"#,
        ),
        (json!({ "evictionMaxPodGracePeriod": "60" }), "spec.kubelet.evictionMaxPodGracePeriod"),
        (
            json!({ "imageGCHighThresholdPercent": "85" }),
            "spec.kubelet.imageGCHighThresholdPercent",
        ),
        (json!({ "imageGCLowThresholdPercent": "80" }), "spec.kubelet.imageGCLowThresholdPercent"),
        (json!({ "cpuCFSQuota": "true" }), "spec.kubelet.cpuCFSQuota"),
    ] {
        assert_eq!(field_of(&kubelet_class("AL2023", &kubelet)), field);
    }
}

#[test]
fn a_kubelet_value_out_of_range_is_named() {
    for (kubelet, field) in [
        (json!({ "maxPods": -1 }), "spec.kubelet.maxPods"),
        (json!({ "maxPods": 2_147_483_648_u32 }), "spec.kubelet.maxPods"),
        (json!({ "maxPods": 1.5 }), "spec.kubelet.maxPods"),
        (json!({ "podsPerCore": -1 }), "spec.kubelet.podsPerCore"),
        (json!({ "kubeReserved": { "memory": "-1Gi" } }), "spec.kubelet.kubeReserved.memory"),
        (json!({ "kubeReserved": { "gpu": "1" } }), "spec.kubelet.kubeReserved.gpu"),
        (json!({ "evictionHard": { "disk": "1Gi" } }), "spec.kubelet.evictionHard.disk"),
        (
            json!({ "evictionHard": { "memory.available": "101%" } }),
            r#"spec.kubelet.evictionHard["memory.available"]"#,
        ),
    ] {
        assert_eq!(field_of(&kubelet_class("AL2023", &kubelet)), field);
    }
}

#[test]
fn other_fields_that_can_not_be_read_are_named() {
    let mapping =
        |size: &str| json!([{ "deviceName": "/dev/xvda", "ebs": { "volumeSize": size } }]);
    for (spec, field) in [
        (json!({ "amiFamily": "Ubuntu" }), "spec.amiFamily"),
        (
            json!({ "amiSelectorTerms": [{ "alias": "al2023@a@b" }] }),
            "spec.amiSelectorTerms[0].alias",
        ),
        (json!({ "amiSelectorTerms": "al2023@latest" }), "spec.amiSelectorTerms"),
        (json!({ "instanceStorePolicy": "JBOD" }), "spec.instanceStorePolicy"),
        (
            json!({ "blockDeviceMappings": mapping("big") }),
            "spec.blockDeviceMappings[0].ebs.volumeSize",
        ),
        (
            json!({ "blockDeviceMappings": mapping("-5Gi") }),
            "spec.blockDeviceMappings[0].ebs.volumeSize",
        ),
        (
            json!({ "networkInterfaces": [{ "networkCardIndex": 0, "deviceIndex": 0, "interfaceType": "efa" }] }),
            "spec.networkInterfaces[0].interfaceType",
        ),
        (json!("none"), "spec"),
    ] {
        assert_eq!(field_of(&class(&spec)), field);
    }
}

/// KPARSE-11, KPARSE-12, KPARSE-13, KPARSE-14: what is absent, null or unknown does no harm.
#[test]
fn absent_and_unknown_fields_are_no_errors() {
    let catalog = catalog().keeping(|name| name == "m5.large");
    for object in [
        json!({}),
        json!({ "spec": null, "status": null }),
        kubelet_class("AL2023", &Value::Null),
        kubelet_class(
            "AL2023",
            &json!({ "maxPods": null, "kubeReserved": null, "logging": { "format": "json" } }),
        ),
        kubelet_class(
            "AL2023",
            &json!({
                "clusterDNS": ["10.0.0.10"],
                "maxPods": 58,
                "podsPerCore": 4,
                "systemReserved": { "cpu": "100m", "pid": "100" },
                "kubeReserved": { "memory": "300Mi" },
                "evictionHard": { "memory.available": "5%", "nodefs.inodesFree": "5%" },
                "evictionSoft": { "memory.available": "10%" },
                "evictionSoftGracePeriod": { "memory.available": "1m30s" },
                "evictionMaxPodGracePeriod": 60,
                "imageGCHighThresholdPercent": 85,
                "imageGCLowThresholdPercent": 80,
                "cpuCFSQuota": true,
            }),
        ),
    ] {
        assert_eq!(ask(&catalog, &object).unwrap().instance_types.len(), 1, "{object}");
    }
}

#[test]
fn a_class_of_another_provider_is_not_answered() {
    let mut pool = pool();
    pool.template.node_class.kind = "KWOKNodeClass".to_owned();
    let error = catalog().instance_types(&CatalogRequest::new(&pool, None)).unwrap_err();
    assert_eq!(
        error.to_string(),
        "node class kind KWOKNodeClass of group `karpenter.k8s.aws` is unknown"
    );
    assert!(catalog().knows_node_class("karpenter.k8s.aws", "EC2NodeClass"));
    assert!(!catalog().knows_node_class("karpenter.sh", "EC2NodeClass"));
}

#[test]
fn a_region_without_figures_is_an_error_that_names_those_with() {
    let error = catalog::bundled("eu-west-1").unwrap_err();
    let expected =
        BundledError::UnknownRegion { region: "eu-west-1".to_owned(), known: vec!["us-east-1"] };
    assert_eq!(error, expected);
}
