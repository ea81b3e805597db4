//! Classes and types that don't go together: listed, but not to be bought.

use serde_json::{Value, json};

use crate::ec2::{available, class, one};

fn suits(spec: &Value, name: &str) -> bool {
    let offered = one(&class(spec), name);
    assert!(!offered.offerings.is_empty(), "{name} is listed with its prices");
    available(&offered) > 0
}

fn interfaces(efa_only: &[(u32, u32)]) -> Value {
    let mut list =
        vec![json!({ "networkCardIndex": 0, "deviceIndex": 0, "interfaceType": "interface" })];
    list.extend(efa_only.iter().map(|(card, device)| {
        json!({ "networkCardIndex": card, "deviceIndex": device, "interfaceType": "efa-only" })
    }));
    json!({ "amiFamily": "AL2023", "networkInterfaces": list })
}

/// COMPAT-1, ITOFF-11
#[test]
fn the_first_arm_generation_does_not_boot_amazon_linux_2023() {
    for (family, name, expected) in [
        ("Custom", "a1.medium", true),
        ("Custom", "a1.large", true),
        ("Custom", "t3.medium", true),
        ("AL2023", "a1.medium", false),
        ("AL2023", "t3.medium", true),
        ("Bottlerocket", "a1.large", true),
    ] {
        assert_eq!(suits(&json!({ "amiFamily": family }), name), expected, "{family} {name}");
    }
}

/// COMPAT-2, ITOFF-12
#[test]
fn a_type_with_enough_fabric_adapters_suits() {
    assert!(suits(&interfaces(&[(1, 1)]), "m6idn.32xlarge"));
    assert!(suits(&interfaces(&[(0, 1), (1, 0)]), "m6idn.32xlarge"));
    assert!(suits(&interfaces(&[(1, 1), (2, 1), (3, 1)]), "p5.48xlarge"));
    assert!(suits(&interfaces(&[]), "m5.large"));
}

/// COMPAT-3, ITOFF-12
#[test]
fn interfaces_that_the_type_can_not_have_exclude_it() {
    let five = [(0, 1), (1, 0), (2, 0), (3, 0), (4, 0)];
    assert!(!suits(&interfaces(&five), "m6idn.32xlarge"), "more fabric adapters than it takes");
    assert!(!suits(&interfaces(&[(0, 1)]), "m5.large"), "no fabric adapter");
    assert!(!suits(&interfaces(&[]), "m3.large"), "no ENA");
    assert!(!suits(&interfaces(&[(2, 0)]), "m6idn.32xlarge"), "no such card");
    assert!(!suits(&interfaces(&[(1, 8)]), "m6idn.32xlarge"), "no such place on the card");
}

#[test]
fn address_prefixes_need_room_on_an_interface() {
    let mut spec = interfaces(&[]);
    spec["ipPrefixCount"] = json!(9);
    assert!(suits(&spec, "m5.large"));
    spec["ipPrefixCount"] = json!(10);
    assert!(!suits(&spec, "m5.large"));
}

/// COMPAT-5
#[test]
fn nested_virtualization_needs_a_processor_that_can() {
    for (options, name, expected) in [
        (Value::Null, "m5.large", true),
        (json!({ "nestedVirtualization": "enabled" }), "c7i-flex.large", true),
        (json!({ "nestedVirtualization": "enabled" }), "m5.large", false),
        (json!({ "nestedVirtualization": "disabled" }), "m5.large", true),
    ] {
        let spec = json!({ "amiFamily": "AL2023", "cpuOptions": options });
        assert_eq!(suits(&spec, name), expected, "{options} {name}");
    }
}

/// COMPAT-6
#[test]
fn connection_tracking_needs_nitro() {
    let tracking = json!({ "tcpEstablishedTimeout": 600 });
    for (tracking, name, expected) in [
        (tracking.clone(), "m5.large", true),
        (tracking, "m4.large", false),
        (Value::Null, "m4.large", true),
        (Value::Null, "m5.large", true),
    ] {
        let spec = json!({ "amiFamily": "AL2023", "connectionTracking": tracking });
        assert_eq!(suits(&spec, name), expected, "{tracking} {name}");
    }
}
