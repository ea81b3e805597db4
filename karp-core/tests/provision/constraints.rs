//! What pods demand against what pools offer.

use karp_core::model::{NodePool, Operator, Pod, label};

use super::fixture::*;

/// The plan for one pod `p` and a pool that has `key` as a label, and again as a requirement: both must agree.
fn both_ways(key: &str, value: &str, pod: impl Fn(Pod) -> Pod) -> Vec<&'static str> {
    let by_label = plan(pool().label(key, value), [pod(Pod::new("p"))]);
    let by_requirement = plan(pool().requirement(is_in(key, &[value])), [pod(Pod::new("p"))]);
    assert_eq!(codes(&by_label, "p"), codes(&by_requirement, "p"));
    for plan in [by_label, by_requirement].iter().filter(|plan| all_placed(plan)) {
        assert!(machine_of(plan, "p").requirements.get(key).unwrap().has(value));
    }
    codes(&plan(pool().label(key, value), [pod(Pod::new("p"))]), "p")
}

fn on_plain_pool(pod: Pod) -> Vec<&'static str> {
    let name = pod.id.name().to_owned();
    codes(&plan(pool(), [pod]), &name)
}

const PLACED: [&str; 0] = [];

#[test]
fn a_custom_label_of_the_pool_is_matched_like_a_requirement() {
    // CON-1, CON-31a
    assert_eq!(both_ways("k", "v", |pod| pod), PLACED);
    // CON-2, CON-31f
    assert_eq!(
        both_ways("k", "v", |pod| pod.on_nodes_with("k", "other")),
        ["requirement-conflict"]
    );
    // CON-3
    assert_eq!(both_ways("k", "v", |pod| pod.on_nodes_with("other", "v")), ["label-unknown"]);
    // CON-4, CON-31b
    assert_eq!(both_ways("k", "v", |pod| pod.require_any_of([is_in("k", &["v", "w"])])), PLACED);
    // CON-5
    assert_eq!(
        both_ways("k", "v", |pod| pod.require_any_of([is_in("k", &["w"])])),
        ["requirement-conflict"]
    );
    // CON-31c
    assert_eq!(
        both_ways("k", "v", |pod| pod.require_any_of([not_in("k", &["v"])])),
        ["requirement-conflict"]
    );
    // CON-31d
    assert_eq!(both_ways("k", "v", |pod| pod.require_any_of([exists("k")])), PLACED);
    // CON-31e
    assert_eq!(
        both_ways("k", "v", |pod| pod.require_any_of([absent("k")])),
        ["requirement-conflict"]
    );
    // CON-31g
    assert_eq!(both_ways("k", "v", |pod| pod.require_any_of([not_in("k", &["other"])])), PLACED);
}

#[test]
fn a_label_that_no_pool_defines_can_be_avoided_but_not_demanded() {
    // CON-30a..d
    assert_eq!(on_plain_pool(pod("p").require_any_of([is_in("k", &["v"])])), ["label-unknown"]);
    assert_eq!(on_plain_pool(pod("p").require_any_of([exists("k")])), ["label-unknown"]);
    for demand in [not_in("k", &["v"]), absent("k")] {
        let plan = plan(pool(), [pod("p").require_any_of([demand])]);
        assert!(!machine_of(&plan, "p").requirements.get("k").is_some_and(|k| k.has("v")));
    }
}

#[test]
fn zones_are_narrowed_by_pool_and_pod() {
    let zoned = |zones: &[&str]| pool().requirement(is_in(ZONE, zones));
    let zone = |plan: &_| label_of(plan, "p", ZONE);
    // CON-6
    assert_eq!(zone(&plan(zoned(&["z2"]), [pod("p")])), format!("{ZONE} In [z2]"));
    // CON-7
    let selecting = |zone: &str| pod("p").on_nodes_with(ZONE, zone);
    assert_eq!(zone(&plan(zoned(&["z1", "z2"]), [selecting("z2")])), format!("{ZONE} In [z2]"));
    // CON-9
    assert_eq!(on_plain_pool(selecting("unknown")), ["no-instance-type"]);
    // CON-10
    assert_eq!(codes(&plan(zoned(&["z1"]), [selecting("z2")]), "p"), ["requirement-conflict"]);
    // CON-11
    let required = |entry| pod("p").require_any_of([entry]);
    assert_eq!(zone(&plan(pool(), [required(is_in(ZONE, &["z3"]))])), format!("{ZONE} In [z3]"));
    // CON-16
    assert_eq!(on_plain_pool(required(is_in(ZONE, &["unknown"]))), ["no-instance-type"]);
    // CON-17: z3 has on-demand offerings only.
    let elsewhere = plan(pool(), [required(not_in(ZONE, &["z1", "z2", "unknown"]))]);
    let cheapest = machine_of(&elsewhere, "p").cheapest.as_ref().unwrap();
    assert_eq!((cheapest.zone.as_str(), cheapest.capacity_type.as_str()), ("z3", "on-demand"));
    assert_eq!(
        label_of(&elsewhere, "p", label::CAPACITY_TYPE),
        format!("{} In [on-demand]", label::CAPACITY_TYPE)
    );
    // CON-18
    assert_eq!(on_plain_pool(required(not_in(ZONE, &["z1", "z2", "z3"]))), ["no-instance-type"]);
    // CON-34
    let both = pod("p").require_any_of([is_in(ZONE, &["nowhere"]), exists(ZONE)]);
    assert_eq!(on_plain_pool(both), ["no-instance-type"]);
}

#[test]
fn wishes_narrow_and_are_given_up_when_they_can_not_be_met() {
    let all = || pod("p").require_any_of([is_in(ZONE, &["z1", "z2", "z3", "unknown"])]);
    let zone = |pod| label_of(&plan(pool(), [pod]), "p", ZONE);
    // CON-19: the claim keeps both values of the wish.
    assert_eq!(
        zone(prefer(all(), 1, &[is_in(ZONE, &["z2", "unknown"])])),
        format!("{ZONE} In [unknown z2]")
    );
    // CON-20
    assert_eq!(
        zone(prefer(all(), 1, &[is_in(ZONE, &["unknown"])])),
        format!("{ZONE} In [unknown z1 z2 z3]")
    );
    // CON-21
    assert_eq!(
        zone(prefer(all(), 1, &[not_in(ZONE, &["z1", "z3"])])),
        format!("{ZONE} In [unknown z2]")
    );
    // CON-22: nothing that is offered is left, so the wish goes.
    assert_eq!(
        zone(prefer(all(), 1, &[not_in(ZONE, &["z1", "z2", "z3"])])),
        format!("{ZONE} In [unknown z1 z2 z3]")
    );
    // CON-23
    let zones = is_in(ZONE, &["z1", "z2", "z3"]);
    let pod = pod("p").on_nodes_with(ZONE, "z3").require_any_of([zones.clone()]);
    assert_eq!(zone(prefer(pod, 1, &[zones])), format!("{ZONE} In [z3]"));
}

#[test]
fn several_keys_narrow_together() {
    // CON-24
    let kinds = ["arm-instance-type", "default-instance-type", "gpu-vendor-instance-type"];
    let pod = prefer(
        pod("p").on_nodes_with(ZONE, "z3").require_any_of([is_in(label::INSTANCE_TYPE, &kinds)]),
        1,
        &[is_in(label::INSTANCE_TYPE, &["arm-instance-type"])],
    );
    let plan = plan(pool(), [pod]);
    assert_eq!(types_of(&plan, "p"), ["arm-instance-type"]);
    assert_eq!(label_of(&plan, "p", ZONE), format!("{ZONE} In [z3]"));
}

#[test]
fn integer_labels_are_bounded() {
    // CON-12..15
    let cases = [
        (Operator::Gt, "8", "arm-instance-type"),
        (Operator::Lt, "8", "small-instance-type"),
        (Operator::Gte, "16", "arm-instance-type"),
        (Operator::Lte, "2", "small-instance-type"),
    ];
    for (operator, bound, cheapest) in cases {
        let plan = plan(pool().requirement(entry("integer", operator, &[bound])), [pod("p")]);
        assert_eq!(types_of(&plan, "p")[0], cheapest, "{operator} {bound}");
    }
}

#[test]
fn restricted_labels_are_refused_at_the_door() {
    // CON-8, CON-25, CON-26
    assert_eq!(on_plain_pool(pod("p").on_nodes_with(label::HOSTNAME, "n")), ["restricted-label"]);
    let demand = |key: &str| pod("p").require_any_of([is_in(key, &["v"])]);
    assert_eq!(on_plain_pool(demand(label::HOSTNAME)), ["restricted-label"]);
    assert_eq!(on_plain_pool(demand("karpenter.sh/test")), ["restricted-label"]);
    assert_eq!(on_plain_pool(demand("sub.karpenter.sh/test")), ["restricted-label"]);
}

#[test]
fn labels_of_kubernetes_domains_can_be_required_by_pools() {
    // CON-27
    for key in [
        "kubernetes.io/test",
        "k8s.io/test",
        "subdomain.kubernetes.io/test",
        "subdomain.k8s.io/test",
    ] {
        let plan = plan(pool().requirement(is_in(key, &["v"])), [pod("p")]);
        assert_eq!(label_of(&plan, "p", key), format!("{key} In [v]"));
    }
}

#[test]
fn well_known_labels_can_be_demanded_without_being_in_the_pool() {
    // CON-28, CON-35a, CON-35b
    let known = [
        (ZONE, "z1"),
        (label::INSTANCE_TYPE, "default-instance-type"),
        (label::ARCH, "arm64"),
        (label::OS, "linux"),
        (label::CAPACITY_TYPE, "spot"),
        (label::NODE_POOL, "default"),
    ];
    for (key, value) in known {
        assert_eq!(on_plain_pool(pod("p").on_nodes_with(key, value)), PLACED, "{key}");
        assert_eq!(on_plain_pool(pod("p").require_any_of([is_in(key, &[value])])), PLACED, "{key}");
    }
    // CON-35c, CON-35d
    let unknown = [
        (ZONE, "no-instance-type"),
        (label::INSTANCE_TYPE, "no-instance-type"),
        (label::ARCH, "no-instance-type"),
        (label::OS, "no-instance-type"),
        (label::CAPACITY_TYPE, "invalid-requirement"),
        (label::NODE_POOL, "requirement-conflict"),
        ("foo", "label-unknown"),
    ];
    for (key, code) in unknown {
        assert_eq!(on_plain_pool(pod("p").on_nodes_with(key, "unknown")), [code], "{key}");
        let required = pod("p").require_any_of([is_in(key, &["unknown"])]);
        assert_eq!(on_plain_pool(required), [code], "{key}");
    }
}

#[test]
fn a_pool_that_is_not_ready_is_not_used() {
    // CON-29
    use karp_core::model::{Condition, ConditionStatus};
    let mut not_ready = pool();
    not_ready.conditions.push(Condition {
        kind: "Ready".to_owned(),
        status: ConditionStatus::False,
        reason: String::new(),
        changed_at: None,
    });
    assert_eq!(codes(&plan(not_ready, [pod("p")]), "p"), ["no-dynamic-pool"]);
}

#[test]
fn pods_that_agree_share_a_machine_and_others_do_not() {
    let two = || pool().requirement(is_in("k", &["a", "b"]));
    // CON-32
    let shared = plan(
        two(),
        [
            pod("p").require_any_of([is_in("k", &["a"])]),
            pod("q").require_any_of([not_in("k", &["b"])]),
        ],
    );
    assert_eq!(shared.machines.len(), 1);
    assert_eq!(label_of(&shared, "p", "k"), "k In [a]");
    // CON-33
    let apart = plan(
        two(),
        [
            pod("p").require_any_of([is_in("k", &["a"])]),
            pod("q").require_any_of([is_in("k", &["b"])]),
        ],
    );
    assert_eq!(
        (label_of(&apart, "p", "k"), label_of(&apart, "q", "k")),
        ("k In [a]".into(), "k In [b]".into())
    );
}

#[test]
fn old_label_names_mean_the_new_ones() {
    // REQ-1, CMP-4
    let plan = plan(
        pool(),
        [
            pod("p").on_nodes_with("beta.kubernetes.io/instance-type", "small-instance-type"),
            pod("q").on_nodes_with(label::INSTANCE_TYPE, "default-instance-type"),
        ],
    );
    assert_eq!(types_of(&plan, "p"), ["small-instance-type"]);
    assert_eq!(types_of(&plan, "q"), ["default-instance-type"]);
}

#[test]
fn a_pool_without_types_of_its_own_kind_says_so() {
    // FLT-1..4
    let unknown_zone = pool().requirement(is_in(ZONE, &["nowhere"]));
    assert_eq!(codes(&plan(unknown_zone, [pod("p")]), "p"), ["no-types-in-pool"]);
    let contradiction = pool()
        .requirement(is_in(label::ARCH, &["amd64"]))
        .requirement(is_in(label::ARCH, &["arm64"]));
    assert_eq!(codes(&plan(contradiction, [pod("p")]), "p"), ["no-types-in-pool"]);
    let none = world().node_pool(NodePool::new("empty")).pod(pod("p")).build().unwrap();
    assert_eq!(codes(&plan_of(&none), "p"), ["no-types-in-pool"]);
}
