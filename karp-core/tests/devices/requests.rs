//! Which claims are understood.

use karp_core::{
    devices::{ClaimProblem, MOST_DEVICES, Stock},
    model::{ConstraintRule, DeviceClaim, DeviceConstraint, DeviceSelection},
};

use super::fixture::*;

fn problem(claim: &DeviceClaim) -> String {
    let stock = Stock::new(&[pool("p", [device("a")])]);
    read(claim, &stock).err().map_or_else(|| "none".to_owned(), |problem| problem.to_string())
}

#[test]
fn dra_75_claims_of_all_forms_are_understood() {
    let sized = any().amount("memory", units(1));
    for claim in [
        DeviceClaim::new(),
        claim(any()),
        claim(any().times(3)),
        claim(sized),
        claim(any()).request("s", any().all()),
    ] {
        assert_eq!(problem(&claim), "none");
    }
}

#[test]
fn dra_76_what_is_wrong_with_a_claim_is_said() {
    let rule = |rule: ConstraintRule| {
        let mut claim = claim(any());
        claim.constraints.push(DeviceConstraint { requests: Vec::new(), rule });
        claim
    };
    let mut admin = any();
    admin.admin_access = true;
    let none: [(&str, DeviceSelection); 0] = [];
    for (claim, expected) in [
        (claim(DeviceSelection::of("gone")), "there is no device class `gone`"),
        (DeviceClaim::new().first_available("r", none), "the request `r` has no alternative"),
        (
            claim(any().selecting("what")),
            "the selector `what` can't be understood: expected name=value",
        ),
        (
            rule(ConstraintRule::DistinctAttribute("x".to_owned())),
            "the constraint `distinctAttribute` is not decided on yet",
        ),
        (rule(ConstraintRule::Unknown), "the constraint `unknown` is not decided on yet"),
        (
            claim(admin),
            "the request `r` asks for access for administration, which is not decided on yet",
        ),
    ] {
        assert_eq!(problem(&claim), expected);
    }
}

#[test]
fn a_selector_is_understood_or_not_even_where_there_is_no_device() {
    let stock = Stock::new([]);
    assert!(matches!(
        read(&claim(any().selecting("what")), &stock),
        Err(ClaimProblem::Selector { .. })
    ));
}

#[test]
fn dra_78_a_claim_has_at_most_32_devices() {
    let most = u32::try_from(MOST_DEVICES).unwrap();
    assert_eq!(problem(&claim(any().times(most))), "none");
    let expected = "it asks for at least 33 devices, 32 are the most";
    assert_eq!(problem(&claim(any().times(most + 1))), expected);
    let with_all = claim(any().times(most)).request("s", any().all());
    assert_eq!(problem(&with_all), expected);
    // Of several ways the least counts.
    let ways = [("many", any().times(40)), ("few", any().times(2))];
    assert_eq!(problem(&DeviceClaim::new().first_available("r", ways)), "none");
}

#[test]
fn dra_78_all_devices_are_at_most_32() {
    let devices = |count: usize| (0..count).map(|at| device(&format!("d{at:02}")));
    let fits = Stock::new(&[pool("p", devices(32))]);
    assert_ne!(one(&fits, &claim(any().all())), "-");
    let exceeds = Stock::new(&[pool("p", devices(33))]);
    assert_eq!(one(&exceeds, &claim(any().all())), "-");
    // Another way of the claim may still do.
    let ways = [("all", any().all()), ("one", any())];
    let claim = DeviceClaim::new().first_available("r", ways);
    assert_eq!(one(&exceeds, &claim), "r/one:d00");
}

#[test]
fn dra_77_conditions_of_the_class_and_of_the_request_must_both_hold() {
    let red = |name: &str, size: &str| {
        let size = karp_core::model::DeviceAttribute::String(size.to_owned());
        with(name, "colour", "red").attribute("size", size)
    };
    let devices = [with("a", "size", "big"), red("b", "small"), red("c", "big")];
    let stock = Stock::new(&[pool("p", devices)]);
    assert_eq!(one(&stock, &claim(DeviceSelection::of("red"))), "r:b");
    assert_eq!(one(&stock, &claim(DeviceSelection::of("red").selecting("size=big"))), "r:c");
    assert_eq!(one(&stock, &claim(any().selecting("size=big"))), "r:a");
    assert_eq!(one(&stock, &claim(any().selecting("size=big").selecting("size=small"))), "-");
}

#[test]
fn dra_65_an_attribute_of_the_driver_may_be_named_with_its_domain() {
    let stock = Stock::new(&[pool(
        "p",
        [with("a", "colour", "red"), with("b", "other.example.com/colour", "red")],
    )]);
    let of = |name: &str| one(&stock, &claim(any().selecting(format!("{name}=red"))));
    assert_eq!(of("colour"), "r:a");
    assert_eq!(of("gpu.example.com/colour"), "r:a");
    assert_eq!(of("other.example.com/colour"), "r:b");
    assert_eq!(of("third.example.com/colour"), "-");
    assert_eq!(of("size"), "-");
}

#[test]
fn a_device_with_a_taint_is_left_alone() {
    let mut tainted = device("a");
    tainted.tainted = true;
    assert_eq!(one(&Stock::new(&[pool("p", [tainted, device("b")])]), &claim(any())), "r:b");
}
