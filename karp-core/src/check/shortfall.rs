//! Figures of refusals: how far a pool's types or limits are from taking a pod; not whether another reason holds, too.

use std::{collections::BTreeMap, sync::Arc};

use super::{
    company,
    form::Form,
    limit,
    refusal::holds,
    size,
    world::{Kind, Pool, World, requests},
};
use crate::{
    explain::{NoInstanceType, Shortfall},
    model::{Pod, Requirements, ResourceName, Resources},
};
/// A limit on the number of machines is used up.
pub(super) fn nodes(pool: &Pool, world: &World<'_>) -> Result<(), String> {
    let limit = pool.pool.limits.as_ref().and_then(|limits| limits.get(ResourceName::NODES));
    let there = limit::of_nodes(world, &pool.pool.name).amount(ResourceName::NODES);
    let opened = world.machines().filter(|(_, of)| of.pool.name == pool.pool.name).count();
    let used = there.saturating_add(i64::try_from(opened).unwrap_or(i64::MAX));
    holds(limit.is_some_and(|limit| used >= limit), "the pool may have another machine")
}

/// Too little of a limit is left for a type that would otherwise do, and no type keeps all limits.
pub(super) fn limit(
    pool: &Pool,
    (resource, remaining, needed): (&ResourceName, i64, i64),
    world: &World<'_>,
) -> Result<(), String> {
    let limits = pool.pool.limits.as_ref();
    let Some(limit) = limits.and_then(|limits| limits.get(resource)) else {
        return Err("the pool has no such limit".to_owned());
    };
    let used = limit::of_nodes(world, &pool.pool.name).amount(resource);
    let capacities = pool.usable_kinds().map(|kind| kind.instance_type.capacity.amount(resource));
    holds(remaining <= limit.saturating_sub(used), "less of the limit is left")?;
    holds(needed > remaining, "enough of the limit is left")?;
    let smallest = capacities.filter(|has| *has > remaining).min();
    holds(
        smallest == Some(needed),
        "the smallest type that exceeds the limit takes another amount",
    )?;
    let left = limit::least_left(pool, world);
    let mut within = pool.usable_kinds().filter(|kind| limit::is_within(kind, left));
    holds(within.next().is_none(), "a type is within all limits")
}

/// No type takes the pod, and the figures say how far each condition goes.
///
/// Where the pool has limits, the figures are of the types that these leave, which the end state does not tell exactly: they are held against
/// those of all types.
pub(super) fn types(
    pool: &Pool,
    detail: &NoInstanceType,
    pod: &Arc<Pod>,
    form: &Form<'_>,
    world: &World<'_>,
) -> Result<(), String> {
    let look = Look::new(pool, pod, form, world);
    if company::depends_on_others(pod, world) {
        return Ok(());
    }
    let left = limit::least_left(pool, world);
    let mut within = pool.usable_kinds().filter(|kind| limit::is_within(kind, left));
    holds(!within.any(|kind| look.takes(kind)), "a type takes it")?;
    let count = |condition: &dyn Fn(&Kind) -> bool| {
        pool.usable_kinds().filter(|kind| condition(kind)).count()
    };
    let figures = [
        ("types", detail.types, count(&|_| true)),
        ("compatible", detail.compatible, count(&|kind| look.is_compatible(kind))),
        ("large enough", detail.large_enough, count(&|kind| look.is_large_enough(kind))),
        ("offered", detail.offered, count(&|kind| look.is_offered(kind))),
        (
            "compatible and large enough",
            detail.compatible_and_large_enough,
            count(&|kind| look.is_compatible(kind) && look.is_large_enough(kind)),
        ),
    ];
    let is_exact = pool.pool.limits.is_none();
    for (name, said, is) in figures {
        let right = if is_exact { said == is } else { said <= is };
        holds(right, &format!("the number of types that are {name} is {is}, not {said}"))?;
    }
    let misses = look.misses();
    let said: BTreeMap<ResourceName, i64> = detail
        .shortfalls
        .iter()
        .map(|one| (one.resource.clone(), one.needed.saturating_sub(one.largest)))
        .collect();
    let right = if is_exact {
        said == misses
    } else {
        let no_worse = |(name, miss)| said.get(name).is_some_and(|said| said >= miss);
        detail.compatible == 0 || misses.iter().all(no_worse)
    };
    holds(right, &format!("what is missed of each resource is {misses:?}, not {said:?}"))?;
    holds(detail.shortfalls.is_sorted_by(is_nearer), "a nearer miss comes later")
}

/// Whether the share that is missing is not larger in the first.
fn is_nearer(first: &Shortfall, second: &Shortfall) -> bool {
    let missing = |one: &Shortfall, other: &Shortfall| {
        i128::from(one.needed.saturating_sub(one.largest)) * i128::from(other.needed)
    };
    missing(first, second) <= missing(second, first)
}

/// A pod in one form before a new machine of a pool.
struct Look<'w> {
    is: Requirements,
    pod: Resources,
    pool: &'w Pool,
    world: &'w World<'w>,
}

impl<'w> Look<'w> {
    fn new(pool: &'w Pool, pod: &Arc<Pod>, form: &Form<'_>, world: &'w World<'w>) -> Self {
        let mut is = pool.requirements.clone();
        is.add_all(&form.demand);
        Self { is, pod: requests([pod]), pool, world }
    }

    fn takes(&self, kind: &Kind) -> bool {
        let (vocabulary, needed) = (&self.world.snapshot.vocabulary, self.needed(kind));
        self.is_compatible(kind) && size::holds(&kind.instance_type, &needed, &self.is, vocabulary)
    }

    fn is_compatible(&self, kind: &Kind) -> bool {
        kind.instance_type.requirements.intersects(&self.is).is_ok()
    }

    fn is_large_enough(&self, kind: &Kind) -> bool {
        self.sizes(kind).iter().any(|size| self.needed(kind).fits(size))
    }

    fn is_offered(&self, kind: &Kind) -> bool {
        let vocabulary = &self.world.snapshot.vocabulary;
        size::sold(&kind.instance_type, &self.is, vocabulary)
            .any(|offering| is_sound(&size::allocatable(&kind.instance_type, offering)))
    }

    /// What pods can use of a type, for each way in which the pool can buy it.
    fn sizes(&self, kind: &Kind) -> Vec<Resources> {
        let vocabulary = &self.world.snapshot.vocabulary;
        let sold = size::sold(&kind.instance_type, &self.pool.requirements, vocabulary);
        sold.map(|offering| size::allocatable(&kind.instance_type, offering))
            .filter(is_sound)
            .collect()
    }

    fn needed(&self, kind: &Kind) -> Resources {
        self.pod.merge(&kind.daemons)
    }

    /// By how much each resource is missed of which no compatible type has enough beside its daemons.
    fn misses(&self) -> BTreeMap<ResourceName, i64> {
        let compatible = self.pool.usable_kinds().filter(|kind| self.is_compatible(kind));
        let room = |kind: &Kind, mut size: Resources| {
            size.subtract_from(&self.needed(kind));
            size
        };
        let rooms: Vec<Resources> = compatible
            .flat_map(|kind| self.sizes(kind).into_iter().map(move |size| room(kind, size)))
            .collect();
        let names = rooms.iter().flat_map(Resources::iter).map(|(name, _)| name);
        let most = |name: &ResourceName| rooms.iter().map(|room| room.amount(name)).max();
        names
            .filter_map(|name| Some((name.clone(), most(name)?.saturating_neg())))
            .filter(|(_, miss)| *miss > 0)
            .collect()
    }
}

/// Whether a size has nowhere less than nothing; others hold no pod whatever it asks for.
fn is_sound(size: &Resources) -> bool {
    Resources::new().fits(size)
}
