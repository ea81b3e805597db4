//! What `host_port` promises, as tests.

use super::{HostPort, ParseHostPortError, Protocol};

fn port(ip: &str, port: u16, protocol: Protocol) -> HostPort {
    HostPort::on(ip, port, protocol).unwrap_or_else(|error| panic!("{error}"))
}

fn conflict(a: HostPort, b: HostPort) -> bool {
    assert_eq!(a.conflicts(&b), b.conflicts(&a), "{a} and {b}");
    a.conflicts(&b)
}

// HP-1
#[test]
fn text_names_address_port_and_protocol() {
    assert_eq!(port("", 80, Protocol::Tcp).to_string(), "IP=0.0.0.0 Port=80 Proto=TCP");
    assert_eq!(port("::1", 53, Protocol::Udp).to_string(), "IP=::1 Port=53 Proto=UDP");
}

// HP-2
#[test]
fn equal_ports_conflict_both_ways() {
    assert!(conflict(port("10.0.0.1", 80, Protocol::Tcp), port("10.0.0.1", 80, Protocol::Tcp)));
    assert!(!conflict(port("10.0.0.1", 80, Protocol::Tcp), port("10.0.0.2", 80, Protocol::Tcp)));
}

// HP-3
#[test]
fn all_addresses_conflict_with_any() {
    for any in ["", "0.0.0.0", "::"] {
        for ip in ["10.0.0.1", "fe80::1", "0.0.0.0", "::"] {
            assert!(conflict(port(any, 80, Protocol::Tcp), port(ip, 80, Protocol::Tcp)));
        }
    }
}

// HP-4
#[test]
fn protocols_are_apart() {
    assert!(!conflict(port("", 80, Protocol::Tcp), port("", 80, Protocol::Udp)));
    assert!(!conflict(port("", 80, Protocol::Sctp), port("", 80, Protocol::Udp)));
}

// HP-5
#[test]
fn ports_are_apart() {
    assert!(!conflict(port("", 80, Protocol::Tcp), port("", 443, Protocol::Tcp)));
}

#[test]
fn json_is_that_of_a_container_port() {
    let json = r#"{"hostIP":"10.0.0.1","hostPort":80,"protocol":"UDP"}"#;
    let read: HostPort = serde_json::from_str(json).unwrap();
    assert_eq!(read, port("10.0.0.1", 80, Protocol::Udp));
    assert_eq!(serde_json::to_string(&read).unwrap(), json);
    for json in [r#"{"hostPort": 80}"#, r#"{"hostPort": 80, "hostIP": ""}"#] {
        let read: HostPort = serde_json::from_str(json).unwrap();
        assert_eq!(read, HostPort::new(80, Protocol::Tcp));
    }
    assert!(serde_json::from_str::<HostPort>(r#"{"hostPort": 80, "hostIP": "x"}"#).is_err());
    assert!(serde_json::from_str::<HostPort>(r#"{"hostPort": 65536}"#).is_err());
}

#[test]
fn what_cannot_be_read_is_named() {
    let error = HostPort::on("node-1", 80, Protocol::Tcp).unwrap_err();
    assert_eq!(error, ParseHostPortError::Address { text: "node-1".into() });
    assert_eq!("".parse(), Ok(Protocol::Tcp));
    assert!("tcp".parse::<Protocol>().is_err());
}
