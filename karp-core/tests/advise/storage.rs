//! Volumes: their objects, and where they can be used.

use karp_core::{
    model::{
        NodeSelectorTerm, ObjectId, PersistentVolume, PersistentVolumeClaim, Pod, PodVolume,
        StorageClass,
    },
    policy::Policy,
};

use super::fixture::*;

fn holder() -> Pod {
    let mut pod = pod("p");
    let volume = PodVolume { name: "data".to_owned(), claim: "c".to_owned(), ephemeral: None };
    pod.spec_mut().volumes.push(volume);
    pod
}

fn claim() -> PersistentVolumeClaim {
    PersistentVolumeClaim::new(ObjectId::new("default", "c"))
}

fn default_class() -> StorageClass {
    let mut class = StorageClass::new("standard", "disk.example.com");
    class.is_default = true;
    class
}

const DROP: &str = "drop the volume `data` of pods like `default/p`";
const MAKE: &str = "make the volume claim `default/c` anew, without a volume";

#[test]
fn a_claim_that_is_missing_lost_or_going_is_made_anew() {
    let world = || world().node_pool(pool()).storage_classes([default_class()]).pod(holder());
    assert_eq!(helps(world()), [DROP, MAKE]);
    let mut going = claim();
    going.deleting = true;
    assert_eq!(helps(world().volume_claims([going])), [DROP, MAKE]);
    let mut lost = claim();
    "Lost".clone_into(&mut lost.phase);
    assert_eq!(helps(world().volume_claims([lost])), [DROP, MAKE]);
}

#[test]
fn a_class_that_is_missing_is_made() {
    let mut named = claim();
    named.storage_class = Some("fast".to_owned());
    let found = helps(world().node_pool(pool()).volume_claims([named]).pod(holder()));
    assert_eq!(found, [DROP, "make a storage class `fast` with WaitForFirstConsumer"]);
    let other = StorageClass::new("slow", "disk.example.com");
    let found = helps(
        world().node_pool(pool()).storage_classes([other]).volume_claims([claim()]).pod(holder()),
    );
    assert_eq!(found, [DROP, "make the storage class `slow` the default one"]);
}

#[test]
fn a_class_that_binds_at_once_waits() {
    let mut hasty = default_class();
    hasty.binds_immediately = true;
    let found = helps(
        world().node_pool(pool()).storage_classes([hasty]).volume_claims([claim()]).pod(holder()),
    );
    assert_eq!(found, [DROP, "let the storage class `standard` wait for the first consumer"]);
}

#[test]
fn a_volume_that_is_missing_or_not_bound_is_mended() {
    let mut bound = claim();
    bound.volume = Some("pv".to_owned());
    bound.bind_completed = true;
    let made = "make the volume `pv`";
    let world = || world().node_pool(pool()).pod(holder());
    assert_eq!(helps(world().volume_claims([bound.clone()])), [DROP, made]);
    let mut going = PersistentVolume::new("pv");
    going.deleting = true;
    assert_eq!(helps(world().volume_claims([bound.clone()]).volumes([going])), [DROP, made]);
    bound.bind_completed = false;
    let there = PersistentVolume::new("pv");
    let found = helps(world().volume_claims([bound]).volumes([there]));
    assert_eq!(found, [DROP, "complete the binding of the volume claim `default/c`"]);
}

#[test]
fn a_volume_in_a_zone_that_the_pool_does_not_reach_widens_the_pool() {
    let mut volume = PersistentVolume::new("pv");
    volume.node_affinity = vec![NodeSelectorTerm {
        match_expressions: vec![is_in(ZONE, &["z2"])],
        match_fields: Vec::new(),
    }];
    let mut bound = claim();
    bound.volume = Some("pv".to_owned());
    bound.bind_completed = true;
    let found = helps(
        world()
            .node_pool(pool().requirement(is_in(ZONE, &["z1"])))
            .volumes([volume])
            .volume_claims([bound])
            .pod(holder()),
    );
    assert_eq!(
        found,
        [
            format!("add z2 to the requirement {ZONE} In [z1] of node pool `general`"),
            DROP.to_owned(),
            format!("drop the requirement {ZONE} In [z1] of node pool `general`"),
        ]
    );
}

#[test]
fn a_driver_that_is_not_supported_is_done_without() {
    let mut policy = Policy::compat();
    policy.volumes.unsupported_drivers.insert("disk.example.com".to_owned());
    let world = world()
        .node_pool(pool())
        .storage_classes([default_class()])
        .volume_claims([claim()])
        .pod(holder());
    assert_eq!(helps_under(world, &policy), [DROP]);
}
