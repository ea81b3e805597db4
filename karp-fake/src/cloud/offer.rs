//! What one launch option gets: the type, its offering, the labels of the machine; not which option wins.

use karp_core::{
    backend::{CapacityPool, CapacityUnit, Launch, LaunchOption, Machine, OfferingSelector},
    model::{InstanceType, Labels, Offering, Resources, label},
};

/// An option that the cloud sells.
#[derive(Clone, Debug)]
pub(super) struct Offer<'a> {
    pub(super) kind: &'a InstanceType,
    pub(super) offering: &'a Offering,
    pub(super) option: &'a LaunchOption,
}

impl<'a> Offer<'a> {
    /// The offering of `kind` that `option` names, whether it can be had or not.
    pub(super) fn of(kind: &'a InstanceType, option: &'a LaunchOption) -> Option<Self> {
        let offering = kind.offerings.iter().find(|offering| {
            offering.zone() == option.zone.as_deref()
                && offering.capacity_type() == Some(option.capacity_type)
                && option.reservation.as_deref().is_none_or(|reservation| {
                    offering
                        .requirements
                        .iter()
                        .any(|requirement| offering.single(requirement.key()) == Some(reservation))
                })
        })?;
        Some(Self { kind, offering, option })
    }

    /// Whether a shared limit counts its machines.
    pub(super) fn draws_from(&self, pool: &CapacityPool) -> bool {
        pool.has(&self.kind.name, self.option.zone.as_deref(), self.option.capacity_type)
    }

    /// What one machine takes of a shared limit.
    pub(super) fn share_of(&self, pool: &CapacityPool) -> i64 {
        match &pool.unit {
            CapacityUnit::Resource(resource) => self.capacity().amount(resource),
            _ => 1,
        }
    }

    /// What a machine has in all.
    pub(super) fn capacity(&self) -> Resources {
        overridden(&self.kind.capacity, self.offering.capacity_override.as_ref())
    }

    /// What pods can use.
    pub(super) fn allocatable(&self) -> Resources {
        let overhead =
            overridden(&self.kind.overhead.total(), self.offering.overhead_override.as_ref());
        InstanceType::allocatable_of(&self.capacity(), &overhead)
    }

    /// Fills in what the machine is.
    pub(super) fn describe(&self, machine: &mut Machine, launch: &Launch) {
        machine.zone.clone_from(&self.option.zone);
        machine.reservation.clone_from(&self.option.reservation);
        machine.labels = self.labels(launch);
        machine.capacity = self.capacity();
        machine.allocatable = self.allocatable();
    }

    /// Labels that follow from the type, the offering and what was asked for: of several values that a type allows, the first that the
    /// launch allows.
    fn labels(&self, launch: &Launch) -> Labels {
        let mut labels = launch.labels.clone();
        for requirement in self.kind.requirements.iter().chain(self.offering.requirements.iter()) {
            let key = requirement.key();
            if requirement.is_complement() {
                continue;
            }
            let wanted = launch.requirements.get(key);
            let mut values = requirement.values();
            let value = match self.offering.single(key) {
                Some(value) => Some(value),
                None => values.find(|value| wanted.is_none_or(|wanted| wanted.has(value))),
            };
            if let Some(value) = value {
                labels.insert(key.to_owned(), value.to_owned());
            }
        }
        labels.insert(label::NODE_POOL.to_owned(), launch.node_pool.to_string());
        labels
    }
}

/// The selector of an option's offering.
pub(super) fn selector_of(option: &LaunchOption) -> OfferingSelector {
    let selector =
        OfferingSelector::all().of_type(option.instance_type.clone()).paid_as(option.capacity_type);
    match &option.zone {
        Some(zone) => selector.in_zone(zone.as_str()),
        None => selector,
    }
}

fn overridden(all: &Resources, entries: Option<&Resources>) -> Resources {
    let mut all = all.clone();
    for (name, amount) in entries.into_iter().flat_map(Resources::iter) {
        all.set(name.clone(), amount);
    }
    all
}
