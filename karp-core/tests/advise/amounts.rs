//! Requests, limits, host ports and minimum values: numbers that are raised or lowered by the least that helps.

use karp_core::{
    advise::NoRemedy,
    model::{DaemonSet, HostPort, NodePool, ObjectId, Pod, PodTemplate, Protocol},
    policy::Policy,
};

use super::fixture::*;

/// A daemon set of pods like this one.
fn daemon(pod: Pod) -> DaemonSet {
    let template = PodTemplate { spec: pod.spec, ..PodTemplate::default() };
    DaemonSet::new(ObjectId::new("kube-system", "agent"), template)
}

#[test]
fn a_request_is_lowered_to_what_the_largest_type_has() {
    let found = helps(world().node_pool(pool()).pod(pod("p").request("cpu", "6")));
    assert_eq!(found, ["lower the cpu request of pods like `default/p` from 6 to 4, by 2"]);
}

#[test]
fn a_request_is_lowered_to_the_byte_beside_daemons() {
    let agent = daemon(pod("agent").request("cpu", "0").request("memory", "100Mi"));
    let found = helps(
        world().node_pool(pool()).daemon_sets([agent]).pod(pod("p").request("memory", "16Gi")),
    );
    assert_eq!(
        found,
        ["lower the memory request of pods like `default/p` from 16Gi to 16284Mi, by 100Mi"]
    );
}

#[test]
fn two_shortfalls_are_no_single_change() {
    let all = all(
        world().node_pool(pool()).pod(pod("p").request("cpu", "6").request("memory", "64Gi")),
        &Policy::compat(),
    );
    assert_eq!(all[0].remedies, []);
    assert_eq!(all[0].incomplete, Some(NoRemedy::NothingHelps));
    assert_eq!(all[0].to_string(), "no single change helps, of 2 that were tried\n");
}

#[test]
fn a_resource_that_no_type_has_is_dropped() {
    let found = helps(world().node_pool(pool()).pod(pod("p").request("example.com/gpu", "1")));
    assert_eq!(found, ["drop the request for 1 of example.com/gpu of pods like `default/p`"]);
}

#[test]
fn of_two_types_neither_of_which_does_each_request_may_come_down() {
    let kinds = [kind("wide", "8", "2Gi", "0.1"), kind("tall", "1", "32Gi", "0.1")];
    let found = helps(
        world()
            .instance_types_of("general", kinds)
            .node_pool(pool())
            .pod(pod("p").request("cpu", "4").request("memory", "16Gi")),
    );
    assert_eq!(
        found,
        [
            "lower the cpu request of pods like `default/p` from 4 to 1, by 3",
            "lower the memory request of pods like `default/p` from 16Gi to 2Gi, by 14Gi",
        ]
    );
}

#[test]
fn a_node_that_is_there_has_room_for_less() {
    let found = helps(world().node(node("n")).pod(pod("p").request("cpu", "3")));
    // Without a pool nothing is placed by a solve that asks for pools.
    assert_eq!(found, Vec::<String>::new());
    let found = helps(
        world()
            .node_pool(pool().limit("cpu", "0"))
            .node(node("n"))
            .pod(pod("p").request("cpu", "1200m")),
    );
    assert_eq!(
        found,
        [
            "lower the cpu request of pods like `default/p` from 1200m to 1, by 200m",
            "raise the cpu limit of node pool `general` from 0 to 2, by 2",
        ]
    );
}

#[test]
fn a_limit_is_raised_by_what_the_smallest_machine_takes() {
    let found = helps(world().node_pool(pool().limit("cpu", "1")).pod(pod("p")));
    assert_eq!(found, ["raise the cpu limit of node pool `general` from 1 to 2, by 1"]);
}

#[test]
fn a_limit_is_raised_for_all_equal_pods_at_once() {
    let pods = (0..5).map(|i| pod(&format!("p-{i}")).request("cpu", "2"));
    let advice = all(world().node_pool(pool().limit("cpu", "4")).pods(pods), &Policy::compat());
    assert_eq!(advice.len(), 1);
    assert_eq!(advice[0].pods.len(), 3);
    let text = advice[0].remedies[0].to_string();
    assert!(text.starts_with("raise the cpu limit of node pool `general` from 4 to "), "{text}");
}

#[test]
fn a_limit_on_machines_is_raised_by_as_many_as_are_needed() {
    let pods = (0..3).map(|i| pod(&format!("p-{i}")).request("cpu", "4"));
    let found = helps(world().node_pool(pool().limit("nodes", "1")).pods(pods));
    assert_eq!(found, ["raise the nodes limit of node pool `general` from 1 to 3, by 2"]);
}

#[test]
fn a_limit_that_keeps_out_only_the_types_that_would_do_is_found() {
    let found =
        helps(world().node_pool(pool().limit("memory", "10Gi")).pod(pod("p").request("cpu", "3")));
    assert_eq!(
        found,
        [
            "lower the cpu request of pods like `default/p` from 3 to 2, by 1",
            "raise the memory limit of node pool `general` from 10Gi to 16Gi, by 6Gi",
        ]
    );
}

#[test]
fn a_remedy_for_one_pod_that_takes_anothers_place_is_none() {
    // One machine is allowed; whoever comes first takes it.
    let world = world()
        .node_pool(pool().limit("nodes", "1"))
        .pods([pod("first").request("cpu", "4"), pod("second").request("cpu", "3")]);
    let all = all(world, &Policy::compat());
    let found: Vec<String> = all[0].remedies.iter().map(ToString::to_string).collect();
    assert_eq!(found, ["raise the nodes limit of node pool `general` from 1 to 2, by 1"]);
}

#[test]
fn a_host_port_of_daemons_is_freed() {
    let port = HostPort::new(8080, Protocol::Tcp);
    let with_port = |mut pod: Pod| {
        pod.spec_mut().host_ports.push(port);
        pod
    };
    let (agent, taker) = (daemon(with_port(pod("agent"))), with_port(pod("p")));
    let found = helps(world().node_pool(pool()).daemon_sets([agent]).pod(taker));
    assert_eq!(found, ["free the host port 8080/TCP of pods like `default/p`"]);
}

#[test]
fn minimum_values_are_lowered_to_what_is_there() {
    let demanding = |least| {
        NodePool::new("general").requirement(
            is_in("node.kubernetes.io/instance-type", &["large", "xlarge", "huge"])
                .with_min_values(least),
        )
    };
    let found = helps(world().node_pool(demanding(3)).pod(pod("p")));
    let key = "node.kubernetes.io/instance-type";
    assert_eq!(
        found,
        [
            format!("lower minValues of {key} in node pool `general` from 3 to 2"),
            format!("drop the requirement {key} In [large xlarge huge] of node pool `general`"),
            "let the policy lower minValues where they can't be kept (minValues)".to_owned(),
        ]
        .into_iter()
        .filter(|text| !text.starts_with("drop"))
        .collect::<Vec<_>>()
    );
    let found = helps(world().node_pool(demanding(2)).pod(pod("p").request("cpu", "3")));
    assert!(
        found.contains(&format!("lower minValues of {key} in node pool `general` from 2 to 1"))
    );
}
