//! Machines that are there already.

use karp_core::model::{
    DaemonSet, Effect, Node, NodeClaim, NodeClaimStatus, NodePoolName, ObjectId, Owner, Pod,
    PodTemplate, ResourceName, Resources, Taint, Uid, label,
};

use super::fixture::*;

fn node(name: &str) -> Node {
    Node::new(name)
        .resource("cpu", "4")
        .resource("memory", "16Gi")
        .label(ZONE, "z2")
        .of_pool("default")
}

fn with(
    nodes: impl IntoIterator<Item = Node>,
    pods: impl IntoIterator<Item = Pod>,
) -> karp_core::decision::Plan {
    let snapshot =
        world().instance_types(types()).node_pool(pool()).nodes(nodes).pods(pods).build().unwrap();
    plan_of(&snapshot)
}

fn on(plan: &karp_core::decision::Plan, node: &str) -> Vec<String> {
    let pods = plan.existing.iter().find(|(name, _)| name.as_str() == node);
    pods.map_or_else(Vec::new, |(_, pods)| pods.iter().map(|pod| pod.name().to_owned()).collect())
}

#[test]
fn a_node_with_room_is_used_before_a_machine_is_bought() {
    // INF-1, EXI-1
    let plan = with([node("n")], [pod("p").request("cpu", "1")]);
    assert_eq!(on(&plan, "n"), ["p"]);
    assert!(plan.machines.is_empty());
    // INF-3: room is what bound pods leave.
    let bound = pod("old").request("cpu", "3500m").bound_to("n");
    let plan = with([node("n")], [bound, pod("p").request("cpu", "1")]);
    assert_eq!(plan.machines.len(), 1);
    // EXI-2
    let plan = with([node("n")], (0..111).map(|i| pod(&format!("p-{i:03}"))));
    assert_eq!(on(&plan, "n").len(), 110);
}

#[test]
fn finished_pods_take_no_room() {
    let mut done = pod("old").request("cpu", "3500m").bound_to("n");
    done.status.phase = karp_core::model::PodPhase::Succeeded;
    assert_eq!(on(&with([node("n")], [done, pod("p").request("cpu", "1")]), "n"), ["p"]);
}

#[test]
fn an_overbooked_node_takes_nothing() {
    let bound = pod("old").request("fake.com/vendor-a", "3").bound_to("n");
    let node = node("n").resource("fake.com/vendor-a", "2");
    assert_eq!(with([node], [bound, pod("p")]).machines.len(), 1);
}

#[test]
fn labels_of_a_node_are_all_that_it_will_ever_have() {
    let demand = |entry| pod("p").require_any_of([entry]);
    // INF-2
    assert_eq!(on(&with([node("n")], [demand(is_in(ZONE, &["z1", "z2"]))]), "n"), ["p"]);
    assert_eq!(with([node("n")], [demand(is_in(ZONE, &["z1", "z3"]))]).machines.len(), 1);
    // INF-4: a key that the node does not carry is not met, well known or not.
    assert_eq!(with([node("n")], [demand(is_in(label::ARCH, &["amd64"]))]).machines.len(), 1);
    assert_eq!(on(&with([node("n")], [demand(not_in(label::ARCH, &["arm64"]))]), "n"), ["p"]);
    // EXI-4
    let bare = Node::new("n").resource("cpu", "4").resource("memory", "4Gi");
    let zoned = || pod("p").on_nodes_with(ZONE, "z1");
    assert_eq!(with([bare.clone()], [zoned()]).machines.len(), 1);
    let without_pool = world().node(bare).pod(zoned()).build().unwrap();
    assert_eq!(codes(&plan_of(&without_pool), "p"), ["no-dynamic-pool"]);
}

#[test]
fn wishes_about_host_names_find_their_node() {
    let pod = prefer(pod("p"), 1, &[is_in(label::HOSTNAME, &["b"])]);
    let plan = with([node("a"), node("b"), node("c")], [pod]);
    assert_eq!(on(&plan, "b"), ["p"]);
}

#[test]
fn initialized_nodes_come_first() {
    // EXI-3
    let mut nodes: Vec<Node> =
        (0..10).map(|i| Node::new(format!("a-{i}")).resource("cpu", "4")).collect();
    let mut claims = Vec::new();
    for node in &mut nodes {
        node.provider_id = format!("id-{}", node.name);
        node.labels.insert(label::NODE_POOL.to_owned(), "default".to_owned());
        let mut claim = NodeClaim::new(node.name.to_string(), &NodePoolName::from("default"));
        claim.status.provider_id = node.provider_id.clone();
        claim.status.capacity = node.capacity.clone();
        claim.status.allocatable = node.allocatable.clone();
        claims.push(claim);
    }
    nodes.push(node("z"));
    let snapshot = world()
        .instance_types(types())
        .node_pool(pool())
        .nodes(nodes)
        .node_claims(claims)
        .pod(pod("p").request("cpu", "1"))
        .build()
        .unwrap();
    assert_eq!(on(&plan_of(&snapshot), "z"), ["p"]);
}

/// A launched claim whose Node may or may not be there.
fn claim(name: &str) -> NodeClaim {
    let mut claim = NodeClaim::new(name, &NodePoolName::from("default"));
    let size = Resources::new()
        .with(ResourceName::CPU, 4000)
        .with(ResourceName::MEMORY, 4 << 30)
        .with(ResourceName::PODS, 5)
        .with("fake.com/vendor-a", 2);
    claim.status.provider_id = format!("fake:///{name}");
    claim.status.capacity = size.clone();
    claim.status.allocatable = size;
    claim
}

fn starting(claim: &NodeClaim, adjust: impl FnOnce(Node) -> Node) -> Node {
    let mut node =
        Node::new("n").resource("cpu", "4").resource("memory", "4Gi").resource("pods", "5");
    node.provider_id.clone_from(&claim.status.provider_id);
    node.labels.insert(label::NODE_POOL.to_owned(), "default".to_owned());
    adjust(node)
}

fn with_claim(claim: NodeClaim, node: Option<Node>, pod: Pod) -> karp_core::decision::Plan {
    let snapshot = world()
        .instance_types(types())
        .node_pool(pool())
        .node_claims([claim])
        .nodes(node)
        .pod(pod)
        .build()
        .unwrap();
    plan_of(&snapshot)
}

#[test]
fn a_claim_whose_node_has_not_come_takes_pods() {
    // NPB-1
    let plan = with_claim(claim("c"), None, pod("p").request("cpu", "1"));
    assert_eq!(on(&plan, "c"), ["p"]);
    // A claim that is not launched is not there yet.
    let mut waiting = claim("c");
    waiting.status = NodeClaimStatus::default();
    assert_eq!(with_claim(waiting, None, pod("p")).machines.len(), 1);
    // Nor is one that is being deleted.
    let mut leaving = claim("c");
    leaving.deleting_since = Some(NOW.parse().unwrap());
    assert_eq!(with_claim(leaving, None, pod("p")).machines.len(), 1);
}

#[test]
fn devices_that_a_kubelet_has_not_found_yet_count() {
    // NPB-2
    let claim = claim("c");
    let node = starting(&claim, |node| {
        node.resource("fake.com/vendor-a", "0").label(label::REGISTERED, "true")
    });
    let plan = with_claim(claim, Some(node), pod("p").request("fake.com/vendor-a", "1"));
    assert_eq!(on(&plan, "n"), ["p"]);
}

#[test]
fn taints_of_starting_up_are_looked_through_until_the_node_is_initialized() {
    let not_ready = || Taint::new("node.kubernetes.io/not-ready", Effect::NoExecute);
    let registered = |node: Node| node.label(label::REGISTERED, "true");
    // INF-9
    let plan = |taint: Taint, initialized: bool, startup: bool| {
        let mut claim = claim("c");
        if startup {
            claim.startup_taints.push(taint.clone());
        }
        let node = starting(&claim, |node| {
            let node = registered(node).taint(taint);
            if initialized { node.label(label::INITIALIZED, "true") } else { node }
        });
        on(&with_claim(claim, Some(node), pod("p")), "n").len()
    };
    assert_eq!(plan(not_ready(), false, false), 1);
    assert_eq!(plan(not_ready(), true, false), 0);
    // INF-10, INF-11, INF-12
    let own = || Taint::new("own", Effect::NoSchedule);
    assert_eq!(plan(own(), true, false), 0);
    assert_eq!(plan(own(), false, false), 0);
    assert_eq!(plan(own(), false, true), 1);
    assert_eq!(plan(own(), true, true), 0);
}

#[test]
fn room_is_kept_for_daemons_that_are_still_to_come() {
    // INF-14
    let mut template = pod("d").request("cpu", "1");
    let spec = std::sync::Arc::clone(&template.spec);
    let set = DaemonSet::new(
        ObjectId::new("default", "d"),
        PodTemplate { spec, ..PodTemplate::default() },
    );
    let free = |pods: Vec<Pod>| {
        let snapshot = world()
            .instance_types(types())
            .node_pool(pool())
            .daemon_sets([set.clone()])
            .node(node("n"))
            .pods(pods)
            .build()
            .unwrap();
        on(&plan_of(&snapshot), "n").len() == 1
    };
    assert!(free(vec![pod("p").request("cpu", "3")]));
    assert!(!free(vec![pod("p").request("cpu", "3100m")]));
    // The daemon that is there counts once.
    template.owners.push(Owner {
        api_version: "apps/v1".to_owned(),
        kind: "DaemonSet".to_owned(),
        name: "d".to_owned(),
        uid: Uid::new("d"),
        controller: true,
    });
    let running = template.bound_to("n");
    assert!(free(vec![running.clone(), pod("p").request("cpu", "3")]));
    assert!(!free(vec![running, pod("p").request("cpu", "3100m")]));
}
