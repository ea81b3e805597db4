//! Which devices are found, and in which order.

use karp_core::{
    devices::{Demand, OnNode, Outcome, Room, Stock, Usage, allocate},
    model::{AllocatedDevice, DeviceClaim, DeviceId, DeviceSelection, Requirements, Vocabulary},
};

use super::fixture::*;

fn three() -> Stock {
    Stock::new(&[pool("p", [with("a", "colour", "red"), device("b"), device("c")])])
}

#[test]
fn dra_82_devices_are_found_for_requests_and_claims_together() {
    let stock = three();
    assert_eq!(names(&stock, &[]), Some(vec![]));
    assert_eq!(one(&stock, &DeviceClaim::new()), "");
    assert_eq!(one(&stock, &claim(any())), "r:a");
    assert_eq!(one(&stock, &claim(any().times(3))), "r:a r:b r:c");
    assert_eq!(one(&stock, &claim(any().times(4))), "-");
    assert_eq!(one(&stock, &claim(any().times(2)).request("s", any())), "r:a r:b s:c");
    let claims = [claim(any()), claim(any().times(2))];
    assert_eq!(names(&stock, &claims), Some(vec!["r:a".to_owned(), "r:b r:c".to_owned()]));
    assert_eq!(names(&stock, &[claim(any().times(2)), claim(any().times(2))]), None);
}

#[test]
fn dra_83_devices_that_are_taken_are_skipped() {
    let stock = three();
    let id = |device: &str| DeviceId {
        driver: DRIVER.to_owned(),
        pool: "p".to_owned(),
        device: device.to_owned(),
    };
    let taken = Usage::of_allocation(&stock, &[AllocatedDevice::new("r", id("a"))]);
    let left =
        |claim| found_beside((&stock, &taken, None), &[claim]).map(|own| text(&own.claims[0]));
    assert_eq!(left(claim(any().times(2))), Some("r:b r:c".to_owned()));
    assert_eq!(left(claim(any().times(3))), None);
    let mut admin = AllocatedDevice::new("r", id("a"));
    admin.admin_access = true;
    assert!(Usage::of_allocation(&stock, &[admin]).is_empty());
    assert!(Usage::of_allocation(&stock, &[AllocatedDevice::new("r", id("gone"))]).is_empty());
}

#[test]
fn dra_85_dra_86_a_device_that_only_one_request_can_use_is_left_to_it() {
    let stock = three();
    let claim = claim(any()).request("s", DeviceSelection::of("red"));
    assert_eq!(one(&stock, &claim), "r:b s:a");
    let both = self::claim(DeviceSelection::of("red").times(2));
    assert_eq!(one(&stock, &both), "-");
    let claims = [self::claim(any().times(2)), self::claim(DeviceSelection::of("red"))];
    assert_eq!(names(&stock, &claims), Some(vec!["r:b r:c".to_owned(), "r:a".to_owned()]));
}

#[test]
fn dra_87_devices_that_are_there_come_before_those_of_the_machine() {
    let mut stock = Stock::new(&[pool("z", [device("there")])]);
    let small = stock.add_template(&template([pool("a", [device("s0")])]));
    let large = stock.add_template(&template([pool("a", [device("l0"), device("l1")])]));
    let with = |template, count| {
        let found = found_beside((&stock, &Usage::new(), template), &[claim(any().times(count))]);
        found.map_or_else(|| "-".to_owned(), |found| text(&found.claims[0]))
    };
    assert_eq!(with(None, 1), "r:there");
    assert_eq!(with(None, 2), "-");
    assert_eq!(with(Some(small), 2), "r:there r:s0");
    assert_eq!(with(Some(small), 3), "-");
    assert_eq!(with(Some(large), 3), "r:there r:l0 r:l1");
}

#[test]
fn dra_10_dra_94_all_means_every_device_and_at_least_one() {
    let stock = three();
    assert_eq!(one(&stock, &claim(any().all())), "r:a r:b r:c");
    assert_eq!(one(&stock, &claim(DeviceSelection::of("red").all())), "r:a");
    assert_eq!(one(&stock, &claim(any().selecting("colour=blue").all())), "-");
    assert_eq!(one(&stock, &claim(any().all()).request("s", any())), "-");
    let rest = claim(DeviceSelection::of("red").all()).request("s", any().times(2));
    assert_eq!(one(&stock, &rest), "r:a s:b s:c");
    let two = Stock::new(&[pool("p", [device("a")]), pool("q", [device("b")])]);
    assert_eq!(one(&two, &claim(any().all())), "r:a r:b");
}

#[test]
fn dra_94_all_fails_with_a_member_that_is_taken() {
    let stock = three();
    let first = found_beside((&stock, &Usage::new(), None), &[claim(any())]).unwrap();
    let second = [claim(any().all())];
    assert!(found_beside((&stock, &first.usage, None), &second).is_none());
}

#[test]
fn dra_76_dra_94_all_waits_while_any_pool_is_in_doubt() {
    let sound = pool("p", [device("a")]);
    let half = pool("q", [device("b")]).edition(1, 2);
    let twice = pool("q", [device("b"), device("b")]);
    for in_doubt in [half.clone(), twice] {
        let stock = Stock::new(&[sound.clone(), in_doubt]);
        assert_eq!(one(&stock, &claim(any().all())), "-");
        assert_eq!(one(&stock, &claim(any())), "r:a");
    }
    // A pool that can't be used here is no matter.
    let stock = Stock::new(&[sound, half.on(karp_core::model::DeviceNodes::Nowhere)]);
    assert_eq!(one(&stock, &claim(any().all())), "r:a");
}

#[test]
fn dra_12_dra_13_dra_109_the_first_way_that_can_be_met_is_taken() {
    let stock = three();
    let ways = |first: DeviceSelection, second: DeviceSelection| {
        one(&stock, &DeviceClaim::new().first_available("r", [("x", first), ("y", second)]))
    };
    assert_eq!(ways(any(), any().times(2)), "r/x:a");
    assert_eq!(ways(any().times(4), any().times(2)), "r/y:a r/y:b");
    assert_eq!(ways(any().times(4), any().times(5)), "-");
    assert_eq!(ways(any().selecting("colour=blue").all(), any().all()), "r/y:a r/y:b r/y:c");
}

#[test]
fn dra_109_dra_110_a_later_way_is_taken_when_the_first_leaves_nothing_for_the_rest() {
    let stock = three();
    let greedy = [("all", any().all()), ("one", any())];
    let claim = DeviceClaim::new()
        .first_available("r", greedy.clone())
        .request("s", DeviceSelection::of("red"));
    assert_eq!(one(&stock, &claim), "r/one:b s:a");
    let claims = [DeviceClaim::new().first_available("r", greedy), self::claim(any().times(2))];
    assert_eq!(names(&stock, &claims), Some(vec!["r/one:a".to_owned(), "r:b r:c".to_owned()]));
}

#[test]
fn dra_93_dra_15_only_what_is_noted_is_taken() {
    let stock = three();
    let two = [claim(any().times(2))];
    let first = found_beside((&stock, &Usage::new(), None), &two).unwrap();
    assert!(found_beside((&stock, &Usage::new(), None), &two).is_some());
    assert!(found_beside((&stock, &first.usage, None), &two).is_none());
    let last = found_beside((&stock, &first.usage, None), &[claim(any())]).unwrap();
    assert_eq!(text(&last.claims[0]), "r:c");
    let mut usage = first.usage.clone();
    usage.subtract(&first.usage);
    assert!(usage.is_empty());
}

#[test]
fn dra_103_equal_names_in_two_pools_are_two_devices() {
    let stock = Stock::new(&[pool("p", [device("a")]), pool("q", [device("a")])]);
    assert_eq!(names(&stock, &[claim(any()), claim(any())]).unwrap(), ["r:a", "r:a"]);
}

/// Every choice of 12 among 24 devices would be tried before it is known that nothing meets the second request.
#[test]
fn a_search_gives_up_after_so_many_steps() {
    let devices = (0..24).map(|at| device(&format!("d{at:02}")));
    let stock = Stock::new(&[pool("p", devices)]);
    let demand = read(&claim(any().times(12)).request("s", DeviceSelection::of("red")), &stock);
    let demand: Demand = demand.unwrap();
    let (labels, vocabulary) = (Requirements::new(), Vocabulary::core());
    let node = OnNode { name: "n1", labels: &labels, vocabulary: &vocabulary };
    let room = Room { usage: &Usage::new(), template: None };
    let outcome = allocate((&stock, room), &[&demand], (&node, ()), STEPS);
    assert!(matches!(outcome, Outcome::GaveUp));
}
