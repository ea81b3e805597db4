//! Reserved capacity: every machine holds one of each reservation that it may be of.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use karp_core::{
    model::{CapacityType, InstanceType, Offering, Requirements, Vocabulary},
    policy::{Policy, ReservedOfferingMode},
    snapshot::Snapshot,
};

use super::{fit, world::Machine};

/// What is left of each reservation.
#[derive(Clone, Debug)]
pub(crate) struct Ledger {
    /// Label that names them; none when they don't count.
    pub(crate) key: Option<String>,
    left: BTreeMap<String, u32>,
    mode: ReservedOfferingMode,
}

/// Why a place does not take a pod.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Refused {
    /// Whatever others hold.
    Anyway,
    /// It could be of reserved capacity that others hold.
    Short,
}

pub(crate) fn is_reserved(offering: &Offering) -> bool {
    offering.capacity_type() == Some(CapacityType::Reserved)
}

/// The snapshot without offerings of reserved capacity that don't say of which.
pub(crate) fn nameable(snapshot: &Snapshot, policy: &Policy) -> Snapshot {
    let mut nameable = snapshot.clone();
    let key = snapshot.vocabulary.reservation_id();
    let named = |one: &Offering| key.and_then(|key| one.single(key)).is_some();
    for types in nameable.instance_types.values_mut() {
        if !policy.feature_gates.reserved_capacity {
            break;
        }
        let changed = types.iter().map(|kind| {
            let mut kind = InstanceType::clone(kind);
            kind.offerings.retain(|one| !is_reserved(one) || named(one));
            Arc::new(kind)
        });
        *types = changed.collect();
    }
    nameable
}

impl Ledger {
    pub(crate) fn new(snapshot: &Snapshot, policy: &Policy) -> Self {
        let key = snapshot.vocabulary.reservation_id();
        let key = key.filter(|_| policy.feature_gates.reserved_capacity).map(str::to_owned);
        let mut left: BTreeMap<String, u32> = BTreeMap::new();
        let pools = super::world::usable_pools(snapshot);
        let kinds = pools.iter().flat_map(|pool| snapshot.types_of(&pool.name));
        for offering in kinds.flat_map(|kind| &kind.offerings).filter(|one| is_reserved(one)) {
            let id = key.as_ref().and_then(|key| offering.single(key));
            let Some(id) = id else { continue };
            let says = offering.reservation_capacity.unwrap_or(0);
            let least = left.get(id).map_or(says, |left| says.min(*left));
            left.insert(id.to_owned(), least);
        }
        Self { key, left, mode: policy.reserved_offerings }
    }

    /// Lets a machine hold what it may be of and can have.
    pub(crate) fn reserve(
        &self,
        machine: &mut Machine,
        vocabulary: &Vocabulary,
    ) -> Result<(), Refused> {
        let possible = self.possible(machine, &machine.requirements, vocabulary);
        let can = |id: &&String| machine.held.contains(*id) || self.left[*id] > 0;
        let had: BTreeSet<String> = possible.iter().filter(can).cloned().collect();
        let is_short = had.is_empty() && !(possible.is_empty() && machine.held.is_empty());
        machine.held = had;
        if !is_short {
            return Ok(());
        }
        if self.mode == ReservedOfferingMode::Strict {
            return Err(Refused::Short);
        }
        let Machine { types, requirements, requests, .. } = machine;
        types.retain(|kind| {
            let mut fitting = fit::fitting(kind, requests);
            fitting.any(|one| !is_reserved(one) && fit::is_sold_for(one, requirements, vocabulary))
        });
        if types.is_empty() { Err(Refused::Anyway) } else { Ok(()) }
    }

    /// Reservations that a machine may be of.
    pub(crate) fn possible(
        &self,
        machine: &Machine,
        is: &Requirements,
        vocabulary: &Vocabulary,
    ) -> BTreeSet<String> {
        let Some(key) = &self.key else { return BTreeSet::new() };
        let offerings = machine.types.iter().flat_map(|kind| fit::fitting(kind, &machine.requests));
        let reserved = offerings.filter(|one| is_reserved(one));
        let possible = reserved.filter(|one| fit::is_sold_for(one, is, vocabulary));
        possible.filter_map(|one| one.single(key)).map(str::to_owned).collect()
    }

    /// Takes what a machine holds now, and gives back what it held.
    pub(crate) fn exchange(&mut self, before: &BTreeSet<String>, after: &BTreeSet<String>) {
        for id in before {
            *self.left.get_mut(id).expect("it is known") += 1;
        }
        for id in after {
            *self.left.get_mut(id).expect("it is known") -= 1;
        }
    }
}
