//! Rule: each refusal is true by itself, figures included, and every pool that was tried gives one.
//!
//! Which of several true reasons is named is not judged: a pool without room may also have a taint.

use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::{
    Violation, company,
    form::{self, Form, steps, without_volumes},
    reservation, shortfall, validity, volume,
    world::{NO_HOST, Pool, World},
};
use crate::{
    explain::{PoolRefusal, Reason, Unplaced, Unsupported},
    model::{
        Labels, NodePoolName, Operator, Pod, PodSpec, Requirement, Undefined, label, untolerated,
    },
    policy::ReservedOfferingMode,
};

pub(super) fn refusals_are_true(world: &World<'_>, found: &mut Vec<Violation>) {
    // Equal pods are refused for equal reasons, as a rule.
    let mut known: FxHashMap<Kind<'_>, Vec<(&[PoolRefusal], Problems)>> = FxHashMap::default();
    for unplaced in &world.plan.unplaced {
        let Some(pod) = world.waiting.get(&unplaced.pod) else { continue };
        if !has_one_per_pool(unplaced, world) {
            found.push(Violation::MissingRefusal { pod: unplaced.pod.clone() });
        }
        let reasons = &*unplaced.reasons;
        let known = known.entry((pod.id.namespace(), &*pod.labels, &*pod.spec)).or_default();
        if !known.iter().any(|(same, _)| *same == reasons) {
            known.push((reasons, problems(pod, reasons, world)));
        }
        let own = known.iter().find(|(same, _)| *same == reasons);
        found.extend(own.into_iter().flat_map(|(_, problems)| problems).map(
            |(PoolRefusal { node_pool, reason }, problem)| Violation::FalseRefusal {
                pod: unplaced.pod.clone(),
                node_pool: node_pool.clone(),
                reason: reason.clone(),
                problem: problem.clone(),
            },
        ));
    }
}

/// What makes pods equal as far as refusals go.
type Kind<'p> = (&'p str, &'p Labels, &'p PodSpec);

/// Refusals that are not true, and what is the matter with each.
type Problems = Vec<(PoolRefusal, String)>;

fn problems(pod: &Arc<Pod>, reasons: &[PoolRefusal], world: &World<'_>) -> Problems {
    let verdict = |PoolRefusal { node_pool, reason }: &PoolRefusal| match node_pool {
        None => of_pod(pod, reason, world),
        Some(name) => of_pool(pod, name, reason, world),
    };
    reasons.iter().filter_map(|one| Some((one.clone(), verdict(one).err()?))).collect()
}

/// One refusal that concerns the pod alone, or one of each usable pool in order; pools that are left out may say so in between.
fn has_one_per_pool(unplaced: &Unplaced, world: &World<'_>) -> bool {
    if let [PoolRefusal { node_pool: None, .. }] = &*unplaced.reasons {
        return true;
    }
    let tried = unplaced
        .reasons
        .iter()
        .filter(|refusal| !matches!(refusal.reason, Reason::PoolExcluded { .. }))
        .map(|refusal| refusal.node_pool.as_ref());
    tried.eq(world.pools.iter().map(|pool| Some(&pool.pool.name)))
}

fn of_pod(pod: &Arc<Pod>, reason: &Reason, world: &World<'_>) -> Result<(), String> {
    match reason {
        Reason::DynamicResourcesIgnored => {
            let refers = !pod.spec.resource_claims.is_empty();
            holds(
                world.policy.ignore_dynamic_resources && refers,
                "it refers to no dynamic resource claims, or the policy does not ignore them",
            )
        }
        Reason::NoDynamicPool => {
            holds(world.pools.is_empty(), "there is a pool that makes machines")
        }
        Reason::OptedOut => holds(opts_out(pod, world), "it may run on machines of pools"),
        Reason::RestrictedLabel { key } => holds(
            world.snapshot.vocabulary.is_restricted(key)
                && validity::demands(pod, &world.snapshot.vocabulary).any(|one| one.key == *key),
            "it does not ask for a label that is restricted",
        ),
        Reason::InvalidRequirement { key, .. } => holds(
            validity::demands(pod, &world.snapshot.vocabulary).any(|one| {
                one.key == *key && validity::is_invalid(&one, &world.snapshot.vocabulary)
            }),
            "what it asks of that label is valid",
        ),
        Reason::Unsupported(feature) => holds(asks_for(pod, *feature), "it does not ask for that"),
        Reason::Volume { claim, problem } => volume::has_problem(pod, claim, problem, world),
        Reason::Reservation => {
            reservation::is_wanted(pod, None, ReservedOfferingMode::Strict, world)
        }
        Reason::WorkLimit => Ok(()),
        Reason::Contradiction { .. }
        | Reason::LabelUnknown { .. }
        | Reason::LimitExceeded { .. }
        | Reason::MinValues { .. }
        | Reason::NoInstanceType(_)
        | Reason::NoTypesInPool
        | Reason::NodeLimitReached
        | Reason::PodAffinity { .. }
        | Reason::PodAntiAffinity { .. }
        | Reason::PoolExcluded { .. }
        | Reason::RequirementConflict { .. }
        | Reason::TaintNotTolerated { .. }
        | Reason::TopologySpread { .. }
        | Reason::VolumeTopology { .. } => Err("this is a reason of a pool".to_owned()),
    }
}

fn of_pool(
    pod: &Arc<Pod>,
    name: &NodePoolName,
    reason: &Reason,
    world: &World<'_>,
) -> Result<(), String> {
    if let Reason::PoolExcluded { finding } = reason {
        return holds(is_excluded(name, finding, world), "the pool is not left out for that");
    }
    let Some(pool) = world.pools.iter().find(|pool| pool.pool.name == *name) else {
        return Err("the pool is not tried".to_owned());
    };
    let Some(bare) = without_volumes(pod, world).pop() else {
        return Err("the pod has no form".to_owned());
    };
    let placed = steps(pod, world).pop().unwrap_or_default();
    let mut verdict = in_form(pod, pool, (reason, &bare, &placed), world);
    // Which place of its volumes a reason is about is not said.
    for form in &placed {
        verdict = verdict.or_else(|_| in_form(pod, pool, (reason, form, &placed), world));
    }
    verdict
}

fn in_form(
    pod: &Arc<Pod>,
    pool: &Pool,
    (reason, form, placed): (&Reason, &Form<'_>, &[Form<'_>]),
    world: &World<'_>,
) -> Result<(), String> {
    match reason {
        Reason::TaintNotTolerated { taint } => {
            let taints = &pool.pool.template.taints;
            let hurts = untolerated(taints, &form.tolerations).any(|one| one == taint);
            holds(hurts, "the pool lacks that taint or the pod tolerates it")
        }
        Reason::LabelUnknown { key, .. } => {
            let asked = form.demand.get(key).is_some_and(|one| !one.admits_absence());
            let known = pool.requirements.has(key) || world.snapshot.vocabulary.is_well_known(key);
            let host = form.demand.get(label::HOSTNAME).filter(|_| key == label::HOSTNAME);
            if host.is_some_and(|one| !one.has(NO_HOST)) {
                return Ok(());
            }
            holds(asked && !known, "the pod does not ask for that label or the pool has it")
        }
        Reason::Contradiction { .. } => {
            let contradicts = form.demand.iter().any(Requirement::is_contradiction);
            holds(contradicts, "the pod's demands on each label can be met together")
        }
        Reason::RequirementConflict { demanded, offered } => {
            contradict(demanded, offered, pool, form)
        }
        Reason::NoTypesInPool => {
            holds(pool.usable_kinds().next().is_none(), "the pool has types that it can use")
        }
        Reason::NodeLimitReached => shortfall::nodes(pool, world),
        Reason::LimitExceeded { resource, remaining, needed } => {
            shortfall::limit(pool, (resource, *remaining, *needed), world)
        }
        Reason::NoInstanceType(detail) => shortfall::types(pool, detail, pod, form, world),
        Reason::Reservation => {
            reservation::is_wanted(pod, Some(pool), ReservedOfferingMode::Fallback, world)
        }
        Reason::RestrictedLabel { key } => {
            let mut entries = pool.pool.template.requirements.iter();
            holds(
                key == label::HOSTNAME && entries.any(|entry| entry.key == *key),
                "the pool does not ask for a host name",
            )
        }
        Reason::MinValues { key, demanded, there } => {
            min_values(pool, key, (*demanded, *there), world)
        }
        Reason::PodAffinity { key } => company::need_others(pod, key),
        Reason::PodAntiAffinity { key, by_others } => {
            company::avoidance(pod, key, *by_others, world)
        }
        Reason::TopologySpread { key, .. } => company::must_spread(pod, key),
        Reason::VolumeTopology { .. } => {
            let vocabulary = Undefined::WellKnown(&world.snapshot.vocabulary);
            let mut is = pool.requirements.clone();
            is.replace(Requirement::equals(label::HOSTNAME, NO_HOST));
            let mut reached = placed.iter().map(|form| &form.demand);
            holds(
                !pod.spec.volumes.is_empty()
                    && !reached.any(|demand| is.is_compatible(demand, vocabulary)),
                "its volumes can be used in the pool",
            )
        }
        Reason::DynamicResourcesIgnored
        | Reason::InvalidRequirement { .. }
        | Reason::NoDynamicPool
        | Reason::OptedOut
        | Reason::PoolExcluded { .. }
        | Reason::Volume { .. }
        | Reason::Unsupported(_)
        | Reason::WorkLimit => Err("this is no reason of a pool".to_owned()),
    }
}

/// Whether the pool asks for that many values, and fewer are there.
fn min_values(
    pool: &Pool,
    key: &str,
    (demanded, there): (u32, u32),
    world: &World<'_>,
) -> Result<(), String> {
    let asked = pool.pool.template.requirements.iter().any(|entry| {
        world.snapshot.vocabulary.canonical_key(&entry.key) == key
            && entry.min_values.is_some_and(|least| least <= demanded)
    });
    holds(asked && there < demanded, "the pool has as many values as it asks for")
}

/// Whether a pool is left out for what the code says.
fn is_excluded(name: &NodePoolName, finding: &str, world: &World<'_>) -> bool {
    let said = world.snapshot.excluded_pools.get(name).is_some_and(|code| code == finding);
    let pool = world.snapshot.node_pool(name);
    said || pool.is_some_and(|pool| match finding {
        "pool-deleting" => pool.deleting_since.is_some(),
        "pool-not-ready" => !pool.is_ready(),
        _ => false,
    })
}

pub(super) fn holds(condition: bool, otherwise: &str) -> Result<(), String> {
    if condition { Ok(()) } else { Err(otherwise.to_owned()) }
}

/// Whether the pod demands to be on no machine of any pool, in its strictest form.
fn opts_out(pod: &Pod, world: &World<'_>) -> bool {
    let first = pod.spec.node_affinity.required.first();
    let wishes = form::heaviest_first(&pod.spec.node_affinity.preferred);
    let terms = first.into_iter().chain(wishes.first().map(|wish| &wish.preference));
    terms.flat_map(|term| &term.match_expressions).any(|entry| {
        entry.operator == Operator::DoesNotExist
            && world.snapshot.vocabulary.canonical_key(&entry.key) == label::NODE_POOL
    })
}

/// Whether a pod and a pool say these two things, and they contradict each other.
fn contradict(
    demanded: &Requirement,
    offered: &Requirement,
    pool: &Pool,
    form: &Form<'_>,
) -> Result<(), String> {
    let key = demanded.key();
    let both_absent = demanded.admits_absence() && offered.admits_absence();
    let said = form.demand.get(key) == Some(demanded);
    let is_offered = pool.requirements.get(key) == Some(offered);
    holds(said, "the pod does not demand that")?;
    holds(is_offered, "the pool does not offer that")?;
    holds(!both_absent && !offered.has_intersection(demanded), "the two go together")
}

/// Whether a pod has a constraint of a kind that may be unsupported.
fn asks_for(pod: &Pod, feature: Unsupported) -> bool {
    let spec = &pod.spec;
    match feature {
        Unsupported::DynamicResources => !spec.resource_claims.is_empty(),
        Unsupported::MatchFields => {
            spec.node_affinity.required.iter().any(|term| !term.match_fields.is_empty())
        }
    }
}
