//! What an `EC2NodeClass` says about the instance types of its machines; not its validation, and nothing that a launch needs.

use std::collections::BTreeMap;

use karp_core::model::Quantity;
use serde_json::Value;

use super::{
    ami_family::AmiFamily,
    error::FieldError,
    kubelet::{Expressions, Kubelet},
    raw::{RawBlockDevice, RawNetworkInterface, RawNodeClass, RawReservation, RawSpec, RawStatus},
};

/// The part of a node class that instance types depend on: classes that are equal in this have the same types.
#[derive(Clone, Debug, Default, Eq, Hash, PartialEq)]
pub(crate) struct ClassSpec {
    /// Family of the image.
    pub(crate) family: AmiFamily,
    /// Kubelet settings.
    pub(crate) kubelet: Kubelet,
    /// Volumes, in their order.
    pub(crate) block_devices: Vec<BlockDevice>,
    /// Whether local disks hold pods' files, as one RAID 0 array.
    pub(crate) instance_store_raid0: bool,
    /// Network interfaces; none when the class leaves them to EC2.
    pub(crate) network_interfaces: Option<Vec<NetworkInterface>>,
    /// Address prefixes of the first network interface.
    pub(crate) ip_prefix_count: u32,
    /// Whether machines must be able to run a hypervisor.
    pub(crate) nested_virtualization: bool,
    /// Whether time-outs of connection tracking are set.
    pub(crate) connection_tracking: bool,
    /// Zones of the class's subnets with their ids, where its status tells; none = not known, any zone.
    pub(crate) zones: Option<BTreeMap<String, Option<String>>>,
    /// Capacity reservations that its status lists.
    pub(crate) reservations: Vec<Reservation>,
    /// Id of the placement group.
    pub(crate) placement_group: Option<String>,
}

/// A volume of the machines.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub(crate) struct BlockDevice {
    /// Device name, `/dev/xvda` for example.
    pub(crate) device: Option<String>,
    /// Whether it holds the kubelet's directory.
    pub(crate) root: bool,
    /// Size; none when it is that of the snapshot.
    pub(crate) bytes: Option<i64>,
}

/// A network interface of the machines.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub(crate) struct NetworkInterface {
    /// Network card.
    pub(crate) card: u32,
    /// Place on the card.
    pub(crate) device: u32,
    /// Whether it is for the Elastic Fabric Adapter alone, without addresses.
    pub(crate) efa_only: bool,
}

/// A capacity reservation of the class's status. How many machines are left in it only EC2 knows.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub(crate) struct Reservation {
    /// Id.
    pub(crate) id: String,
    /// Zone.
    pub(crate) zone: String,
    /// Instance type.
    pub(crate) instance_type: String,
    /// `default` or `capacity-block`.
    pub(crate) kind: String,
    /// Whether EC2 may take it back.
    pub(crate) interruptible: bool,
}

/// A class as it was read, with what was noticed.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(crate) struct ClassReading {
    /// Name of the class, if it has one.
    pub(crate) name: Option<String>,
    /// What it says.
    pub(crate) spec: ClassSpec,
    /// Fields with an expression, and its text.
    pub(crate) expressions: Expressions,
    /// Name of the placement group, where the id is not given.
    pub(crate) placement_group_name: Option<String>,
}

impl ClassReading {
    /// Reads a whole `EC2NodeClass` object.
    ///
    /// # Errors
    ///
    /// The first field that can't be used.
    pub(crate) fn read(object: &Value) -> Result<Self, FieldError> {
        let raw: RawNodeClass = serde_path_to_error::deserialize(object)?;
        let spec = raw.spec.unwrap_or_default();
        let (kubelet, expressions) =
            spec.kubelet.as_ref().map(Kubelet::read).transpose()?.unwrap_or_default();
        let group = spec.placement_group_selector.as_ref();
        let status = raw.status.unwrap_or_default();
        Ok(Self {
            name: raw.metadata.and_then(|metadata| metadata.name),
            placement_group_name: group.and_then(|group| group.name.clone()),
            expressions,
            spec: ClassSpec {
                family: read_family(&spec)?,
                kubelet,
                block_devices: read_block_devices(spec.block_device_mappings.unwrap_or_default())?,
                instance_store_raid0: is_raid0(spec.instance_store_policy.as_deref())?,
                network_interfaces: spec.network_interfaces.map(read_interfaces).transpose()?,
                ip_prefix_count: spec.ip_prefix_count.unwrap_or(0),
                nested_virtualization: spec
                    .cpu_options
                    .and_then(|options| options.nested_virtualization)
                    .is_some_and(|value| value == "enabled"),
                connection_tracking: spec.connection_tracking.is_some(),
                zones: read_zones(&status),
                reservations: read_reservations(status.capacity_reservations.unwrap_or_default()),
                placement_group: spec.placement_group_selector.and_then(|group| group.id),
            },
        })
    }
}

/// The explicit family, else that of the first alias, else `Custom`.
fn read_family(spec: &RawSpec) -> Result<AmiFamily, FieldError> {
    if let Some(family) = &spec.ami_family {
        return family.parse().map_err(|error: super::ami_family::ParseAmiFamilyError| {
            FieldError::new("spec.amiFamily", error.to_string())
        });
    }
    let mut terms = spec.ami_selector_terms.iter().flatten().enumerate();
    let alias = terms.find_map(|(place, term)| Some((place, term.alias.as_ref()?)));
    alias.map_or(Ok(AmiFamily::Custom), |(place, alias)| {
        AmiFamily::of_alias(alias).map_err(|error| {
            FieldError::new(format!("spec.amiSelectorTerms[{place}].alias"), error.to_string())
        })
    })
}

fn is_raid0(policy: Option<&str>) -> Result<bool, FieldError> {
    match policy {
        None => Ok(false),
        Some("RAID0") => Ok(true),
        Some(other) => Err(FieldError::new(
            "spec.instanceStorePolicy",
            format!("`{other}` is not a policy (expected `RAID0`)"),
        )),
    }
}

fn read_block_devices(devices: Vec<RawBlockDevice>) -> Result<Vec<BlockDevice>, FieldError> {
    let read = |(place, raw): (usize, RawBlockDevice)| {
        let size = raw.ebs.and_then(|ebs| ebs.volume_size);
        let bytes = size.map(|size| {
            let field = format!("spec.blockDeviceMappings[{place}].ebs.volumeSize");
            let quantity: Quantity =
                size.parse().map_err(|error: karp_core::model::ParseQuantityError| {
                    FieldError::new(field.clone(), error.to_string())
                })?;
            if quantity.nanos() <= 0 {
                let problem =
                    format!("`{size}` is no size (expected more than 0, `20Gi` for example)");
                return Err(FieldError::new(field, problem));
            }
            Ok(quantity.units_floor())
        });
        let bytes = bytes.transpose()?;
        Ok(BlockDevice { device: raw.device_name, root: raw.root_volume.unwrap_or(false), bytes })
    };
    devices.into_iter().enumerate().map(read).collect()
}

fn read_interfaces(
    interfaces: Vec<RawNetworkInterface>,
) -> Result<Vec<NetworkInterface>, FieldError> {
    let read = |(place, raw): (usize, RawNetworkInterface)| {
        let efa_only = match raw.interface_type.as_str() {
            "interface" => false,
            "efa-only" => true,
            other => {
                return Err(FieldError::new(
                    format!("spec.networkInterfaces[{place}].interfaceType"),
                    format!("`{other}` is not a type (expected `interface` or `efa-only`)"),
                ));
            }
        };
        Ok(NetworkInterface { card: raw.network_card_index, device: raw.device_index, efa_only })
    };
    interfaces.into_iter().enumerate().map(read).collect()
}

/// Zones of the subnets that the status lists; none when it lists no subnet, as in a manifest that never met a cluster.
fn read_zones(status: &RawStatus) -> Option<BTreeMap<String, Option<String>>> {
    let subnets = status.subnets.as_deref().filter(|subnets| !subnets.is_empty())?;
    let mut zones = BTreeMap::new();
    for subnet in subnets {
        let id = zones.entry(subnet.zone.clone()).or_insert(None);
        if id.is_none() {
            id.clone_from(&subnet.zone_id);
        }
    }
    Some(zones)
}

fn read_reservations(reservations: Vec<RawReservation>) -> Vec<Reservation> {
    let mut read: Vec<Reservation> = reservations
        .into_iter()
        .map(|raw| Reservation {
            id: raw.id,
            zone: raw.availability_zone,
            instance_type: raw.instance_type,
            kind: raw.reservation_type.unwrap_or_else(|| "default".to_owned()),
            interruptible: raw.interruptible.unwrap_or(false),
        })
        .collect();
    read.sort_by(|a, b| a.id.cmp(&b.id));
    read.dedup_by(|a, b| a.id == b.id);
    read
}
