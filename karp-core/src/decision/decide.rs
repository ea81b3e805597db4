//! Placement to plan: types in order of price, requirements and requests of each machine; no pod is moved.
#![expect(
    clippy::indexing_slicing,
    reason = "only tables are indexed, by ids that they made; slices never are"
)]

use std::{collections::BTreeMap, sync::Arc};

use rustc_hash::FxHashMap;

use super::{CheapestOffering, Plan, PlannedMachine, VirtualPod};
use crate::{
    compile::{
        PodIx, Problem,
        algebra::{Algebra, SetId},
        bits::{self, Bits},
        catalog::{Catalog, CatalogIx, OfferIx, PositionIx},
        names::KeyId,
        pools::{SIMULATED, Template},
        sizes::SizesIx,
        table::Id,
    },
    explain::{PoolRefusal, Reason, Unplaced},
    model::{
        Finding, InstanceTypeName, NodeClaimName, NodeName, Operator, Overlaid, PodId, Price,
        Requirement, Requirements, Resources, label,
    },
    policy::MinValuesPolicy,
    solve::{
        Placement,
        claims::{Claim, ClaimIx},
    },
};

/// Writes a placement down as a plan.
///
/// Every pod of the problem is in it exactly once. Equal machines share their lists of types and their requirements.
pub fn decide(problem: &Problem, placement: &Placement) -> Plan {
    let mut desk = Desk {
        problem,
        placement,
        orders: FxHashMap::default(),
        orderings: FxHashMap::default(),
        numbers: BTreeMap::new(),
    };
    let mut machines = Vec::with_capacity(placement.claims.rows.len());
    let mut unplaced: Vec<Unplaced> = Vec::new();
    for claim in placement.claims.rows.ids() {
        match desk.machine(claim) {
            Ok(machine) => machines.push(machine),
            Err(refusal) => {
                let reasons: Arc<[PoolRefusal]> = Arc::from([*refusal]);
                let pods = desk.ids(&placement.claims.rows[claim].pods);
                unplaced
                    .extend(pods.into_iter().map(|pod| Unplaced::new(pod, Arc::clone(&reasons))));
            }
        }
    }
    let existing: BTreeMap<NodeName, Vec<PodId>> = placement
        .nodes
        .pods
        .iter()
        .filter(|(_, pods)| !pods.is_empty())
        .map(|(node, pods)| (problem.nodes.places[node].name.clone(), desk.ids(pods)))
        .collect();
    unplaced.extend(
        placement.unplaced.iter().map(|(pod, reasons)| {
            Unplaced::new(problem.pods[*pod].id.clone(), Arc::clone(reasons))
        }),
    );
    unplaced.sort_by(|a, b| a.pod.cmp(&b.pod));
    let mut findings: Vec<Finding> = problem.findings.clone();
    findings.sort();
    findings.dedup();
    let virtual_pods = virtual_pods(problem);
    Plan { now: problem.now, machines, existing, unplaced, virtual_pods, findings }
}

/// Pods that stand for room of buffers.
fn virtual_pods(problem: &Problem) -> BTreeMap<PodId, VirtualPod> {
    let pods = problem.pods.rows().iter();
    pods.filter_map(|pod| {
        Some((pod.id.clone(), VirtualPod::new(pod.buffer()?, pod.spec.requests.clone())))
    })
    .collect()
}

/// What machines with equal requirements and options have in common.
#[derive(Clone)]
struct Order {
    instance_types: Arc<[InstanceTypeName]>,
    requirements: Arc<Requirements>,
    cheapest: Option<CheapestOffering>,
    overlaid: Overlaid,
    /// The least that daemons ask for on any of the types.
    overhead: Resources,
    /// Why such a machine can't be asked for.
    refusal: Option<Reason>,
}

/// Types of a catalog in the order of their prices under a set.
pub(crate) struct Ordering {
    /// Price and index of each type that can be bought, cheapest first, ties by name.
    pub(crate) kinds: Vec<(Price, usize)>,
    /// Offers that the set allows.
    pub(crate) offers: Bits,
}

type OrderKey<'p> = (SetId, CatalogIx, SizesIx, &'p [u64]);

struct Desk<'p> {
    problem: &'p Problem,
    placement: &'p Placement,
    orders: FxHashMap<OrderKey<'p>, Order>,
    orderings: FxHashMap<(SetId, CatalogIx), Ordering>,
    /// Machines of each pool so far.
    numbers: BTreeMap<&'p str, usize>,
}

impl Desk<'_> {
    /// Fails when the list of types, cut to its greatest length, has too few values of some label.
    fn machine(&mut self, id: ClaimIx) -> Result<PlannedMachine, Box<PoolRefusal>> {
        let Claim { template, set, pods, min_values_relaxed, anchor: _ } =
            &self.placement.claims.rows[id];
        let template = &self.problem.pools.templates[*template];
        let options = &self.placement.claims.options[id];
        let key = (*set, template.catalog, template.sizes, options);
        let order = if let Some(order) = self.orders.get(&key) {
            order.clone()
        } else {
            let order = self.order(template, *set, options);
            self.orders.insert(key, order.clone());
            order
        };
        if let Some(reason) = order.refusal {
            return Err(Box::new(PoolRefusal::of(template.pool.name.clone(), reason)));
        }
        let number = self.numbers.entry(template.pool.name.as_str()).or_default();
        *number += 1;
        let name = NodeClaimName::from(format!("{}-{number}", template.pool.name));
        let requests = self.problem.axis.amounts(&self.placement.claims.totals[id]);
        Ok(PlannedMachine {
            name,
            node_pool: template.pool.name.clone(),
            pods: self.ids(pods),
            instance_types: order.instance_types,
            requirements: order.requirements,
            requests: requests.merge(&order.overhead),
            cheapest: order.cheapest,
            min_values_relaxed: *min_values_relaxed,
            overlaid: order.overlaid,
        })
    }

    fn ids(&self, pods: &[PodIx]) -> Vec<PodId> {
        pods.iter().map(|&pod| self.problem.pods[pod].id.clone()).collect()
    }

    fn order(&mut self, template: &Template, set: SetId, options: &[u64]) -> Order {
        let problem = self.problem;
        let algebra = &self.placement.forms.algebra;
        let types = &problem.pools.catalogs[template.catalog];
        let ordering = self
            .orderings
            .entry((set, template.catalog))
            .or_insert_with(|| Ordering::new(types, algebra, set));
        let mut is_option = vec![false; types.types().len()];
        for kind in types.kinds(options) {
            if let Some(is_option) = is_option.get_mut(kind) {
                *is_option = true;
            }
        }
        let ordered = ordering.kinds.iter().map(|(_, kind)| *kind);
        let kinds: Vec<usize> = ordered
            .filter(|kind| is_option.get(*kind) == Some(&true))
            .take(problem.policy.max_types())
            .collect();
        // Some may have been cut, or can't be bought as what the machine turned out to be.
        is_option.fill(false);
        for kind in &kinds {
            if let Some(is_option) = is_option.get_mut(*kind) {
                *is_option = true;
            }
        }
        let listed = || kinds.iter().filter_map(|&kind| types.types().get(kind));
        let instance_types = listed().map(|kind| kind.name.clone()).collect();
        let overlaid = Overlaid::any(listed().map(|kind| kind.overlaid));
        let positions = Bits::of(bits::ones(options).filter(|&position| {
            let kind = types.positions()[PositionIx::at(position)].kind;
            is_option.get(kind) == Some(&true)
        }));
        let cheapest =
            kinds.first().and_then(|&kind| cheapest(types, algebra, &ordering.offers, kind));
        let requirements = requirements(algebra, set, types, (&positions, &ordering.offers));
        let sizes = &problem.pools.sizes[template.sizes];
        let unmet = types
            .unmet_minimum(algebra, set, positions.words())
            .filter(|_| problem.policy.min_values == MinValuesPolicy::Strict);
        let refusal = unmet.map(|(key, demanded, there)| {
            let key = algebra.names().of(key).name.to_string();
            Reason::MinValues { key, demanded, there }
        });
        Order {
            instance_types,
            requirements: Arc::new(requirements),
            cheapest,
            overlaid,
            overhead: sizes.least_overhead(positions.iter()),
            refusal,
        }
    }
}

impl Ordering {
    /// The order under a set.
    pub(crate) fn new(types: &Catalog, algebra: &Algebra, set: SetId) -> Self {
        let offers = Bits::of(types.allowed_offers(algebra, set).into_iter().map(Id::index));
        let mut least: Vec<Option<Price>> = vec![None; types.types().len()];
        for (position, sizing) in types.positions().iter() {
            let price = types
                .priced(position)
                .iter()
                .filter(|(offer, _)| offers.has(offer.index()))
                .map(|(_, price)| *price)
                .min();
            if let (Some(price), Some(least)) = (price, least.get_mut(sizing.kind)) {
                *least = Some(least.map_or(price, |least| least.min(price)));
            }
        }
        let mut kinds: Vec<(Price, usize)> = least
            .into_iter()
            .enumerate()
            .filter_map(|(kind, price)| Some((price?, kind)))
            .collect();
        kinds.sort_unstable();
        Self { kinds, offers }
    }
}

/// The cheapest way to buy a type; ties by zone, then by capacity type.
pub(crate) fn cheapest(
    types: &Catalog,
    algebra: &Algebra,
    allowed: &Bits,
    kind: usize,
) -> Option<CheapestOffering> {
    let names = algebra.names();
    let value = |offer: OfferIx, key: Option<KeyId>| {
        let value = key.and_then(|key| Some((key, algebra.single(types.offer_set(offer), key)?)));
        value.map_or("", |(key, value)| &**names.of(key).text(value))
    };
    let (zone, capacity_type) = (names.key(label::ZONE), names.key(label::CAPACITY_TYPE));
    let (price, zone, capacity_type) = types
        .positions_of(kind)
        .flat_map(|position| types.priced(position))
        .filter(|(offer, _)| allowed.has(offer.index()))
        .map(|&(offer, price)| (price, value(offer, zone), value(offer, capacity_type)))
        .min()?;
    let name = types.types().get(kind)?.name.clone();
    Some(CheapestOffering::new(name, zone, capacity_type, price))
}

/// What the machine must be: without the list of types, and of capacity types only those that can be had.
pub(crate) fn requirements(
    algebra: &Algebra,
    set: SetId,
    types: &Catalog,
    (positions, allowed): (&Bits, &Bits),
) -> Requirements {
    let names = algebra.names();
    let capacity_key = names.key(label::CAPACITY_TYPE);
    let mut requirements: Requirements = algebra
        .entries(set)
        .iter()
        .filter(|&&(key, _)| !SIMULATED.contains(&&*names.of(key).name))
        .map(|&(_, req)| algebra.requirement(req))
        // The list of types says which; how many must stay is kept.
        .filter(|own| own.key() != label::INSTANCE_TYPE || own.min_values().is_some())
        .collect();
    let Some(key) = capacity_key else { return requirements };
    let offers = Bits::of(
        positions
            .iter()
            .flat_map(|position| types.priced(PositionIx::at(position)))
            .map(|(offer, _)| offer.index())
            .filter(|&offer| allowed.has(offer)),
    );
    let mut offered: Vec<String> = offers
        .iter()
        .filter_map(|offer| algebra.single(types.offer_set(OfferIx::at(offer)), key))
        .map(|value| names.of(key).text(value).to_string())
        .collect();
    offered.sort_unstable();
    offered.dedup();
    if !offered.is_empty() {
        let min_values = requirements.get(label::CAPACITY_TYPE).and_then(Requirement::min_values);
        requirements.replace(
            Requirement::new(label::CAPACITY_TYPE, Operator::In, offered)
                .with_min_values(min_values),
        );
    }
    requirements
}
