//! Which machines may take from which reservations; not which machines there are.

use super::{claims::ClaimIx, solver::Solver};
use crate::{
    compile::{
        Problem,
        algebra::{Algebra, SetId, Undefined},
        bits,
        catalog::{Catalog, OfferIx},
        reader::Reader,
        reservations::ReservationIx,
        table::Table,
    },
    model::{CapacityType, Operator, Requirement, label},
    policy::ReservedOfferingMode,
};

/// What is left of reservations, and who holds one machine of each.
///
/// A machine holds one of every reservation that it may become a machine of, until it is known which it is.
#[derive(Debug)]
pub(super) struct Ledger {
    left: Table<ReservationIx, u32>,
    held: Table<ClaimIx, Vec<ReservationIx>>,
    mode: ReservedOfferingMode,
}

/// Why a machine can't be had.
#[derive(Clone, Copy, Debug)]
pub(super) enum Shortage {
    /// It could be of reserved capacity, which others hold.
    Waits,
    /// It can only be of reserved capacity, which others hold.
    NothingElse,
}

impl Ledger {
    /// Nobody holds anything.
    pub(super) fn new(problem: &Problem) -> Self {
        let left = problem.reservations.left.clone();
        Self { left, held: Table::default(), mode: problem.policy.reserved_offerings }
    }

    /// Reservations that a machine would hold which is what the set says: an open one, or a new one.
    ///
    /// Where other capacity is bought when all is held, options that have no other are taken away.
    pub(super) fn wanted(
        &self,
        (set, claim): (SetId, Option<ClaimIx>),
        types: &Catalog,
        options: &mut [u64],
        algebra: &Algebra,
    ) -> Result<Vec<ReservationIx>, Shortage> {
        if types.reserved().is_empty() {
            return Ok(Vec::new());
        }
        let mut possible = possible(set, types, options, algebra);
        let held = claim.map_or(&[][..], |claim| self.held_by(claim));
        let is_needed = !possible.is_empty() || !held.is_empty();
        possible.retain(|own| held.contains(own) || self.left[*own] > 0);
        if !is_needed || !possible.is_empty() {
            return Ok(possible);
        }
        if self.mode == ReservedOfferingMode::Strict {
            return Err(Shortage::Waits);
        }
        bits::intersect(options, types.offered_openly(algebra, set).words());
        if bits::any(options) { Ok(possible) } else { Err(Shortage::NothingElse) }
    }

    /// Lets a machine hold these, and no others.
    pub(super) fn hold(&mut self, claim: ClaimIx, wanted: Vec<ReservationIx>) {
        if wanted.is_empty() && self.held_by(claim).is_empty() {
            return;
        }
        self.held.reach(claim, Vec::new);
        let before = std::mem::replace(&mut self.held[claim], wanted);
        for own in before {
            self.left[own] = self.left[own].saturating_add(1);
        }
        for own in &self.held[claim] {
            self.left[*own] = self.left[*own].saturating_sub(1);
        }
    }

    /// Gives everything back: there are no machines any more.
    pub(super) fn clear(&mut self, problem: &Problem) {
        if !self.held.is_empty() {
            self.held.clear();
            self.left.clone_from(&problem.reservations.left);
        }
    }

    /// Reservations that a machine holds.
    fn held_by(&self, claim: ClaimIx) -> &[ReservationIx] {
        self.held.get(claim).map_or(&[], Vec::as_slice)
    }
}

/// Reservations of which a machine could be that is what the set says, in their order.
fn possible(set: SetId, types: &Catalog, options: &[u64], algebra: &Algebra) -> Vec<ReservationIx> {
    let is_possible = |offer: OfferIx| {
        bits::meet(types.offer_positions(offer).words(), options)
            && algebra.compatible(set, types.offer_set(offer), Undefined::AllowWellKnown)
    };
    let reserved = types.reserved().iter().filter(|(offer, _)| is_possible(*offer));
    let mut possible: Vec<ReservationIx> = reserved.map(|(_, reservation)| *reservation).collect();
    possible.sort_unstable();
    possible.dedup();
    possible
}

impl Solver<'_> {
    /// Takes away types that only had sizings which the set does not leave, where types have several.
    fn fit_again(&mut self, id: ClaimIx, set: SetId) {
        let template = &self.problem.pools.templates[self.claims.rows[id].template];
        let types = &self.problem.pools.catalogs[template.catalog];
        if !types.has_variants() {
            return;
        }
        let Self { trial, filters, forms, claims, .. } = self;
        let sizes = &self.problem.pools.sizes[template.sizes];
        trial.start_from(claims, id);
        bits::intersect(&mut trial.options, sizes.usable().words());
        let ok = filters[template.catalog].ok(types, &forms.algebra, set);
        bits::intersect(&mut trial.options, ok);
        let nothing = vec![0; self.problem.axis.len()];
        if trial.add(sizes, &nothing, true) {
            types.close(&mut trial.options);
            let own = claims.options[id].iter_mut();
            own.zip(&trial.options).for_each(|(own, left)| *own = *left);
        }
    }

    /// Says of each machine whether it is of reserved capacity: of what it holds, or, when it holds nothing, of none.
    pub(super) fn pin(&mut self) {
        let Some(key) = &self.problem.reservations.key else { return };
        let reader = Reader::new(&self.problem.vocabulary);
        for id in self.claims.rows.ids() {
            let algebra = &mut self.forms.algebra;
            let set = self.claims.rows[id].set;
            let template = &self.problem.pools.templates[self.claims.rows[id].template];
            let types = &self.problem.pools.catalogs[template.catalog];
            let held = self.ledger.held_by(id);
            if held.is_empty() && possible(set, types, &self.claims.options[id], algebra).is_empty()
            {
                continue;
            }
            let operator = if held.is_empty() { Operator::NotIn } else { Operator::In };
            let reserved = CapacityType::Reserved.as_str();
            let names = held.iter().map(|own| self.problem.reservations.names[*own].to_string());
            let ids = (!held.is_empty()).then(|| Requirement::new(key, Operator::In, names));
            let of_reserved = Requirement::new(label::CAPACITY_TYPE, operator, [reserved]);
            let mut pinned = set;
            for requirement in [Some(of_reserved), ids].into_iter().flatten() {
                if let Some(req) = reader.requirement(algebra, &requirement) {
                    pinned = algebra.with(pinned, req);
                }
            }
            self.claims.rows[id].set = pinned;
            self.fit_again(id, pinned);
        }
    }
}
