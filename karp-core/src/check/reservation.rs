//! Rule: machines of reserved capacity name their reservations, and no reservation is named by more machines than it has left.

use std::{collections::BTreeMap, sync::Arc};

use super::{
    Violation,
    form::forms,
    refusal::holds,
    world::{Pool, World},
};
use crate::{
    model::{
        CapacityType, InstanceType, Offering, Pod, Requirement, Requirements, Undefined,
        Vocabulary, label,
    },
    policy::{Policy, ReservedOfferingMode},
};

const RESERVED: &str = CapacityType::Reserved.as_str();

pub(super) fn reservations_are_kept(world: &World<'_>, found: &mut Vec<Violation>) {
    if !world.policy.feature_gates.reserved_capacity {
        return;
    }
    let Some(key) = world.snapshot.vocabulary.reservation_id() else { return };
    let left = left(world, key);
    let mut named: BTreeMap<&str, u32> = BTreeMap::new();
    for (machine, _) in world.machines() {
        let sold = machine.requirements.get(label::CAPACITY_TYPE);
        let may_be_reserved = sold.is_some_and(|sold| !sold.is_complement() && sold.has(RESERVED));
        let ids = machine.requirements.get(key).filter(|ids| !ids.is_complement());
        let ids: Vec<&str> = ids.into_iter().flat_map(Requirement::values).collect();
        let is_only_reserved = sold.is_some_and(|sold| sold.values().eq([RESERVED]));
        let machine = machine.name.clone();
        if may_be_reserved && (ids.is_empty() || !is_only_reserved) {
            found.push(Violation::Unreserved { machine: machine.clone() });
        }
        for id in ids.into_iter().filter(|_| may_be_reserved) {
            let count = named.entry(id).or_default();
            *count += 1;
            if *count > left.get(id).copied().unwrap_or(0) {
                let reservation = id.to_owned();
                found.push(Violation::Reservation { machine: machine.clone(), reservation });
            }
        }
    }
}

/// Machines that each reservation has left: the least that any offering says.
fn left<'w>(world: &'w World<'_>, key: &str) -> BTreeMap<&'w str, u32> {
    let kinds = world.pools.iter().flat_map(|pool| pool.kinds.values());
    let mut left = BTreeMap::new();
    for offering in kinds.flat_map(|kind| &kind.instance_type.offerings) {
        if offering.capacity_type() == Some(CapacityType::Reserved)
            && let Some(id) = offering.single(key)
        {
            let says = offering.reservation_capacity.unwrap_or(0);
            left.entry(id).and_modify(|least: &mut u32| *least = says.min(*least)).or_insert(says);
        }
    }
    left
}

/// A type whose offerings of reserved capacity all name their reservations; others are not to be had.
pub(super) fn nameable(
    kind: Arc<InstanceType>,
    policy: &Policy,
    vocabulary: &Vocabulary,
) -> Arc<InstanceType> {
    let is_nameless = |offering: &Offering| {
        let key = vocabulary.reservation_id();
        policy.feature_gates.reserved_capacity
            && offering.capacity_type() == Some(CapacityType::Reserved)
            && key.and_then(|key| offering.single(key)).is_none()
    };
    if !kind.offerings.iter().any(is_nameless) {
        return kind;
    }
    let mut kind = InstanceType::clone(&kind);
    for offering in &mut kind.offerings {
        offering.available &= !is_nameless(offering);
    }
    Arc::new(kind)
}

/// What a new machine is, as far as that can be told afterwards: where other capacity is bought when reservations are taken, it need not be
/// of reserved capacity.
pub(super) fn as_told(mut is: Requirements, policy: &Policy) -> Requirements {
    let falls_back = policy.reserved_offerings == ReservedOfferingMode::Fallback;
    if policy.feature_gates.reserved_capacity && falls_back {
        let open = crate::model::Operator::NotIn;
        is.add(Requirement::new(label::CAPACITY_TYPE, open, [RESERVED]));
    }
    is
}

/// Whether a pod can be said to want reserved capacity, of one pool or of any, in this mode.
pub(super) fn is_wanted(
    pod: &Arc<Pod>,
    pool: Option<&Pool>,
    mode: ReservedOfferingMode,
    world: &World<'_>,
) -> Result<(), String> {
    let policy = world.policy;
    let is_on = policy.feature_gates.reserved_capacity && policy.reserved_offerings == mode;
    holds(is_on, "reserved capacity is handled in another way")?;
    let known = Undefined::WellKnown(&world.snapshot.vocabulary);
    let forms = forms(pod, world);
    let sells = |pool: &Pool| {
        forms.iter().any(|form| {
            let mut is = pool.requirements.clone();
            is.add_all(&form.demand);
            pool.usable_kinds().flat_map(|kind| &kind.instance_type.offerings).any(|offering| {
                offering.available
                    && offering.capacity_type() == Some(CapacityType::Reserved)
                    && is.is_compatible(&offering.requirements, known)
            })
        })
    };
    let some = pool.map_or_else(|| world.pools.iter().any(sells), sells);
    holds(some, "no pool sells it reserved capacity")
}
