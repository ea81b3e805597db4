//! Why each pool refuses a pod: the first rule that excludes it, and by how much; not the search.
//!
//! The conditions are looked at again, in the state at the end of the solve, only for pods that are left over: a search that kept reasons
//! for every place would be a slow search.

use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::{
    counts::Spot,
    facets::{claim_meets_alternative, host_is_free},
    limits::{LimitState, excludes_all},
    queue::Left,
    solver::Solver,
};
use crate::{
    compile::{
        PodIx,
        algebra::{Algebra, SetId, Undefined},
        bits::{self, Bits},
        catalog::{Catalog, PositionIx},
        forms::{Class, ClassId, Facet, RungId},
        pools::{PoolEntry, Template, TemplateIx},
        ports::{PortsId, conflict},
        reader::Reader,
        sizes::{Rank, Sizes},
        table::Id,
        topology::{Kind, Scope, TopologyId},
        volumes::Alternative,
    },
    explain::{NoInstanceType, PoolRefusal, Reason, Shortfall},
    model::{Price, ResourceName, label},
};

/// Domains that a refusal names, at most.
const DOMAINS_NAMED: usize = 5;

impl Solver<'_> {
    /// The rung on which everything is given up that can be.
    fn last_rung(&self, pod: PodIx) -> Option<RungId> {
        let mut rung = self.problem.rungs[pod]?;
        while let Some(next) = self.forms.rungs[rung].next {
            rung = next;
        }
        Some(rung)
    }

    /// Pods without a place, with reasons, in the order of the snapshot.
    pub(super) fn refusals(&mut self, left: Left) -> Vec<(PodIx, Arc<[PoolRefusal]>)> {
        let mut refused: Vec<(PodIx, Arc<[PoolRefusal]>)> = self
            .problem
            .refused
            .iter()
            .map(|(pod, reason)| (*pod, Arc::from([PoolRefusal::of_pod(reason.clone())])))
            .collect();
        let waits: Arc<[PoolRefusal]> = Arc::from([PoolRefusal::of_pod(Reason::Reservation)]);
        let mut known: FxHashMap<ClassId, Arc<[PoolRefusal]>> = FxHashMap::default();
        for pod in left.refused {
            let Some(rung) = self.last_rung(pod) else { continue };
            let class = self.forms.rungs[rung].class;
            if self.deferred.contains(&pod) {
                refused.push((pod, Arc::clone(&waits)));
                continue;
            }
            let reasons = known.entry(class).or_insert_with(|| self.of_class(class));
            refused.push((pod, Arc::clone(reasons)));
        }
        let over: Arc<[PoolRefusal]> = Arc::from([PoolRefusal::of_pod(Reason::WorkLimit)]);
        refused.extend(left.undecided.into_iter().map(|pod| (pod, Arc::clone(&over))));
        refused.sort_by_key(|(pod, _)| *pod);
        refused
    }

    fn of_class(&mut self, class: ClassId) -> Arc<[PoolRefusal]> {
        let problem = self.problem;
        let of_entry = |entry: &PoolEntry| match entry {
            PoolEntry::Refused(pool, reason) => PoolRefusal::of(pool.clone(), (**reason).clone()),
            PoolEntry::Template(id) => {
                let template = &problem.pools.templates[*id];
                PoolRefusal::of(template.pool.name.clone(), self.of_template(*id, class))
            }
        };
        problem.pools.entries.iter().map(of_entry).collect()
    }

    fn of_template(&mut self, id: TemplateIx, class: ClassId) -> Reason {
        let template = &self.problem.pools.templates[id];
        let Class { facet, request, topology, ports, .. } = self.forms.classes[class];
        let facet = self.forms.facets[facet];
        let request = self.problem.requests.of(request);
        let limits = &self.limits[id];
        if limits.nodes_exhausted(&template.limits) {
            return Reason::NodeLimitReached;
        }
        let mut within = template.options.clone();
        within.intersect(limits.within());
        if within.is_empty() {
            return limit_exceeded(template, limits);
        }
        let tolerance = &self.forms.tolerance;
        if let Some(taint) = tolerance.first_untolerated(facet.tolerations, template.taints) {
            return Reason::TaintNotTolerated { taint: taint.clone() };
        }
        if let Some(reason) = self.label_refusal(template, &facet) {
            return reason;
        }
        let set = match self.volume_refusal(template, &facet) {
            Ok(set) => set,
            Err(reason) => return *reason,
        };
        match self.group_refusal(topology, set) {
            Ok(set) => self.no_instance_type(template, (set, request, ports), &within),
            Err(reason) => *reason,
        }
    }

    /// That the pod's volumes can be used nowhere in the pool; else what the first place that will do makes of its set.
    fn volume_refusal(&mut self, template: &Template, facet: &Facet) -> Result<SetId, Box<Reason>> {
        let algebra = &mut self.forms.algebra;
        let with_pod = algebra.join(template.set, facet.full);
        let alternatives = self.problem.volumes.of(facet.volumes);
        let first = alternatives.iter().find(|one| claim_meets_alternative(algebra, one, with_pod));
        if let Some(first) = first {
            return Ok(algebra.join(with_pod, first.set));
        }
        let named = |one: &Alternative| {
            let entries = algebra.entries(one.set).iter().map(|&(_, req)| req);
            entries.chain(one.host).map(|req| algebra.requirement(req)).collect()
        };
        let alternatives = alternatives.iter().take(DOMAINS_NAMED).map(named).collect();
        Err(Box::new(Reason::VolumeTopology { alternatives }))
    }

    /// The first group that allows no domain of a new machine; else what the groups make of its set.
    fn group_refusal(&mut self, id: TopologyId, set: SetId) -> Result<SetId, Box<Reason>> {
        let Self { problem, forms, counts, .. } = self;
        let algebra = &mut forms.algebra;
        counts.refresh(problem, id, algebra);
        let spot = (&problem.groups.topologies[id], Spot::New);
        let Some(refusing) = counts.refusing(problem, spot, set, algebra) else {
            return Ok(counts.narrowed(problem, spot, set, algebra).unwrap_or(set));
        };
        let group = &problem.groups.rows[refusing];
        let (key, domains) = match group.scope {
            Scope::Host => (label::HOSTNAME.to_owned(), Vec::new()),
            Scope::Key(key) => {
                let known = algebra.names().of(key);
                let domains = counts.domains_of(refusing, algebra.get(set, key), algebra);
                let named = domains.into_iter().take(DOMAINS_NAMED);
                let domains = named.map(|(domain, pods)| (known.text(domain).to_string(), pods));
                (known.name.to_string(), domains.collect())
            }
        };
        Err(Box::new(match group.kind {
            Kind::Affinity => Reason::PodAffinity { key },
            Kind::Anti => Reason::PodAntiAffinity { key, by_others: group.is_inverse },
            Kind::Spread => Reason::TopologySpread { key, max_skew: group.max_skew, domains },
        }))
    }

    fn label_refusal(&self, template: &Template, facet: &Facet) -> Option<Reason> {
        let algebra = &self.forms.algebra;
        if !host_is_free(algebra, facet) {
            return Some(Reason::LabelUnknown { key: label::HOSTNAME.to_owned(), hint: None });
        }
        let demanded = algebra.entries(facet.full);
        let names = algebra.names();
        let contradicting = demanded.iter().find(|&&(_, demand)| algebra.of(demand).is_void());
        if let Some(&(key, _)) = contradicting {
            return Some(Reason::Contradiction { key: names.of(key).name.to_string() });
        }
        for &(key, demand) in demanded {
            let is_undefined = algebra.get(template.set, key).is_none()
                && !algebra.may_be_undefined(key, demand, Undefined::AllowWellKnown);
            if is_undefined {
                let own =
                    algebra.entries(template.set).iter().map(|&(key, _)| &*names.of(key).name);
                let key = names.of(key).name.to_string();
                let hint = self.problem.vocabulary.typo_hint(&key, own).map(str::to_owned);
                return Some(Reason::LabelUnknown { key, hint });
            }
        }
        demanded.iter().find_map(|&(key, demand)| {
            let offered = algebra.get(template.set, key)?;
            (!algebra.agree(offered, demand)).then(|| Reason::RequirementConflict {
                demanded: algebra.requirement(demand),
                offered: algebra.requirement(offered),
            })
        })
    }

    fn no_instance_type(
        &mut self,
        template: &Template,
        (set, request, ports): (SetId, &[i64], PortsId),
        within: &Bits,
    ) -> Reason {
        let pools = &self.problem.pools;
        let (types, sizes) = (&pools.catalogs[template.catalog], &pools.sizes[template.sizes]);
        let algebra = &mut self.forms.algebra;
        let compatible = compatible(types, algebra, set);
        let large = large_enough(sizes, request);
        let wanted = self.problem.ports.of(ports);
        let free = sizes.where_daemons(|taken| !conflict(wanted, taken));
        let offered = types.offered(algebra, set);
        let kinds = |rows: &[&Bits]| types.kinds(common(within, rows).words()).count();
        let all = [&compatible, &large, &offered, &free];
        let left = common(within, &all);
        if let Some((key, demanded, there)) = types.unmet_minimum(algebra, set, left.words()) {
            let key = algebra.names().of(key).name.to_string();
            return Reason::MinValues { key, demanded, there };
        }
        if !left.is_empty() {
            // What would do is held by others.
            return Reason::Reservation;
        }
        let beyond = common(&template.options, &all);
        let fitting = common(within, &[&compatible, &large]);
        let candidates = common(within, &[&compatible]);
        Reason::NoInstanceType(NoInstanceType {
            types: kinds(&[]),
            compatible: kinds(&[&compatible]),
            large_enough: kinds(&[&large]),
            offered: kinds(&[&offered]),
            compatible_and_large_enough: kinds(&[&compatible, &large]),
            ports_free: kinds(&[&free]),
            beyond_limits: types.kinds(beyond.words()).count(),
            shortfalls: self.shortfalls(sizes, request, &candidates),
            unavailable_price: self.unavailable_price(types, set, &fitting),
        })
    }

    /// Resources of which no candidate has enough, the nearest miss first.
    fn shortfalls(&self, sizes: &Sizes, request: &[i64], candidates: &Bits) -> Vec<Shortfall> {
        let axis = &self.problem.axis;
        let mut shortfalls: Vec<Shortfall> = Vec::new();
        for ((resource, ladder), &asked) in sizes.ladders().iter().zip(request) {
            let largest = candidates.iter().map(PositionIx::at);
            let Some(largest) = largest.max_by_key(|&position| ladder.effective(position)) else {
                continue;
            };
            let have = ladder.effective(largest);
            if have < asked {
                let name = axis.name(resource);
                let daemons = sizes.overhead(largest).map_or(0, |overhead| overhead.amount(name));
                shortfalls.push(Shortfall {
                    resource: name.clone(),
                    needed: asked.saturating_add(daemons),
                    largest: have.saturating_add(daemons),
                });
            }
        }
        shortfalls.sort_by(|a, b| {
            let miss = |own: &Shortfall, other: &Shortfall| {
                i128::from(own.needed.saturating_sub(own.largest)) * i128::from(other.needed)
            };
            miss(a, b).cmp(&miss(b, a)).then_with(|| a.resource.cmp(&b.resource))
        });
        shortfalls
    }

    /// The least price of an offering that would do, were it available.
    fn unavailable_price(&mut self, types: &Catalog, set: SetId, fitting: &Bits) -> Option<Price> {
        let reader = Reader::new(&self.problem.vocabulary);
        let algebra = &mut self.forms.algebra;
        let mut least: Option<Price> = None;
        for kind in types.kinds(fitting.words()).filter_map(|kind| types.types().get(kind)) {
            for offering in kind.offerings.iter().filter(|offering| !offering.available) {
                let offer = reader.set(algebra, &offering.requirements);
                if algebra.compatible(set, offer, Undefined::AllowWellKnown) {
                    least = Some(least.map_or(offering.price, |least| least.min(offering.price)));
                }
            }
        }
        least
    }
}

fn common(row: &Bits, others: &[&Bits]) -> Bits {
    let mut common = row.clone();
    for other in others {
        common.intersect(other.words());
    }
    common
}

fn compatible(types: &Catalog, algebra: &Algebra, set: SetId) -> Bits {
    let mut compatible = Bits::below(types.positions().len());
    for &(_, req) in algebra.entries(set) {
        compatible.intersect(types.with(algebra, req).words());
    }
    compatible
}

fn large_enough(sizes: &Sizes, request: &[i64]) -> Bits {
    let mut large = sizes.usable().clone();
    for (ladder, &amount) in sizes.ladders().rows().iter().zip(request) {
        if amount > 0 {
            match ladder.rank(amount, Rank::at(0)) {
                Some(rank) => large.intersect(ladder.at_least(rank)),
                None => return Bits::default(),
            }
        }
    }
    large
}

/// The limit that leaves no type.
fn limit_exceeded(template: &Template, limits: &LimitState) -> Reason {
    let options = template.options.words();
    let alone = limits
        .remaining_of(&template.limits)
        .find(|(limit, remaining)| excludes_all(limit, *remaining, options));
    let first = alone.or_else(|| {
        limits.remaining_of(&template.limits).find(|(limit, remaining)| {
            bits::ones(options)
                .any(|position| limit.capacity.get(position).is_some_and(|own| own > remaining))
        })
    });
    match first {
        Some((limit, _)) if limit.resource == ResourceName::NODES => Reason::NodeLimitReached,
        Some((limit, remaining)) => Reason::LimitExceeded {
            resource: limit.resource.clone(),
            remaining,
            needed: bits::ones(options)
                .filter_map(|position| limit.capacity.get(position).copied())
                .filter(|taken| *taken > remaining)
                .min()
                .unwrap_or(0),
        },
        None => Reason::NoTypesInPool,
    }
}
