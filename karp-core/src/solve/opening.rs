//! The type that a new machine is opened for when money counts: the one that is cheapest per pod; not whether a machine is opened at all.
//!
//! A machine that is opened for a type, its anchor, never grows beyond it: its pods fit that type to the end, so that it never costs more. Smaller types
//! that turn out to do stay options, and so do some that are as large. Dearer ones don't: a pool's limits are charged with the largest option.

use rustc_hash::FxHashMap;

use crate::{
    compile::{
        Problem,
        algebra::{Algebra, SetId},
        bits::{self, Bits},
        catalog::PositionIx,
        pools::TemplateIx,
        resource::RequestId,
        sizes::{Rank, Sizes},
        table::{Id, Table},
    },
    model::Price,
    policy::CheapestOpening,
};

/// What is known about types to open machines for.
#[derive(Debug)]
pub(super) struct Openings {
    rule: Option<CheapestOpening>,
    /// Pods of each request that have no place yet.
    waiting: Table<RequestId, u64>,
    shelves: FxHashMap<(TemplateIx, SetId), Shelf>,
}

/// Types that a machine of a pool may become when it is opened.
#[derive(Debug, Default)]
struct Shelf {
    /// What the rest was worked out for.
    options: Vec<u64>,
    /// All that have a price, cheapest first.
    priced: Vec<(PositionIx, Price)>,
    /// Types with enough alternatives, without those that are no better in anything than a cheaper one; cheapest first.
    broad: Vec<(PositionIx, Price)>,
    /// The same of types with too few alternatives.
    narrow: Vec<(PositionIx, Price)>,
    /// By request: types that hold more pods than any cheaper one does, cheapest first.
    by_request: FxHashMap<RequestId, Vec<Candidate>>,
    /// By anchor: what stays an option.
    kept: FxHashMap<PositionIx, Bits>,
}

/// A type for pods of one request.
#[derive(Clone, Copy, Debug)]
struct Candidate {
    position: PositionIx,
    price: Price,
    copies: u64,
}

/// What is to be opened.
#[derive(Clone, Copy, Debug)]
pub(super) struct Wanted<'w> {
    pub(super) template: TemplateIx,
    pub(super) set: SetId,
    pub(super) request: RequestId,
    /// Types that the machine may become, whatever its pods ask for.
    pub(super) options: &'w [u64],
}

impl Openings {
    /// Before the first pod is placed.
    pub(super) fn new(problem: &Problem, rule: Option<CheapestOpening>) -> Self {
        let mut waiting = Table::from_rows(vec![0; problem.requests.len()]);
        for rung in problem.queue.iter().filter_map(|&pod| problem.rungs[pod]) {
            let class = problem.forms.rungs[rung].class;
            waiting[problem.forms.classes[class].request] += 1;
        }
        Self { rule, waiting, shelves: FxHashMap::default() }
    }

    /// Whether types are chosen at all.
    pub(super) const fn is_on(&self) -> bool {
        self.rule.is_some()
    }

    /// Counts a pod that found a place.
    pub(super) fn placed(&mut self, request: RequestId) {
        if self.is_on() {
            self.waiting[request] = self.waiting[request].saturating_sub(1);
        }
    }

    /// The type that costs least per pod that it holds, of as many as still wait, and what stays an option beside it; ties by price, then by position.
    ///
    /// None when every type is as good as any other: no rule, no prices, or a catalog whose offerings change sizes. There a type has several sizes, which have
    /// no order of their own: which one a machine is opened for would depend on how offerings are listed.
    pub(super) fn choose(
        &mut self,
        problem: &Problem,
        algebra: &Algebra,
        wanted: Wanted<'_>,
    ) -> Option<(PositionIx, &Bits)> {
        let rule = self.rule.as_ref()?;
        let catalog = problem.pools.templates[wanted.template].catalog;
        if problem.pools.catalogs[catalog].has_variants() {
            return None;
        }
        let waiting = self.waiting[wanted.request].max(1);
        let shelf = self.shelves.entry((wanted.template, wanted.set)).or_default();
        if shelf.options != wanted.options {
            *shelf = Shelf::new(problem, algebra, wanted, rule.min_types);
        }
        let Shelf { broad, narrow, by_request, kept, priced, .. } = shelf;
        let candidates = by_request.entry(wanted.request).or_insert_with(|| {
            let among_broad = candidates(problem, wanted, broad);
            // A machine with few alternatives is better than none.
            if among_broad.is_empty() { candidates(problem, wanted, narrow) } else { among_broad }
        });
        let mut best: Option<(u128, u128, PositionIx)> = None;
        for candidate in candidates.iter() {
            let price = candidate.price.saturating_add(rule.surcharge).pico().unsigned_abs();
            let (price, copies) = (u128::from(price), u128::from(candidate.copies.min(waiting)));
            // Prices per pod are compared without dividing.
            if best.is_none_or(|(least, of, _)| price * of < least * copies) {
                best = Some((price, copies, candidate.position));
            }
        }
        let (_, _, anchor) = best?;
        let kept = kept.entry(anchor).or_insert_with(|| {
            let sizes = &problem.pools.sizes[problem.pools.templates[wanted.template].sizes];
            keep(priced, &as_large(sizes, anchor, wanted.options), rule.min_types)
        });
        Some((anchor, kept))
    }
}

/// Types that cost no more than the dearest of the first `enough` that are as large as the anchor.
fn keep(priced: &[(PositionIx, Price)], as_large: &[u64], enough: usize) -> Bits {
    let large = priced.iter().filter(|(position, _)| bits::has(as_large, position.index()));
    let most = large.take(enough.max(1)).map(|(_, price)| *price).max();
    let most = most.unwrap_or(Price::ZERO);
    let kept = priced.iter().take_while(|(_, price)| *price <= most);
    Bits::of(kept.map(|(position, _)| position.index()))
}

impl Shelf {
    fn new(problem: &Problem, algebra: &Algebra, wanted: Wanted<'_>, min_types: usize) -> Self {
        let template = &problem.pools.templates[wanted.template];
        let sizes = &problem.pools.sizes[template.sizes];
        let mut shelf = Self { options: wanted.options.to_vec(), ..Self::default() };
        shelf.priced = prices(problem, algebra, wanted);
        for &(position, price) in &shelf.priced {
            // A type that costs no more and is as large in everything is better, whatever the pods.
            let is_better =
                |(better, _): &(PositionIx, Price)| is_as_large(sizes, *better, position);
            if shelf.broad.iter().any(is_better) {
                continue;
            }
            let alternatives = as_large(sizes, position, wanted.options);
            if bits::ones(&alternatives).take(min_types).count() >= min_types {
                shelf.broad.push((position, price));
            } else if !shelf.narrow.iter().any(is_better) {
                shelf.narrow.push((position, price));
            }
        }
        shelf
    }
}

/// Types that a machine may become and that have a price, cheapest first.
fn prices(problem: &Problem, algebra: &Algebra, wanted: Wanted<'_>) -> Vec<(PositionIx, Price)> {
    let template = &problem.pools.templates[wanted.template];
    let catalog = &problem.pools.catalogs[template.catalog];
    let allowed = catalog.allowed_offers(algebra, wanted.set);
    let allowed = Bits::of(allowed.into_iter().map(Id::index));
    let mut prices = Vec::new();
    for kind in catalog.kinds(wanted.options) {
        let offers = catalog.positions_of(kind).flat_map(|position| catalog.priced(position));
        let offers = offers.filter(|(offer, _)| allowed.has(offer.index()));
        let least = offers.map(|(_, price)| *price).min();
        let Some(price) = least.filter(|price| price.is_known()) else { continue };
        let positions = catalog.positions_of(kind);
        let positions = positions.filter(|position| bits::has(wanted.options, position.index()));
        prices.extend(positions.map(|position| (position, price)));
    }
    prices.sort_by_key(|(position, price)| (*price, *position));
    prices
}

/// Whether a type has at least as much of everything as another one.
fn is_as_large(sizes: &Sizes, one: PositionIx, other: PositionIx) -> bool {
    let mut ladders = sizes.ladders().rows().iter();
    ladders.all(|ladder| ladder.effective(one) >= ladder.effective(other))
}

/// Types among `options` that hold whatever this one holds, itself included.
fn as_large(sizes: &Sizes, position: PositionIx, options: &[u64]) -> Vec<u64> {
    let mut row = options.to_vec();
    for ladder in sizes.ladders().rows() {
        if let Some(rank) = ladder.rank(ladder.effective(position), Rank::at(0)) {
            bits::intersect(&mut row, ladder.at_least(rank));
        }
    }
    row
}

/// Types that hold more pods of a request than any cheaper one, cheapest first.
fn candidates(
    problem: &Problem,
    wanted: Wanted<'_>,
    choices: &[(PositionIx, Price)],
) -> Vec<Candidate> {
    let sizes = &problem.pools.sizes[problem.pools.templates[wanted.template].sizes];
    let request = problem.requests.of(wanted.request);
    let mut most = 0;
    let mut candidates = Vec::new();
    for &(position, price) in choices {
        let asked = sizes.ladders().rows().iter().zip(request).filter(|(_, amount)| **amount > 0);
        let copies = asked.map(|(ladder, amount)| ladder.effective(position) / amount).min();
        let copies = u64::try_from(copies.unwrap_or(0)).unwrap_or(0);
        if copies > most {
            most = copies;
            candidates.push(Candidate { position, price, copies });
        }
    }
    candidates
}
