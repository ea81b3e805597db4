//! Machines to buy while pods are put on them; not which pod goes where.

use super::{
    buckets::{Buckets, Cursor},
    levels::{Levels, Thresholds},
    permits::Permits,
    plan::Plan,
};
use crate::compile::{
    PodIx,
    algebra::{Algebra, SetId},
    bits::{self, Bits},
    catalog::PositionIx,
    pools::TemplateIx,
    sizes::{Rank, Sizes},
    table::{Id, Rows, Table, id_types},
};

id_types! {
    /// A machine to buy, in the order in which they were opened.
    ClaimIx;
}

/// A machine to buy.
#[derive(Clone, Debug)]
pub(crate) struct Claim {
    /// The pool that makes it.
    pub(crate) template: TemplateIx,
    /// What it must be.
    pub(crate) set: SetId,
    /// Its pods, in the order in which they were placed.
    pub(crate) pods: Vec<PodIx>,
    /// Whether fewer values of some label stay possible than the pool demands.
    pub(crate) min_values_relaxed: bool,
    /// The type that it was opened for, which holds its pods to the end; none when it may grow into any.
    pub(crate) anchor: Option<PositionIx>,
}

/// All machines to buy.
#[derive(Clone, Debug)]
pub(crate) struct Claims {
    /// By order of opening.
    pub(crate) rows: Table<ClaimIx, Claim>,
    /// What its pods ask for, daemons not included.
    pub(crate) totals: Rows<ClaimIx, i64>,
    /// Positions of its catalog that it may still become. They only ever shrink.
    pub(crate) options: Rows<ClaimIx, u64>,
    /// Rank of the total among the amounts that positions have, by resource; only rises.
    ranks: Rows<ClaimIx, Rank>,
    /// Place of the largest option by size, by resource; only moves down.
    tops: Rows<ClaimIx, u32>,
    levels: Levels<ClaimIx>,
    permits: Permits,
    buckets: Buckets,
    /// Claims whose set changed, once per change, new ones included.
    changes: Vec<ClaimIx>,
    /// Claims that take pods now that they refused: those that came to exclude values of a key and so define it, so that offerings that name the key
    /// may be had, and those that outgrew the type that they were opened for.
    softened: Vec<ClaimIx>,
}

/// What a claim becomes with a further pod.
#[derive(Clone, Debug, Default)]
pub(super) struct Trial {
    /// Options.
    pub(super) options: Vec<u64>,
    totals: Vec<i64>,
    ranks: Vec<Rank>,
}

impl Trial {
    /// Starts from what a claim has.
    pub(super) fn start_from(&mut self, claims: &Claims, claim: ClaimIx) {
        self.options.clear();
        self.options.extend_from_slice(&claims.options[claim]);
        self.totals.clear();
        self.totals.extend_from_slice(&claims.totals[claim]);
        self.ranks.clear();
        self.ranks.extend_from_slice(&claims.ranks[claim]);
    }

    /// Starts from an empty machine that may become any of `options`.
    pub(super) fn start_empty(&mut self, options: &[u64], resources: usize) {
        self.options.clear();
        self.options.extend_from_slice(options);
        self.totals.clear();
        self.totals.resize(resources, 0);
        self.ranks.clear();
        self.ranks.resize(resources, Rank::at(0));
    }

    /// Keeps the options that hold a further request; yields whether any is left.
    ///
    /// `recheck` looks at resources that the request does not ask for, too: needed when options may hold less than the total, because
    /// one sizing of their type does.
    pub(super) fn add(&mut self, sizes: &Sizes, request: &[i64], recheck: bool) -> bool {
        let amounts = self.totals.iter_mut().zip(self.ranks.iter_mut()).zip(request);
        for (((total, rank), &amount), ladder) in amounts.zip(sizes.ladders().rows()) {
            if amount > 0 || (recheck && *total > 0) {
                *total = total.saturating_add(amount);
                let Some(reached) = ladder.rank(*total, *rank) else { return false };
                *rank = reached;
                bits::intersect(&mut self.options, ladder.at_least(reached));
            }
        }
        bits::any(&self.options)
    }

    /// Drops all options but `kept`, if the rest will do.
    pub(super) fn keep(&mut self, kept: &Bits, will_do: impl FnOnce(&mut [u64]) -> bool) {
        let mut options = self.options.clone();
        bits::intersect(&mut options, kept.words());
        if will_do(&mut options) {
            bits::intersect(&mut self.options, kept.words());
        }
    }

    /// Whether the type that the claim was opened for is still an option, if there is one.
    pub(super) fn holds(&self, anchor: Option<PositionIx>) -> bool {
        anchor.is_none_or(|position| bits::has(&self.options, position.index()))
    }
}

impl Claims {
    /// None yet; options take `words` words, amounts `resources` columns.
    pub(super) fn new(
        thresholds: &Thresholds,
        permits: Permits,
        words: usize,
        resources: usize,
    ) -> Self {
        Self {
            rows: Table::default(),
            totals: Rows::new(resources),
            options: Rows::new(words),
            ranks: Rows::new(resources),
            tops: Rows::new(resources),
            levels: Levels::new(thresholds),
            permits,
            buckets: Buckets::default(),
            changes: Vec::new(),
            softened: Vec::new(),
        }
    }

    /// The same space with other claims, written down as they are; no pod can be put on them any more.
    pub(crate) fn written(
        like: &Self,
        claims: impl IntoIterator<Item = (Claim, Vec<i64>, Vec<u64>)>,
    ) -> Self {
        let mut written = Self {
            rows: Table::default(),
            totals: like.totals.none(),
            options: like.options.none(),
            ranks: like.ranks.none(),
            tops: like.tops.none(),
            levels: like.levels.clone(),
            permits: like.permits.clone(),
            buckets: Buckets::default(),
            changes: Vec::new(),
            softened: Vec::new(),
        };
        for (claim, totals, options) in claims {
            written.rows.push(claim);
            written.totals.push(&totals, 0);
            written.options.push(&options, 0);
        }
        written
    }

    /// Forgets all claims.
    pub(super) fn clear(&mut self) {
        self.rows.clear();
        self.totals.clear();
        self.options.clear();
        self.ranks.clear();
        self.tops.clear();
        self.levels.clear();
        self.permits.clear();
        self.buckets.clear();
        self.changes.clear();
        self.softened.clear();
    }

    /// Opens a claim with its first pod.
    pub(super) fn open(
        &mut self,
        claim: Claim,
        trial: &Trial,
        (sizes, thresholds): (&Sizes, &Thresholds),
        algebra: &Algebra,
    ) -> ClaimIx {
        let (pods, set) = (claim.pods.len(), claim.set);
        let id = self.rows.push(claim);
        self.totals.push(&trial.totals, 0);
        self.options.push(&trial.options, 0);
        self.ranks.push(&trial.ranks, Rank::at(0));
        self.tops.push(&[], 0);
        self.settle_tops(id, sizes);
        let room = room(&self.totals[id], &self.tops[id], (sizes, self.rows[id].anchor));
        self.levels.push(thresholds, room);
        self.permits.add(id.index(), set, algebra);
        self.buckets.insert(id, pods);
        self.changes.push(id);
        id
    }

    /// Adds a pod to a claim.
    pub(super) fn accept(
        &mut self,
        id: ClaimIx,
        pod: PodIx,
        trial: &Trial,
        (sizes, thresholds): (&Sizes, &Thresholds),
    ) {
        let copy = |to: &mut [i64], from: &[i64]| to.copy_from_slice(from);
        copy(&mut self.totals[id], &trial.totals);
        self.ranks[id].copy_from_slice(&trial.ranks);
        let options = &mut self.options[id];
        options.iter_mut().zip(&trial.options).for_each(|(own, new)| *own = *new);
        self.settle_tops(id, sizes);
        let room = room(&self.totals[id], &self.tops[id], (sizes, self.rows[id].anchor));
        self.levels.lower(thresholds, id, room);
        let claim = &mut self.rows[id];
        self.buckets.remove(id, claim.pods.len());
        claim.pods.push(pod);
        self.buckets.insert(id, claim.pods.len());
    }

    /// Lets a claim that has outgrown the type that it was opened for be looked at again by everybody.
    pub(super) fn outgrew(&mut self, id: ClaimIx, (sizes, thresholds): (&Sizes, &Thresholds)) {
        let room = room(&self.totals[id], &self.tops[id], (sizes, None));
        self.levels.raise(thresholds, id, room);
        self.softened.push(id);
    }

    /// Narrows what a claim must be.
    pub(super) fn narrow(&mut self, id: ClaimIx, set: SetId, algebra: &Algebra) {
        let before = std::mem::replace(&mut self.rows[id].set, set);
        if before == set {
            return;
        }
        self.changes.push(id);
        self.permits.change(id.index(), before, set, algebra);
        let excludes =
            |&(key, req): &_| algebra.of(req).is_soft() && algebra.get(before, key) != Some(req);
        if algebra.entries(set).iter().any(excludes) {
            self.softened.push(id);
        }
    }

    /// Adds what the claims know of themselves: which may have the room for `request`; false when none has.
    #[must_use]
    pub(super) fn require_room<'c>(
        &'c self,
        thresholds: &Thresholds,
        request: &[i64],
        plan: &mut Plan<'c>,
    ) -> bool {
        self.levels.require(thresholds, request, plan)
    }

    /// The next claim, from the cursor on, that the plan does not exclude.
    pub(super) fn next(&self, plan: &Plan<'_>, cursor: &mut Cursor) -> Option<ClaimIx> {
        self.buckets.next(plan, cursor)
    }

    /// Claims by the domains that they may lie in.
    pub(super) const fn permits(&self) -> &Permits {
        &self.permits
    }

    /// Claims whose set changed, once per change, new ones included.
    pub(super) fn changes(&self) -> &[ClaimIx] {
        &self.changes
    }

    /// Claims that came to exclude values of a key.
    pub(super) fn softened(&self) -> &[ClaimIx] {
        &self.softened
    }

    fn settle_tops(&mut self, id: ClaimIx, sizes: &Sizes) {
        let options = &self.options[id];
        for (top, ladder) in self.tops[id].iter_mut().zip(sizes.ladders().rows()) {
            while let Some(position) = ladder.by_size(*top as usize) {
                if bits::has(options, position.index()) {
                    break;
                }
                *top += 1;
            }
        }
    }
}

/// The most that any option has left, by resource; that of the anchor where there is one.
fn room<'a>(
    totals: &'a [i64],
    tops: &'a [u32],
    (sizes, anchor): (&'a Sizes, Option<PositionIx>),
) -> impl Iterator<Item = i64> + 'a {
    totals.iter().zip(tops).zip(sizes.ladders().rows()).map(move |((total, &top), ladder)| {
        let largest = anchor.or_else(|| ladder.by_size(top as usize));
        let most = largest.map_or(0, |position| ladder.effective(position));
        most.saturating_sub(*total)
    })
}

/// Claims at which a class was refused for its amounts or types, which nothing that happens later can lift, with one exception.
#[derive(Clone, Debug, Default)]
pub(super) struct Dead {
    claims: Bits,
    softened_seen: usize,
}

impl Dead {
    /// Notes a refusal.
    pub(super) fn insert(&mut self, claim: ClaimIx) {
        self.claims.insert(claim.index());
    }

    /// Forgets all refusals.
    pub(super) fn clear(&mut self) {
        self.claims.clear();
        self.softened_seen = 0;
    }

    /// Gives claims that came to exclude values another chance: offerings that name the key are now allowed.
    pub(super) fn refresh(&mut self, claims: &Claims) {
        let softened = claims.softened();
        for claim in softened.iter().skip(self.softened_seen) {
            self.claims.remove(claim.index());
        }
        self.softened_seen = softened.len();
    }

    /// The claims.
    pub(super) fn words(&self) -> &[u64] {
        self.claims.words()
    }
}

/// A largest position among options, by a ladder of capacities.
pub(super) fn first_in(order: &[PositionIx], options: &[u64]) -> Option<PositionIx> {
    order.iter().copied().find(|position| bits::has(options, position.index()))
}
