//! Devices that take of the counters of their pool.

use karp_core::{
    devices::{Stock, Usage},
    model::{AllocatedDevice, CounterSet, Device, DeviceId, DeviceNodes, ResourceSlice},
};

use super::fixture::*;

fn taking(name: &str, memory: i64, lanes: i64) -> Device {
    device(name)
        .consuming(CounterSet::new("s", [("memory", units(memory)), ("lanes", units(lanes))]))
}

/// A pool with 8 of `memory` and 4 `lanes`.
fn counted(devices: impl IntoIterator<Item = Device>) -> ResourceSlice {
    pool("p", devices).counters(CounterSet::new("s", [("memory", units(8)), ("lanes", units(4))]))
}

#[test]
fn dra_46_dra_47_dra_48_dra_49_profiles_share_the_counters_of_their_pool() {
    let stock = Stock::new(&[counted([taking("a", 5, 1), taking("b", 5, 1), taking("c", 3, 3)])]);
    assert_eq!(one(&stock, &claim(any())), "r:a");
    assert_eq!(one(&stock, &claim(any().times(2))), "r:a r:c");
    assert_eq!(one(&stock, &claim(any().times(3))), "-");
    let lanes = Stock::new(&[counted([taking("a", 1, 3), taking("b", 1, 2), taking("c", 1, 1)])]);
    assert_eq!(one(&lanes, &claim(any().times(2))), "r:a r:c");
    assert_eq!(one(&Stock::new(&[counted([taking("a", 9, 1)])]), &claim(any())), "-");
}

#[test]
fn dra_51_profiles_that_exceed_any_counter_together_never_meet() {
    let stock = Stock::new(&[counted([taking("a", 1, 3), taking("b", 7, 3)])]);
    assert_eq!(names(&stock, &[claim(any()), claim(any())]), None);
}

#[test]
fn dra_88_what_is_allocated_counts_even_where_it_can_not_be_used_from_here() {
    let mut slice = counted([taking("a", 5, 1), taking("b", 5, 1)]);
    slice.devices[0].nodes = Some(DeviceNodes::Named("n2".into()));
    let stock = Stock::new(&[slice]);
    assert_eq!(one(&stock, &claim(any())), "r:b");
    let id = DeviceId { driver: DRIVER.to_owned(), pool: "p".to_owned(), device: "a".to_owned() };
    let usage = Usage::of_allocation(&stock, &[AllocatedDevice::new("r", id)]);
    assert!(found_beside((&stock, &usage, None), &[claim(any())]).is_none());
}

#[test]
fn dra_89_dra_90_counters_of_the_cluster_and_of_machines_are_kept_apart() {
    let mut stock = Stock::new(&[counted([taking("a", 8, 1)])]);
    let ix = stock.add_template(&template([counted([taking("a", 8, 1)])]));
    let other = stock.add_template(&template([counted([taking("x", 9, 1)])]));
    let found = |template, count| {
        found_beside((&stock, &Usage::new(), Some(template)), &[claim(any().times(count))])
    };
    assert_eq!(text(&found(ix, 2).unwrap().claims[0]), "r:a r:a");
    assert!(found(other, 1).is_some() && found(other, 2).is_none());
}

#[test]
fn dra_108_counters_and_capacity_are_taken_together() {
    let both = |name: &str| taking(name, 5, 1).capacity("memory", units(8)).shareable();
    let stock = Stock::new(&[counted([both("a"), both("b")])]);
    let asking = |amount| claim(any().amount("memory", units(amount)));
    // Who shares a device takes its counters no second time.
    assert_eq!(names(&stock, &[asking(4), asking(4)]).unwrap(), ["r:a", "r:a"]);
    assert_eq!(names(&stock, &[asking(4), asking(4), asking(4)]), None);
    let first = found_beside((&stock, &Usage::new(), None), &[asking(4)]).unwrap();
    assert!(found_beside((&stock, &first.usage, None), &[asking(4)]).is_some());
    assert!(found_beside((&stock, &first.usage, None), &[asking(5)]).is_none());
}
