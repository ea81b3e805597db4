//! Ports that pods take on their host.

use karp_core::model::{DaemonSet, HostPort, Node, ObjectId, Pod, PodTemplate, Protocol, label};

use super::fixture::*;

fn with_port(name: &str, port: HostPort) -> Pod {
    let mut pod = pod(name);
    pod.spec_mut().host_ports.push(port);
    pod
}

fn tcp(port: u16) -> HostPort {
    HostPort::new(port, Protocol::Tcp)
}

#[test]
fn a_port_is_taken_once_per_machine() {
    // INF-20, HP-2, HP-4, HP-5
    let machines = |one: HostPort, other: HostPort| {
        plan(pool(), [with_port("p", one), with_port("q", other)]).machines.len()
    };
    assert_eq!(machines(tcp(80), tcp(80)), 2);
    assert_eq!(machines(tcp(80), tcp(81)), 1);
    assert_eq!(machines(tcp(80), HostPort::new(80, Protocol::Udp)), 1);
    // HP-3: an address of its own collides with all addresses, but not with another one.
    let on = |ip: &str| HostPort::on(ip, 80, Protocol::Tcp).unwrap();
    assert_eq!(machines(on("10.0.0.1"), tcp(80)), 2);
    assert_eq!(machines(on("10.0.0.1"), on("10.0.0.2")), 1);
}

#[test]
fn a_port_that_a_bound_pod_has_is_taken() {
    let node = Node::new("n").resource("cpu", "4");
    let with = |port: u16| {
        let snapshot = world()
            .instance_types(types())
            .node_pool(pool())
            .node(node.clone())
            .pods([with_port("old", tcp(80)).bound_to("n"), with_port("p", tcp(port))])
            .build()
            .unwrap();
        plan_of(&snapshot).machines.len()
    };
    assert_eq!((with(80), with(81)), (1, 0));
}

#[test]
fn types_whose_daemons_take_the_port_are_no_options() {
    let mut daemon = with_port("d", tcp(80));
    daemon.spec_mut().node_selector.insert(label::ARCH.to_owned(), "amd64".to_owned());
    let template = PodTemplate { spec: daemon.spec, ..PodTemplate::default() };
    let set = DaemonSet::new(ObjectId::new("default", "d"), template);
    let with = |pool: karp_core::model::NodePool| {
        let snapshot = world()
            .instance_types(types())
            .node_pool(pool)
            .daemon_sets([set.clone()])
            .pod(with_port("p", tcp(80)))
            .build()
            .unwrap();
        plan_of(&snapshot)
    };
    assert_eq!(types_of(&with(pool()), "p"), ["arm-instance-type"]);
    let amd = with(pool().requirement(is_in(label::ARCH, &["amd64"])));
    assert_eq!(codes(&amd, "p"), ["no-instance-type"]);
    assert!(amd.unplaced[0].to_string().contains("host ports"));
}
