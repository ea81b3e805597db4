//! What is given up, and in which order.

use karp_core::{
    model::{Effect, Pod, Taint},
    policy::{Policy, PreferencePolicy},
    provision,
};

use super::fixture::*;

#[test]
fn the_last_required_term_is_never_dropped() {
    // RLX-1
    let zoned = pool().requirement(is_in(ZONE, &["z1"]));
    let plan = plan(zoned, [pod("p").require_any_of([is_in(ZONE, &["invalid"])])]);
    assert_eq!(codes(&plan, "p"), ["requirement-conflict"]);
}

#[test]
fn required_terms_are_tried_in_their_order() {
    // RLX-2
    let pod = ["invalid", "invalid2", "z1", "z2"]
        .into_iter()
        .fold(pod("p"), |pod, zone| pod.require_any_of([is_in(ZONE, &[zone])]));
    assert_eq!(label_of(&plan(pool(), [pod]), "p", ZONE), format!("{ZONE} In [z1]"));
}

#[test]
fn wishes_go_heaviest_first() {
    // RLX-3
    let impossible = |pod: Pod| {
        let pod = prefer(pod, 1, &[is_in(ZONE, &["invalid"])]);
        prefer(pod, 1, &[is_in("unknown", &["x"])])
    };
    assert!(all_placed(&plan(pool(), [impossible(pod("p"))])));
    // RLX-4: of the two that can be met, the heavier one counts.
    let zoned = pool().requirement(is_in(ZONE, &["z1", "z2"]));
    let pod_ = prefer(pod("p"), 1, &[is_in(ZONE, &["z1"])]);
    let pod_ = prefer(pod_, 100, &[is_in(ZONE, &["invalid"])]);
    let pod_ = prefer(pod_, 50, &[is_in(ZONE, &["z2"])]);
    assert_eq!(label_of(&plan(zoned, [pod_]), "p", ZONE), format!("{ZONE} In [z2]"));
    // RLX-5
    let against =
        prefer(pod("p").require_any_of([is_in(ZONE, &["z3"])]), 1, &[not_in(ZONE, &["z3"])]);
    assert_eq!(label_of(&plan(pool(), [against]), "p", ZONE), format!("{ZONE} In [z3]"));
    // RLX-6
    let contradictory =
        prefer(pod("p"), 1, &[is_in(ZONE, &["invalid"]), not_in(ZONE, &["invalid"])]);
    assert!(all_placed(&plan(pool(), [contradictory])));
}

#[test]
fn soft_taints_are_hard_until_everything_else_is_given_up() {
    // RLX-7
    let tainted = || pool().taint(Taint::new("soft", Effect::PreferNoSchedule));
    let pod_ = prefer(pod("p"), 2, &[is_in(ZONE, &["invalid"])]);
    let pod_ = prefer(pod_, 1, &[is_in(ZONE, &["invalid2"])]);
    assert!(all_placed(&plan(tainted(), [pod_])));
    // With a pool that has none beside it, that one is used even though it is lighter.
    let mut heavy = tainted().weighing(10);
    heavy.name = "heavy".into();
    let snapshot =
        world().instance_types(types()).node_pools([heavy, pool()]).pod(pod("p")).build().unwrap();
    assert_eq!(machine_of(&plan_of(&snapshot), "p").node_pool, "default");
}

#[test]
fn a_wish_that_can_not_be_met_does_not_open_a_machine_of_its_own() {
    // RLX-8
    for key in [ZONE, karp_core::model::label::HOSTNAME] {
        let plan = plan(
            pool(),
            [
                pod("big").request("cpu", "2"),
                prefer(pod("small").request("cpu", "1"), 1, &[is_in(key, &["nowhere"])]),
            ],
        );
        assert_eq!(plan.machines.len(), 1, "{key}");
    }
}

#[test]
fn wishes_can_be_switched_off() {
    // RLX-9
    let snapshot = world()
        .instance_types(types())
        .node_pool(pool())
        .pods([
            pod("a").request("cpu", "3").on_nodes_with(ZONE, "z1"),
            pod("b").request("cpu", "2900m").on_nodes_with(ZONE, "z2"),
            pod("c").request("cpu", "500m").on_nodes_with(ZONE, "z2"),
            prefer(pod("p").request("cpu", "100m"), 1, &[is_in(ZONE, &["z2"])]),
        ])
        .build()
        .unwrap();
    let zone = |policy: &Policy| {
        let plan = provision(&snapshot, policy);
        assert!(all_placed(&plan));
        label_of(&plan, "p", ZONE)
    };
    assert_eq!(zone(&Policy::compat()), format!("{ZONE} In [z2]"));
    let mut ignoring = Policy::compat();
    ignoring.preferences = PreferencePolicy::Ignore;
    assert_eq!(zone(&ignoring), format!("{ZONE} In [z1]"));
}

#[test]
fn a_pod_that_avoids_values_of_a_label_does_not_bring_it_to_a_node() {
    // The node has no label `rack`. `a` demands one; `b` avoids one value: that the node lacks the label is fine with `b` and no reason to send `a` there.
    use karp_core::model::Node;
    let node = || Node::new("n").resource("cpu", "1").resource("memory", "1Gi");
    let a = || pod("a").request("cpu", "300m").require_any_of([exists("rack")]);
    let b = || pod("b").request("cpu", "200m").require_any_of([not_in("rack", &["r9"])]);
    let place = |pods: Vec<Pod>| {
        let snapshot =
            world().node_pool(pool()).instance_types(types()).node(node()).pods(pods).build();
        plan_of(&snapshot.unwrap())
    };
    assert_eq!(codes(&place(vec![a()]), "a"), ["label-unknown"]);
    let both = place(vec![a(), b()]);
    assert_eq!(both.existing.len(), 1);
    assert_eq!(codes(&both, "a"), ["label-unknown"]);
}

#[test]
fn a_type_without_a_label_never_takes_a_pod_that_demands_it() {
    // The only type says that it lacks the label. `b` demands it, also after `c` made the claim say `NotIn`.
    use karp_core::model::Requirement;
    let only = kind("only", 4, 4).requirement(Requirement::does_not_exist("special"));
    let pods = || {
        [
            pod("a").request("cpu", "300m"),
            pod("b").request("cpu", "200m").require_any_of([exists("special")]),
            pod("c").request("cpu", "100m").require_any_of([not_in("special", &["optional"])]),
        ]
    };
    let with = |count: usize| {
        let pods: Vec<Pod> = pods().into_iter().take(count).collect();
        let snapshot = world().instance_types([only.clone()]).node_pool(pool()).pods(pods).build();
        plan_of(&snapshot.unwrap())
    };
    assert_eq!(codes(&with(2), "b"), ["no-instance-type"]);
    let all = with(3);
    assert_eq!(codes(&all, "b"), ["no-instance-type"]);
    assert_eq!(all.machines.len(), 1);
}
