//! What pods and resources are worth when a packing is the cheapest: its dual, over the places that it uses.

use std::collections::{BTreeMap, BTreeSet};

use microlp::{ComparisonOp, LinearExpr, OptimizationDirection, Problem, Solution, Variable};

use super::{
    bundles::{Bundles, Place},
    packing::{Pair, PlaceIx},
    solved,
};

/// Worth beyond the price that is let pass, relative to it.
const EXCESS: f64 = 1e-8;

/// How often pairs are added.
const ROUNDS: usize = 30;

/// Pairs of one place that are added at once.
const ADDED: usize = 8;

/// Worths, in dollars per hour.
#[derive(Debug, Default)]
pub(super) struct Pricing {
    /// Of a pod of each bundle.
    pub(super) pods: Vec<f64>,
    /// Of a unit of each resource of a place.
    pub(super) places: BTreeMap<PlaceIx, Vec<f64>>,
    /// Of a pod on a place, beyond what it asks for.
    pub(super) beyond: BTreeMap<Pair, f64>,
}

struct Program<'b> {
    bundles: &'b Bundles,
    problem: Problem,
    pods: Vec<Variable>,
    /// Worths of whole capacities.
    places: BTreeMap<PlaceIx, Vec<Variable>>,
    beyond: BTreeMap<Pair, Variable>,
}

/// Prices pods and resources so that no place holds more worth than it costs: pairs `rows` are looked at, and those that turn out to matter. Pods can be
/// worth more than what they ask for only where `full`.
pub(super) fn price(
    bundles: &Bundles,
    places: &BTreeSet<PlaceIx>,
    rows: &mut BTreeSet<Pair>,
    full: &BTreeSet<Pair>,
) -> Option<Pricing> {
    let mut problem = Problem::new(OptimizationDirection::Maximize);
    let open = (0.0, f64::INFINITY);
    let pods = bundles.rows.iter().map(|row| problem.add_var(row.count, open)).collect();
    let (places_of, beyond) = (BTreeMap::new(), BTreeMap::new());
    let mut program = Program { bundles, problem, pods, places: places_of, beyond };
    for &ix in places {
        program.add(ix, full);
    }
    for &pair in rows.iter() {
        let row = program.row(pair)?;
        program.problem.add_constraint(row, ComparisonOp::Le, 0.0);
    }
    let mut solution = solved(program.problem.solve_with(super::options()))?;
    for _ in 0..ROUNDS {
        let broken: Vec<Pair> =
            places.iter().flat_map(|ix| program.broken(*ix, &solution, rows)).collect();
        if broken.is_empty() {
            break;
        }
        for pair in broken {
            rows.insert(pair);
            let row = program.row(pair)?;
            solution = solved(solution.add_constraint(row, ComparisonOp::Le, 0.0))?;
        }
    }
    Some(program.read(&solution))
}

impl Bundles {
    /// A place.
    pub(super) fn place(&self, ix: PlaceIx) -> Option<&Place> {
        match ix {
            PlaceIx::Machine(at) => self.machines.get(at),
            PlaceIx::Room(at) => self.rooms.get(at),
        }
    }
}

impl Program<'_> {
    /// A place: a machine may not hold more than it costs, what a room holds is lost.
    fn add(&mut self, ix: PlaceIx, full: &BTreeSet<Pair>) {
        let Some(place) = self.bundles.place(ix) else { return };
        let is_room = matches!(ix, PlaceIx::Room(_));
        let lost = if is_room { -1.0 } else { 0.0 };
        let open = (0.0, f64::INFINITY);
        let mut held = LinearExpr::empty();
        let whole: Vec<Variable> =
            place.capacity.iter().map(|_| self.problem.add_var(lost, open)).collect();
        for whole in &whole {
            held.add(*whole, 1.0);
        }
        for &(_, bundle) in full.iter().filter(|(own, _)| *own == ix) {
            let Some(copies) = place.copies.get(bundle) else { continue };
            let beyond = self.problem.add_var(lost * copies, open);
            held.add(beyond, *copies);
            self.beyond.insert((ix, bundle), beyond);
        }
        self.places.insert(ix, whole);
        if !is_room {
            self.problem.add_constraint(held, ComparisonOp::Le, place.price);
        }
    }

    /// A pod is worth no more than what it asks for and what it is worth beyond.
    fn row(&self, (ix, bundle): Pair) -> Option<LinearExpr> {
        let place = self.bundles.place(ix)?;
        let mut row = LinearExpr::empty();
        row.add(*self.pods.get(bundle)?, 1.0);
        if let Some(beyond) = self.beyond.get(&(ix, bundle)) {
            row.add(*beyond, -1.0);
        }
        let amounts = self.bundles.rows.get(bundle)?.request.iter().zip(&place.capacity);
        for ((request, capacity), whole) in amounts.zip(self.places.get(&ix)?) {
            if *request > 0.0 && *capacity > 0.0 {
                row.add(*whole, -(request / capacity));
            }
        }
        Some(row)
    }

    /// Pairs by which a place holds too much, the worst first.
    fn broken(&self, ix: PlaceIx, solution: &Solution, rows: &BTreeSet<Pair>) -> Vec<Pair> {
        let (Some(place), Some(whole)) = (self.bundles.place(ix), self.places.get(&ix)) else {
            return Vec::new();
        };
        let worth = per_unit(place, whole, solution);
        let mut held: f64 = whole.iter().map(|whole| solution.var_value(*whole)).sum();
        let mut excess = Vec::new();
        for (bundle, (row, copies)) in self.bundles.rows.iter().zip(&place.copies).enumerate() {
            let Some(pod) = self.pods.get(bundle).filter(|_| *copies > 0.0) else { continue };
            let pair = (ix, bundle);
            let beyond = (solution.var_value(*pod) - dot(&row.request, &worth)).max(0.0);
            held += beyond * copies;
            if beyond > 0.0 && !rows.contains(&pair) {
                excess.push((beyond * copies, pair));
            }
        }
        let is_room = matches!(ix, PlaceIx::Room(_));
        if !is_room && held <= place.price * (1.0 + EXCESS) {
            return Vec::new();
        }
        excess.retain(|(excess, _)| *excess > EXCESS * EXCESS);
        excess.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        excess.into_iter().take(ADDED).map(|(_, pair)| pair).collect()
    }

    fn read(&self, solution: &Solution) -> Pricing {
        let value = |var: &Variable| solution.var_value(*var).max(0.0);
        let place = |(ix, whole): (&PlaceIx, &Vec<Variable>)| {
            Some((*ix, per_unit(self.bundles.place(*ix)?, whole, solution)))
        };
        Pricing {
            pods: self.pods.iter().map(value).collect(),
            places: self.places.iter().filter_map(place).collect(),
            beyond: self.beyond.iter().map(|(pair, beyond)| (*pair, value(beyond))).collect(),
        }
    }
}

/// Worths of units from those of whole capacities.
fn per_unit(place: &Place, whole: &[Variable], solution: &Solution) -> Vec<f64> {
    let units = place.capacity.iter().zip(whole);
    units
        .map(
            |(capacity, whole)| {
                if *capacity > 0.0 { solution.var_value(*whole).max(0.0) / capacity } else { 0.0 }
            },
        )
        .collect()
}

/// What amounts are worth.
pub(super) fn dot(amounts: &[f64], worths: &[f64]) -> f64 {
    amounts.iter().zip(worths).map(|(amount, worth)| amount * worth).sum()
}
