//! Which pods look for a place.

use karp_core::model::{
    Effect, IntOrPercent, LabelSelector, Node, ObjectId, Owner, Pod, PodDisruptionBudget, PodPhase,
    Toleration, Uid, label,
};

use super::fixture::*;

/// How many of these pods are in the plan, on machines or unplaced.
fn in_plan(pods: impl IntoIterator<Item = Pod>) -> usize {
    let plan = plan(pool(), pods);
    let totals = plan.totals();
    totals.placed + totals.unplaced
}

fn owned_by(mut pod: Pod, kind: &str, api_version: &str) -> Pod {
    pod.owners.push(Owner {
        api_version: api_version.to_owned(),
        kind: kind.to_owned(),
        name: "owner".to_owned(),
        uid: Uid::new("owner"),
        controller: true,
    });
    pod
}

#[test]
fn pods_that_wait_for_something_else_are_left_alone() {
    let mut gated = pod("gated");
    gated.spec_mut().scheduling_gates.push("wait".to_owned());
    let mut nominated = pod("nominated");
    nominated.status.nominated_node = Some("n".into());
    let mut done = pod("done");
    done.status.phase = PodPhase::Failed;
    let daemon = owned_by(pod("daemon"), "DaemonSet", "apps/v1");
    let mirror = owned_by(pod("mirror"), "Node", "v1");
    let bound = pod("bound").bound_to("n");
    assert_eq!(in_plan([gated, nominated, done, daemon, mirror, bound]), 0);
    assert_eq!(in_plan([pod("p"), owned_by(pod("q"), "ReplicaSet", "apps/v1")]), 2);
}

/// Whether a running pod gets a replacement when its node goes.
fn is_replaced(pod: Pod, budgets: impl IntoIterator<Item = PodDisruptionBudget>) -> bool {
    let mut node = Node::new("n").resource("cpu", "4").resource("memory", "4Gi");
    node.deleting_since = Some(NOW.parse().unwrap());
    let snapshot = world()
        .instance_types(types())
        .node_pool(pool())
        .node(node)
        .pod(pod.bound_to("n"))
        .pod_disruption_budgets(budgets)
        .build()
        .unwrap();
    let plan = plan_of(&snapshot);
    assert!(plan.existing.is_empty() && plan.unplaced.is_empty());
    plan.machines.len() == 1
}

#[test]
fn pods_of_a_node_that_goes_are_replaced_if_they_come_back() {
    let leaving = |mut pod: Pod| {
        pod.status.deleting_since = Some(NOW.parse().unwrap());
        pod
    };
    // DEL-1..5
    assert!(is_replaced(pod("p"), []));
    assert!(!is_replaced(leaving(pod("p")), []));
    assert!(!is_replaced(owned_by(pod("p"), "DaemonSet", "apps/v1"), []));
    assert!(!is_replaced(leaving(owned_by(pod("p"), "ReplicaSet", "apps/v1")), []));
    assert!(is_replaced(leaving(owned_by(pod("p"), "StatefulSet", "apps/v1")), []));
}

#[test]
fn pods_that_budgets_never_let_go_are_not_replaced() {
    let budget = |name: &str, adjust: fn(&mut PodDisruptionBudget)| {
        let mut budget = PodDisruptionBudget::new(ObjectId::new("default", name));
        budget.selector = Some(selector("app", "web"));
        adjust(&mut budget);
        budget
    };
    let pod = || pod("p").label("app", "web");
    // DEL-6a..d
    assert!(!is_replaced(pod(), [budget("a", |b| b.max_unavailable = Some(IntOrPercent::Int(0)))]));
    assert!(!is_replaced(
        pod(),
        [budget("a", |b| b.max_unavailable = Some(IntOrPercent::Percent(0)))]
    ));
    assert!(!is_replaced(
        pod(),
        [budget("a", |b| b.min_available = Some(IntOrPercent::Percent(100)))]
    ));
    assert!(!is_replaced(pod(), [budget("a", |_| ()), budget("b", |_| ())]));
    // What counts is what the budget could ever allow, not what it allows now.
    assert!(is_replaced(pod(), [budget("a", |b| b.max_unavailable = Some(IntOrPercent::Int(1)))]));
    // A budget without selector protects nobody; one that lets unhealthy pods go does not hold them.
    let none = budget("a", |b| {
        b.max_unavailable = Some(IntOrPercent::Int(0));
        b.selector = None;
    });
    assert!(is_replaced(pod(), [none]));
    let mut unhealthy = pod();
    unhealthy.status.ready = Some(false);
    let lenient = budget("a", |b| {
        b.max_unavailable = Some(IntOrPercent::Int(0));
        b.always_allows_unhealthy = true;
    });
    assert!(is_replaced(unhealthy, [lenient.clone()]));
    assert!(!is_replaced(pod(), [lenient]));
    // A pod that tolerates the disruption taint is not evicted at all.
    let everywhere =
        pod().tolerate(Toleration::exists(label::DISRUPTED_TAINT).with_effect(Effect::NoSchedule));
    assert!(is_replaced(
        everywhere,
        [budget("a", |b| b.max_unavailable = Some(IntOrPercent::Int(0)))]
    ));
    let everything = PodDisruptionBudget::new(ObjectId::new("other", "x"));
    let mut other = everything;
    other.selector = Some(LabelSelector::default());
    other.max_unavailable = Some(IntOrPercent::Int(0));
    assert!(is_replaced(pod(), [other]));
}

#[test]
fn an_annotation_keeps_pods_where_they_are() {
    let annotated = |value: &str, started: Option<&str>| {
        let mut pod = pod("p");
        std::sync::Arc::make_mut(&mut pod.annotations)
            .insert(label::DO_NOT_DISRUPT.to_owned(), value.to_owned());
        pod.status.started_at = started.map(|at| at.parse().unwrap());
        is_replaced(pod, [])
    };
    // POD-1..6
    assert!(!annotated("true", None));
    for unprotected in ["false", "abc", "0s", "-1h"] {
        assert!(annotated(unprotected, Some(NOW)), "{unprotected}");
    }
    assert!(!annotated("1h", Some("2026-01-15T11:30:00Z")));
    assert!(annotated("1h", Some("2026-01-15T10:30:00Z")));
    assert!(!annotated("1h", None));
}

#[test]
fn all_pods_of_a_going_node_and_pending_ones_are_placed_together() {
    // DEL-7
    let mut node = Node::new("n").resource("cpu", "16").resource("memory", "16Gi");
    node.deleting_since = Some(NOW.parse().unwrap());
    let bound = (0..3).map(|i| pod(&format!("b-{i}")).request("cpu", "10m").bound_to("n"));
    let waiting = (0..2).map(|i| pod(&format!("w-{i}")).request("cpu", "10m"));
    let snapshot = world()
        .instance_types(types())
        .node_pool(pool())
        .node(node)
        .pods(bound.chain(waiting))
        .build()
        .unwrap();
    let plan = plan_of(&snapshot);
    assert_eq!(plan.machines.len(), 1);
    assert_eq!(plan.machines[0].pods.len(), 5);
}
