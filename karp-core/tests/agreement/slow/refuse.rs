//! Why no pool takes a pod in its last, most relaxed form.

use std::{collections::BTreeSet, sync::Arc};

use karp_core::{
    explain::{NoInstanceType, PoolRefusal, Reason, Shortfall},
    model::{
        Incompatible, NodePool, Requirements, ResourceName, Resources, Undefined, Vocabulary,
        label, untolerated,
    },
};

use super::{
    Demand, Round, fit, terms,
    world::{Kind, Machine, Template},
};

/// One refusal per pool that follows pods, in the order in which pools are tried.
pub(crate) fn reasons(round: &Round<'_>, demand: &Demand) -> Vec<PoolRefusal> {
    let mut pools: Vec<&Arc<NodePool>> = round.snapshot.node_pools.iter().collect();
    pools.retain(|pool| !pool.is_static());
    pools.sort_by(|a, b| (b.weight, &b.name).cmp(&(a.weight, &a.name)));
    pools
        .into_iter()
        .map(|pool| {
            let template = round.templates.iter().find(|one| one.pool.name == pool.name);
            let reason = match template {
                Some(template) => reason(round, template, demand),
                None => Reason::PoolExcluded { finding: why_excluded(round, pool) },
            };
            PoolRefusal::of(pool.name.clone(), reason)
        })
        .collect()
}

fn why_excluded(round: &Round<'_>, pool: &NodePool) -> String {
    let known = round.snapshot.excluded_pools.get(&pool.name).cloned();
    let state = if pool.deleting_since.is_some() { "pool-deleting" } else { "pool-not-ready" };
    known.unwrap_or_else(|| state.to_owned())
}

/// The first rule that excludes the pool: its types, its limits, its taints, labels, then what the types hold that the limits leave.
fn reason(round: &Round<'_>, template: &Template, demand: &Demand) -> Reason {
    let vocabulary = &round.snapshot.vocabulary;
    let full = demand.full(vocabulary);
    if template.types.is_empty() {
        return Reason::NoTypesInPool;
    }
    if template.is_out_of_nodes() {
        return Reason::NodeLimitReached;
    }
    let Some(empty) = template.open(0, "nobody".into()) else { return limit(template) };
    let taints = &template.pool.template.taints;
    if let Some(taint) = untolerated(taints, &demand.spec.tolerations).next() {
        return Reason::TaintNotTolerated { taint: taint.clone() };
    }
    if full.get(label::HOSTNAME).is_some_and(|host| !host.has(&terms::placeholder(&empty.name))) {
        return Reason::LabelUnknown { key: label::HOSTNAME.to_owned(), hint: None };
    }
    if let Some(contradiction) = full.iter().find(|one| one.is_contradiction()) {
        return Reason::Contradiction { key: contradiction.key().to_owned() };
    }
    match empty.requirements.compatible(&full, Undefined::WellKnown(vocabulary)) {
        Ok(()) => {}
        Err(Incompatible::UndefinedLabel { incoming, hint }) => {
            return Reason::LabelUnknown { key: incoming.key().to_owned(), hint };
        }
        Err(Incompatible::Conflicts(conflicts)) => {
            let first = conflicts[0].clone();
            return Reason::RequirementConflict {
                demanded: first.incoming,
                offered: first.existing,
            };
        }
        Err(other) => panic!("{other}"),
    }
    let with_pod = terms::both(&empty.requirements, &full);
    let reached = demand.places.iter().find(|p| terms::is_compatible(&with_pod, p, vocabulary));
    let Some(place) = reached else {
        return Reason::VolumeTopology { alternatives: Vec::new() };
    };
    let requirements = terms::both(&with_pod, place);
    let requests = demand.requests();
    let types = fit::types_that_hold(&empty.types, &requirements, &requests, vocabulary);
    let mut opened =
        Machine { types, requests, requirements: requirements.clone(), ..empty.clone() };
    if !opened.types.is_empty() && round.ledger.reserve(&mut opened, vocabulary).is_err() {
        return Reason::Reservation;
    }
    Reason::NoInstanceType(no_type(
        &empty.types,
        (&template.requirements, &requirements),
        demand,
        round,
    ))
}

/// The first limit that no type keeps; where each type keeps some limit but none keeps all, the first that any type exceeds.
fn limit(template: &Template) -> Reason {
    let capacities = |resource: &ResourceName| {
        let kinds = template.types.iter();
        kinds.map(|kind| kind.instance_type.capacity.amount(resource)).collect::<Vec<i64>>()
    };
    let mut limits = template.remaining.iter().flatten();
    let by_all = limits.clone().find(|(name, left)| capacities(name).iter().all(|has| has > *left));
    let by_any = limits.find(|(name, left)| capacities(name).iter().any(|has| has > *left));
    let (resource, remaining) = by_all.or(by_any).expect("a limit leaves no type");
    let beyond = capacities(resource).into_iter().filter(|has| has > remaining);
    let needed = beyond.min().expect("a type exceeds the limit");
    Reason::LimitExceeded { resource: resource.clone(), remaining: *remaining, needed }
}

/// How many types meet each condition, and what none has enough of.
fn no_type(
    kinds: &[Kind],
    (pool, requirements): (&Requirements, &Requirements),
    demand: &Demand,
    round: &Round<'_>,
) -> NoInstanceType {
    let vocabulary = &round.snapshot.vocabulary;
    let needed = |kind: &Kind| demand.requests().merge(&kind.daemons);
    let is_compatible =
        |kind: &&Kind| kind.instance_type.requirements.intersects(requirements).is_ok();
    let is_large_enough =
        |kind: &&Kind| sizes(kind, pool, vocabulary).iter().any(|size| needed(kind).fits(size));
    let is_offered = |kind: &&Kind| {
        fit::sizes(&kind.instance_type).iter().any(|(size, offerings)| {
            Resources::new().fits(size)
                && offerings.iter().any(|one| fit::is_sold_for(one, requirements, vocabulary))
        })
    };
    let mut found = NoInstanceType::default();
    found.types = kinds.len();
    found.compatible = kinds.iter().filter(is_compatible).count();
    found.large_enough = kinds.iter().filter(is_large_enough).count();
    found.offered = kinds.iter().filter(is_offered).count();
    found.compatible_and_large_enough =
        kinds.iter().filter(is_compatible).filter(is_large_enough).count();
    let compatible = kinds.iter().filter(is_compatible);
    let sizes = compatible.flat_map(|kind| {
        let sizes = sizes(kind, pool, vocabulary).into_iter();
        sizes.map(|size| (size, kind.daemons.clone()))
    });
    found.shortfalls = shortfalls(&sizes.collect::<Vec<_>>(), &demand.requests());
    found
}

/// What pods can use of a type, for each way in which the pool can buy it.
fn sizes(kind: &Kind, pool: &Requirements, vocabulary: &Vocabulary) -> Vec<Resources> {
    let sizes = fit::sizes(&kind.instance_type).into_iter();
    let sold = sizes.filter(|(_, offerings)| {
        offerings.iter().any(|offering| fit::is_sold_for(offering, pool, vocabulary))
    });
    sold.map(|(size, _)| size).filter(|size| Resources::new().fits(size)).collect()
}

/// Resources of which no type has enough for the pod beside the type's daemons, the nearest miss first; the figures are those of the type that
/// has most to spare.
fn shortfalls(sizes: &[(Resources, Resources)], pod: &Resources) -> Vec<Shortfall> {
    let named = sizes.iter().flat_map(|(size, daemons)| size.iter().chain(daemons.iter()));
    let names: BTreeSet<&ResourceName> = named.chain(pod.iter()).map(|(name, _)| name).collect();
    let mut found: Vec<Shortfall> = Vec::new();
    for name in names {
        let spare =
            |(size, daemons): &&(Resources, Resources)| size.amount(name) - daemons.amount(name);
        if let Some((size, daemons)) = sizes.iter().max_by_key(spare) {
            let (largest, needed) = (size.amount(name), pod.amount(name) + daemons.amount(name));
            if needed > largest {
                found.push(Shortfall { resource: name.clone(), needed, largest });
            }
        }
    }
    // Nearest by the share of what is needed that is missing.
    found.sort_by(|a, b| {
        let missing = |one: &Shortfall, other: &Shortfall| {
            i128::from(one.needed - one.largest) * i128::from(other.needed)
        };
        missing(a, b).cmp(&missing(b, a)).then_with(|| a.resource.cmp(&b.resource))
    });
    found
}
