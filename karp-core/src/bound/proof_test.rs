//! Whatever worths are given, the proof never states more than the cheapest plan costs, found here by trying everything.

use std::{collections::BTreeMap, sync::Arc};

use proptest::{collection::vec, prelude::*};

use super::{
    super::{
        guess,
        market::{Machine, Market, Room, Shape},
    },
    FRACTION, Worths, bound,
};
use crate::{compile::bits::Bits, model::Price};

/// Up to three shapes of up to three pods, two resources, machines of which one holds everything, perhaps one that is there.
fn markets() -> impl Strategy<Value = Market> {
    let shapes = vec((vec(1_i64..6, 2), 1_u64..4), 1..4);
    let machines = vec((vec(1_i64..12, 2), 1_u64..50, 1_usize..8), 0..4);
    let rooms = vec(vec(1_i64..8, 2), 0..2);
    (shapes, machines, 1_u64..100, rooms).prop_map(|(shapes, machines, dear, rooms)| {
        let shapes: Vec<Shape> =
            shapes.into_iter().map(|(request, count)| Shape { request, count, want: 0 }).collect();
        let machine = |(capacity, price, admits): (Vec<i64>, u64, usize)| {
            let admits = Bits::of((0..3).filter(|shape| admits >> shape & 1 == 1));
            let copies = copies(&shapes, &admits, &capacity);
            // Hundredths of a dollar.
            let price = price * 10_000_000_000;
            Machine { capacity, price, admits: Arc::new(admits), copies }
        };
        let large = (vec![20, 20], dear, 7);
        let machines = machines.into_iter().chain([large]).map(machine).collect();
        let room = |capacity: Vec<i64>| Room {
            copies: copies(&shapes, &Bits::below(3), &capacity),
            capacity: capacity.iter().map(|amount| amount.unsigned_abs()).collect(),
        };
        let rooms = rooms.into_iter().map(room).collect();
        Market { shapes: shapes.clone(), machines, rooms, unpriced: None }
    })
}

fn copies(shapes: &[Shape], admits: &Bits, capacity: &[i64]) -> Vec<u64> {
    let of = |(at, shape): (usize, &Shape)| {
        if admits.has(at) { shape.copies_in(capacity) } else { 0 }
    };
    shapes.iter().enumerate().map(of).collect()
}

/// Any worths, most of them nonsense.
fn worths() -> impl Strategy<Value = Worths> {
    let pods = vec(0_u64..400_000_000_000, 3);
    let unit = (0_u128..60_000_000_000).prop_map(|worth| worth << FRACTION);
    let rows = |most| vec(vec(prop_oneof![Just(0_u128), unit.clone()], 2), 0..most);
    let rooms = rows(2);
    (pods, rows(5), rooms).prop_map(|(pods, machines, rooms)| Worths { pods, machines, rooms })
}

/// What the cheapest plan costs: fills the room that is there in every way, then one machine after the other.
fn cheapest(market: &Market) -> Price {
    let counts: Vec<u64> = market.shapes.iter().map(|shape| shape.count).collect();
    let mut known = BTreeMap::new();
    let least = match market.rooms.first() {
        None => machines(market, &counts, &mut known),
        Some(room) => fillings(market, &counts, &room.capacity, &room.copies)
            .into_iter()
            .map(|filling| machines(market, &less(&counts, &filling), &mut known))
            .min()
            .unwrap_or(u64::MAX),
    };
    Price::from_pico(i64::try_from(least).expect("a price"))
}

/// What machines for these pods cost.
fn machines(market: &Market, counts: &[u64], known: &mut BTreeMap<Vec<u64>, u64>) -> u64 {
    if counts.iter().all(|count| *count == 0) {
        return 0;
    }
    if let Some(least) = known.get(counts) {
        return *least;
    }
    let mut least = u64::MAX;
    for machine in &market.machines {
        let capacity: Vec<u64> =
            machine.capacity.iter().map(|amount| amount.unsigned_abs()).collect();
        for filling in fillings(market, counts, &capacity, &machine.copies) {
            if filling.iter().any(|count| *count > 0) {
                let rest = machines(market, &less(counts, &filling), known);
                least = least.min(rest.saturating_add(machine.price));
            }
        }
    }
    known.insert(counts.to_vec(), least);
    least
}

/// Every way to put some of these pods on one machine.
fn fillings(market: &Market, counts: &[u64], capacity: &[u64], copies: &[u64]) -> Vec<Vec<u64>> {
    let mut all = vec![Vec::new()];
    for (count, copies) in counts.iter().zip(copies) {
        let with = |filling: &Vec<u64>| {
            let filling = filling.clone();
            (0..=*count.min(copies)).map(move |next| [&filling[..], &[next]].concat())
        };
        all = all.iter().flat_map(with).collect();
    }
    let fits = |filling: &Vec<u64>| {
        (0..capacity.len()).all(|resource| {
            let asked = market.shapes.iter().zip(filling);
            let asked: u64 =
                asked.map(|(shape, count)| shape.request[resource].unsigned_abs() * count).sum();
            asked <= capacity[resource]
        })
    };
    all.retain(fits);
    all
}

fn less(counts: &[u64], taken: &[u64]) -> Vec<u64> {
    counts.iter().zip(taken).map(|(count, taken)| count - taken).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn no_worths_prove_more_than_the_cheapest_plan_costs(market in markets(), worths in worths()) {
        prop_assert!(bound(&market, &worths) <= cheapest(&market));
    }

    #[test]
    fn worths_that_are_found_prove_much_and_never_too_much(market in markets()) {
        let cheapest = cheapest(&market);
        let found = guess::of_pods(&market);
        let best = found.iter().map(|worths| bound(&market, worths)).max().expect("worths");
        prop_assert!(best <= cheapest, "{best} above {cheapest}");
        // Fractions of machines are cheaper than whole ones, but not for nothing.
        let is_free = market.rooms.is_empty() || cheapest == Price::ZERO;
        prop_assert!(!is_free || cheapest == Price::ZERO || best > Price::ZERO, "{best} of {cheapest}");
        let resources = guess::of_resources_alone(&market).expect("worths");
        let resources = bound(&market, &resources);
        prop_assert!(resources <= cheapest, "{resources} above {cheapest}");
        // Single shapes are looked at exactly, so that sums of resources can't show more.
        prop_assert!(resources.pico() <= best.pico() + best.pico() / 100_000 + 1000, "{resources} {best}");
    }
}

#[test]
fn amounts_without_end_prove_nothing_rather_than_too_much() {
    let machine = Machine {
        capacity: vec![i64::MAX],
        price: 1,
        admits: Arc::new(Bits::below(1)),
        copies: vec![1],
    };
    let shapes = vec![Shape { request: vec![i64::MAX], count: 5, want: 0 }];
    let market = Market { shapes, machines: vec![machine], rooms: Vec::new(), unpriced: None };
    for unit in [0, 1, u128::from(u64::MAX), u128::MAX] {
        let worths = Worths { pods: vec![u64::MAX], machines: vec![vec![unit]], rooms: Vec::new() };
        assert!(bound(&market, &worths) <= Price::from_pico(5), "{unit}");
    }
}
