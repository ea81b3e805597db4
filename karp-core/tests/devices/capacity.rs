//! Devices that several claims share.

use karp_core::{
    devices::{Stock, Usage},
    model::{
        AllocatedDevice, Device, DeviceCapacity, DeviceId, DeviceSelection, Portions, Quantity,
    },
};

use super::fixture::*;

/// A shareable device with 8 of `memory`, in any portion.
fn shared(name: &str) -> Device {
    device(name).capacity("memory", units(8)).shareable()
}

fn asking(amount: i64) -> DeviceSelection {
    any().amount("memory", units(amount))
}

/// What one claim takes of `memory`; none when it gets no device.
fn taken(capacity: DeviceCapacity, asked: Option<i64>) -> Option<String> {
    let stock = Stock::new(&[pool("p", [device("a").portioned("memory", capacity).shareable()])]);
    let selection = asked.map_or_else(any, asking);
    let found = found_beside((&stock, &Usage::new(), None), &[claim(selection)])?;
    Some(found.claims[0][0].consumed["memory"].to_string())
}

#[test]
fn dra_38_dra_39_dra_104_claims_share_a_device_until_nothing_is_left() {
    let stock = Stock::new(&[pool("p", [shared("a")])]);
    let claims =
        |amounts: &[i64]| amounts.iter().map(|own| claim(asking(*own))).collect::<Vec<_>>();
    assert_eq!(names(&stock, &claims(&[3, 5])).unwrap(), ["r:a", "r:a"]);
    assert_eq!(names(&stock, &claims(&[3, 6])), None);
    let two = Stock::new(&[pool("p", [shared("a"), shared("b")])]);
    assert_eq!(names(&two, &claims(&[3, 6, 5])).unwrap(), ["r:a", "r:b", "r:a"]);
    assert_eq!(one(&stock, &claim(asking(4).times(2))), "r:a r:a");
    assert_eq!(one(&stock, &claim(asking(4).times(3))), "-");
}

#[test]
fn dra_104_dra_107_what_was_taken_before_counts() {
    let stock = Stock::new(&[pool("p", [shared("a")])]);
    let id = DeviceId { driver: DRIVER.to_owned(), pool: "p".to_owned(), device: "a".to_owned() };
    let allocated = AllocatedDevice::new("r", id);
    let some = allocated.clone().consuming("memory", units(3));
    let usage = Usage::of_allocation(&stock, &[some]);
    let beside = |usage: &Usage, amount| {
        found_beside((&stock, usage, None), &[claim(asking(amount))]).is_some()
    };
    assert!(beside(&usage, 5) && !beside(&usage, 6));
    let whole = Usage::of_allocation(&stock, &[allocated]);
    assert!(!beside(&whole, 1));
    // DRA-54: a part is given back, the rest stays.
    let mut usage = usage;
    let second = found_beside((&stock, &usage, None), &[claim(asking(4))]).unwrap();
    usage.add(&second.usage);
    assert!(!beside(&usage, 2));
    usage.subtract(&second.usage);
    assert!(beside(&usage, 5) && !beside(&usage, 6));
}

#[test]
fn dra_89_dra_107_the_greater_of_two_uses_is_kept_free() {
    let stock = Stock::new(&[pool("p", [shared("a")])]);
    let used = |amount| {
        found_beside((&stock, &Usage::new(), None), &[claim(asking(amount))]).unwrap().usage
    };
    let mut most = used(2);
    most.raise_to(&used(5));
    most.raise_to(&used(3));
    let left = |amount| found_beside((&stock, &most, None), &[claim(asking(amount))]).is_some();
    assert!(left(3) && !left(4));
}

#[test]
fn dra_42_dra_43_dra_104_a_device_without_so_much_is_skipped() {
    let stock = Stock::new(&[pool("p", [shared("a")])]);
    assert_eq!(one(&stock, &claim(asking(9))), "-");
    assert_eq!(one(&stock, &claim(any().amount("lanes", units(1)))), "-");
    let empty = device("a").capacity("memory", units(0)).shareable();
    assert_eq!(one(&Stock::new(&[pool("p", [empty, shared("b")])]), &claim(asking(1))), "r:b");
    assert_eq!(one(&stock, &claim(any().amount("gpu.example.com/memory", units(8)))), "r:a");
    assert_eq!(one(&stock, &claim(any().amount("gpu.example.com/memory", units(9)))), "-");
}

#[test]
fn dra_104_a_device_that_is_not_shared_is_only_measured() {
    let own = device("a").capacity("memory", units(8));
    let stock = Stock::new(&[pool("p", [own])]);
    let found = found_beside((&stock, &Usage::new(), None), &[claim(asking(5))]).unwrap();
    assert!(found.claims[0][0].consumed.is_empty());
    assert_eq!(names(&stock, &[claim(asking(1)), claim(asking(1))]), None);
    assert_eq!(one(&stock, &claim(asking(9))), "-");
}

#[test]
fn dra_44_dra_45_dra_105_amounts_are_rounded_up_to_portions() {
    let of = |default: Option<i64>, portions: Portions| {
        DeviceCapacity::new(units(8)).in_portions(default.map(units), portions)
    };
    let values = || Portions::Values([6, 2, 4].map(units).to_vec());
    let range = |max: Option<i64>, step: Option<i64>| Portions::Range {
        min: units(2),
        max: max.map(units),
        step: step.map(units),
    };
    for (capacity, asked, expected) in [
        (DeviceCapacity::new(units(8)), None, Some("8")),
        (DeviceCapacity::new(units(8)), Some(3), Some("3")),
        (of(Some(2), Portions::Any), None, Some("2")),
        (of(None, values()), None, Some("8")),
        (of(Some(4), values()), None, Some("4")),
        (of(None, values()), Some(1), Some("2")),
        (of(None, values()), Some(4), Some("4")),
        (of(None, values()), Some(5), Some("6")),
        (of(None, values()), Some(7), None),
        (of(None, range(None, None)), Some(1), Some("2")),
        (of(None, range(None, None)), Some(5), Some("5")),
        (of(None, range(None, Some(3))), Some(3), Some("5")),
        (of(None, range(None, Some(3))), Some(5), Some("5")),
        (of(None, range(None, Some(3))), Some(6), Some("8")),
        (of(None, range(Some(6), None)), Some(6), Some("6")),
        (of(None, range(Some(6), None)), Some(7), None),
        (of(None, range(Some(6), Some(3))), Some(6), None),
        (of(None, range(None, None)), Some(9), None),
    ] {
        let case = format!("{capacity:?} {asked:?}");
        assert_eq!(taken(capacity, asked).as_deref(), expected, "{case}");
    }
}

#[test]
fn dra_105_what_was_rounded_up_is_taken() {
    let halves = Portions::Values(vec![units(4), units(8)]);
    let capacity = DeviceCapacity::new(units(8)).in_portions(None, halves);
    let stock = Stock::new(&[pool("p", [device("a").portioned("memory", capacity).shareable()])]);
    let three = || claim(asking(1));
    assert!(names(&stock, &[three(), three()]).is_some());
    assert!(names(&stock, &[three(), three(), three()]).is_none());
}

#[test]
fn dra_106_amounts_of_several_kinds_are_independent() {
    let own = shared("a").capacity("lanes", Quantity::from_units(2));
    let stock = Stock::new(&[pool("p", [own])]);
    let both = |memory, lanes| claim(asking(memory).amount("lanes", units(lanes)));
    assert!(names(&stock, &[both(6, 1), both(2, 1)]).is_some());
    assert!(names(&stock, &[both(6, 1), both(3, 1)]).is_none());
    assert!(names(&stock, &[both(1, 2), both(1, 1)]).is_none());
}
