//! Gathers the pods of a placement that may be packed anew, lot by lot; not how.

use std::collections::BTreeMap;

use rustc_hash::FxHashMap;

use super::{
    freedom::{Freedom, classes, options, takes},
    lot::{FamilyIx, Lot, Machine, Shape, ShapeIx, Units},
    packing::Packing,
};
use crate::{
    compile::{
        PodIx, Problem,
        algebra::SetId,
        bits::{self, Bits},
        catalog::{Catalog, PositionIx},
        forms::{Forms, RungId},
        pools::{Template, TemplateIx},
        sizes::{Rank, Sizes},
        table::{Id, Rows, Table},
        topology::GroupId,
    },
    model::Price,
    policy::CheapestOpening,
    solve::{Placement, claims::ClaimIx},
};

/// What pods are alike by: amounts, and groups that count them by machine.
type Likeness<'p> = (&'p [i64], Vec<(GroupId, u64)>);

/// Lots of a placement, those first on which most is spent.
pub(super) fn lots(
    problem: &Problem,
    placement: &mut Placement,
    rule: &CheapestOpening,
) -> Vec<Lot> {
    let mut ranks: Table<PodIx, usize> = Table::from_rows(vec![0; problem.pods.len()]);
    for (rank, pod) in problem.queue.iter().enumerate() {
        ranks[*pod] = rank;
    }
    let mut by_kind: BTreeMap<(TemplateIx, SetId), Vec<ClaimIx>> = BTreeMap::new();
    for (claim, row) in placement.claims.rows.iter().filter(|(_, row)| !row.min_values_relaxed) {
        by_kind.entry((row.template, row.set)).or_default().push(claim);
    }
    let mut freedom = Freedom::new(problem);
    let mut gatherer = Gatherer { problem, placement, rule, freedom: &mut freedom, ranks: &ranks };
    let lots = by_kind.into_iter().filter_map(|(kind, claims)| gatherer.lot(kind, claims));
    let mut lots: Vec<Lot> = lots.collect();
    // Sets are numbered as they come up, which may depend on how pods are listed: first pods do not.
    lots.sort_by_cached_key(|lot| {
        let pods = lot.shapes.rows().iter().flat_map(|shape| &shape.pods);
        (std::cmp::Reverse(lot.claims.len()), pods.map(|pod| ranks[*pod]).min())
    });
    lots
}

struct Gatherer<'g, 'p> {
    problem: &'p Problem,
    placement: &'g mut Placement,
    rule: &'g CheapestOpening,
    freedom: &'g mut Freedom<'p>,
    /// Place of each pod in the queue.
    ranks: &'g Table<PodIx, usize>,
}

impl<'p> Gatherer<'_, 'p> {
    /// The pods of those machines of one kind on which every pod may move.
    fn lot(&mut self, (id, set): (TemplateIx, SetId), claims: Vec<ClaimIx>) -> Option<Lot> {
        let problem = self.problem;
        let template = &problem.pools.templates[id];
        let catalog = &problem.pools.catalogs[template.catalog];
        if catalog.has_variants() || self.is_reserved(catalog, set) || self.is_watched(id, set) {
            return None;
        }
        let options = options(problem, &self.placement.forms, set, template);
        let priced = priced(catalog, &self.placement.forms, (set, &options));
        let sizes = &problem.pools.sizes[template.sizes];
        let machines = machines(sizes, &priced, self.rule);
        let (claims, alike) = self.free(id, claims, |request| {
            machines
                .iter()
                .any(|machine| machine.is_broad && holds(sizes, machine.position, request))
        });
        if claims.is_empty() {
            return None;
        }
        let largest = sizes.ladders().rows().iter().map(|ladder| {
            machines.iter().map(|machine| ladder.effective(machine.position)).max().unwrap_or(0)
        });
        let units = Units::up_to(largest);
        let mut lot = Lot {
            template: id,
            set,
            claims,
            options,
            priced,
            shapes: Table::default(),
            requests: Rows::new(problem.axis.len()),
            machines: Table::default(),
            capacities: Rows::new(problem.axis.len()),
            families: Table::default(),
            before: None,
        };
        for machine in machines {
            let has =
                sizes.ladders().rows().iter().map(|ladder| ladder.effective(machine.position));
            lot.capacities.push(&units.capacity(has), 0);
            lot.machines.push(machine);
        }
        add_shapes(&mut lot, (&units, self.ranks), alike);
        lot.before = before(&lot, self.placement);
        Some(lot)
    }

    /// Whether such machines may be of reserved capacity, of which there is only so much.
    fn is_reserved(&self, catalog: &Catalog, set: SetId) -> bool {
        let allowed = catalog.allowed_offers(&self.placement.forms.algebra, set);
        catalog.reserved().iter().any(|(offer, _)| allowed.contains(offer))
    }

    /// Whether a pod without a place could come to have one when such machines change.
    fn is_watched(&mut self, id: TemplateIx, set: SetId) -> bool {
        let has_limits = !self.problem.pools.templates[id].limits.is_empty();
        let Placement { forms, unplaced, .. } = &mut *self.placement;
        let mut seen: Vec<RungId> =
            unplaced.iter().filter_map(|(pod, _)| self.problem.rungs[*pod]).collect();
        seen.sort_unstable();
        seen.dedup();
        seen.into_iter().any(|rung| {
            takes(self.problem, forms, (rung, id), Some(set))
                || (has_limits && takes(self.problem, forms, (rung, id), None))
        })
    }

    /// Machines on which every pod may move and is on some type with alternatives; their pods by likeness, in the order of the queue.
    fn free(
        &mut self,
        template: TemplateIx,
        claims: Vec<ClaimIx>,
        fits: impl Fn(&[i64]) -> bool,
    ) -> (Vec<ClaimIx>, BTreeMap<Likeness<'p>, Vec<PodIx>>) {
        let mut alike: BTreeMap<Likeness<'p>, Vec<PodIx>> = BTreeMap::new();
        let mut known: FxHashMap<RungId, Option<Likeness<'p>>> = FxHashMap::default();
        let mut free = Vec::new();
        for claim in claims {
            let mut likenesses = Vec::new();
            let Placement { claims, forms, .. } = &mut *self.placement;
            let pods = &claims.rows[claim].pods;
            for &pod in pods {
                let Some(rung) = self.problem.rungs[pod] else { break };
                // Not known by its demands alone.
                if !self.problem.attachments.of(pod).is_empty() {
                    break;
                }
                let likeness = known.entry(rung).or_insert_with(|| {
                    let class = classes(self.problem, rung).next()?;
                    let request = self.problem.requests.of(class.request);
                    let company = self.freedom.of(pod, template, forms)?;
                    fits(request).then(|| (request, company.clone()))
                });
                let Some(likeness) = likeness else { break };
                likenesses.push((likeness.clone(), pod));
            }
            if likenesses.len() == pods.len() {
                free.push(claim);
                for (likeness, pod) in likenesses {
                    alike.entry(likeness).or_default().push(pod);
                }
            }
        }
        for pods in alike.values_mut() {
            pods.sort_by_key(|pod| self.ranks[*pod]);
        }
        (free, alike)
    }
}

/// Adds what the pods of a lot are; shapes in the order of their amounts, ties by their first pods.
fn add_shapes(
    lot: &mut Lot,
    (units, ranks): (&Units, &Table<PodIx, usize>),
    alike: BTreeMap<Likeness<'_>, Vec<PodIx>>,
) {
    let mut families: BTreeMap<GroupId, FamilyIx> = BTreeMap::new();
    let mut alike: Vec<_> = alike.into_iter().collect();
    // Groups are numbered as they come up, which may depend on how pods are listed.
    alike.sort_by_key(|((request, _), pods)| (*request, pods.first().map(|pod| ranks[*pod])));
    for ((request, company), pods) in alike {
        lot.requests.push(&units.request(request), 0);
        let families = company
            .into_iter()
            .map(|(group, most)| *families.entry(group).or_insert_with(|| lot.families.push(most)));
        let families = families.collect();
        lot.shapes.push(Shape { pods, families });
    }
}

/// How the machines of a lot are filled so far, equal ones together.
fn before(lot: &Lot, placement: &Placement) -> Option<Packing> {
    let mut shape_of: FxHashMap<PodIx, ShapeIx> = FxHashMap::default();
    for (shape, row) in lot.shapes.iter() {
        shape_of.extend(row.pods.iter().map(|pod| (*pod, shape)));
    }
    let mut stacks: BTreeMap<Vec<(ShapeIx, u64)>, u64> = BTreeMap::new();
    for claim in &lot.claims {
        let mut pods: BTreeMap<ShapeIx, u64> = BTreeMap::new();
        for pod in &placement.claims.rows[*claim].pods {
            *pods.entry(*shape_of.get(pod)?).or_default() += 1;
        }
        *stacks.entry(pods.into_iter().collect()).or_default() += 1;
    }
    let mut packing = Packing::default();
    for (pods, machines) in stacks {
        packing.add(lot, pods, machines)?;
    }
    Some(packing)
}

/// Positions with the least price that a set of requirements allows, cheapest first.
fn priced(
    catalog: &Catalog,
    forms: &Forms,
    (set, options): (SetId, &Bits),
) -> Vec<(PositionIx, Price)> {
    let allowed = catalog.allowed_offers(&forms.algebra, set);
    let allowed = Bits::of(allowed.into_iter().map(Id::index));
    let least = |position: PositionIx| {
        let offers =
            catalog.priced(position).iter().filter(|(offer, _)| allowed.has(offer.index()));
        offers.map(|(_, price)| *price).min().filter(|price| price.is_known())
    };
    let positions = options.iter().map(PositionIx::at);
    let mut priced: Vec<_> =
        positions.filter_map(|position| Some((position, least(position)?))).collect();
    priced.sort_by_key(|(position, price)| (*price, *position));
    priced
}

/// Types that are better in something than every cheaper one, and those that are so among those with enough alternatives.
fn machines(sizes: &Sizes, priced: &[(PositionIx, Price)], rule: &CheapestOpening) -> Vec<Machine> {
    let all = Bits::of(priced.iter().map(|(position, _)| position.index()));
    let mut machines: Vec<Machine> = Vec::new();
    for &(position, price) in priced {
        let is_better = |better: &&Machine| is_as_large(sizes, better.position, position);
        if machines.iter().filter(|machine| machine.is_broad).any(|better| is_better(&better)) {
            continue;
        }
        let alternatives = as_large(sizes, position, &all);
        let is_broad = alternatives.iter().take(rule.min_types).count() >= rule.min_types;
        if is_broad || !machines.iter().any(|better| is_better(&better)) {
            let cost = price.saturating_add(rule.surcharge);
            machines.push(Machine { position, cost, is_broad });
        }
    }
    machines
}

/// Whether a type has at least as much of everything as another one.
fn is_as_large(sizes: &Sizes, one: PositionIx, other: PositionIx) -> bool {
    let mut ladders = sizes.ladders().rows().iter();
    ladders.all(|ladder| ladder.effective(one) >= ladder.effective(other))
}

/// Positions that hold whatever this one holds, itself included.
fn as_large(sizes: &Sizes, position: PositionIx, among: &Bits) -> Bits {
    let mut row = among.clone();
    for ladder in sizes.ladders().rows() {
        if let Some(rank) = ladder.rank(ladder.effective(position), Rank::at(0)) {
            row.intersect(ladder.at_least(rank));
        }
    }
    row
}

/// Whether a type holds so much.
fn holds(sizes: &Sizes, position: PositionIx, request: &[i64]) -> bool {
    let mut asked = sizes.ladders().rows().iter().zip(request).filter(|(_, amount)| **amount > 0);
    asked.all(|(ladder, amount)| ladder.effective(position) >= *amount)
}

/// What limits a machine of a pool that may be any of these positions takes, limit by limit.
pub(super) fn taken<'t>(
    template: &'t Template,
    options: &'t [u64],
) -> impl Iterator<Item = i64> + 't {
    template.limits.iter().map(|limit| {
        if limit.resource == crate::model::ResourceName::NODES {
            return 1;
        }
        let positions = limit.by_capacity.iter();
        let largest = positions.copied().find(|position| bits::has(options, position.index()));
        largest.and_then(|position| limit.capacity.get(position.index())).copied().unwrap_or(0)
    })
}
