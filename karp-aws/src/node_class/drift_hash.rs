//! The number by which a machine is known to be older than its node class.
//!
//! See [`karp_core::k8s::drift_hash`] for how hashes are made; names and order of fields are part of
//! what is hashed. Not here: drift of images, subnets and the like, which is found by comparison.

use karp_core::k8s::drift_hash::{
    StructHash, any_text, boolean, duration, filled_text, int, list, long, map, text, text_map,
};
use karp_core::k8s::validate::Profile;
use karp_core::model::Quantity;
use serde_json::Value;

use super::family;

/// Version of the hash: hashes of other versions can't be compared.
pub const fn hash_version(profile: Profile) -> &'static str {
    match profile {
        Profile::V1_14_1 => "v5",
        Profile::Head => "v6",
    }
}

/// Hash of a node class with defaults filled in, as annotations hold it in decimal.
///
/// `ca_bundle` is the text of the cluster's certificate authority that machines are given, empty if
/// there is none. Selectors and `ipPrefixCount` do not take part; the image family does as it is
/// resolved, so that writing down what an alias implies changes nothing.
pub fn node_class_hash(class: &Value, ca_bundle: &str, profile: Profile) -> u64 {
    let spec = class.get("spec").unwrap_or(&Value::Null);
    let family = text(family::resolved(spec));
    let hash = node_class_spec(spec, profile) ^ family ^ text(ca_bundle);
    match profile {
        Profile::V1_14_1 => hash,
        Profile::Head => {
            let settings = spec.get("kubelet").and_then(Value::as_object);
            let settings = settings.filter(|settings| !settings.is_empty());
            // Keys are sorted: maps of `serde_json` are.
            hash ^ text(&settings.map_or_else(
                || "null".to_owned(),
                |settings| Value::from(settings.clone()).to_string(),
            ))
        }
    }
}

fn node_class_spec(spec: &Value, profile: Profile) -> u64 {
    let get = |field: &str| spec.get(field);
    let kubelet = match profile {
        Profile::V1_14_1 => get("kubelet").map(kubelet),
        Profile::Head => None,
    };
    StructHash::new("EC2NodeClassSpec")
        .field("PlacementGroupSelector", get("placementGroupSelector").map(placement_group))
        .field("AssociatePublicIPAddress", boolean(get("associatePublicIPAddress")))
        .field("UserData", any_text(get("userData")))
        .field("Role", filled_text(get("role")))
        .field("InstanceProfile", any_text(get("instanceProfile")))
        .field("Tags", text_map(get("tags")))
        .field("Kubelet", kubelet)
        .field("BlockDeviceMappings", list(get("blockDeviceMappings"), block_device_mapping))
        .field("InstanceStorePolicy", any_text(get("instanceStorePolicy")))
        .field("NetworkInterfaces", list(get("networkInterfaces"), network_interface))
        .field("DetailedMonitoring", boolean(get("detailedMonitoring")))
        .field("MetadataOptions", get("metadataOptions").map(metadata_options))
        .field("ConnectionTracking", get("connectionTracking").map(connection_tracking))
        .field("Context", any_text(get("context")))
        .field("CPUOptions", get("cpuOptions").map(cpu_options))
        .finish()
}

fn placement_group(group: &Value) -> u64 {
    StructHash::new("PlacementGroupSelector")
        .field("Name", filled_text(group.get("name")))
        .field("ID", filled_text(group.get("id")))
        .finish()
}

fn block_device_mapping(device: &Value) -> u64 {
    let is_root = device.get("rootVolume").filter(|root| **root == Value::Bool(true));
    StructHash::new("BlockDeviceMapping")
        .field("DeviceName", any_text(device.get("deviceName")))
        .field("EBS", device.get("ebs").map(block_device))
        .field("RootVolume", boolean(is_root))
        .finish()
}

fn block_device(ebs: &Value) -> u64 {
    let get = |field: &str| ebs.get(field);
    StructHash::new("BlockDevice")
        .field("DeleteOnTermination", boolean(get("deleteOnTermination")))
        .field("Encrypted", boolean(get("encrypted")))
        .field("IOPS", long_of(get("iops")))
        .field("KMSKeyID", any_text(get("kmsKeyID")))
        .field("SnapshotID", any_text(get("snapshotID")))
        .field("Throughput", long_of(get("throughput")))
        .field("VolumeInitializationRate", int_of(get("volumeInitializationRate")))
        .field("VolumeSize", volume_size(get("volumeSize")))
        .field("VolumeType", any_text(get("volumeType")))
        .finish()
}

/// The size as Kubernetes would write it back: `1024Gi` is hashed as `1Ti`.
fn volume_size(size: Option<&Value>) -> Option<u64> {
    let size = size?.as_str()?;
    // `Ti` and `T` pass the definition, and are read as zero.
    let size = size.parse::<Quantity>().unwrap_or_default();
    Some(text(&size.to_string()))
}

fn network_interface(interface: &Value) -> u64 {
    let index = |field| int_of(interface.get(field).filter(|index| index.as_i64() != Some(0)));
    StructHash::new("NetworkInterface")
        .field("NetworkCardIndex", index("networkCardIndex"))
        .field("DeviceIndex", index("deviceIndex"))
        .field("InterfaceType", filled_text(interface.get("interfaceType")))
        .finish()
}

fn metadata_options(options: &Value) -> u64 {
    StructHash::new("MetadataOptions")
        .field("HTTPEndpoint", any_text(options.get("httpEndpoint")))
        .field("HTTPProtocolIPv6", any_text(options.get("httpProtocolIPv6")))
        .field("HTTPPutResponseHopLimit", long_of(options.get("httpPutResponseHopLimit")))
        .field("HTTPTokens", any_text(options.get("httpTokens")))
        .finish()
}

fn connection_tracking(tracking: &Value) -> u64 {
    StructHash::new("ConnectionTracking")
        .field("TCPEstablishedTimeout", int_of(tracking.get("tcpEstablishedTimeout")))
        .field("UDPStreamTimeout", int_of(tracking.get("udpStreamTimeout")))
        .field("UDPTimeout", int_of(tracking.get("udpTimeout")))
        .finish()
}

fn cpu_options(options: &Value) -> u64 {
    StructHash::new("CPUOptions")
        .field("NestedVirtualization", any_text(options.get("nestedVirtualization")))
        .finish()
}

/// The typed block of 1.14.1. No recorded hash covers it.
fn kubelet(settings: &Value) -> u64 {
    let get = |field: &str| settings.get(field);
    let string = |value: &Value| text(value.as_str().unwrap_or_default());
    let span = |value: &Value| duration(value).unwrap_or_default();
    StructHash::new("KubeletConfiguration")
        .field("ClusterDNS", list(get("clusterDNS"), string))
        .field("MaxPods", int_of(get("maxPods")))
        .field("PodsPerCore", int_of(get("podsPerCore")))
        .field("SystemReserved", text_map(get("systemReserved")))
        .field("KubeReserved", text_map(get("kubeReserved")))
        .field("EvictionHard", text_map(get("evictionHard")))
        .field("EvictionSoft", text_map(get("evictionSoft")))
        .field("EvictionSoftGracePeriod", map(get("evictionSoftGracePeriod"), span))
        .field("EvictionMaxPodGracePeriod", int_of(get("evictionMaxPodGracePeriod")))
        .field("ImageGCHighThresholdPercent", int_of(get("imageGCHighThresholdPercent")))
        .field("ImageGCLowThresholdPercent", int_of(get("imageGCLowThresholdPercent")))
        .field("CPUCFSQuota", boolean(get("cpuCFSQuota")))
        .finish()
}

fn int_of(value: Option<&Value>) -> Option<u64> {
    let value = value?.as_i64()?;
    i32::try_from(value).ok().map(int)
}

fn long_of(value: Option<&Value>) -> Option<u64> {
    value?.as_i64().map(long)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn base() -> Value {
        json!({
            "role": "role-1",
            "tags": {"keyTag-1": "valueTag-1", "keyTag-2": "valueTag-2"},
            "context": "fake-context",
            "detailedMonitoring": false,
            "associatePublicIPAddress": false,
            "metadataOptions": {
                "httpEndpoint": "disabled", "httpProtocolIPv6": "disabled",
                "httpPutResponseHopLimit": 1, "httpTokens": "optional",
            },
            "userData": "userdata-test-1",
            "blockDeviceMappings": [
                {"deviceName": "map-device-1", "ebs": {
                    "deleteOnTermination": false, "encrypted": false, "iops": 0,
                    "kmsKeyID": "fakeKMSKeyID", "snapshotID": "fakeSnapshot", "throughput": 0,
                    "volumeSize": "2G", "volumeType": "standard",
                }},
                {"deviceName": "map-device-2"},
            ],
        })
    }

    fn hash(spec: &Value) -> u64 {
        node_class_hash(&json!({"spec": spec}), "test-ca-bundle", Profile::Head)
    }

    #[test]
    fn changes_have_the_hashes_that_the_reference_gives_them() {
        for (place, value, wanted) in [
            ("/role", json!("role-1"), 11_148_166_120_438_674_859),
            ("/userData", json!("userdata-test-2"), 11_774_429_238_106_843_388),
            ("/tags/keyTag-test-3", json!("valueTag-test-3"), 9_327_338_697_296_909_506),
            ("/context", json!("context-2"), 2_279_761_750_428_738_028),
            ("/detailedMonitoring", json!(true), 1_936_848_126_751_988_570),
            ("/instanceStorePolicy", json!("RAID0"), 16_697_988_646_989_909_967),
            ("/associatePublicIPAddress", json!(true), 16_141_801_171_825_097_963),
            ("/metadataOptions/httpEndpoint", json!("enabled"), 14_969_742_554_812_447_671),
            ("/metadataOptions/httpPutResponseHopLimit", json!(10), 14_046_948_658_064_232_764),
            (
                "/blockDeviceMappings/0/deviceName",
                json!("map-device-test-3"),
                8_979_166_653_850_509_463,
            ),
            ("/blockDeviceMappings/0/rootVolume", json!(true), 8_875_796_205_856_543_692),
            ("/blockDeviceMappings/0/ebs/iops", json!(10), 11_651_419_893_470_054_855),
            ("/blockDeviceMappings/0/ebs/volumeSize", json!("10G"), 10_372_902_467_896_351_912),
            (
                "/connectionTracking",
                json!({"tcpEstablishedTimeout": 300}),
                1_619_669_030_802_245_540,
            ),
            ("/connectionTracking", json!({"udpStreamTimeout": 120}), 13_743_705_849_402_595_405),
            ("/cpuOptions", json!({"nestedVirtualization": "enabled"}), 6_157_846_767_212_910_604),
        ] {
            let mut spec = base();
            let (parent, name) = place.rsplit_once('/').unwrap();
            spec.pointer_mut(parent).unwrap()[name] = value;
            assert_eq!(hash(&spec), wanted, "{place}");
        }
    }

    #[test]
    fn a_profile_instead_of_a_role_has_the_hash_that_the_reference_gives_it() {
        let mut spec = base();
        spec.as_object_mut().unwrap().remove("role");
        spec["instanceProfile"] = json!("test-instance-profile");
        assert_eq!(hash(&spec), 10_323_991_363_677_716_244);
    }

    #[test]
    fn the_former_version_knows_no_text_of_the_kubelet_block() {
        let class = json!({"spec": base()});
        let hash = node_class_hash(&class, "test-ca-bundle", Profile::V1_14_1);
        assert_eq!(hash, 2_608_468_723_537_941_485);
    }

    #[test]
    fn order_and_selectors_do_not_count() {
        let mut spec = base();
        spec["blockDeviceMappings"].as_array_mut().unwrap().reverse();
        spec["subnetSelectorTerms"] = json!([{"id": "subnet-1"}]);
        spec["ipPrefixCount"] = json!(3);
        spec["amiFamily"] = json!("Custom");
        spec["kubelet"] = json!({});
        assert_eq!(hash(&spec), hash(&base()));
    }

    #[test]
    fn a_family_counts_once_whether_written_or_implied() {
        let mut implied = base();
        implied["amiSelectorTerms"] = json!([{"alias": "al2023@latest"}]);
        let mut written = implied.clone();
        written["amiFamily"] = json!("AL2023");
        assert_eq!(hash(&implied), hash(&written));
        assert_ne!(hash(&implied), hash(&base()));
    }

    #[test]
    fn sizes_count_as_they_are_written_back() {
        let with_size = |size: &str| {
            let mut spec = base();
            spec["blockDeviceMappings"][0]["ebs"]["volumeSize"] = json!(size);
            hash(&spec)
        };
        assert_eq!(with_size("1024Gi"), with_size("1Ti"));
        assert_ne!(with_size("1000G"), with_size("1Ti"));
    }

    #[test]
    fn permuted_kubelet_settings_differ() {
        let with_pods = |kubelet: Value| {
            let mut spec = base();
            spec["kubelet"] = kubelet;
            hash(&spec)
        };
        let one = with_pods(json!({"maxPods": 12, "podsPerCore": 21}));
        assert_ne!(one, with_pods(json!({"maxPods": 21, "podsPerCore": 12})));
    }
}
