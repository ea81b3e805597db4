//! How much storage pods' files, logs and images have on a machine; not persistent volumes.

use crate::node_class::{AmiFamily, ClassSpec};

use super::figures::TypeFigures;

const GB: i64 = 1_000_000_000;

/// Bytes of the volume behind the kubelet's directory.
///
/// In this order: the local disks where the policy is `RAID0`; the mapping marked as root volume; the mapping of the device that the
/// image uses (with an image of the user's own, the last mapping); the image's default volume. A mapping without a size, whose
/// snapshot decides, counts as the default.
pub(super) fn of(figures: &TypeFigures, class: &ClassSpec) -> i64 {
    if let (true, Some(gigabytes)) = (class.instance_store_raid0, figures.storage_gb) {
        return i64::from(gigabytes) * GB;
    }
    let root =
        class.block_devices.iter().filter(|device| device.root).find_map(|device| device.bytes);
    let mapped = root.or_else(|| match (class.family, class.family.ephemeral_device()) {
        (AmiFamily::Custom, _) => class.block_devices.last().and_then(|device| device.bytes),
        (_, Some(name)) => class
            .block_devices
            .iter()
            .find(|device| device.device.as_deref() == Some(name))
            .and_then(|device| device.bytes),
        (_, None) => None,
    });
    mapped.unwrap_or_else(|| class.family.default_volume_bytes())
}
