//! From the state at the end of a round to the plan.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use karp_core::{
    decision::{CheapestOffering, Plan, PlannedMachine, VirtualPod},
    explain::Unplaced,
    model::{
        InstanceType, NodeName, Offering, Operator, Overlaid, Price, Requirement, Requirements,
        Resources, Vocabulary, label,
    },
    policy::Policy,
};

use super::{Round, fit, reservation, world::Machine};

pub(crate) fn plan(round: &Round<'_>, policy: &Policy, unplaced: Vec<Unplaced>) -> Plan {
    let mut plan = Plan::new(round.snapshot.now);
    plan.existing = existing(round);
    plan.machines = round.machines.iter().map(|open| machine(round, open, policy)).collect();
    plan.unplaced = unplaced;
    let virtual_pods = round.snapshot.pods.iter().filter_map(|pod| {
        let room = VirtualPod::new(pod.buffer()?, pod.spec.requests.clone());
        Some((pod.id.clone(), room))
    });
    plan.virtual_pods = virtual_pods.collect();
    plan
}

fn existing(round: &Round<'_>) -> BTreeMap<NodeName, Vec<karp_core::model::PodId>> {
    round
        .nodes
        .iter()
        .filter(|node| !node.pods.is_empty())
        .map(|node| (NodeName::from(&*node.state.name), node.pods.clone()))
        .collect()
}

fn machine(round: &Round<'_>, open: &Machine, policy: &Policy) -> PlannedMachine {
    let vocabulary = &round.snapshot.vocabulary;
    let pool = &round.templates[open.template].pool.name;
    let mut requirements = open.requirements.clone();
    for key in [label::HOSTNAME, label::REGISTERED, label::INITIALIZED] {
        requirements.remove(key);
    }
    pin(&mut requirements, round, open);
    let mut types: Vec<(&InstanceType, Option<&Offering>)> = open
        .types
        .iter()
        .filter(|kind| {
            let mut fitting = fit::fitting(kind, &open.requests);
            fitting.any(|one| fit::is_sold_for(one, &requirements, vocabulary))
        })
        .map(|kind| {
            (&*kind.instance_type, cheapest(&kind.instance_type, &requirements, vocabulary))
        })
        .collect();
    let sold: BTreeSet<_> = types.iter().map(|(kind, _)| kind.name.clone()).collect();
    let daemons = open.types.iter().filter(|kind| sold.contains(&kind.instance_type.name));
    let daemons = Resources::min_of(daemons.map(|kind| &kind.daemons));
    types.sort_by_key(|(kind, offering)| {
        let price = offering.map(|offering| offering.price);
        (price.is_none(), price, kind.name.clone())
    });
    types.truncate(policy.max_instance_types);
    narrow_capacity_type(&mut requirements, &types, vocabulary);
    requirements.remove(label::INSTANCE_TYPE);

    let mut planned = PlannedMachine::new(open.name.clone(), pool.clone());
    planned.pods.clone_from(&open.pods);
    planned.requests = open.requests.merge(&daemons);
    planned.cheapest = types.first().and_then(|(kind, offering)| {
        let offering = (*offering)?;
        Some(CheapestOffering::new(
            kind.name.clone(),
            offering.zone().unwrap_or_default(),
            offering.single(label::CAPACITY_TYPE).unwrap_or_default(),
            offering.price,
        ))
    });
    planned.overlaid = Overlaid::any(types.iter().map(|(kind, _)| kind.overlaid));
    planned.instance_types = types.into_iter().map(|(kind, _)| kind.name.clone()).collect();
    planned.requirements = Arc::new(requirements);
    planned
}

/// Says whether the machine is of reserved capacity: of what it holds, or of none.
fn pin(requirements: &mut Requirements, round: &Round<'_>, open: &Machine) {
    let Some(key) = &round.ledger.key else { return };
    let reserved = |operator| Requirement::new(label::CAPACITY_TYPE, operator, ["reserved"]);
    if !open.held.is_empty() {
        requirements.add(reserved(Operator::In));
        requirements.add(Requirement::new(key, Operator::In, open.held.iter().cloned()));
        return;
    }
    let mut offerings = open.types.iter().flat_map(|kind| &kind.instance_type.offerings);
    let vocabulary = &round.snapshot.vocabulary;
    let is_sold = |one: &Offering| fit::is_sold_for(one, requirements, vocabulary);
    if offerings.any(|one| reservation::is_reserved(one) && is_sold(one)) {
        requirements.add(reserved(Operator::NotIn));
    }
}

/// The cheapest offering of a type for a machine, of several the first by zone and capacity type.
fn cheapest<'t>(
    kind: &'t InstanceType,
    requirements: &Requirements,
    vocabulary: &Vocabulary,
) -> Option<&'t Offering> {
    let rank = |offering: &&Offering| -> (Price, String, String) {
        (
            offering.price,
            offering.zone().unwrap_or_default().to_owned(),
            offering.single(label::CAPACITY_TYPE).unwrap_or_default().to_owned(),
        )
    };
    kind.offerings
        .iter()
        .filter(|offering| fit::is_sold_for(offering, requirements, vocabulary))
        .min_by_key(rank)
}

/// Leaves the capacity types in which the listed types are sold for this machine.
fn narrow_capacity_type(
    requirements: &mut Requirements,
    types: &[(&InstanceType, Option<&Offering>)],
    vocabulary: &Vocabulary,
) {
    let sold: Vec<&str> = types
        .iter()
        .flat_map(|(kind, _)| &kind.offerings)
        .filter(|offering| fit::is_sold_for(offering, requirements, vocabulary))
        .filter_map(|offering| offering.single(label::CAPACITY_TYPE))
        .collect();
    requirements.add(Requirement::new(label::CAPACITY_TYPE, Operator::In, sold));
}
