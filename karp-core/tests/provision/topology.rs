//! Pods spread over domains.

use std::collections::BTreeMap;

use karp_core::{
    decision::Plan,
    model::{
        Effect, InclusionPolicy, LabelSelector, Node, NodePool, Pod, Taint, TopologySpread, label,
    },
    policy::{Policy, PreferencePolicy},
    provision,
};

use super::fixture::*;

pub(crate) fn web() -> LabelSelector {
    selector("app", "web")
}

pub(crate) fn spread(key: &str, skew: u32) -> TopologySpread {
    TopologySpread::new(key, skew).selecting(web())
}

/// `count` pods labelled `app: web`.
pub(crate) fn webs(count: usize, adjust: impl Fn(Pod) -> Pod) -> Vec<Pod> {
    (0..count).map(|i| adjust(pod(&format!("web-{i:02}")).label("app", "web"))).collect()
}

pub(crate) fn plan_for(
    pools: impl IntoIterator<Item = NodePool>,
    nodes: Vec<Node>,
    pods: Vec<Pod>,
) -> Plan {
    let snapshot =
        world().instance_types(types()).node_pools(pools).nodes(nodes).pods(pods).build().unwrap();
    plan_of(&snapshot)
}

/// Pods on new machines per value of a label, sorted; `?` where the machine is not pinned to one.
pub(crate) fn skew(plan: &Plan, key: &str) -> Vec<usize> {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for machine in &plan.machines {
        let domain = machine.requirements.get(key).map(|requirement| {
            requirement.values().map(str::to_owned).collect::<Vec<_>>().join("|")
        });
        *counts.entry(domain.unwrap_or_else(|| "?".to_owned())).or_default() += machine.pods.len();
    }
    let mut counts: Vec<usize> = counts.into_values().collect();
    counts.sort_unstable();
    counts
}

pub(crate) fn per_machine(plan: &Plan) -> Vec<usize> {
    let mut counts: Vec<usize> = plan.machines.iter().map(|machine| machine.pods.len()).collect();
    counts.sort_unstable();
    counts
}

pub(crate) fn left(plan: &Plan) -> usize {
    plan.unplaced.len()
}

#[test]
fn pods_spread_evenly_over_zones() {
    let zonal = |count: usize| webs(count, |pod| pod.spread(spread(ZONE, 1)));
    // SPR-4
    assert_eq!(skew(&plan(pool(), zonal(4)), ZONE), [1, 1, 2]);
    // SPR-6, SPR-7
    let zoned = |zones: &[&str]| pool().requirement(is_in(ZONE, zones));
    assert_eq!(skew(&plan(zoned(&["z1", "z2", "z3"]), zonal(4)), ZONE), [1, 1, 2]);
    assert_eq!(skew(&plan(zoned(&["z1", "z2"]), zonal(4)), ZONE), [2, 2]);
    // SPR-8, SPR-9
    assert_eq!(skew(&plan(pool().label(ZONE, "z1"), zonal(4)), ZONE), [4]);
    assert_eq!(skew(&plan(zoned(&["z1", "z2"]).label(ZONE, "z1"), zonal(4)), ZONE), [4]);
    // SPR-10
    let mut other = pool().label(ZONE, "z2");
    other.name = "other".into();
    let two = plan_for([pool().label(ZONE, "z1"), other], vec![], zonal(4));
    assert_eq!(skew(&two, ZONE), [2, 2]);
    // SPR-5
    let expression = LabelSelector {
        match_expressions: vec![karp_core::model::SelectorExpression {
            key: "app".to_owned(),
            operator: karp_core::model::SelectorOperator::In,
            values: vec!["web".to_owned()],
        }],
        ..LabelSelector::default()
    };
    let pods =
        webs(4, |pod| pod.spread(TopologySpread::new(ZONE, 1).selecting(expression.clone())));
    assert_eq!(skew(&plan(pool(), pods), ZONE), [1, 1, 2]);
}

#[test]
fn a_key_that_nobody_knows_leaves_the_pod_out_and_no_other() {
    // SPR-1
    let plan = plan(pool(), [pod("p").label("app", "web").spread(spread("unknown", 1)), pod("q")]);
    assert_eq!(codes(&plan, "p"), ["topology-spread"]);
    assert_eq!(left(&plan), 1);
}

#[test]
fn a_constraint_without_selector_never_moves() {
    // SPR-2
    let pods = webs(2, |pod| pod.spread(TopologySpread::new(ZONE, 1)));
    assert_eq!(skew(&plan(pool(), pods), ZONE), [2]);
    // SPR-17
    let pods = webs(5, |pod| {
        pod.spread(TopologySpread::new(label::HOSTNAME, 1).selecting(selector("a", "b")))
    });
    assert_eq!(per_machine(&plan(pool(), pods)), [5]);
}

#[test]
fn few_domains_count_as_empty_ones() {
    let pods = |count, least| {
        webs(count, |pod| {
            let mut constraint = spread(ZONE, 1);
            constraint.min_domains = Some(least);
            pod.spread(constraint)
        })
    };
    let zoned = |zones: &[&str]| pool().requirement(is_in(ZONE, zones));
    // SPR-18
    let two = plan(zoned(&["z1", "z2"]), pods(3, 3));
    assert_eq!((skew(&two, ZONE), left(&two)), (vec![1, 1], 1));
    // SPR-19, SPR-20
    for least in [3, 2] {
        assert_eq!(skew(&plan(zoned(&["z1", "z2", "z3"]), pods(11, least)), ZONE), [3, 4, 4]);
    }
}

#[test]
fn pods_spread_over_machines() {
    let hosts = |count, skew| webs(count, move |pod| pod.spread(spread(label::HOSTNAME, skew)));
    // SPR-21, SPR-22
    assert_eq!(per_machine(&plan(pool(), hosts(4, 1))), [1, 1, 1, 1]);
    assert_eq!(per_machine(&plan(pool(), hosts(4, 4))), [4]);
    // SPR-23, SPR-24
    let app = |name: &str, arch: Option<&str>| {
        let selector = selector("app", name);
        (0..2)
            .map(|i| {
                let pod = pod(&format!("{name}-{i}"))
                    .label("app", name)
                    .spread(TopologySpread::new(label::HOSTNAME, 1).selecting(selector.clone()));
                arch.into_iter().fold(pod, |pod, arch| pod.on_nodes_with(label::ARCH, arch))
            })
            .collect::<Vec<_>>()
    };
    let both = app("a", None).into_iter().chain(app("b", None));
    assert_eq!(plan(pool(), both).machines.len(), 2);
    let apart = app("a", Some("amd64")).into_iter().chain(app("b", Some("arm64")));
    assert_eq!(plan(pool(), apart).machines.len(), 4);
}

#[test]
fn pods_spread_over_capacity_types_and_custom_labels() {
    // SPR-25
    let pods = webs(4, |pod| pod.spread(spread(label::CAPACITY_TYPE, 1)));
    assert_eq!(skew(&plan(pool(), pods), label::CAPACITY_TYPE), [2, 2]);
    // SPR-35
    let of = |name: &str, kind: &str, values: &[&str]| {
        let mut pool = pool()
            .requirement(is_in(label::CAPACITY_TYPE, &[kind]))
            .requirement(is_in("ratio", values));
        pool.name = name.into();
        pool
    };
    let pools = [of("spot", "spot", &["2", "3", "4", "5"]), of("demand", "on-demand", &["1"])];
    let plan = plan_for(pools, vec![], webs(20, |pod| pod.spread(spread("ratio", 1))));
    assert_eq!(skew(&plan, "ratio"), [4, 4, 4, 4, 4]);
    assert_eq!(skew(&plan, label::CAPACITY_TYPE), [4, 16]);
}

pub(crate) fn node(name: &str, zone: &str) -> Node {
    Node::new(name).label(ZONE, zone).resource("cpu", "0").resource("pods", "110")
}

#[test]
fn only_live_pods_of_the_selector_on_nodes_with_the_label_count() {
    // SPR-16
    let bound = |name: &str, node: &str| pod(name).label("app", "web").bound_to(node);
    let mut leaving = bound("leaving", "b");
    leaving.status.deleting_since = Some(NOW.parse().unwrap());
    let mut failed = bound("failed", "b");
    failed.status.phase = karp_core::model::PodPhase::Failed;
    let mut done = bound("done", "b");
    done.status.phase = karp_core::model::PodPhase::Succeeded;
    let mut pods = vec![
        bound("one", "a"),
        bound("two", "a"),
        bound("three", "b"),
        pod("unlabelled").bound_to("b"),
        bound("elsewhere", "bare"),
        bound("other", "b").in_namespace("other"),
        leaving,
        failed,
        done,
    ];
    pods.extend(webs(2, |pod| pod.request("cpu", "1").spread(spread(ZONE, 1))));
    let bare = Node::new("bare").resource("cpu", "0");
    let plan = plan_for([pool()], vec![node("a", "z1"), node("b", "z2"), bare], pods);
    // Two and one are there, and none in z3: both come there, on one machine.
    let zones = ["web-00", "web-01"].map(|pod| label_of(&plan, pod, ZONE));
    assert_eq!(zones, [format!("{ZONE} In [z3]"), format!("{ZONE} In [z3]")]);
}

#[test]
fn a_demand_on_the_label_shrinks_what_skew_is_measured_over_and_a_wish_does_not() {
    let zonal = |pod: Pod| pod.spread(spread(ZONE, 1));
    // SPR-46
    let mut pods = webs(5, |pod| zonal(pod.on_nodes_with(ZONE, "z1")));
    pods.extend(
        (0..10)
            .map(|i| zonal(pod(&format!("x-{i}")).label("app", "web").on_nodes_with(ZONE, "z2"))),
    );
    assert_eq!(skew(&plan(pool(), pods), ZONE), [5, 10]);
    // SPR-47
    let pods = webs(10, |pod| zonal(pod.require_any_of([is_in(ZONE, &["z1", "z2"])])));
    assert_eq!(skew(&plan(pool(), pods), ZONE), [5, 5]);
    // SPR-49
    let pods = webs(6, |pod| zonal(prefer(pod, 1, &[is_in(ZONE, &["z1", "z2"])])));
    assert_eq!(skew(&plan(pool(), pods), ZONE), [2, 2, 2]);
}

#[test]
fn soft_spread_is_given_up_and_can_be_switched_off() {
    // RLX-10
    let snapshot = world()
        .instance_types(types())
        .node_pool(pool())
        .pods(webs(5, |pod| pod.spread(spread(ZONE, 1).soft())))
        .build()
        .unwrap();
    let mut ignoring = Policy::compat();
    ignoring.preferences = PreferencePolicy::Ignore;
    assert_eq!(provision(&snapshot, &ignoring).machines.len(), 1);
    assert_eq!(provision(&snapshot, &Policy::compat()).machines.len(), 3);
    // What can't be had is given up.
    let plan = plan(pool(), webs(2, |pod| pod.spread(spread("unknown", 1).soft())));
    assert_eq!(left(&plan), 0);
}

#[test]
fn nodes_that_the_pod_could_not_use_count_or_not_as_it_says() {
    // SPR-45
    let foo = |name: &str, value: &str| {
        Node::new(name)
            .label("fake", value)
            .label("k", "no")
            .resource("cpu", "100m")
            .resource("pods", "9")
    };
    let nodes = || vec![foo("a", "foo"), foo("b", "bar")];
    let pool = || pool().requirement(is_in("fake", &["baz"])).label("k", "yes");
    let pods = |policy: InclusionPolicy| {
        webs(5, |pod| {
            let mut constraint = spread("fake", 1);
            constraint.node_affinity_policy = policy;
            pod.request("cpu", "1").on_nodes_with("k", "yes").spread(constraint)
        })
    };
    let ignore = plan_for([pool()], nodes(), pods(InclusionPolicy::Ignore));
    assert_eq!((left(&ignore), skew(&ignore, "fake")), (4, vec![1]));
    let honor = plan_for([pool()], nodes(), pods(InclusionPolicy::Honor));
    assert_eq!((left(&honor), skew(&honor, "fake")), (0, vec![5]));
    // SPR-41, SPR-42
    let tainted = || {
        let taint = || Taint::new("t", Effect::NoSchedule);
        vec![foo("a", "foo").taint(taint()), foo("b", "bar").taint(taint())]
    };
    let pods = |policy: InclusionPolicy| {
        webs(5, |pod| {
            let mut constraint = spread("fake", 1);
            constraint.node_taints_policy = policy;
            pod.request("cpu", "1").spread(constraint)
        })
    };
    assert_eq!(left(&plan_for([pool()], tainted(), pods(InclusionPolicy::Ignore))), 4);
    assert_eq!(left(&plan_for([pool()], tainted(), pods(InclusionPolicy::Honor))), 0);
}

#[test]
fn tainted_pools_are_domains_unless_taints_are_honored() {
    // SPR-43
    let mut tainted =
        pool().requirement(is_in("fake", &["bar"])).taint(Taint::new("t", Effect::NoSchedule));
    tainted.name = "tainted".into();
    let pools = || [pool().requirement(is_in("fake", &["foo"])), tainted.clone()];
    let pods = |policy: InclusionPolicy| {
        webs(2, |pod| {
            let mut constraint = spread("fake", 1);
            constraint.node_taints_policy = policy;
            pod.spread(constraint)
        })
    };
    assert_eq!(left(&plan_for(pools(), vec![], pods(InclusionPolicy::Ignore))), 1);
    assert_eq!(left(&plan_for(pools(), vec![], pods(InclusionPolicy::Honor))), 0);
}

#[test]
fn match_label_keys_tell_revisions_apart() {
    // SPR-39, SPR-40
    let pods = |key: &str| {
        (0..4)
            .map(|i| {
                let mut constraint = spread(label::HOSTNAME, 1);
                constraint.match_label_keys.push(key.to_owned());
                pod(&format!("p-{i}"))
                    .label("app", "web")
                    .label("rev", if i < 2 { "1" } else { "2" })
                    .spread(constraint)
            })
            .collect::<Vec<_>>()
    };
    assert_eq!(per_machine(&plan(pool(), pods("rev"))), [2, 2]);
    assert_eq!(per_machine(&plan(pool(), pods("missing"))), [1, 1, 1, 1]);
}
