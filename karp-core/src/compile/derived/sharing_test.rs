//! What nothing changes is the snapshot's own.

use std::{borrow::Cow, sync::Arc};

use super::derive;
use crate::{
    model::{
        CapacityType::OnDemand, InstanceType, NodeOverlay, NodePool, Operator, RequirementEntry,
        Timestamp, label, usd,
    },
    policy::Policy,
    snapshot::Snapshot,
};

/// Pools p0, p1 and p2 that sell the types a and b.
fn cluster(overlays: impl IntoIterator<Item = NodeOverlay>) -> Snapshot {
    let kind = |name: &str| InstanceType::new(name).cpu("2").offering("z1", OnDemand, usd("1"));
    Snapshot::builder(Timestamp::EPOCH)
        .instance_types([kind("a"), kind("b")])
        .node_pools(["p0", "p1", "p2"].map(NodePool::new))
        .overlays(overlays)
        .build()
        .unwrap()
}

fn overlay(key: &str, value: &str) -> NodeOverlay {
    let mut overlay = NodeOverlay::new("o");
    overlay.requirements.push(RequirementEntry::new(key, Operator::In, [value]));
    overlay.price = Some("0.5".to_owned());
    overlay
}

fn policy() -> Policy {
    let mut policy = Policy::compat();
    policy.feature_gates.node_overlay = true;
    policy
}

/// Whether the types of two pools are one allocation.
fn share(snapshot: &Snapshot, one: &str, other: &str) -> bool {
    let types = |pool| &snapshot.instance_types[pool];
    Arc::ptr_eq(types(one), types(other))
}

// OVS-1
#[test]
fn a_world_without_effective_overlays_is_not_copied() {
    let without = cluster([]);
    assert!(matches!(
        derive(Cow::Borrowed(&without), &policy(), &mut Vec::new()),
        Cow::Borrowed(_)
    ));
    let gate_off = cluster([overlay(label::INSTANCE_TYPE, "a")]);
    assert!(matches!(
        derive(Cow::Borrowed(&gate_off), &Policy::compat(), &mut Vec::new()),
        Cow::Borrowed(_)
    ));
    let elsewhere = cluster([overlay(label::INSTANCE_TYPE, "c")]);
    assert!(matches!(
        derive(Cow::Borrowed(&elsewhere), &policy(), &mut Vec::new()),
        Cow::Borrowed(_)
    ));
}

// OVS-1, OVS-5
#[test]
fn only_types_that_change_are_copied_once_for_all_pools() {
    let snapshot = cluster([overlay(label::INSTANCE_TYPE, "a")]);
    let derived = derive(Cow::Borrowed(&snapshot), &policy(), &mut Vec::new());
    assert!(share(&derived, "p0", "p1") && share(&derived, "p0", "p2"));
    let types = |snapshot: &Snapshot| snapshot.instance_types["p0"].to_vec();
    let (before, after) = (types(&snapshot), types(&derived));
    assert!(!Arc::ptr_eq(&before[0], &after[0]) && Arc::ptr_eq(&before[1], &after[1]));
    assert_eq!(before[0].offerings[0].price, usd("1").unwrap());
}

// OVS-3
#[test]
fn pools_that_are_told_apart_have_their_own_types() {
    let snapshot = cluster([overlay(label::NODE_POOL, "p1")]);
    let derived = derive(Cow::Borrowed(&snapshot), &policy(), &mut Vec::new());
    assert!(share(&derived, "p0", "p2") && !share(&derived, "p0", "p1"));
    assert!(Arc::ptr_eq(&derived.instance_types["p0"], &snapshot.instance_types["p0"]));
}
