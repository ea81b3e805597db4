//! Overlapping pools, and the pods that prove it: each is planned against either pool alone.

use std::sync::Arc;

use karp_core::{
    arbitrary,
    lint::{Overlap, Settings, overlaps},
    model::{
        CapacityType, DaemonSet, Effect, InstanceType, NodePool, ObjectId, Operator, Pod,
        RequirementEntry,
        Severity::{Info, Warning},
        Taint, Toleration, label, usd,
    },
    policy::Policy,
    provision,
    snapshot::Snapshot,
};
use proptest::{prelude::*, strategy::ValueTree, test_runner::TestRunner};

use crate::fixture::{cluster, findings, one_of, only, pool, template, types};

fn with(pools: [NodePool; 2]) -> Snapshot {
    cluster().node_pools(pools).instance_types(types()).build().unwrap()
}

/// Whether the pool alone, in an empty cluster with the same daemons, buys a machine for the pod.
fn buys(snapshot: &Snapshot, pool: &str, pod: &Pod) -> bool {
    let there = snapshot.node_pool(pool).unwrap();
    let mut alone = NodePool::clone(there);
    alone.conditions.clear();
    let alone = Snapshot::builder(snapshot.now)
        .vocabulary(snapshot.vocabulary.clone())
        .instance_types(snapshot.types_of(&there.name).iter().map(Arc::clone))
        .node_pool(alone)
        .daemon_sets(snapshot.daemon_sets.iter().map(Arc::clone))
        .pods(snapshot.pods.iter().filter(|pod| pod.is_daemon()).map(Arc::clone))
        .pod(pod.clone())
        .build()
        .unwrap();
    let plan = provision(&alone, &Policy::compat());
    plan.machines().iter().any(|machine| machine.pods.contains(&pod.id))
}

fn is_proven(snapshot: &Snapshot, overlap: &Overlap) -> bool {
    overlap.pools.iter().all(|pool| buys(snapshot, pool.as_str(), &overlap.pod))
}

/// Fails unless the pools overlap, and the proof holds.
fn overlap_of(pools: [NodePool; 2]) -> Overlap {
    let snapshot = with(pools);
    let mut found = overlaps(&snapshot, &Settings::default());
    let overlap = found.pop().unwrap();
    assert!(found.is_empty());
    assert!(is_proven(&snapshot, &overlap), "{overlap:?}");
    overlap
}

fn are_apart(pools: [NodePool; 2]) -> bool {
    let snapshot = with(pools);
    overlaps(&snapshot, &Settings::default()).is_empty()
        && findings(&snapshot, "overlapping-pools").is_empty()
}

#[test]
fn plain_pools_overlap_until_a_weight_decides() {
    let overlap = overlap_of([pool("a"), pool("b")]);
    assert!(overlap.is_mutual);
    let told = only(&with([pool("a"), pool("b")]), "overlapping-pools");
    assert_eq!(told, (Warning, "NodePool a".to_owned(), "spec.weight".to_owned()));
    assert!(are_apart([pool("a"), pool("b").weighing(10)]));
    overlap_of([pool("a").weighing(10), pool("b").weighing(10)]);
}

#[test]
fn requirements_that_exclude_each_other_set_pools_apart() {
    let on = |name, kinds: &[&str]| pool(name).requirement(one_of(label::ARCH, kinds));
    assert!(are_apart([on("a", &["amd64"]), on("b", &["arm64"])]));
    let overlap = overlap_of([on("a", &["amd64"]), on("b", &["amd64", "arm64"])]);
    assert_eq!(overlap.pod.spec.node_selector[label::ARCH], "amd64");
    let team = |name, team| pool(name).label("team", team);
    assert!(are_apart([team("a", "red"), team("b", "blue")]));
    overlap_of([team("a", "red"), pool("b")]);
}

#[test]
fn requirements_that_intersect_but_leave_no_type_set_pools_apart() {
    // Spot is sold in the first zone only.
    let spot = pool("a").requirement(one_of(label::CAPACITY_TYPE, &["spot"]));
    let second = |name| pool(name).requirement(one_of(label::ZONE, &["z2"]));
    assert!(are_apart([spot.clone(), second("b")]));
    overlap_of([spot, pool("b").requirement(one_of(label::ZONE, &["z1"]))]);
}

#[test]
fn taints_set_pools_apart_unless_one_toleration_opens_both() {
    let taint = |key| Taint::new(key, Effect::NoSchedule).with_value("yes");
    assert!(are_apart([pool("a").taint(taint("red")), pool("b").taint(taint("blue"))]));
    // Who tolerates red may be sent to either; who does not has one choice.
    let one_way = [pool("a").taint(taint("red")), pool("b")];
    let overlap = overlap_of(one_way.clone());
    assert_eq!(overlap.pod.spec.tolerations.len(), 1);
    assert_eq!(only(&with(one_way), "overlapping-pools").0, Info);
    assert!(overlap_of([pool("a").taint(taint("red")), pool("b").taint(taint("red"))]).is_mutual);
    // A soft taint is a wish that decides.
    let soft = Taint::new("old", Effect::PreferNoSchedule);
    assert!(are_apart([pool("a").taint(soft), pool("b")]));
}

#[test]
fn min_values_are_kept_by_the_example() {
    let demand =
        RequirementEntry::new(label::INSTANCE_TYPE, Operator::Exists, [""; 0]).with_min_values(15);
    let overlap =
        overlap_of([pool("a").requirement(demand.clone()), pool("b").requirement(demand)]);
    assert!(overlap.pod.spec.node_selector.is_empty());
}

#[test]
fn a_pool_that_can_buy_nothing_overlaps_with_none() {
    assert!(are_apart([pool("a").limit("nodes", "0"), pool("b")]));
    assert!(are_apart([pool("a").limit("cpu", "3"), pool("b")]));
    let mut fixed = pool("a");
    fixed.replicas = Some(1);
    assert!(are_apart([fixed, pool("b")]));
}

#[test]
fn daemons_are_on_the_machine_that_is_proven() {
    let heavy = Pod::new("agent").request("cpu", "3950m").tolerate(Toleration::everything());
    let set = DaemonSet::new(ObjectId::new("kube-system", "agent"), template(&heavy));
    let huge = InstanceType::new("z.huge").cpu("64").memory("256Gi").offering(
        "z1",
        CapacityType::OnDemand,
        usd("3"),
    );
    let stage = || cluster().node_pools([pool("a"), pool("b")]).daemon_sets([set.clone()]);
    let snapshot = stage().instance_types(types()).build().unwrap();
    assert!(overlaps(&snapshot, &Settings::default()).is_empty());
    let snapshot = stage().instance_types(types()).instance_types([huge]).build().unwrap();
    let found = overlaps(&snapshot, &Settings::default());
    assert_eq!(found[0].instance_type, "z.huge");
    assert!(is_proven(&snapshot, &found[0]));
}

#[test]
fn many_pools_make_few_findings() {
    let pools = (0..6).map(|index| pool(&format!("p{index}")));
    let snapshot = cluster().node_pools(pools).instance_types(types()).build().unwrap();
    assert_eq!(overlaps(&snapshot, &Settings::default()).len(), 15);
    let told = findings(&snapshot, "overlapping-pools");
    assert_eq!(told.len(), 5);
    assert!(told[0].message.contains("`p1` (and 4 more)"), "{}", told[0]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn every_example_pod_is_bought_for_by_either_pool_alone(
        snapshot in arbitrary::snapshot().pools(2..4).nodes(0..2).pods(0..4),
    ) {
        for overlap in overlaps(&snapshot, &Settings::default()) {
            prop_assert!(is_proven(&snapshot, &overlap), "{:?}", overlap);
        }
    }
}

/// The property above would hold of no overlaps at all.
#[test]
fn random_clusters_have_overlaps_of_all_kinds() {
    let mut runner = TestRunner::deterministic();
    let strategy = arbitrary::snapshot().pools(2..4).nodes(0..2).pods(0..4);
    let found: Vec<Overlap> = (0..200)
        .flat_map(|_| {
            let snapshot = strategy.new_tree(&mut runner).unwrap().current();
            overlaps(&snapshot, &Settings::default())
        })
        .collect();
    assert!(found.len() > 20, "{}", found.len());
    assert!(found.iter().any(|overlap| !overlap.is_mutual));
    assert!(found.iter().any(|overlap| !overlap.pod.spec.node_selector.is_empty()));
}
