//! What `resources` promises, as tests.

use proptest::prelude::*;

use super::{Quantity, ResourceName, Resources, amount_text};

fn amounts(list: &[(&str, i64)]) -> Resources {
    list.iter().copied().collect()
}

/// Cores and gibibytes.
fn size(cores: i64, gib: i64) -> Resources {
    amounts(&[("cpu", cores * 1000), ("memory", gib << 30)])
}

#[test]
fn iteration_is_in_name_order_whatever_the_insertion() {
    let mut resources = amounts(&[("pods", 3), ("cpu", 1), ("nvidia.com/gpu", 2), ("memory", 4)]);
    let names: Vec<_> = resources.iter().map(|(name, _)| name.as_str().to_owned()).collect();
    assert_eq!(names, ["cpu", "memory", "nvidia.com/gpu", "pods"]);
    resources.set("memory", 9);
    assert_eq!(resources.amount("memory"), 9);
    assert_eq!(resources.len(), 4);
    assert_eq!(resources.remove("memory"), Some(9));
    assert_eq!(resources.get("memory"), None);
    assert_eq!(resources.amount("memory"), 0);
    assert_eq!(resources.remove("memory"), None);
}

#[test]
fn requests_round_up_and_capacity_rounds_down() {
    let (cpu, memory): (Quantity, Quantity) = ("0.0005".parse().unwrap(), "1.5".parse().unwrap());
    let list = [("cpu", &cpu), ("memory", &memory)];
    assert_eq!(Resources::requests(list), amounts(&[("cpu", 1), ("memory", 2)]));
    assert_eq!(Resources::capacity(list), amounts(&[("cpu", 0), ("memory", 1)]));
}

#[test]
fn amounts_of_a_repeated_name_are_added() {
    assert_eq!(amounts(&[("cpu", 1), ("cpu", i64::MAX)]), amounts(&[("cpu", i64::MAX)]));
}

#[test]
fn merge_covers_both_sides() {
    let sum = amounts(&[("a", 1), ("b", 2)]).merge(&amounts(&[("b", 3), ("c", 4)]));
    assert_eq!(sum, amounts(&[("a", 1), ("b", 5), ("c", 4)]));
    assert_eq!(Resources::sum_of([&size(1, 2), &size(3, 4)]), size(4, 6));
    assert_eq!(Resources::sum_of([]), Resources::new());
}

#[test]
fn subtract_keeps_to_the_left_side() {
    let left = amounts(&[("a", 1), ("b", 2)]);
    let right = amounts(&[("b", 3), ("c", 4)]);
    assert_eq!(left.subtract(&right), amounts(&[("a", 1), ("b", -1)]));
    let mut in_place = left;
    in_place.subtract_from(&right);
    assert_eq!(in_place, amounts(&[("a", 1), ("b", -1), ("c", -4)]));
}

// RES-19
#[test]
fn max_covers_every_name_of_any_list() {
    assert_eq!(Resources::max_of([]), Resources::new());
    assert_eq!(Resources::max_of([&size(1, 4)]), size(1, 4));
    assert_eq!(Resources::max_of([&size(1, 4), &size(3, 2), &size(2, 8)]), size(3, 8));
    let partial = [amounts(&[("a", 1)]), amounts(&[("b", 2)]), amounts(&[("a", 3), ("c", -1)])];
    assert_eq!(Resources::max_of(&partial), amounts(&[("a", 3), ("b", 2), ("c", -1)]));
}

// RES-20
#[test]
fn min_keeps_the_names_of_every_list() {
    assert_eq!(Resources::min_of([]), Resources::new());
    assert_eq!(Resources::min_of([&size(4, 8)]), size(4, 8));
    assert_eq!(Resources::min_of([&size(4, 8), &size(2, 6), &size(3, 1)]), size(2, 1));
    let partial = [size(1, 1), amounts(&[("cpu", 500), ("pods", 1)])];
    assert_eq!(Resources::min_of(&partial), amounts(&[("cpu", 500)]));
}

#[test]
fn nothing_fits_into_an_overbooked_total() {
    let total = amounts(&[("cpu", 1000), ("pods", -1)]);
    assert!(!Resources::new().fits(&total));
    assert!(!amounts(&[("cpu", 1)]).fits(&total));
}

#[test]
fn a_request_of_zero_fits_where_the_resource_is_unknown() {
    let total = size(1, 1);
    assert!(amounts(&[("cpu", 1000), ("gpu", 0)]).fits(&total));
    assert!(!amounts(&[("gpu", 1)]).fits(&total));
    assert!(!amounts(&[("cpu", 1001)]).fits(&total));
    assert!(Resources::new().fits(&Resources::new()));
}

#[test]
fn sums_stop_at_the_bounds() {
    let most = amounts(&[("a", i64::MAX)]);
    let least = amounts(&[("a", i64::MIN)]);
    assert_eq!(most.merge(&most), most);
    assert_eq!(least.subtract(&most), least);
}

#[test]
fn text_is_exact_and_short() {
    for (name, amount, text) in [
        ("cpu", 250, "250m"),
        ("cpu", 2000, "2"),
        ("cpu", -500, "-500m"),
        ("memory", 0, "0"),
        ("memory", 3 << 29, "1536Mi"),
        ("memory", 1_000_000_000, "1G"),
        ("memory", 1_073_741_825, "1073741825"),
        ("hugepages-2Mi", 2 << 20, "2Mi"),
        ("ephemeral-storage", 20 << 30, "20Gi"),
        ("pods", 1000, "1000"),
        ("nvidia.com/gpu", 8, "8"),
        ("memory", i64::MIN, "-8Ei"),
        ("cpu", i64::MAX, "9223372036854775807m"),
    ] {
        assert_eq!(amount_text(&name.into(), amount), text, "{name} {amount}");
    }
    assert_eq!(size(1, 2).to_string(), "cpu 1, memory 2Gi");
    assert_eq!(Resources::new().to_string(), "nothing");
}

#[test]
fn json_is_a_map_of_quantities() {
    let resources = size(2, 4).with("pods", 110);
    let json = serde_json::to_string(&resources).unwrap();
    assert_eq!(json, r#"{"cpu":"2","memory":"4Gi","pods":"110"}"#);
    assert_eq!(serde_json::from_str::<Resources>(&json).unwrap(), resources);
    let numbers: Resources = serde_json::from_str(r#"{"cpu": 0.25, "memory": 1024}"#).unwrap();
    assert_eq!(numbers, amounts(&[("cpu", 250), ("memory", 1024)]));
    assert!(serde_json::from_str::<Resources>(r#"{"cpu": "x"}"#).is_err());
}

#[test]
fn names_compare_by_text_however_they_are_held() {
    let owned = ResourceName::from("cpu".to_owned());
    assert_eq!(owned, ResourceName::CPU);
    assert_eq!(ResourceName::from_static("x.io/a"), ResourceName::from("x.io/a"));
    assert!(ResourceName::CPU < ResourceName::MEMORY);
    let core = ["cpu", "memory", "ephemeral-storage", "pods"];
    assert!(core.iter().all(|name| ResourceName::from(*name).is_core()));
    assert!(!ResourceName::NODES.is_core());
}

fn arb_resources() -> impl Strategy<Value = Resources> {
    let names = prop::sample::select(vec!["cpu", "memory", "pods", "x.io/a", "x.io/b", "x.io/c"]);
    prop::collection::btree_map(names, -100_i64..100, 0..6)
        .prop_map(|map| map.into_iter().collect())
}

proptest! {
    #[test]
    fn merge_commutes_and_associates(a in arb_resources(), b in arb_resources(), c in arb_resources()) {
        prop_assert_eq!(a.merge(&b), b.merge(&a));
        prop_assert_eq!(a.merge(&b).merge(&c), a.merge(&b.merge(&c)));
    }

    #[test]
    fn taking_away_undoes_merging(a in arb_resources(), b in arb_resources()) {
        let mut rest = a.merge(&b);
        rest.subtract_from(&b);
        for (name, amount) in rest.iter() {
            prop_assert_eq!(amount, a.amount(name));
        }
    }

    #[test]
    fn fitting_is_what_the_amounts_say(a in arb_resources(), b in arb_resources()) {
        let all = a.iter().chain(b.iter()).map(|(name, _)| name.clone());
        let expected = b.iter().all(|(_, n)| n >= 0)
            && all.filter(|name| a.get(name).is_some()).all(|name| a.amount(&name) <= b.amount(&name));
        prop_assert_eq!(a.fits(&b), expected);
    }

    #[test]
    fn json_reads_back(a in arb_resources()) {
        let json = serde_json::to_string(&a).unwrap();
        prop_assert_eq!(serde_json::from_str::<Resources>(&json).unwrap(), a);
    }
}
