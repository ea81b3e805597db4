//! What a refusal says, and what is not decided on yet.

use karp_core::model::{HostPort, Node, PodAffinityTerm, Protocol, TopologySpread, label};

use super::fixture::*;

#[test]
fn the_first_rule_is_named_with_what_was_demanded_and_what_there_is() {
    let text = |plan: &karp_core::decision::Plan| plan.unplaced[0].to_string();
    let conflict =
        plan(pool().requirement(is_in(ZONE, &["z1"])), [pod("p").on_nodes_with(ZONE, "z2")]);
    let expected = format!("the pod demands {ZONE} In [z2], the pool offers {ZONE} In [z1]");
    assert!(text(&conflict).contains(&expected), "{}", text(&conflict));
    let typo = plan(pool(), [pod("p").on_nodes_with("topology.kubernetes.io/zon", "z1")]);
    assert!(text(&typo).contains(&format!("was `{ZONE}` meant?")), "{}", text(&typo));
}

#[test]
fn opting_out_of_all_pools_is_understood() {
    let plan = plan(pool(), [pod("p").require_any_of([absent(label::NODE_POOL)])]);
    assert_eq!(codes(&plan, "p"), ["opted-out"]);
}

#[test]
fn hard_constraints_that_are_not_decided_on_yet_refuse_the_pod() {
    let web = || selector("app", "web");
    let mut port = pod("p");
    port.spec_mut().host_ports.push(HostPort::new(80, Protocol::Tcp));
    let mut device = pod("p");
    device.spec_mut().resource_claims.push("gpu".to_owned());
    let pods = [
        pod("p").spread(TopologySpread::new(ZONE, 1).selecting(web())),
        pod("p").near(PodAffinityTerm::new(ZONE, web())),
        pod("p").away_from(PodAffinityTerm::new(ZONE, web())),
        port,
        device,
    ];
    for pod in pods {
        assert_eq!(codes(&plan(pool(), [pod]), "p"), ["unsupported"]);
    }
}

#[test]
fn wishes_that_are_not_decided_on_yet_are_reported() {
    let plan = plan(pool(), [pod("p").spread(TopologySpread::new(ZONE, 1).soft())]);
    assert!(all_placed(&plan));
    assert_eq!(plan.findings[0].code, "unsupported");
    assert_eq!(plan.findings[0].object, "Pod default/p");
}

#[test]
fn a_pod_that_others_reject_is_refused_too() {
    let rejecting =
        pod("old").away_from(PodAffinityTerm::new(ZONE, selector("app", "web"))).bound_to("n");
    let with = |new: karp_core::model::Pod| {
        let node = Node::new("n").resource("cpu", "4");
        let snapshot = world()
            .instance_types(types())
            .node_pool(pool())
            .node(node)
            .pods([rejecting.clone(), new])
            .build()
            .unwrap();
        codes(&plan_of(&snapshot), "p")
    };
    assert_eq!(with(pod("p").label("app", "web")), ["unsupported"]);
    assert!(with(pod("p").label("app", "db")).is_empty());
    assert!(with(pod("p").label("app", "web").in_namespace("other")).is_empty());
}

#[test]
fn a_pool_whose_rules_are_not_decided_on_yet_is_not_used() {
    let mut flexible = is_in(ZONE, &["z1", "z2"]);
    flexible.min_values = Some(2);
    let plan = plan(pool().requirement(flexible), [pod("p")]);
    assert_eq!(codes(&plan, "p"), ["unsupported"]);
    assert!(plan.findings.iter().any(|finding| finding.object == "NodePool default"));
}
