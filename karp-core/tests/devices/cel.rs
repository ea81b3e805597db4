//! Conditions in the Common Expression Language.

use std::collections::BTreeMap;

use karp_core::{
    devices::{Cel, ClaimProblem, Demand, Stock},
    model::{Device, DeviceAttribute, DeviceClass, Quantity},
};

use super::fixture::*;

fn full() -> Device {
    device("a")
        .attribute("model", DeviceAttribute::String("a100".to_owned()))
        .attribute("index", DeviceAttribute::Int(4))
        .attribute("ecc", DeviceAttribute::Bool(true))
        .attribute("firmware", DeviceAttribute::Version("1.10.2".to_owned()))
        .attribute("other.example.com/rack", DeviceAttribute::String("r1".to_owned()))
        .capacity("memory", "40Gi".parse::<Quantity>().unwrap())
}

#[test]
fn dra_81_conditions_see_all_of_a_device() {
    let mut cel = Cel::new();
    let own = "device.attributes['gpu.example.com']";
    for (expression, expected) in [
        ("true".to_owned(), true),
        ("device.driver == 'gpu.example.com'".to_owned(), true),
        ("device.driver == 'nic.example.com'".to_owned(), false),
        (format!("{own}.model == 'a100' && {own}.index > 3"), true),
        (format!("{own}.ecc"), true),
        (format!("{own}.firmware.isGreaterThan(semver('1.9.0'))"), true),
        ("device.attributes['other.example.com'].rack in ['r1', 'r2']".to_owned(), true),
        (
            "device.capacity['gpu.example.com'].memory.compareTo(quantity('40Gi')) == 0".to_owned(),
            true,
        ),
        (
            "device.capacity['gpu.example.com'].memory.isGreaterThan(quantity('1Ti'))".to_owned(),
            false,
        ),
        ("device.allowMultipleAllocations".to_owned(), false),
        // What fails while it is worked out, or is no yes or no, does not hold.
        (format!("{own}.gone == 'x'"), false),
        ("device.attributes['third.example.com'].x == 1".to_owned(), false),
        ("'text'".to_owned(), false),
    ] {
        assert_eq!(cel.holds(&expression, (DRIVER, &full())), Ok(expected), "{expression}");
    }
    assert_eq!(
        cel.holds("device.allowMultipleAllocations", (DRIVER, &full().shareable())),
        Ok(true)
    );
}

#[test]
fn dra_76_dra_81_what_is_no_expression_is_said() {
    let mut cel = Cel::new();
    for expression in ["", "device.", "device.driver ==", "((", "\u{0}", "'"] {
        let problem = cel.holds(expression, (DRIVER, &full())).unwrap_err();
        assert!(!problem.is_empty(), "{expression}");
    }
    let stock = Stock::new(&[pool("p", [full()])]);
    let class = DeviceClass::new("any").selecting("device.");
    let classes = BTreeMap::from([("any", &class)]);
    let read = Demand::new(&claim(any()), &stock, &classes, &mut |text, of| cel.holds(text, of));
    assert!(matches!(read, Err(ClaimProblem::Selector { .. })));
}
