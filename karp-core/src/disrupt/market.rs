//! What machines cost under a set of requirements; not which of them is wanted.

use rustc_hash::FxHashMap;

use crate::{
    compile::{
        Problem,
        algebra::{Algebra, SetId},
        bits::{self, Bits},
        catalog::{Catalog, CatalogIx, OfferIx, PositionIx},
        table::Id,
    },
    decision::decide::{Ordering, cheapest, requirements},
    decision::{CheapestOffering, PlannedMachine},
    model::{CapacityType, NodeClaimName, Price, label},
};

use super::simulate::NewMachine;

/// Prices by set and catalog, worked out once.
#[derive(Default)]
pub(super) struct Market {
    prices: FxHashMap<(SetId, CatalogIx), Prices>,
}

/// Prices of all types under one set.
pub(super) struct Prices {
    /// Types that can be bought, cheapest first.
    ordering: Ordering,
    /// What a launch costs at worst, by type.
    worst: Vec<Option<Price>>,
}

impl Market {
    /// The prices of a catalog under a set.
    pub(super) fn prices(
        &mut self,
        problem: &Problem,
        algebra: &Algebra,
        (set, catalog): (SetId, CatalogIx),
    ) -> &Prices {
        self.prices
            .entry((set, catalog))
            .or_insert_with(|| Prices::new(&problem.pools.catalogs[catalog], algebra, set))
    }
}

impl Prices {
    fn new(types: &Catalog, algebra: &Algebra, set: SetId) -> Self {
        let ordering = Ordering::new(types, algebra, set);
        let worst = (0..types.types().len())
            .map(|kind| worst(types, algebra, (&ordering.offers, kind)))
            .collect();
        Self { ordering, worst }
    }

    /// Types of a row of options, cheapest first.
    pub(super) fn kinds(&self, types: &Catalog, options: &[u64]) -> Vec<usize> {
        let mut is_option = vec![false; types.types().len()];
        for kind in types.kinds(options) {
            if let Some(is_option) = is_option.get_mut(kind) {
                *is_option = true;
            }
        }
        let ordered = self.ordering.kinds.iter().map(|(_, kind)| *kind);
        ordered.filter(|kind| is_option.get(*kind) == Some(&true)).collect()
    }

    /// Whether a launch of the type costs less than `limit`, whichever of its offerings it becomes.
    pub(super) fn is_below(&self, kind: usize, limit: Price) -> bool {
        self.worst.get(kind).copied().flatten().is_some_and(|worst| worst < limit)
    }

    /// Whether the type can be bought at all.
    pub(super) fn is_sold(&self, kind: usize) -> bool {
        self.worst.get(kind).copied().flatten().is_some()
    }

    /// The cheapest way to buy a type.
    pub(super) fn cheapest(
        &self,
        types: &Catalog,
        algebra: &Algebra,
        kind: usize,
    ) -> Option<CheapestOffering> {
        cheapest(types, algebra, &self.ordering.offers, kind)
    }

    /// Capacity types in which some option can be bought.
    pub(super) fn capacity_types(
        &self,
        types: &Catalog,
        algebra: &Algebra,
        options: &[u64],
    ) -> Vec<CapacityType> {
        let Some(key) = algebra.names().key(label::CAPACITY_TYPE) else { return Vec::new() };
        let positions = bits::ones(options).map(PositionIx::at);
        let offers = positions.flat_map(|position| types.priced(position)).map(|(offer, _)| *offer);
        let offers = Bits::of(offers.map(Id::index).filter(|&at| self.ordering.offers.has(at)));
        let value = |at| algebra.single(types.offer_set(OfferIx::at(at)), key);
        let mut found: Vec<CapacityType> = offers
            .iter()
            .filter_map(|at| algebra.names().of(key).text(value(at)?).parse().ok())
            .collect();
        found.sort_unstable();
        found.dedup();
        found
    }

    /// A machine of some of its types, written down.
    pub(super) fn planned(
        &self,
        problem: &Problem,
        algebra: &Algebra,
        (machine, kinds, set): (&NewMachine, &[usize], SetId),
    ) -> PlannedMachine {
        let template = &problem.pools.templates[machine.template];
        let types = &problem.pools.catalogs[template.catalog];
        let positions =
            Bits::of(bits::ones(&machine.options).filter(|&position| {
                kinds.contains(&types.positions()[PositionIx::at(position)].kind)
            }));
        let names = kinds.iter().filter_map(|&kind| types.types().get(kind));
        let overhead = problem.pools.sizes[template.sizes].least_overhead(positions.iter());
        let pool = &template.pool.name;
        let mut planned =
            PlannedMachine::new(NodeClaimName::from(format!("{pool}-1")), pool.clone());
        planned.pods = machine.pods.iter().map(|&pod| problem.pods[pod].id.clone()).collect();
        planned.instance_types = names.map(|kind| kind.name.clone()).collect();
        planned.requirements =
            requirements(algebra, set, types, (&positions, &self.ordering.offers)).into();
        planned.requests = problem.axis.amounts(&machine.totals).merge(&overhead);
        planned.cheapest = kinds.first().and_then(|&kind| self.cheapest(types, algebra, kind));
        planned.min_values_relaxed = machine.min_values_relaxed;
        planned
    }
}

/// The dearest offering of the capacity type that a launch would try first.
fn worst(types: &Catalog, algebra: &Algebra, (allowed, kind): (&Bits, usize)) -> Option<Price> {
    let key = algebra.names().key(label::CAPACITY_TYPE)?;
    let rank = |offer: OfferIx| {
        let value = algebra.single(types.offer_set(offer), key)?;
        match algebra.names().of(key).text(value).parse().ok()? {
            CapacityType::Reserved => Some(0),
            CapacityType::Spot => Some(1),
            CapacityType::OnDemand => Some(2),
        }
    };
    let offers = types.positions_of(kind).flat_map(|position| types.priced(position));
    let ranked: Vec<(i32, Price)> = offers
        .filter(|(offer, _)| allowed.has(offer.index()))
        .filter_map(|(offer, price)| Some((rank(*offer)?, *price)))
        .collect();
    let first = ranked.iter().map(|(rank, _)| *rank).min()?;
    ranked.iter().filter(|(rank, _)| *rank == first).map(|(_, price)| *price).max()
}
