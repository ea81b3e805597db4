//! How slices become pools.

use karp_core::{
    devices::{DevicePool, Stock, Usage},
    model::{CounterSet, ResourceSlice},
};

use super::fixture::*;

/// Each pool with its standing: `+` sound, `?` incomplete, `!` invalid.
fn standing(slices: &[ResourceSlice]) -> Vec<String> {
    let line = |pool: &DevicePool| {
        let incomplete = if pool.is_incomplete { "?" } else { "" };
        let invalid = if pool.invalid.is_some() { "!" } else { "" };
        format!("{}{incomplete}{invalid}", pool.name)
    };
    Stock::new(slices).pools().iter().map(line).collect()
}

fn part(name: &str, pool_name: &str, devices: &[&str]) -> ResourceSlice {
    let mut slice = pool(pool_name, devices.iter().map(|name| device(name)));
    name.clone_into(&mut slice.name);
    slice
}

#[test]
fn dra_68_slices_are_grouped_by_driver_and_pool() {
    assert_eq!(standing(&[]), [""; 0]);
    let mut other = part("c", "p", &["a"]);
    other.driver = "nic.example.com".to_owned();
    let slices =
        [part("a", "p", &["a"]).edition(1, 2), part("b", "p", &["b"]).edition(1, 2), other];
    assert_eq!(standing(&slices), ["p", "p"]);
    assert_eq!(Stock::new(&slices).len(), 3);
}

#[test]
fn dra_70_devices_are_known_by_driver_pool_and_name() {
    let slices = [
        part("a", "p", &["x", "y"]).edition(1, 2),
        part("b", "p", &["z"]).edition(1, 2),
        part("c", "q", &["x"]),
    ];
    let stock = Stock::new(&slices);
    let found = found_beside((&stock, &Usage::new(), None), &[claim(any().times(4))]).unwrap();
    let ids: Vec<String> = found.claims[0].iter().map(|own| own.device.to_string()).collect();
    assert_eq!(
        ids,
        [
            "gpu.example.com/p/x",
            "gpu.example.com/p/y",
            "gpu.example.com/p/z",
            "gpu.example.com/q/x"
        ]
    );
}

#[test]
fn dra_71_only_the_newest_generation_counts() {
    let old = part("a", "p", &["old"]).edition(1, 1);
    let new = part("b", "p", &["new"]).edition(2, 1);
    for slices in [[old.clone(), new.clone()], [new, old.clone()]] {
        assert_eq!(standing(&slices), ["p"]);
        assert_eq!(one(&Stock::new(&slices), &claim(any())), "r:new");
    }
    let half = part("b", "p", &["new"]).edition(2, 2);
    assert_eq!(standing(&[old.clone(), half]), ["p?"]);
    let twice = part("b", "p", &["x", "x"]).edition(2, 1);
    assert_eq!(standing(&[old, twice.clone()]), ["p!"]);
    assert_eq!(standing(&[twice, part("c", "p", &["x"]).edition(3, 1)]), ["p"]);
}

#[test]
fn dra_72_a_pool_is_complete_with_as_many_slices_as_it_says() {
    assert_eq!(standing(&[part("a", "p", &["x"]).edition(1, 2)]), ["p?"]);
    let more = [part("a", "p", &["x"]), part("b", "p", &["y"])];
    assert_eq!(standing(&more), ["p?"]);
    assert_eq!(standing(&[part("a", "p", &["x"]).edition(1, 0)]), ["p?"]);
    // Slices that can be used nowhere count as well.
    let nowhere = ResourceSlice::new("b", DRIVER, "p").edition(1, 2);
    assert_eq!(standing(&[part("a", "p", &["x"]).edition(1, 2), nowhere]), ["p"]);
}

#[test]
fn dra_69_pools_that_contradict_themselves_are_invalid() {
    let set = |name: &str| CounterSet::new(name, [("memory", units(8))]);
    let taking = |set: &str, counter: &str| {
        device("x").consuming(CounterSet::new(set, [(counter, units(1))]))
    };
    assert_eq!(standing(&[part("a", "p", &["x", "x"])]), ["p!"]);
    let across = [part("a", "p", &["x"]).edition(1, 2), part("b", "p", &["x"]).edition(1, 2)];
    assert_eq!(standing(&across), ["p!"]);
    assert_eq!(standing(&[pool("p", []).counters(set("s")).counters(set("s"))]), ["p!"]);
    assert_eq!(standing(&[pool("p", [taking("s", "memory")]).counters(set("s"))]), ["p"]);
    assert_eq!(standing(&[pool("p", [taking("t", "memory")]).counters(set("s"))]), ["p!"]);
    assert_eq!(standing(&[pool("p", [taking("s", "lanes")]).counters(set("s"))]), ["p!"]);
    assert_eq!(standing(&[pool("p", [taking("s", "memory")])]), ["p!"]);
    let lanes = CounterSet::new("u", [("lanes", units(1))]);
    let elsewhere = pool("p", [taking("s", "lanes")]).counters(set("s")).counters(lanes);
    assert_eq!(standing(&[elsewhere]), ["p!"]);
}

#[test]
fn dra_50_devices_of_an_invalid_pool_are_not_handed_out() {
    let dangling = device("x").consuming(CounterSet::new("gone", [("memory", units(1))]));
    let stock = Stock::new(&[pool("p", [dangling])]);
    assert!(stock.pools()[0].invalid.as_ref().unwrap().contains("`gone/memory`"));
    assert_eq!(one(&stock, &claim(any())), "-");
}

#[test]
fn dra_73_counters_may_be_in_slices_of_their_own_in_any_order() {
    let taking = |name: &str| device(name).consuming(CounterSet::new("s", [("memory", units(1))]));
    let counters = |name: &str| {
        let mut slice = pool("p", []).edition(1, 2);
        name.clone_into(&mut slice.name);
        slice.counters(CounterSet::new("s", [("memory", units(2))]))
    };
    for name in ["a", "z"] {
        let mut devices = pool("p", [taking("x"), taking("y"), taking("z")]).edition(1, 2);
        devices.name = "m".to_owned();
        let stock = Stock::new(&[counters(name), devices]);
        assert_eq!((stock.pools().len(), stock.pools()[0].is_incomplete), (1, false));
        assert_eq!(one(&stock, &claim(any().times(2))), "r:x r:y");
        assert_eq!(one(&stock, &claim(any().times(3))), "-");
    }
}

#[test]
fn dra_59_devices_of_machines_to_buy_are_pools_of_their_own() {
    let mut stock = Stock::new(&[pool("p", [device("there")])]);
    let ix = stock.add_template(&template([pool("p", [device("comes")])]));
    let pools: Vec<_> = stock.pools().iter().map(|pool| (&*pool.name, pool.template)).collect();
    assert_eq!(pools, [("p", None), ("p", Some(ix))]);
}
