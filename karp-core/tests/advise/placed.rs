//! Why placed pods are where they are: nodes, types, pools, wishes.

use karp_core::{
    advise::{Advisor, GivenUp, PassedBy, Place, Rule, Why},
    model::{
        DaemonSet, Effect, HostPort, NodePool, NodeSelectorTerm, ObjectId, Pod, PodAffinityTerm,
        PodId, PodTemplate, PreferredNodeTerm, Protocol, Taint, TopologySpread,
        WeightedPodAffinityTerm,
    },
    policy::Policy,
    provision,
    snapshot::SnapshotBuilder,
};

use super::fixture::*;

/// Why a pod in namespace `default` is where it is.
fn why(world: SnapshotBuilder, pod: &str) -> Why {
    let snapshot = world.build().unwrap();
    let policy = Policy::compat();
    let plan = provision(&snapshot, &policy);
    let mut advisor = Advisor::new(&snapshot, &policy, &plan);
    let id = PodId::new("default", pod);
    advisor.why(&id).unwrap_or_else(|| panic!("{pod} has no place:\n{plan}"))
}

fn prefer(mut pod: Pod, weight: i32, zone: &str) -> Pod {
    let preference =
        NodeSelectorTerm { match_expressions: vec![is_in(ZONE, &[zone])], match_fields: vec![] };
    pod.spec_mut().node_affinity.preferred.push(PreferredNodeTerm { weight, preference });
    pod
}

#[test]
fn nodes_that_are_there_come_first() {
    let why = why(world().node_pool(pool()).node(node("n")).pods(["a", "b"].map(pod)), "b");
    assert_eq!(why.place, Place::Node { node: "n".into(), shares_with: 1 });
    let text = "default/b goes to the node n, which is there: nothing is bought for it (other pods of the plan there: 1)\n";
    assert_eq!(why.to_string(), text);
}

#[test]
fn a_machine_is_explained_by_what_is_cheaper_and_what_is_next() {
    let kinds = [
        kind("a.tiny", "1", "2Gi", "0.01"),
        kind("b.small", "2", "8Gi", "0.1"),
        kind("c.large", "4", "16Gi", "0.2"),
        kind("d.arm", "4", "16Gi", "0.05")
            .requirement(karp_core::model::Requirement::equals("kubernetes.io/arch", "arm64")),
        kind("e.huge", "8", "32Gi", "0.3"),
    ];
    let world = world()
        .instance_types_of("general", kinds)
        .node_pool(pool().requirement(is_in("kubernetes.io/arch", &["amd64"])))
        .node(node("n"))
        .pods([pod("p").request("cpu", "2500m"), pod("q").request("cpu", "1100m")]);
    let text = why(world.clone(), "q").to_string();
    assert_eq!(
        text,
        "default/q goes to general-1, which is bought anyway
  c.large, the cheapest of 2 types that hold its pods (2): on-demand in z1 at 0.20 USD per hour; the next is e.huge at 0.30
  2 cheaper types have too little cpu (the cheapest: a.tiny at 0.01)
  1 cheaper type is not what the pool demands, kubernetes.io/arch In [amd64] (the cheapest: d.arm at 0.05)
  nodes that are there and did not take them: 1
"
    );
    assert!(
        why(world, "p")
            .to_string()
            .starts_with("default/p goes to general-1, which is bought for it\n")
    );
}

#[test]
fn what_the_pods_demand_rules_types_and_offerings_out() {
    let cheap_spot = kind("large", "2", "8Gi", "0.1").offering(
        "z1",
        karp_core::model::CapacityType::Spot,
        karp_core::model::usd("0.03"),
    );
    let named = kind("small", "2", "8Gi", "0.05");
    let world = world().instance_types_of("general", [cheap_spot, named]).node_pool(pool()).pod(
        pod("p")
            .on_nodes_with("karpenter.sh/capacity-type", "on-demand")
            .on_nodes_with("node.kubernetes.io/instance-type", "large"),
    );
    let rules: Vec<String> = match why(world, "p").place {
        Place::Machine { machine, .. } => machine.cheaper.iter().map(ToString::to_string).collect(),
        other => panic!("{other:?}"),
    };
    assert_eq!(
        rules,
        [
            "1 cheaper type is not what the machine must be, karpenter.sh/capacity-type In [on-demand] (the cheapest: large at 0.03)",
            "1 cheaper type is not what the machine must be, node.kubernetes.io/instance-type In [large] (the cheapest: small at 0.05)",
        ]
    );
}

#[test]
fn limits_and_host_ports_rule_types_out() {
    let port = HostPort::new(80, Protocol::Tcp);
    let with_port = |mut pod: Pod| {
        pod.spec_mut().host_ports.push(port);
        pod
    };
    let agent = with_port(pod("agent").on_nodes_with("node.kubernetes.io/instance-type", "b"));
    let template = PodTemplate { spec: agent.spec, ..PodTemplate::default() };
    let kinds = [
        kind("a", "16", "8Gi", "0.01"),
        kind("b", "4", "8Gi", "0.02"),
        kind("c", "4", "8Gi", "0.03"),
    ];
    let world = world()
        .instance_types_of("general", kinds)
        .node_pool(pool().limit("cpu", "8"))
        .daemon_sets([DaemonSet::new(ObjectId::new("kube-system", "agent"), template)])
        .pod(with_port(pod("p")));
    let rules: Vec<Rule> = match why(world, "p").place {
        Place::Machine { machine, .. } => {
            machine.cheaper.into_iter().map(|ruled| ruled.rule).collect()
        }
        other => panic!("{other:?}"),
    };
    assert_eq!(rules, [Rule::Limits, Rule::HostPorts]);
}

#[test]
fn heavier_pools_say_why_they_were_passed_over() {
    let tainted = NodePool::new("tainted").weighing(50).taint(Taint::new("t", Effect::NoSchedule));
    let small = NodePool::new("small").weighing(40).limit("nodes", "1");
    let elsewhere = NodePool::new("z2-only").weighing(30).requirement(is_in(ZONE, &["z2"]));
    let light = NodePool::new("light");
    let world = world()
        .node_pools([tainted, small, elsewhere, pool().weighing(20), light])
        .pods([pod("first").request("cpu", "4"), prefer(pod("p").request("cpu", "3"), 1, "z1")]);
    let why = why(world, "p");
    let Place::Machine { machine, opened: true } = &why.place else { panic!("{why:?}") };
    let passed: Vec<String> = machine.passed_over.iter().map(ToString::to_string).collect();
    assert_eq!(
        passed,
        [
            "node pool `tainted` (weight 50) is tried before: the pod does not tolerate t:NoSchedule",
            "node pool `small` (weight 40) is tried before: it would take the pod, but other pods came first",
            "node pool `z2-only` (weight 30) is tried before: it keeps fewer wishes of the pod",
        ]
    );
    assert_eq!(machine.passed_over[2].by, PassedBy::Wishes);
    assert_eq!(why.given_up, []);
}

#[test]
fn wishes_about_nodes_are_given_up_down_to_the_one_that_is_kept() {
    let wishing = prefer(prefer(prefer(pod("p"), 10, "z9"), 5, "z2"), 1, "z1");
    let why = why(world().node_pool(pool()).pod(wishing), "p");
    let [GivenUp::Node { weight: 10, .. }] = why.given_up.as_slice() else { panic!("{why:?}") };
    assert!(
        why.to_string().ends_with(&format!(
            "  a wish of weight 10 about its node is not kept: {ZONE} In [z9]\n"
        )),
        "{why}"
    );
}

#[test]
fn wishes_about_pods_and_spread_are_given_up_where_the_plan_shows_it() {
    let weighted = |selected: &str| WeightedPodAffinityTerm {
        weight: 1,
        pod_affinity_term: PodAffinityTerm::new(ZONE, app(selected)),
    };
    let mut wishing =
        pod("p").label("app", "a").spread(TopologySpread::new(ZONE, 1).selecting(app("a")).soft());
    wishing.spec_mut().pod_affinity.preferred.push(weighted("cache"));
    wishing.spec_mut().pod_anti_affinity.preferred.push(weighted("b"));
    let like = |name: &str, node: &str| {
        let mut other = wishing.clone();
        other.id = PodId::new("default", name);
        other.bound_to(node)
    };
    let world = world()
        .node_pool(pool().requirement(is_in(ZONE, &["z1"])))
        .nodes([node("n1"), node("n2").label(ZONE, "z2"), node("full")])
        .pods([like("a-1", "n1"), like("a-2", "n1"), like("a-3", "n2")])
        .pods([pod("b").label("app", "b").request("cpu", "1").bound_to("full")])
        .pod(wishing.clone().request("cpu", "3"));
    let why = why(world, "p");
    let text: Vec<String> = why.given_up.iter().map(ToString::to_string).collect();
    assert_eq!(
        text,
        [
            format!("the wish to share its {ZONE} with some pods is not kept"),
            format!("the wish not to share its {ZONE} is not kept: default/b is there"),
        ]
    );
}

#[test]
fn a_soft_taint_is_said() {
    let soft = Taint::new("rather", Effect::PreferNoSchedule);
    let why = why(world().node_pool(pool().taint(soft.clone())).pod(pod("p")), "p");
    assert_eq!(why.given_up, [GivenUp::Taint { taint: soft }]);
}

#[test]
fn pods_without_a_place_and_strangers_have_no_why() {
    let snapshot = world().node_pool(pool()).pod(pod("p").request("cpu", "9")).build().unwrap();
    let policy = Policy::compat();
    let plan = provision(&snapshot, &policy);
    let mut advisor = Advisor::new(&snapshot, &policy, &plan);
    assert_eq!(advisor.why(&PodId::new("default", "p")), None);
    assert_eq!(advisor.why(&PodId::new("default", "nobody")), None);
}
