//! Each rule about pods on one place, in one domain and about the values of a machine gives its own violation, with figures.

use std::sync::Arc;

use karp_core::{
    check,
    check::{Place, Violation},
    decision::Plan,
    model::{
        CapacityType::OnDemand, HostPort, InstanceType, LabelSelector, Node, NodePool, Operator,
        Pod, PodAffinityTerm, PodId, Protocol, Requirement, RequirementEntry, Timestamp,
        TopologySpread, label, usd,
    },
    policy::Policy,
    provision,
    snapshot::Snapshot,
};

/// Two nodes in two zones, on which every pod but `big` has one place alone; `big` gets a machine that two types can be.
fn cluster() -> Snapshot {
    let app = |name: &str| LabelSelector::label("app", name);
    let pod =
        |name: &str, app: &str, cpu: &str| Pod::new(name).label("app", app).request("cpu", cpu);
    let spread = || TopologySpread::new(label::ZONE, 1).selecting(app("s"));
    let listening = |name: &str| {
        let mut pod = pod(name, "p", "500m");
        pod.spec_mut().host_ports.push(HostPort::new(80, Protocol::Tcp));
        pod
    };
    let mut near = pod("f", "f", "800m");
    let term = || PodAffinityTerm::new(label::HOSTNAME, app("x"));
    near.spec_mut().pod_affinity.required.push(term());
    let mut spreading = [pod("s1", "s", "1"), pod("s2", "s", "1")];
    for pod in &mut spreading {
        pod.spec_mut().topology_spread.push(spread());
    }
    let node =
        |name: &str, zone: &str| Node::new(name).resource("cpu", "8").label(label::ZONE, zone);
    let kind = |name: &str, cpu: &str, price: &str| {
        let kind = InstanceType::new(name).cpu(cpu).memory("64Gi");
        kind.offering("z1", OnDemand, usd(price)).offering("z2", OnDemand, usd(price))
    };
    let mut two = RequirementEntry::new(label::INSTANCE_TYPE, Operator::Exists, [""; 0]);
    two.min_values = Some(2);
    Snapshot::builder(Timestamp::EPOCH)
        .instance_types([kind("m32", "32", "1"), kind("m64", "64", "2")])
        .node_pool(NodePool::new("general").requirement(two))
        .nodes([node("n1", "z1"), node("n2", "z2")])
        .pods(spreading)
        .pods([pod("x", "x", "900m"), near, pod("d", "d", "700m").away_from(term())])
        .pods([listening("p1"), listening("p2"), pod("big", "b", "20")])
        .build()
        .expect("the cluster is well formed")
}

fn id(name: &str) -> PodId {
    PodId::new("default", name)
}

/// What is found when the plan of [`cluster`] is changed.
fn spoilt(change: impl Fn(&mut Plan)) -> Vec<Violation> {
    let (snapshot, policy) = (cluster(), Policy::compat());
    let mut plan = provision(&snapshot, &policy);
    assert_eq!(check(&snapshot, &policy, &plan), Ok(()), "{plan}");
    let on = |node: &str| {
        plan.existing[node].iter().map(karp_core::model::ObjectId::name).collect::<Vec<_>>()
    };
    assert_eq!((on("n1"), on("n2")), (vec!["s1", "x", "f", "p1"], vec!["s2", "d", "p2"]));
    change(&mut plan);
    check(&snapshot, &policy, &plan).map_or_else(|found| found.as_slice().to_vec(), |()| Vec::new())
}

/// Moves a pod to the other node.
fn moved(name: &'static str) -> impl Fn(&mut Plan) {
    move |plan| {
        let from = plan.existing.values_mut().position(|pods| pods.contains(&id(name)));
        let mut nodes: Vec<_> = plan.existing.values_mut().collect();
        let from = from.expect("the pod is on a node");
        nodes[from].retain(|pod| *pod != id(name));
        nodes[1 - from].push(id(name));
    }
}

fn on(node: &str) -> Place {
    Place::Node(node.into())
}

#[test]
fn a_pod_too_many_in_a_zone_is_counted() {
    let found = spoilt(moved("s2"));
    let (pod, place, key) = (id("s2"), on("n1"), label::ZONE.to_owned());
    let expected = Violation::Spread { pod, place, key, max_skew: 1, there: Some(1), least: 0 };
    assert_eq!(found, [expected]);
    assert_eq!(
        found[0].to_string(),
        "pod `default/s2` is on node `n1`, where 1 are in the same domain of \
         `topology.kubernetes.io/zone`, while the emptiest has 0 and may be exceeded by 1"
    );
}

#[test]
fn a_pod_without_its_company_is_seen() {
    let (pod, place, key) = (id("f"), on("n2"), label::HOSTNAME.to_owned());
    assert_eq!(spoilt(moved("f")), [Violation::Affinity { pod, place, key }]);
}

#[test]
fn pods_that_must_be_apart_are_seen_from_both_sides() {
    let violation = |pod, node, by_others| Violation::AntiAffinity {
        pod: id(pod),
        place: on(node),
        key: label::HOSTNAME.to_owned(),
        by_others,
        there: Some(1),
    };
    assert_eq!(spoilt(moved("d")), [violation("d", "n1", false)]);
    // Who comes to the one that rejects it is rejected; who followed it has nobody any more.
    let found = spoilt(moved("x"));
    assert!(found.contains(&violation("x", "n2", true)), "{found:?}");
    let (pod, place, key) = (id("f"), on("n1"), label::HOSTNAME.to_owned());
    assert!(found.contains(&Violation::Affinity { pod, place, key }), "{found:?}");
}

#[test]
fn a_port_that_is_taken_twice_is_seen() {
    let port = HostPort::new(80, Protocol::Tcp);
    let expected = Violation::HostPort { pod: id("p2"), place: on("n1"), port };
    assert_eq!(spoilt(moved("p2")), [expected]);
}

#[test]
fn too_few_values_and_wrong_words_about_them_are_seen() {
    let machine = || "general-1".into();
    let key = || label::INSTANCE_TYPE.to_owned();
    let found = spoilt(|plan| plan.machines[0].instance_types = Arc::from(["m32".into()]));
    let expected = Violation::MinValues { machine: machine(), key: key(), demanded: 2, there: 1 };
    assert_eq!(found, [expected]);
    let found = spoilt(|plan| plan.machines[0].min_values_relaxed = true);
    assert_eq!(found, [Violation::MinValuesFlag { machine: machine() }]);
    let found = spoilt(|plan| {
        Arc::make_mut(&mut plan.machines[0].requirements).remove(label::INSTANCE_TYPE);
    });
    let expected =
        Violation::StatedMinValues { machine: machine(), key: key(), said: None, demanded: 2 };
    assert_eq!(found, [expected]);
}

#[test]
fn a_machine_that_says_what_nobody_asked_for_is_seen() {
    let found = spoilt(|plan| {
        let pinned = Requirement::equals(label::ZONE, "z2");
        Arc::make_mut(&mut plan.machines[0].requirements).add(pinned);
    });
    let unfounded = |one: &Violation| matches!(one, Violation::Unfounded { said, .. } if *said == Requirement::equals(label::ZONE, "z2"));
    assert!(found.iter().any(unfounded), "{found:?}");
    let found = spoilt(|plan| {
        Arc::make_mut(&mut plan.machines[0].requirements).remove(label::CAPACITY_TYPE);
    });
    let sold = Requirement::equals(label::CAPACITY_TYPE, "on-demand");
    assert_eq!(found, [Violation::CapacityTypes { machine: "general-1".into(), sold }]);
}
