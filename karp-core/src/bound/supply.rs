//! What is sold: machines of all pools, by what they hold, what they cost and who may be there; not how many are needed.

use std::{collections::BTreeMap, sync::Arc};

use rustc_hash::FxHashMap;

use super::{
    demand::{AskIx, Demand, may_meet},
    market::Machine,
};
use crate::{
    compile::{
        Problem,
        algebra::{ReqId, SetId},
        bits::Bits,
        catalog::{Catalog, CatalogIx, OfferIx, PositionIx},
        forms::Facet,
        pools::Template,
        sizes::Sizes,
        table::Id,
    },
    model::Price,
};

/// What is sold.
pub(super) struct Supply<'p> {
    problem: &'p Problem,
    demand: &'p Demand,
    /// Machines with a price, as many as there are types, pools and ways to buy them.
    pub(super) machines: Vec<Machine>,
    /// Shapes that fit on a machine without a price.
    pub(super) unpriced: Bits,
    /// Shapes that fit on a machine free of charge.
    pub(super) gratis: Bits,
    /// Shapes by what is served.
    admitted: FxHashMap<Bits, Arc<Bits>>,
    /// Positions of a catalog by what they have to be.
    rows: FxHashMap<(CatalogIx, ReqId), Bits>,
}

/// Offers that serve the same asks.
type Ways = BTreeMap<Vec<u64>, (Bits, Vec<OfferIx>)>;

impl<'p> Supply<'p> {
    /// Of all pools.
    pub(super) fn of(problem: &'p Problem, demand: &'p Demand) -> Self {
        let mut supply = Self {
            problem,
            demand,
            machines: Vec::new(),
            unpriced: Bits::default(),
            gratis: Bits::default(),
            admitted: FxHashMap::default(),
            rows: FxHashMap::default(),
        };
        problem.pools.templates.rows().iter().for_each(|template| supply.sell(template));
        supply
    }

    /// Machines of one pool.
    ///
    /// A type whose offerings override its size has several positions. It costs what its cheapest offering does, whatever the position that holds the
    /// pods: that is how plans count it.
    fn sell(&mut self, template: &Template) {
        let catalog = &self.problem.pools.catalogs[template.catalog];
        let sizes = &self.problem.pools.sizes[template.sizes];
        let open: Vec<(AskIx, &Facet)> = self
            .demand
            .asks(self.problem)
            .filter(|(_, facet)| self.is_open(template, facet))
            .collect();
        let rows: Vec<(AskIx, Bits)> = open
            .iter()
            .map(|(ask, facet)| (*ask, self.row(template.catalog, facet.full)))
            .collect();
        let ways = self.ways(template, &open);
        for kind in catalog.kinds(template.options.words()) {
            for (served, offers) in ways.values() {
                let Some(price) = least_price(catalog, kind, offers) else { continue };
                let usable = catalog.positions_of(kind).filter(|at| sizes.usable().has(at.index()));
                for position in usable {
                    let asks = rows
                        .iter()
                        .filter(|(ask, row)| served.has(ask.number()) && row.has(position.index()));
                    let asks = Bits::of(asks.map(|(ask, _)| ask.number()));
                    self.offer(asks, capacity(sizes, position), price);
                }
            }
        }
    }

    /// Whether machines of a pool are open to an ask, whatever their type.
    fn is_open(&self, template: &Template, facet: &Facet) -> bool {
        let forms = &self.problem.forms;
        let untolerated = forms.tolerance.first_untolerated(facet.tolerations, template.taints);
        untolerated.is_none()
            && facet.host.is_none_or(|host| forms.algebra.admits_new_name(host))
            && may_meet(self.problem, template.set, facet.full)
    }

    /// Positions of a catalog that may be what `set` demands.
    fn row(&mut self, id: CatalogIx, set: SetId) -> Bits {
        let algebra = &self.problem.forms.algebra;
        let catalog = &self.problem.pools.catalogs[id];
        let mut row = Bits::below(catalog.positions().len());
        for &(_, req) in algebra.entries(set) {
            let with = self.rows.entry((id, req)).or_insert_with(|| catalog.with(algebra, req));
            row.intersect(with.words());
        }
        row
    }

    /// Offers that a pool allows, those that serve the same asks together.
    fn ways(&self, template: &Template, open: &[(AskIx, &Facet)]) -> Ways {
        let catalog = &self.problem.pools.catalogs[template.catalog];
        let mut ways = Ways::new();
        for offer in catalog.offers() {
            let sold = catalog.offer_set(offer);
            if !may_meet(self.problem, template.set, sold) {
                continue;
            }
            let served = open.iter().filter(|(_, facet)| may_meet(self.problem, facet.full, sold));
            let served = Bits::of(served.map(|(ask, _)| ask.number()));
            let way = ways.entry(served.words().to_vec());
            way.or_insert_with(|| (served, Vec::new())).1.push(offer);
        }
        ways
    }

    /// Adds a machine that serves these asks.
    fn offer(&mut self, asks: Bits, capacity: Vec<i64>, price: Price) {
        let demand = self.demand;
        let admits = self.admitted.entry(asks);
        let admits = admits.or_insert_with_key(|asks| Arc::new(demand.content_with(asks)));
        let admits = Arc::clone(admits);
        if admits.is_empty() {
            return;
        }
        let exception = match price {
            Price::MAX => Some(&mut self.unpriced),
            Price::ZERO => Some(&mut self.gratis),
            _ => None,
        };
        let Some(shapes) = exception else {
            let price = price.pico().unsigned_abs();
            self.machines.push(Machine { capacity, price, admits, copies: Vec::new() });
            return;
        };
        for shape in admits.iter() {
            if demand.shapes.get(shape).is_some_and(|shape| shape.copies_in(&capacity) > 0) {
                shapes.insert(shape);
            }
        }
    }
}

/// The least price of a type among some offers; none when it is not sold so.
fn least_price(catalog: &Catalog, kind: usize, offers: &[OfferIx]) -> Option<Price> {
    let priced = catalog.positions_of(kind).flat_map(|position| catalog.priced(position));
    priced.filter(|(offer, _)| offers.contains(offer)).map(|(_, price)| *price).min()
}

/// What pods can use of a machine, beside its daemons.
fn capacity(sizes: &Sizes, position: PositionIx) -> Vec<i64> {
    sizes.ladders().rows().iter().map(|ladder| ladder.effective(position)).collect()
}
