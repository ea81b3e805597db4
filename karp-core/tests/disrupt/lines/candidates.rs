//! Which nodes are candidates.

use karp_core::{
    disrupt::Method,
    model::{ConditionStatus, PodPhase, Span, label},
};

use super::fixture::{World, annotate, now, owner};

/// A node with a pod on it, and room for the pod elsewhere.
fn world() -> World {
    World::new().node("n1", 4).node("n2", 4).pod("web", "n1", "1").pod("other", "n2", "1")
}

fn single(world: &World) -> &'static str {
    world.stays(Method::SingleNode, "n1")
}

#[test]
fn a_grace_period_forgives_pods_for_drift_only() {
    let bounded = |mut world: World| {
        world.claim_of("n1").termination_grace_period = Some(Span::minutes(5));
        world.drifted("n1")
    };
    let protected = || world().with(|own| annotate(own.pod_named("web"), "true"));
    // inventory-043, inventory-054
    assert_eq!(single(&bounded(protected())), "pod-do-not-disrupt");
    assert_eq!(single(&protected()), "pod-do-not-disrupt");
    assert_eq!(bounded(protected()).stays(Method::Drift, "n1"), "candidate");
    // inventory-044, inventory-055
    assert_eq!(single(&bounded(world().kept("web"))), "pdb");
    assert_eq!(single(&world().kept("web")), "pdb");
    assert_eq!(bounded(world().kept("web")).stays(Method::Drift, "n1"), "candidate");
    // inventory-046
    assert_eq!(world().kept("web").drifted("n1").stays(Method::Drift, "n1"), "pdb");
}

#[test]
fn a_budget_that_allows_nothing_keeps_only_pods_that_can_be_evicted() {
    // inventory-051
    assert_eq!(single(&world().kept("web")), "pdb");
    // inventory-056
    let ended = world().kept("web").with(|own| {
        own.pod_named("web").status.phase = PodPhase::Succeeded;
    });
    assert_eq!(ended.stays(Method::Emptiness, "n1"), "candidate");
    // inventory-057 for a pod of a StatefulSet, so that the node is not empty
    let ending = world().kept("web").with(|own| {
        own.pod_named("web").status.deleting_since = Some(now());
        own.pod_named("web").owners = vec![owner("StatefulSet")];
    });
    assert_eq!(single(&ending), "candidate");
}

#[test]
fn a_machine_without_both_halves_is_none() {
    // inventory-059
    let claim_only = world().with(|own| {
        own.nodes.retain(|node| node.name != *"n1");
        own.pods.retain(|pod| pod.id.name() != "web");
    });
    assert_eq!(claim_only.stays(Method::SingleNode, "of-n1"), "no-node");
    // inventory-058
    assert_eq!(
        single(&world().with(|own| own.claims.retain(|own| own.name != *"of-n1"))),
        "not-managed"
    );
}

#[test]
fn what_is_remembered_keeps_a_node() {
    // inventory-060, inventory-062, inventory-070
    let nominated = world().with(|own| own.memory.nominated.extend(["n1".into()]));
    assert_eq!(single(&nominated), "nominated");
    let marked = world().with(|own| own.memory.marked.extend(["n1".into()]));
    assert_eq!(single(&marked), "node-deleting");
    let queued = world().with(|own| own.memory.queued.extend(["n1".into()]));
    assert_eq!(single(&queued), "already-disrupted");
}

#[test]
fn a_node_that_goes_or_has_not_joined_is_none() {
    // inventory-061
    assert_eq!(
        single(&world().with(|own| own.claim_of("n1").deleting_since = Some(now()))),
        "node-deleting"
    );
    // inventory-063
    let raw =
        world().with(|own| own.node_named("n1").labels.retain(|key, _| key != label::INITIALIZED));
    assert_eq!(single(&raw), "not-initialized");
}

#[test]
fn a_node_needs_its_pool() {
    // inventory-064
    let lost = world().with(|own| {
        own.node_named("n1").labels.remove(label::NODE_POOL);
        own.claim_of("n1").labels.remove(label::NODE_POOL);
    });
    assert_eq!(single(&lost), "label-missing");
    // inventory-065
    let foreign = world().with(|own| {
        for labels in [&mut own.nodes[0].labels, &mut own.claims[0].labels] {
            labels.insert(label::NODE_POOL.to_owned(), "gone".to_owned());
        }
    });
    assert_eq!(single(&foreign), "pool-missing");
}

#[test]
fn labels_of_the_offering_matter_to_consolidation_only() {
    // inventory-066 to inventory-069, inventory-158: candidates of drift, but not of consolidation
    for key in [label::CAPACITY_TYPE, label::ZONE, label::INSTANCE_TYPE] {
        let without =
            world().drifted("n1").with(|own| own.nodes[0].labels.retain(|own, _| own != key));
        assert_eq!(without.stays(Method::Drift, "n1"), "candidate", "{key}");
        let expected = if key == label::INSTANCE_TYPE { "type-missing" } else { "label-missing" };
        assert_eq!(without.stays(Method::SingleNode, "n1"), expected, "{key}");
        assert_eq!(without.stays(Method::MultiNode, "n1"), expected, "{key}");
    }
    let unknown = world().drifted("n1").with(|own| {
        own.nodes[0].labels.insert(label::INSTANCE_TYPE.to_owned(), "gone".to_owned());
    });
    assert_eq!(unknown.stays(Method::Drift, "n1"), "candidate");
    assert_eq!(unknown.stays(Method::SingleNode, "n1"), "type-missing");
}

#[test]
fn policies_of_the_pool_say_which_methods_may() {
    // inventory-155
    assert_eq!(single(&world()), "candidate");
    // inventory-157
    let never = world().with(|own| {
        own.pools[0].disruption.consolidate_after = karp_core::model::NillableSpan::NEVER;
    });
    for method in [Method::Emptiness, Method::MultiNode, Method::SingleNode] {
        assert_eq!(never.stays(method, "n1"), "consolidation-disabled");
    }
    // inventory-226
    let fixed = world().with(|own| own.pools[0].replicas = Some(2));
    for method in [Method::Emptiness, Method::MultiNode, Method::SingleNode] {
        assert_eq!(fixed.stays(method, "n1"), "pool-static");
    }
    // inventory-256, inventory-243
    let balanced = world().with(|own| {
        own.pools[0].disruption.consolidation_policy = "Balanced".into();
    });
    assert_eq!(single(&balanced), "candidate");
}

#[test]
fn who_is_eligible_follows_what_blocks() {
    // inventory-078 to inventory-080: the gauges count candidates
    let blocked = world().with(|own| annotate(own.pod_named("web"), "true"));
    assert_ne!(single(&blocked), "candidate");
    let held = |method| {
        let mut world = World::new().node("n1", 4).drifted("n1");
        let free = world.stays(method, "n1");
        world.node_named("n1").annotations.insert(label::DO_NOT_DISRUPT.into(), "true".into());
        (free, world.stays(method, "n1"))
    };
    assert_eq!(held(Method::Emptiness), ("candidate", "node-do-not-disrupt"));
    assert_eq!(held(Method::Drift), ("candidate", "node-do-not-disrupt"));
}

#[test]
fn a_pod_is_protected_as_long_as_its_annotation_says() {
    let since = |minutes: i64, value: &str| {
        world().with(|own| {
            own.pod_named("web").status.started_at = Some(now() - Span::minutes(minutes));
            annotate(own.pod_named("web"), value);
        })
    };
    // inventory-192: while the duration runs, and after
    assert_eq!(single(&since(29, "30m")), "pod-do-not-disrupt");
    assert_eq!(single(&since(30, "30m")), "candidate");
    // inventory-193
    assert_eq!(single(&since(1, "half an hour")), "candidate");
    // inventory-119
    let two = since(50, "30m").pod("late", "n1", "1").drifted("n1").with(|own| {
        own.pod_named("late").status.started_at = Some(now() - Span::minutes(50));
        annotate(own.pod_named("late"), "1h");
    });
    assert_eq!(two.stays(Method::Drift, "n1"), "pod-do-not-disrupt");
    let later = two.with(|own| own.now = own.now + Span::minutes(10));
    assert_eq!(later.stays(Method::Drift, "n1"), "candidate");
    // inventory-118
    assert_eq!(since(1, "soon").drifted("n1").stays(Method::Drift, "n1"), "candidate");
}

#[test]
fn a_node_that_is_not_quiet_stays() {
    // inventory-088, inventory-092
    let without = World::new().node("n1", 4).with(|own| own.claims[0].status.conditions.clear());
    assert_eq!(without.stays(Method::Emptiness, "n1"), "not-consolidatable");
    let no = World::new().node("n1", 4).says("n1", "Consolidatable", ConditionStatus::False);
    assert_eq!(no.stays(Method::Emptiness, "n1"), "not-consolidatable");
    // inventory-110, inventory-111
    let undrifted = world();
    assert_eq!(undrifted.stays(Method::Drift, "n1"), "not-drifted");
    let no = world().says("n1", "Drifted", ConditionStatus::False);
    assert_eq!(no.stays(Method::Drift, "n1"), "not-drifted");
}
