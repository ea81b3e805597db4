//! Devices that must have one value of an attribute.

use karp_core::{
    devices::{Stock, Usage},
    model::{
        AttributeBinding, Device, DeviceAttribute, DeviceClaim, DeviceId, DeviceSelection,
        TemplateDevices,
    },
};

use super::fixture::*;

const ROOT: &str = "example.com/root";

fn rooted(name: &str, root: &str) -> Device {
    with(name, ROOT, root)
}

/// Three devices on two roots, and one on none.
fn roots() -> Stock {
    let devices = [rooted("a", "1"), rooted("b", "2"), rooted("c", "2"), device("d")];
    Stock::new(&[pool("p", devices)])
}

#[test]
fn dra_11_dra_62_dra_86_devices_under_a_constraint_have_one_value() {
    let stock = roots();
    let together = claim(any()).request("s", any()).matching(ROOT, ["r", "s"]);
    assert_eq!(one(&stock, &together), "r:b s:c");
    let pair = claim(any().times(2)).matching(ROOT, [""; 0]);
    assert_eq!(one(&stock, &pair), "r:b r:c");
    let three = claim(any().times(3)).matching(ROOT, ["r"]);
    assert_eq!(one(&stock, &three), "-");
    // A device without the attribute can't be under the constraint, but beside it.
    let free = claim(any().times(2)).request("s", any().times(2)).matching(ROOT, ["r"]);
    assert_eq!(one(&stock, &free), "r:b r:c s:a s:d");
    let all = claim(any().all()).matching(ROOT, ["r"]);
    assert_eq!(one(&stock, &all), "-");
}

#[test]
fn dra_62_dra_109_constraints_name_requests_or_their_alternatives() {
    let stock = roots();
    let ways = [("x", any().times(3)), ("y", any().times(2))];
    let with_scope = |scope: &str| {
        one(&stock, &DeviceClaim::new().first_available("r", ways.clone()).matching(ROOT, [scope]))
    };
    assert_eq!(with_scope("r"), "r/y:b r/y:c");
    assert_eq!(with_scope("r/x"), "r/y:a r/y:b");
    assert_eq!(with_scope("r/y"), "r/x:a r/x:b r/x:c");
    assert_eq!(with_scope("other"), "r/x:a r/x:b r/x:c");
}

#[test]
fn dra_103_constraints_of_two_claims_are_independent() {
    let devices = [rooted("a", "1"), rooted("b", "1"), rooted("c", "2"), rooted("d", "2")];
    let stock = Stock::new(&[pool("p", devices)]);
    let pair = || claim(any().times(2)).matching(ROOT, [""; 0]);
    assert_eq!(names(&stock, &[pair(), pair()]).unwrap(), ["r:a r:b", "r:c r:d"]);
}

#[test]
fn dra_65_values_of_different_kinds_differ() {
    let kinds = [
        DeviceAttribute::Int(1),
        DeviceAttribute::String("1".to_owned()),
        DeviceAttribute::Version("1".to_owned()),
        DeviceAttribute::Bool(true),
    ];
    for (first, one_kind) in kinds.iter().enumerate() {
        for (second, other) in kinds.iter().enumerate() {
            let devices = [
                device("a").attribute("v", one_kind.clone()),
                device("b").attribute("v", other.clone()),
            ];
            let stock = Stock::new(&[pool("p", devices)]);
            let pair = claim(any().times(2)).matching("gpu.example.com/v", [""; 0]);
            assert_eq!(one(&stock, &pair) != "-", first == second, "{one_kind:?} {other:?}");
        }
    }
}

/// Devices `a` to `e` of a machine to buy, of which these are bound.
fn bound(bindings: &[&[&str]]) -> TemplateDevices {
    let devices = ["a", "b", "c", "d", "e"].map(device);
    let mut template = template([pool("p", devices)]);
    let id = |name: &&str| DeviceId {
        driver: DRIVER.to_owned(),
        pool: "p".to_owned(),
        device: (*name).to_owned(),
    };
    template.bindings = bindings
        .iter()
        .map(|own| AttributeBinding {
            attribute: ROOT.to_owned(),
            devices: own.iter().map(id).collect(),
        })
        .collect();
    template
}

/// The most devices of a machine to buy that can be under one constraint.
fn most(template: &TemplateDevices, attribute: &str) -> u32 {
    let mut stock = Stock::new([]);
    let ix = stock.add_template(template);
    let fits = |count: &u32| {
        let claim = claim(any().times(*count)).matching(attribute, [""; 0]);
        found_beside((&stock, &Usage::new(), Some(ix)), &[claim]).is_some()
    };
    (1..6).filter(fits).max().unwrap_or(0)
}

#[test]
fn dra_60_dra_64_bound_devices_are_taken_as_having_one_value() {
    for (bindings, expected) in [
        (&[][..], 0),
        (&[&["a"][..]][..], 0),
        (&[&["a", "a"]], 0),
        (&[&["a", "b"]], 2),
        (&[&["a", "b", "c"]], 3),
        (&[&["a", "b"], &["c", "d"]], 2),
        (&[&["a", "b"], &["b", "c"]], 3),
        (&[&["a", "b"], &["c", "d"], &["b", "c"], &["d", "e"]], 5),
        (&[&["a", "b"], &["b", "c"], &["c", "a"]], 3),
        (&[&["a", "b"], &["a", "b"]], 2),
    ] {
        assert_eq!(most(&bound(bindings), ROOT), expected, "{bindings:?}");
    }
    assert_eq!(most(&bound(&[&["a", "b"]]), "example.com/other"), 0);
}

#[test]
fn dra_61_dra_92_a_binding_counts_for_its_own_type_only() {
    let mut stock = Stock::new([]);
    let free = stock.add_template(&bound(&[]));
    let tied = stock.add_template(&bound(&[&["a", "b"]]));
    let pair = [claim(any().times(2)).matching(ROOT, [""; 0])];
    assert!(found_beside((&stock, &Usage::new(), Some(free)), &pair).is_none());
    assert!(found_beside((&stock, &Usage::new(), Some(tied)), &pair).is_some());
}

#[test]
fn dra_64_dra_102_known_and_bound_values_do_not_mix() {
    let mut template = bound(&[&["a", "b"]]);
    template.slices[0].devices[1] = rooted("b", "1");
    let mut stock = Stock::new(&[pool("q", [rooted("x", "1")])]);
    let ix = stock.add_template(&template);
    let found = |count| {
        let claim = claim(any().times(count)).matching(ROOT, [""; 0]);
        let found = found_beside((&stock, &Usage::new(), Some(ix)), &[claim]);
        found.map_or_else(|| "-".to_owned(), |found| text(&found.claims[0]))
    };
    // `b` has a value of its own, so that its binding to `a` is not used.
    assert_eq!(found(2), "r:x r:b");
    assert_eq!(found(3), "-");
}

#[test]
fn dra_63_a_value_that_was_tried_in_vain_is_free_again() {
    let devices = [rooted("a", "1"), rooted("b", "2"), with("c", "colour", "red")];
    let mut devices = devices.to_vec();
    devices[2] = devices[2].clone().attribute(ROOT, DeviceAttribute::String("2".to_owned()));
    let stock = Stock::new(&[pool("p", devices)]);
    let claim = claim(any()).request("s", DeviceSelection::of("red")).matching(ROOT, [""; 0]);
    assert_eq!(one(&stock, &claim), "r:b s:c");
}
