//! Volumes, their claims and classes, and what nodes can hold of them; not who uses which.

use proptest::{
    collection::vec,
    option,
    prelude::*,
    sample::{Index, select, subsequence},
};

use super::{demand::term, word};
use crate::model::{
    CsiNode, EphemeralVolume, Node, NodeSelectorTerm, ObjectId, Operator, PersistentVolume,
    PersistentVolumeClaim, PodVolume, RequirementEntry, StorageClass, Timestamp, label,
};

/// Names of claims, volumes and classes; the last of each list is one that does not exist.
const CLAIMS: [&str; 5] = ["c0", "c1", "c2", "c3", "c4"];
const VOLUMES: [&str; 4] = ["v0", "v1", "v2", "v3"];
const CLASSES: [&str; 4] = ["s0", "s1", "s2", "s3"];
const DRIVERS: [&str; 2] = ["disk.example.com", "file.example.com"];

/// Objects of storage.
#[derive(Clone, Debug, Default)]
pub(super) struct Storage {
    pub(super) claims: Vec<PersistentVolumeClaim>,
    pub(super) volumes: Vec<PersistentVolume>,
    pub(super) classes: Vec<StorageClass>,
    limits: Vec<(Index, &'static str, u32)>,
}

impl Storage {
    /// How many volumes nodes can hold.
    pub(super) fn csi_nodes(&self, nodes: &[Node]) -> Vec<CsiNode> {
        let mut found: Vec<CsiNode> = Vec::new();
        for (index, driver, limit) in self.limits.iter().filter(|_| !nodes.is_empty()) {
            let node = index.get(nodes).name.clone();
            let place = found.iter().position(|own| own.node == node).unwrap_or(found.len());
            if place == found.len() {
                found.push(CsiNode { node, limits: [].into() });
            }
            if let Some(own) = found.get_mut(place) {
                own.limits.insert((*driver).to_owned(), *limit);
            }
        }
        found
    }
}

pub(super) fn storage() -> impl Strategy<Value = Storage> {
    let limit = (any::<Index>(), select(&DRIVERS[..]), 0_u32..3);
    let volumes = (vec(volume(), VOLUMES.len() - 1), vec(class(), CLASSES.len() - 1));
    (vec(claim(), CLAIMS.len() - 1), volumes, vec(limit, 0..4)).prop_map(
        |(claims, (volumes, classes), limits)| Storage {
            claims: named(claims, &CLAIMS, |claim, name| claim.id = ObjectId::new("default", name)),
            volumes: named(volumes, &VOLUMES, |volume, name| name.clone_into(&mut volume.name)),
            classes: named(classes, &CLASSES, |class, name| name.clone_into(&mut class.name)),
            limits,
        },
    )
}

/// Volumes of a pod; three of four pods have none.
pub(super) fn pod_volumes() -> impl Strategy<Value = Vec<PodVolume>> {
    let ephemeral = option::weighted(0.7, select(&CLASSES[..]))
        .prop_map(|class| EphemeralVolume { storage_class: class.map(str::to_owned) });
    let volume =
        (select(&CLAIMS[..]), option::weighted(0.2, ephemeral)).prop_map(|(claim, ephemeral)| {
            PodVolume { name: claim.to_owned(), claim: claim.to_owned(), ephemeral }
        });
    prop_oneof![3 => vec(volume.clone(), 0..1), 1 => vec(volume, 1..4)]
}

fn claim() -> impl Strategy<Value = PersistentVolumeClaim> {
    let phase = prop_oneof![12 => Just("Bound"), 1 => Just("Lost")];
    let bound = option::weighted(0.6, select(&VOLUMES[..]));
    let class = option::weighted(0.7, select(&CLASSES[..]));
    (phase, bound, class, prop::bool::weighted(0.95), prop::bool::weighted(0.05)).prop_map(
        |(phase, bound, class, complete, deleting)| {
            let mut claim = PersistentVolumeClaim::new(ObjectId::new("default", "claim"));
            phase.clone_into(&mut claim.phase);
            claim.volume = bound.map(str::to_owned);
            claim.storage_class = class.map(str::to_owned);
            claim.bind_completed = complete;
            claim.deleting = deleting;
            claim
        },
    )
}

fn volume() -> impl Strategy<Value = PersistentVolume> {
    let driver = option::weighted(0.8, select(&DRIVERS[..]));
    let host = select(&["n0", "n1"][..]).prop_map(|host| {
        let entry = RequirementEntry::new(label::HOSTNAME, Operator::In, [host]);
        NodeSelectorTerm { match_expressions: vec![entry], match_fields: Vec::new() }
    });
    let place = prop_oneof![6 => zones(), 1 => host, 2 => term()];
    (driver, any::<bool>(), vec(place, 0..3), prop::bool::weighted(0.05)).prop_map(
        |(driver, is_host_local, node_affinity, deleting)| {
            let mut volume = PersistentVolume::new("volume");
            volume.driver = driver.map(str::to_owned);
            volume.is_host_local = is_host_local;
            volume.node_affinity = node_affinity;
            volume.deleting = deleting;
            volume
        },
    )
}

fn class() -> impl Strategy<Value = StorageClass> {
    let traits = (any::<bool>(), prop::bool::weighted(0.05), 0_i64..3);
    (select(&DRIVERS[..]), vec(zones(), 0..3), traits).prop_map(
        |(provisioner, topologies, (is_default, immediate, created))| {
            let mut class = StorageClass::new("class", provisioner);
            class.created_at = Timestamp::from_unix_seconds(created);
            class.is_default = is_default;
            class.binds_immediately = immediate;
            class.allowed_topologies = topologies;
            class
        },
    )
}

/// Some zones.
fn zones() -> impl Strategy<Value = NodeSelectorTerm> {
    subsequence(&word::ZONES[..], 1..=2).prop_map(|zones| NodeSelectorTerm {
        match_expressions: vec![RequirementEntry::new(label::ZONE, Operator::In, zones)],
        match_fields: Vec::new(),
    })
}

fn named<T>(things: Vec<T>, names: &[&str], rename: impl Fn(&mut T, &str)) -> Vec<T> {
    let name = |(mut thing, name): (T, &&str)| {
        rename(&mut thing, name);
        thing
    };
    things.into_iter().zip(names).map(name).collect()
}
