//! The search for worths of pods: packing, pricing, further machines; not the two programs themselves.

use std::collections::BTreeSet;

use super::{
    PICO,
    bundles::{Bundles, Place},
    fixed,
    packing::{PlaceIx, pack},
    pricing::{Pricing, dot, price},
};
use crate::bound::{market::Market, proof::Worths};

/// How often machines are added.
const ROUNDS: usize = 12;

/// How many machines are added at once.
const ADDED: usize = 12;

/// Worth beyond the price that is let pass, relative to it.
const EXCESS: f64 = 1e-7;

/// Worths of pods, better and better ones.
pub(in crate::bound) fn of_pods(market: &Market) -> Vec<Worths> {
    let bundles = Bundles::of(market);
    let mut active = cheapest_per_copy(&bundles);
    let mut full = BTreeSet::new();
    let mut found = Vec::new();
    for _ in 0..ROUNDS {
        let Some(packing) = pack(&bundles, &active, full.clone()) else { break };
        full = packing.full;
        let Some(pricing) = price_active(&bundles, &active, packing.used, &full) else { break };
        let lifted = Lifted::new(market, &bundles, &pricing);
        let over: Vec<usize> = lifted.over(|at| !active.contains(&at)).collect();
        active.extend(over.iter().copied());
        found.push(lifted.into_worths());
        if over.is_empty() {
            break;
        }
    }
    found
}

/// Prices over the places that are used; machines of `active` that would hold too much are added until there are none.
fn price_active(
    bundles: &Bundles,
    active: &BTreeSet<usize>,
    mut rows: BTreeSet<(PlaceIx, usize)>,
    full: &BTreeSet<(PlaceIx, usize)>,
) -> Option<Pricing> {
    rows.extend(full);
    let mut places: BTreeSet<PlaceIx> = rows.iter().map(|(place, _)| *place).collect();
    places.extend((0..bundles.rooms.len()).map(PlaceIx::Room));
    let requests: Vec<&[f64]> = bundles.rows.iter().map(|row| row.request.as_slice()).collect();
    let mut last = None;
    for _ in 0..ROUNDS {
        let Some(pricing) = price(bundles, &places, &mut rows, full) else { break };
        let before = places.len();
        for &at in active.iter().filter(|at| !pricing.places.contains_key(&PlaceIx::Machine(**at)))
        {
            let Some(place) = bundles.machines.get(at) else { continue };
            let load = Load { place, copies: &place.copies, pods: &pricing.pods };
            if load.least(&requests, &pricing).0 > place.price * (1.0 + EXCESS) {
                places.insert(PlaceIx::Machine(at));
            }
        }
        last = Some(pricing);
        if places.len() == before {
            break;
        }
    }
    last
}

/// For each bundle the machine that is cheapest per pod.
fn cheapest_per_copy(bundles: &Bundles) -> BTreeSet<usize> {
    let cheapest = |bundle: usize| {
        let per_copy = |place: &Place| {
            let copies = place.copies.get(bundle).filter(|copies| **copies > 0.0)?;
            Some(place.price / copies)
        };
        let priced = bundles.machines.iter().enumerate();
        let priced = priced.filter_map(|(at, place)| Some((per_copy(place)?, at)));
        priced.min_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1))).map(|(_, at)| at)
    };
    (0..bundles.rows.len()).filter_map(cheapest).collect()
}

/// What a place holds at most.
struct Load<'l> {
    place: &'l Place,
    copies: &'l [f64],
    pods: &'l [f64],
}

impl Load<'_> {
    /// What pods there are worth at most, units of resources being worth `worth`.
    fn held(&self, requests: &[&[f64]], worth: &[f64]) -> f64 {
        let loaded = requests
            .iter()
            .zip(self.copies)
            .zip(self.pods)
            .filter(|((_, copies), _)| **copies > 0.0);
        let beyond =
            loaded.map(|((request, copies), pod)| copies * (pod - dot(request, worth)).max(0.0));
        dot(&self.place.capacity, worth) + beyond.sum::<f64>()
    }

    /// The least that can be shown with the worths of some machine, and these worths.
    fn least<'p>(&self, requests: &[&[f64]], pricing: &'p Pricing) -> (f64, &'p [f64]) {
        let mut least = (f64::INFINITY, &[][..]);
        for (ix, worth) in &pricing.places {
            if matches!(ix, PlaceIx::Room(_)) {
                continue;
            }
            let held = self.held(requests, worth);
            if held < least.0 {
                least = (held, worth);
            }
        }
        least
    }
}

/// Worths of single shapes.
struct Lifted {
    pods: Vec<f64>,
    machines: Vec<Vec<f64>>,
    rooms: Vec<Vec<f64>>,
    /// What machines hold, relative to their price.
    held: Vec<f64>,
}

impl Lifted {
    fn new(market: &Market, bundles: &Bundles, pricing: &Pricing) -> Self {
        let requests: Vec<Vec<f64>> = market
            .shapes
            .iter()
            .map(|shape| shape.request.iter().map(|amount| *amount as f64).collect())
            .collect();
        let pods = lift(market, bundles, pricing, &requests);
        let requests: Vec<&[f64]> = requests.iter().map(Vec::as_slice).collect();
        let mut lifted = Self { pods, machines: Vec::new(), rooms: Vec::new(), held: Vec::new() };
        for (at, (machine, place)) in market.machines.iter().zip(&bundles.machines).enumerate() {
            let copies: Vec<f64> = machine.copies.iter().map(|copies| *copies as f64).collect();
            let load = Load { place, copies: &copies, pods: &lifted.pods };
            let (held, worth) = match pricing.places.get(&PlaceIx::Machine(at)) {
                // Its own worths are the best ones.
                Some(own) => (load.held(&requests, own), own.as_slice()),
                None => load.least(&requests, pricing),
            };
            lifted.machines.push(worth.to_vec());
            lifted.held.push(held / place.price);
        }
        for at in 0..market.rooms.len() {
            let own = pricing.places.get(&PlaceIx::Room(at)).cloned();
            lifted.rooms.push(own.unwrap_or_default());
        }
        lifted
    }

    /// Machines that would hold too much, the worst ones.
    fn over(&self, is_wanted: impl Fn(usize) -> bool) -> impl Iterator<Item = usize> {
        let mut over: Vec<(f64, usize)> = self
            .held
            .iter()
            .enumerate()
            .map(|(at, held)| (*held, at))
            .filter(|(held, at)| *held > 1.0 + EXCESS && is_wanted(*at))
            .collect();
        over.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        over.into_iter().take(ADDED).map(|(_, at)| at)
    }

    fn into_worths(self) -> Worths {
        Worths {
            pods: self.pods.iter().map(|worth| (worth * PICO) as u64).collect(),
            machines: self.machines.iter().map(|worth| fixed(worth)).collect(),
            rooms: self.rooms.iter().map(|worth| fixed(worth)).collect(),
        }
    }
}

/// Worths of shapes from those of their bundles: what each asks for where its bundle goes, at the cheapest of these places.
fn lift(market: &Market, bundles: &Bundles, pricing: &Pricing, requests: &[Vec<f64>]) -> Vec<f64> {
    let is_single = bundles.rows.len() == market.shapes.len();
    let mut pods = Vec::with_capacity(requests.len());
    for (shape, (request, bundle)) in requests.iter().zip(&bundles.of_shape).enumerate() {
        let of_bundle = pricing.pods.get(*bundle).copied().unwrap_or(0.0);
        if is_single {
            pods.push(of_bundle);
            continue;
        }
        let on = |(ix, worth): (&PlaceIx, &Vec<f64>)| {
            let PlaceIx::Machine(at) = ix else { return None };
            let copies = market.machines.get(*at)?.copies.get(shape)?;
            let beyond = pricing.beyond.get(&(*ix, *bundle)).copied().unwrap_or(0.0);
            (*copies > 0).then(|| dot(request, worth) + beyond)
        };
        let least = pricing.places.iter().filter_map(on).min_by(f64::total_cmp);
        pods.push(least.unwrap_or(of_bundle));
    }
    pods
}
