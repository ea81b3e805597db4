//! How much storage pods' files have.

use karp_core::model::{InstanceType, ResourceName};
use serde_json::{Value, json};

use crate::ec2::{GIB, class, one};

fn storage(offered: &InstanceType) -> i64 {
    offered.capacity.amount(ResourceName::EPHEMERAL_STORAGE)
}

fn with_mappings(family: &str, mappings: &Value) -> i64 {
    let spec = json!({ "amiFamily": family, "blockDeviceMappings": mappings });
    storage(&one(&class(&spec), "m5.large"))
}

fn volume(device: &str, size: &str) -> Value {
    json!({ "deviceName": device, "ebs": { "volumeSize": size } })
}

#[test]
fn families_have_their_own_default_volume() {
    for (family, gib) in
        [("AL2", 20), ("AL2023", 20), ("Bottlerocket", 20), ("Windows2019", 50), ("Custom", 20)]
    {
        assert_eq!(with_mappings(family, &json!([])), gib * GIB, "{family}");
    }
}

/// ITEPH-1
#[test]
fn a_mapping_whose_snapshot_tells_the_size_counts_as_the_default() {
    for (family, device) in [
        ("Custom", "/dev/xvda"),
        ("AL2", "/dev/xvda"),
        ("AL2023", "/dev/xvda"),
        ("Bottlerocket", "/dev/xvdb"),
    ] {
        let mapping = json!([{ "deviceName": device, "ebs": { "snapshotID": "snap-1" } }]);
        assert_eq!(with_mappings(family, &mapping), 20 * GIB, "{family}");
    }
}

#[test]
fn the_device_that_holds_pods_files_counts() {
    let two = json!([volume("/dev/xvda", "4Gi"), volume("/dev/xvdb", "120Gi")]);
    assert_eq!(with_mappings("Bottlerocket", &two), 120 * GIB);
    assert_eq!(with_mappings("AL2023", &two), 4 * GIB);
    assert_eq!(with_mappings("Custom", &two), 120 * GIB);
    assert_eq!(with_mappings("Windows2022", &two), 50 * GIB);
}

#[test]
fn a_mapping_marked_as_root_volume_wins() {
    let mappings = json!([
        volume("/dev/xvda", "30Gi"),
        { "deviceName": "/dev/xvdc", "rootVolume": true, "ebs": { "volumeSize": "1T" } },
    ]);
    assert_eq!(with_mappings("AL2023", &mappings), 1_000_000_000_000);
}

/// ITS-16
#[test]
fn local_disks_count_only_as_raid() {
    let local = |policy: Value| {
        storage(&one(
            &class(&json!({ "amiFamily": "AL2023", "instanceStorePolicy": policy })),
            "m6idn.32xlarge",
        ))
    };
    assert_eq!(local(Value::Null), 20 * GIB);
    assert_eq!(local(json!("RAID0")), 7_600_000_000_000);
    let without = class(&json!({ "amiFamily": "AL2023", "instanceStorePolicy": "RAID0" }));
    assert_eq!(storage(&one(&without, "m5.large")), 20 * GIB);
}
