//! What rules out the types that are cheaper than the one that a machine is; not why its pool makes it.
#![expect(
    clippy::indexing_slicing,
    reason = "only tables are indexed, by ids that they made; slices never are"
)]

use std::{fmt, sync::Arc};

use rustc_hash::FxHashSet;
use serde::{Deserialize, Serialize};

use crate::{
    compile::{
        Problem,
        algebra::{Algebra, SetId},
        bits::{self, Bits},
        catalog::{Catalog, PositionIx},
        compile,
        pools::Template,
        ports::conflict,
        reader::Reader,
        table::Id,
    },
    decision::{PlannedMachine, decide::Ordering},
    model::{
        HostPort, InstanceTypeName, Pod, PodId, Price, Requirement, ResourceName, Resources, label,
    },
    policy::Policy,
    snapshot::Snapshot,
};

/// A type with its price.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Priced {
    /// The type.
    pub instance_type: InstanceTypeName,
    /// Price per hour.
    pub price: Price,
}

/// Types that are cheaper than the one that a machine is, and what rules them out.
///
/// The price of a type is that of its cheapest available offering that the pool can buy; where the pool can't buy the type, of any.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct RuledOut {
    /// The first rule, in the order of [`Rule`], that rules them out.
    pub rule: Rule,
    /// How many there are.
    pub types: usize,
    /// The cheapest of them.
    pub cheapest: Priced,
}

/// What rules a type out.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
#[serde(rename_all = "kebab-case", rename_all_fields = "camelCase", tag = "code")]
pub enum Rule {
    /// It is not what the pool demands of its machines.
    Pool {
        /// What the pool demands.
        requirement: Requirement,
    },
    /// It has too little of a resource for the machine's pods and its own daemons.
    Size {
        /// The first such resource, in the order of names.
        resource: ResourceName,
    },
    /// It, or its cheaper offering, is not what the machine must be: for the sake of its pods, of where they can be, or of reservations.
    Machine {
        /// What the machine must be.
        requirement: Requirement,
    },
    /// Daemons take host ports of the machine's pods on it.
    HostPorts,
    /// It can't be bought as what the machine must be.
    Offering,
    /// By elimination: a limit of the pool, or reserved capacity, as earlier machines of the round left it.
    Limits,
}

/// What is compiled once for all machines of a plan.
#[derive(Debug)]
pub(in crate::advise) struct Tables {
    problem: Problem,
    algebra: Algebra,
}

/// What is said about the types of a machine.
#[derive(Debug, Default)]
pub(super) struct Looked {
    pub(super) next: Option<Priced>,
    pub(super) cheaper: Vec<RuledOut>,
}

/// A machine as types are held against it.
struct Held<'a> {
    set: SetId,
    template: &'a Template,
    types: &'a Catalog,
    needed: Resources,
    ports: Vec<HostPort>,
    /// What its pods demand, or wish, of the type's name.
    named: Vec<Requirement>,
    /// Offers that the pool can buy, and that the machine can be.
    of_pool: Bits,
    of_machine: Bits,
}

impl Tables {
    /// Of a derived snapshot.
    pub(in crate::advise) fn new(derived: &Snapshot, policy: &Policy) -> Self {
        let mut snapshot = derived.clone();
        // What these make is there already.
        snapshot.overlays.clear();
        snapshot.buffers.clear();
        let problem = compile(&snapshot, policy);
        let algebra = problem.forms.algebra.clone();
        Self { problem, algebra }
    }

    /// What is cheaper than the machine, and what comes next.
    pub(super) fn look(&mut self, machine: &PlannedMachine, derived: &Snapshot) -> Looked {
        let Self { problem, algebra } = self;
        let template = problem.pools.templates.rows().iter();
        let template = template.into_iter().find(|own| own.pool.name == machine.node_pool);
        let cheapest = machine.cheapest.as_ref().filter(|own| own.price.is_known());
        let Some((template, cheapest)) = template.zip(cheapest) else { return Looked::default() };
        let set = Reader::new(&problem.vocabulary).set(algebra, &machine.requirements);
        let types = &problem.pools.catalogs[template.catalog];
        let ordering = Ordering::new(types, algebra, set);
        let listed: FxHashSet<&str> =
            machine.instance_types.iter().map(InstanceTypeName::as_str).collect();
        let is_listed = |kind: usize| {
            types.types().get(kind).is_some_and(|kind| listed.contains(kind.name.as_str()))
        };
        let second = ordering.kinds.iter().filter(|(_, kind)| is_listed(*kind)).nth(1);
        let next = second.and_then(|&(price, kind)| priced(types, kind, price));
        let held = Held::new((template, types, set), machine, derived, algebra);
        let mut cheaper: Vec<RuledOut> = Vec::new();
        for kind in 0..types.types().len() {
            let Some(price) = held.price(kind).filter(|price| *price < cheapest.price) else {
                continue;
            };
            let Some(own) = priced(types, kind, price) else { continue };
            let rule = held.rule(problem, algebra, kind, is_listed(kind));
            match cheaper.iter_mut().find(|known| known.rule == rule) {
                Some(known) => {
                    known.types += 1;
                    let is_cheaper = own.price < known.cheapest.price;
                    known.cheapest = if is_cheaper { own } else { known.cheapest.clone() };
                }
                None => cheaper.push(RuledOut { rule, types: 1, cheapest: own }),
            }
        }
        // Those that rule out most first; the sort is stable, types come in the order of their names.
        cheaper.sort_by_key(|ruled| std::cmp::Reverse(ruled.types));
        Looked { next, cheaper }
    }
}

fn priced(types: &Catalog, kind: usize, price: Price) -> Option<Priced> {
    Some(Priced { instance_type: types.types().get(kind)?.name.clone(), price })
}

impl<'a> Held<'a> {
    fn new(
        (template, types, set): (&'a Template, &'a Catalog, SetId),
        machine: &PlannedMachine,
        derived: &Snapshot,
        algebra: &Algebra,
    ) -> Self {
        let ids: FxHashSet<&PodId> = machine.pods.iter().collect();
        let pods: Vec<&Arc<Pod>> =
            derived.pods.iter().filter(|pod| ids.contains(&pod.id)).collect();
        let one = Resources::new().with(ResourceName::PODS, 1);
        let allowed = |set| Bits::of(types.allowed_offers(algebra, set).into_iter().map(Id::index));
        Self {
            set,
            template,
            types,
            needed: pods
                .iter()
                .fold(Resources::new(), |sum, pod| sum.merge(&pod.spec.requests).merge(&one)),
            ports: pods.iter().flat_map(|pod| pod.spec.host_ports.iter().copied()).collect(),
            named: pods.iter().flat_map(|pod| type_names(pod)).collect(),
            of_pool: allowed(template.set),
            of_machine: allowed(set),
        }
    }

    fn is_of_pool(&self, kind: usize) -> bool {
        self.types.positions_of(kind).any(|position| self.template.options.has(position.index()))
    }

    /// The least price at which the pool can buy a type; where it can't, at which anybody can.
    fn price(&self, kind: usize) -> Option<Price> {
        let is_of_pool = self.is_of_pool(kind);
        self.types
            .positions_of(kind)
            .flat_map(|position| self.types.priced(position))
            .filter(|(offer, price)| {
                price.is_known() && (!is_of_pool || self.of_pool.has(offer.index()))
            })
            .map(|(_, price)| *price)
            .min()
    }

    /// The first rule that rules a type out, or its cheaper offering where the type itself is listed.
    fn rule(&self, problem: &Problem, algebra: &Algebra, kind: usize, is_listed: bool) -> Rule {
        if is_listed {
            return self.against_offering(algebra, kind);
        }
        let positions: Vec<PositionIx> = self.types.positions_of(kind).collect();
        if !self.is_of_pool(kind) {
            let demanded = self.against_labels(algebra, self.template.set, &positions);
            return demanded.map_or(Rule::Offering, |requirement| Rule::Pool { requirement });
        }
        let lacking: Vec<Option<ResourceName>> =
            positions.iter().map(|&position| self.lacking(problem, position)).collect();
        if let Some(Some(resource)) = lacking.iter().find(|_| !lacking.contains(&None)) {
            return Rule::Size { resource: resource.clone() };
        }
        if let Some(requirement) = self.against_labels(algebra, self.set, &positions) {
            return Rule::Machine { requirement };
        }
        let free = problem.pools.sizes[self.template.sizes]
            .where_daemons(|taken| !conflict(&self.ports, taken));
        if !positions.iter().any(|position| free.has(position.index())) {
            return Rule::HostPorts;
        }
        let can_be = |position: &PositionIx| {
            let mut offers = self.types.priced(*position).iter();
            offers.any(|(offer, _)| self.of_machine.has(offer.index()))
        };
        let mut holding = positions.iter().zip(&lacking).filter(|(_, lacking)| lacking.is_none());
        if !holding.any(|(position, _)| can_be(position)) {
            return self.against_offering(algebra, kind);
        }
        let name = self.types.types().get(kind).map_or("", |kind| kind.name.as_str());
        match self.named.iter().find(|named| !named.has(name)) {
            Some(named) => Rule::Machine { requirement: named.clone() },
            None => Rule::Limits,
        }
    }

    /// The first requirement, in the order of keys, that none of the positions meets.
    fn against_labels(
        &self,
        algebra: &Algebra,
        set: SetId,
        positions: &[PositionIx],
    ) -> Option<Requirement> {
        let meets = |req| {
            let with = self.types.with(algebra, req);
            positions.iter().any(|position| with.has(position.index()))
        };
        let mut entries = algebra.entries(set).iter();
        let &(_, req) = entries.find(|&&(_, req)| !meets(req))?;
        Some(algebra.requirement(req))
    }

    /// The first requirement that the cheapest offering in the pool's reach does not meet.
    fn against_offering(&self, algebra: &Algebra, kind: usize) -> Rule {
        let positions = self.types.positions_of(kind);
        let offers = positions.flat_map(|position| self.types.priced(position));
        let cheapest = offers
            .filter(|(offer, price)| price.is_known() && self.of_pool.has(offer.index()))
            .min_by_key(|(offer, price)| (*price, *offer));
        let Some(&(offer, _)) = cheapest else { return Rule::Offering };
        let is = self.types.offer_set(offer);
        let mut entries = algebra.entries(self.set).iter();
        let unmet = entries
            .find(|&&(key, req)| algebra.get(is, key).is_some_and(|own| !algebra.agree(req, own)));
        unmet.map_or(Rule::Offering, |&(_, req)| Rule::Machine {
            requirement: algebra.requirement(req),
        })
    }

    /// The first resource of which a position has too little.
    fn lacking(&self, problem: &Problem, position: PositionIx) -> Option<ResourceName> {
        let sizes = &problem.pools.sizes[self.template.sizes];
        let mut ladders = sizes.ladders().iter();
        let first = ladders.find(|(resource, ladder)| {
            self.needed.amount(problem.axis.name(*resource)) > ladder.effective(position)
        });
        first.map(|(resource, _)| problem.axis.name(resource).clone()).or_else(|| {
            // Daemons alone may fill it.
            (!bits::has(sizes.usable().words(), position.index())).then_some(ResourceName::PODS)
        })
    }
}

/// What a pod demands or wishes of the name of the type.
fn type_names(pod: &Pod) -> Vec<Requirement> {
    let affinity = &pod.spec.node_affinity;
    let wishes = affinity.preferred.iter().map(|wish| &wish.preference);
    let terms = affinity.required.iter().chain(wishes);
    let of_terms = terms.flat_map(|term| &term.match_expressions).map(Requirement::from);
    let of_selector =
        pod.spec.node_selector.iter().map(|(key, value)| Requirement::equals(key, value.as_str()));
    of_selector.chain(of_terms).filter(|own| own.key() == label::INSTANCE_TYPE).collect()
}

impl fmt::Display for Priced {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at {}", self.instance_type, self.price)
    }
}

impl fmt::Display for RuledOut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.types {
            1 => f.write_str("1 cheaper type ")?,
            many => write!(f, "{many} cheaper types ")?,
        }
        let is_one = self.types == 1;
        let (has, is) = if is_one { ("has", "is") } else { ("have", "are") };
        match &self.rule {
            Rule::Pool { requirement } => {
                write!(f, "{is} not what the pool demands, {requirement}")?;
            }
            Rule::Size { resource } => write!(f, "{has} too little {resource}")?,
            Rule::Machine { requirement } => {
                write!(f, "{is} not what the machine must be, {requirement}")?;
            }
            Rule::HostPorts => f.write_str("would have daemons on the same host ports")?,
            Rule::Offering => write!(f, "{is} not available where it is needed")?,
            Rule::Limits => {
                write!(f, "{is} beyond what limits and reservations left")?;
            }
        }
        write!(f, " (the cheapest: {})", self.cheapest)
    }
}
