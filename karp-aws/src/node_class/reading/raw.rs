//! The fields of an `EC2NodeClass` that decide what its machines hold, as the API server stores them; not their meaning.

use std::collections::BTreeMap;

use serde::{Deserialize, de::IgnoredAny};
use serde_json::Value;

/// An `EC2NodeClass`; unknown fields are left to validation.
#[derive(Debug, Default, Deserialize)]
pub(super) struct RawNodeClass {
    pub(super) metadata: Option<RawMetadata>,
    pub(super) spec: Option<RawSpec>,
    pub(super) status: Option<RawStatus>,
}

#[derive(Debug, Default, Deserialize)]
pub(super) struct RawMetadata {
    pub(super) name: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct RawSpec {
    pub(super) ami_family: Option<String>,
    pub(super) ami_selector_terms: Option<Vec<RawAmiTerm>>,
    pub(super) block_device_mappings: Option<Vec<RawBlockDevice>>,
    pub(super) connection_tracking: Option<IgnoredAny>,
    pub(super) cpu_options: Option<RawCpuOptions>,
    pub(super) instance_store_policy: Option<String>,
    pub(super) ip_prefix_count: Option<u32>,
    pub(super) kubelet: Option<RawKubelet>,
    pub(super) network_interfaces: Option<Vec<RawNetworkInterface>>,
    pub(super) placement_group_selector: Option<RawPlacementGroup>,
}

#[derive(Debug, Deserialize)]
pub(super) struct RawAmiTerm {
    pub(super) alias: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct RawBlockDevice {
    pub(super) device_name: Option<String>,
    pub(super) root_volume: Option<bool>,
    pub(super) ebs: Option<RawEbs>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct RawEbs {
    pub(super) volume_size: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct RawCpuOptions {
    pub(super) nested_virtualization: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct RawNetworkInterface {
    pub(super) network_card_index: u32,
    pub(super) device_index: u32,
    pub(super) interface_type: String,
}

#[derive(Debug, Deserialize)]
pub(super) struct RawPlacementGroup {
    pub(super) id: Option<String>,
    pub(super) name: Option<String>,
}

/// The kubelet settings that are interpreted; all twelve have a type here, because a class with one of the wrong type has no
/// instance types at all.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct RawKubelet {
    #[serde(rename = "clusterDNS")]
    _cluster_dns: Option<Vec<String>>,
    #[serde(rename = "cpuCFSQuota")]
    _cpu_cfs_quota: Option<bool>,
    pub(super) eviction_hard: Option<BTreeMap<String, String>>,
    #[serde(rename = "evictionMaxPodGracePeriod")]
    _eviction_max_pod_grace_period: Option<i32>,
    #[serde(rename = "evictionSoft")]
    _eviction_soft: Option<BTreeMap<String, String>>,
    #[serde(rename = "evictionSoftGracePeriod")]
    pub(super) eviction_soft_grace_period: Option<BTreeMap<String, String>>,
    #[serde(rename = "imageGCHighThresholdPercent")]
    _image_gc_high_threshold_percent: Option<i32>,
    #[serde(rename = "imageGCLowThresholdPercent")]
    _image_gc_low_threshold_percent: Option<i32>,
    pub(super) kube_reserved: Option<BTreeMap<String, String>>,
    /// A number, or an expression.
    pub(super) max_pods: Option<Value>,
    pub(super) pods_per_core: Option<i32>,
    pub(super) system_reserved: Option<BTreeMap<String, String>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct RawStatus {
    pub(super) capacity_reservations: Option<Vec<RawReservation>>,
    pub(super) subnets: Option<Vec<RawSubnet>>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct RawReservation {
    pub(super) id: String,
    pub(super) availability_zone: String,
    pub(super) instance_type: String,
    pub(super) interruptible: Option<bool>,
    pub(super) reservation_type: Option<String>,
}

#[derive(Debug, Deserialize)]
pub(super) struct RawSubnet {
    pub(super) zone: String,
    #[serde(rename = "zoneID")]
    pub(super) zone_id: Option<String>,
}
