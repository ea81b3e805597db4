//! Writes packings down as machines to buy, if every rule that lies beyond pods allows them; not how they were found.

use super::{
    gathering::taken,
    lot::{Lot, ShapeIx},
    packing::Packing,
};
use crate::{
    compile::{
        PodIx, Problem,
        bits::{self, Bits},
        pools::TemplateIx,
        sizes::{Rank, Sizes},
        table::{Id, Table},
    },
    model::Price,
    policy::MinValuesPolicy,
    solve::{
        Placement,
        claims::{Claim, Claims},
    },
};

/// A machine to buy.
struct Order {
    claim: Claim,
    totals: Vec<i64>,
    options: Vec<u64>,
}

/// Puts the packings of lots in the place of the machines that held their pods before.
///
/// A packing is passed over when its machines cost no less, when some list too few types for a minimum of their pool, or when they could exceed a limit.
pub(super) fn rewrite(
    problem: &Problem,
    placement: Placement,
    (packings, min_types): (Vec<(Lot, Packing)>, usize),
) -> Placement {
    let mut ranks: Table<PodIx, usize> = Table::from_rows(vec![0; problem.pods.len()]);
    for (rank, pod) in problem.queue.iter().enumerate() {
        ranks[*pod] = rank;
    }
    let mut desk = Desk::new(problem, placement, min_types);
    for (lot, packing) in packings {
        if let Some(orders) = desk.orders(&lot, &packing, &ranks) {
            desk.replace(&lot, orders);
        }
    }
    desk.finish(&ranks)
}

struct Desk<'p> {
    problem: &'p Problem,
    placement: Placement,
    min_types: usize,
    /// Machines that are not bought after all.
    dropped: Bits,
    added: Vec<Order>,
    /// What the machines of each pool take of its limits.
    taken: Table<TemplateIx, Vec<i64>>,
}

impl<'p> Desk<'p> {
    fn new(problem: &'p Problem, placement: Placement, min_types: usize) -> Self {
        let templates = problem.pools.templates.rows().iter();
        let mut taken: Table<TemplateIx, Vec<i64>> =
            Table::from_rows(templates.map(|template| vec![0; template.limits.len()]).collect());
        for (claim, row) in placement.claims.rows.iter() {
            let template = &problem.pools.templates[row.template];
            add(&mut taken[row.template], template, &placement.claims.options[claim]);
        }
        Self { problem, placement, min_types, dropped: Bits::default(), added: Vec::new(), taken }
    }

    /// The machines of a packing, if they may be bought.
    fn orders(
        &self,
        lot: &Lot,
        packing: &Packing,
        ranks: &Table<PodIx, usize>,
    ) -> Option<Vec<Order>> {
        let mut next: Table<ShapeIx, usize> = Table::from_rows(vec![0; lot.shapes.len()]);
        let mut orders = Vec::new();
        for stack in &packing.stacks {
            for _ in 0..stack.machines {
                let mut pods = Vec::new();
                for (shape, count) in &stack.pods {
                    let from = next[*shape];
                    let to = from.saturating_add(usize::try_from(*count).ok()?);
                    pods.extend_from_slice(lot.shapes[*shape].pods.get(from..to)?);
                    next[*shape] = to;
                }
                pods.sort_by_key(|pod| ranks[*pod]);
                orders.push(self.order(lot, pods)?);
            }
        }
        // All of them, and each once.
        let all = lot.shapes.iter().all(|(shape, row)| next[shape] == row.pods.len());
        let is_cheaper = self.price_of(lot, &orders)? < self.price_before(lot)?;
        (all && is_cheaper && self.keeps_limits(lot, &orders)).then_some(orders)
    }

    fn order(&self, lot: &Lot, pods: Vec<PodIx>) -> Option<Order> {
        let problem = self.problem;
        let template = &problem.pools.templates[lot.template];
        let sizes = &problem.pools.sizes[template.sizes];
        let mut totals = vec![0_i64; problem.axis.len()];
        for pod in &pods {
            let class = problem.forms.classes[problem.forms.rungs[problem.rungs[*pod]?].class];
            for (sum, amount) in totals.iter_mut().zip(problem.requests.of(class.request)) {
                *sum = sum.saturating_add(*amount);
            }
        }
        let mut holding = lot.options.words().to_vec();
        hold(sizes, &totals, &mut holding)?;
        let options = self.listed(lot, &holding)?;
        let claim = Claim {
            template: lot.template,
            set: lot.set,
            pods,
            min_values_relaxed: false,
            anchor: None,
        };
        Some(Order { claim, totals, options })
    }

    /// Which types a machine lists: those that cost no more than the last of the first few that hold its pods; all of them where a minimum of the pool demands it.
    fn listed(&self, lot: &Lot, holding: &[u64]) -> Option<Vec<u64>> {
        let template = &self.problem.pools.templates[lot.template];
        let catalog = &self.problem.pools.catalogs[template.catalog];
        let priced = || lot.priced.iter().filter(|(at, _)| bits::has(holding, at.index()));
        let most = priced().take(self.min_types.max(1)).map(|(_, price)| *price).last()?;
        let cut = self.problem.policy.max_types();
        let kept = |most: Price| {
            let kept = priced().take_while(|(_, price)| *price <= most).take(cut);
            let mut row = vec![0; lot.options.words().len()];
            let kept = Bits::of(kept.map(|(position, _)| position.index()));
            row.iter_mut().zip(kept.words()).for_each(|(word, kept)| *word = *kept);
            row
        };
        let algebra = &self.placement.forms.algebra;
        let will_do = |row: &Vec<u64>| catalog.unmet_minimum(algebra, lot.set, row).is_none();
        let is_strict = self.problem.policy.min_values == MinValuesPolicy::Strict;
        let few = kept(most);
        if will_do(&few) || !is_strict {
            return Some(few);
        }
        Some(kept(Price::MAX)).filter(will_do)
    }

    /// The least that machines cost, surcharges left out; none when some have no price.
    fn price_of(&self, lot: &Lot, orders: &[Order]) -> Option<Price> {
        self.sum(lot, orders.iter().map(|order| order.options.as_slice()))
    }

    fn price_before(&self, lot: &Lot) -> Option<Price> {
        self.sum(lot, lot.claims.iter().map(|claim| &self.placement.claims.options[*claim]))
    }

    fn sum<'r>(&self, lot: &Lot, rows: impl Iterator<Item = &'r [u64]>) -> Option<Price> {
        let surcharge = self.problem.policy.surcharge();
        let mut sum = Price::ZERO;
        for row in rows {
            let least = lot.priced.iter().find(|(at, _)| bits::has(row, at.index()));
            sum = sum.saturating_add(least?.1).saturating_add(surcharge);
        }
        Some(sum)
    }

    fn keeps_limits(&self, lot: &Lot, orders: &[Order]) -> bool {
        let template = &self.problem.pools.templates[lot.template];
        let before = &self.taken[lot.template];
        let mut own = vec![0; template.limits.len()];
        for claim in &lot.claims {
            add(&mut own, template, &self.placement.claims.options[*claim]);
        }
        let mut new = vec![0; template.limits.len()];
        for order in orders {
            add(&mut new, template, &order.options);
        }
        let sums = before.iter().zip(&own).zip(&new);
        sums.zip(&template.limits).all(|(((before, own), new), limit)| {
            before.saturating_sub(*own).saturating_add(*new) <= limit.remaining
        })
    }

    fn replace(&mut self, lot: &Lot, orders: Vec<Order>) {
        let template = &self.problem.pools.templates[lot.template];
        let taken = &mut self.taken[lot.template];
        for claim in &lot.claims {
            let own = super::gathering::taken(template, &self.placement.claims.options[*claim]);
            taken.iter_mut().zip(own).for_each(|(sum, own)| *sum = sum.saturating_sub(own));
            self.dropped.insert(claim.index());
        }
        for order in &orders {
            add(taken, template, &order.options);
        }
        self.added.extend(orders);
    }

    /// Machines that stay and new ones, in the order of their first pods.
    fn finish(self, ranks: &Table<PodIx, usize>) -> Placement {
        let Self { mut placement, dropped, added, .. } = self;
        let claims = &placement.claims;
        let mut orders: Vec<(usize, Order)> = Vec::new();
        for (id, claim) in claims.rows.iter().filter(|(id, _)| !dropped.has(id.index())) {
            let rank = claim.pods.first().map_or(0, |pod| ranks[*pod]);
            let (totals, options) = (claims.totals[id].to_vec(), claims.options[id].to_vec());
            orders.push((rank, Order { claim: claim.clone(), totals, options }));
        }
        for order in added {
            let rank = order.claim.pods.first().map_or(0, |pod| ranks[*pod]);
            orders.push((rank, order));
        }
        orders.sort_by_key(|(rank, _)| *rank);
        let rows = orders.into_iter().map(|(_, order)| (order.claim, order.totals, order.options));
        placement.claims = Claims::written(&placement.claims, rows);
        placement
    }
}

fn add(sums: &mut [i64], template: &crate::compile::pools::Template, options: &[u64]) {
    let own = taken(template, options);
    sums.iter_mut().zip(own).for_each(|(sum, own)| *sum = sum.saturating_add(own));
}

/// Drops positions that don't hold an amount; none when none is left.
fn hold(sizes: &Sizes, totals: &[i64], options: &mut [u64]) -> Option<()> {
    for (ladder, total) in sizes.ladders().rows().iter().zip(totals).filter(|(_, sum)| **sum > 0) {
        bits::intersect(options, ladder.at_least(ladder.rank(*total, Rank::at(0))?));
    }
    bits::any(options).then_some(())
}
