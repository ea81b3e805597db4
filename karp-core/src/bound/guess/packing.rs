//! The cheapest way to put pods on machines in fractions: which machines it uses for what; not what pods are worth.

use std::collections::BTreeSet;

use microlp::{ComparisonOp, LinearExpr, OptimizationDirection, Problem, Solution, Variable};

use super::bundles::{Bundles, Place};
use super::solved;

/// A bundle on a place.
pub(super) type Pair = (PlaceIx, usize);

/// A machine to buy or a room that is there.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(super) enum PlaceIx {
    Machine(usize),
    Room(usize),
}

/// What is used.
#[derive(Debug, Default)]
pub(super) struct Packing {
    /// Bundles on places.
    pub(super) used: BTreeSet<Pair>,
    /// Bundles of which a place holds as many whole pods as it can.
    pub(super) full: BTreeSet<Pair>,
}

/// Fractions are told from zero from here on.
const SOME: f64 = 1e-9;

/// Excess that is let pass: relative, and of a pod.
const EXCESS: f64 = 1e-6;

/// How often limits on whole pods are added.
const ROUNDS: usize = 20;

/// How much of a bundle goes to a place.
struct Share {
    pair: Pair,
    amount: Variable,
    /// Machines bought; none for a room.
    machines: Option<Variable>,
    copies: f64,
}

struct Program {
    problem: Problem,
    /// What each bundle gets.
    placed: Vec<LinearExpr>,
    shares: Vec<Share>,
}

impl Program {
    /// A place that can be used; `full` are pairs whose limit is known to matter.
    fn add(&mut self, bundles: &Bundles, ix: PlaceIx, place: &Place, full: &BTreeSet<Pair>) {
        let machines = matches!(ix, PlaceIx::Machine(_))
            .then(|| self.problem.add_var(place.price, (0.0, f64::INFINITY)));
        let mut held = vec![LinearExpr::empty(); place.capacity.len()];
        for (bundle, (row, copies)) in bundles.rows.iter().zip(&place.copies).enumerate() {
            if *copies <= 0.0 {
                continue;
            }
            let most = if machines.is_some() { f64::INFINITY } else { *copies };
            let amount = self.problem.add_var(0.0, (0.0, most));
            let share = Share { pair: (ix, bundle), amount, machines, copies: *copies };
            if full.contains(&share.pair) {
                share.limit(|row| self.problem.add_constraint(row, ComparisonOp::Le, 0.0));
            }
            self.shares.push(share);
            if let Some(placed) = self.placed.get_mut(bundle) {
                placed.add(amount, 1.0);
            }
            for ((held, request), capacity) in
                held.iter_mut().zip(&row.request).zip(&place.capacity)
            {
                if *request > 0.0 && *capacity > 0.0 {
                    held.add(amount, request / capacity);
                }
            }
        }
        for (mut held, _) in held.into_iter().zip(&place.capacity).filter(|(_, has)| **has > 0.0) {
            if let Some(machines) = machines {
                held.add(machines, -1.0);
            }
            let most = if machines.is_some() { 0.0 } else { 1.0 };
            self.problem.add_constraint(held, ComparisonOp::Le, most);
        }
    }
}

impl Share {
    /// Gives the constraint that no machine holds more whole pods than it can.
    fn limit<T>(&self, give: impl FnOnce(LinearExpr) -> T) -> Option<T> {
        let machines = self.machines?;
        let mut row = LinearExpr::empty();
        row.add(self.amount, 1.0);
        row.add(machines, -self.copies);
        Some(give(row))
    }

    /// Pods beyond what whole machines hold; for a room, beyond what it holds.
    fn excess(&self, solution: &Solution) -> f64 {
        let machines = self.machines.map_or(1.0, |machines| solution.var_value(machines));
        solution.var_value(self.amount) - machines * self.copies
    }
}

/// Packs all pods on the machines `active` and on what is there. `full` holds limits that are known to matter, and gets those that turn out to.
pub(super) fn pack(
    bundles: &Bundles,
    active: &BTreeSet<usize>,
    mut full: BTreeSet<Pair>,
) -> Option<Packing> {
    let mut program = Program {
        problem: Problem::new(OptimizationDirection::Minimize),
        placed: vec![LinearExpr::empty(); bundles.rows.len()],
        shares: Vec::new(),
    };
    for &at in active {
        program.add(bundles, PlaceIx::Machine(at), bundles.machines.get(at)?, &full);
    }
    for (at, room) in bundles.rooms.iter().enumerate() {
        program.add(bundles, PlaceIx::Room(at), room, &full);
    }
    let Program { mut problem, placed, shares } = program;
    for (placed, row) in placed.into_iter().zip(&bundles.rows).filter(|(_, row)| row.count > 0.0) {
        problem.add_constraint(placed, ComparisonOp::Ge, row.count);
    }
    let mut solution = solved(problem.solve_with(super::options()))?;
    for _ in 0..ROUNDS {
        let is_broken = |share: &&Share| {
            let allowed = EXCESS * (1.0 + solution.var_value(share.amount));
            share.machines.is_some()
                && !full.contains(&share.pair)
                && share.excess(&solution) > allowed
        };
        let broken: Vec<&Share> = shares.iter().filter(is_broken).collect();
        if broken.is_empty() {
            break;
        }
        for share in broken {
            full.insert(share.pair);
            let add = |row| solution.add_constraint(row, ComparisonOp::Le, 0.0);
            solution = solved(share.limit(add)?)?;
        }
    }
    let used = shares.iter().filter(|share| solution.var_value(share.amount) > SOME);
    let used = used.map(|share| share.pair).collect();
    let crowded =
        shares.iter().filter(|share| share.machines.is_none() && share.excess(&solution) > -EXCESS);
    full.extend(crowded.map(|share| share.pair));
    Some(Packing { used, full })
}
