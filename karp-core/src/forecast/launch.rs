//! What a planned machine becomes when it is launched: offering, claim, and the Node that joins; not when.

use std::sync::Arc;

use super::Purchase;
use crate::{
    decision::PlannedMachine,
    lifecycle::{HashStamp, conditions, template_claim},
    model::{
        CapacityType, Condition, ConditionStatus, InstanceType, Labels, Node, NodeClaim,
        NodeClaimName, NodePool, Offering, Requirements, Resources, Taint, Timestamp, label,
    },
    snapshot::Snapshot,
};

/// A machine that was launched.
pub(super) struct Launched {
    pub(super) claim: NodeClaim,
    pub(super) purchase: Purchase,
}

/// Launches the cheapest offering that a request allows; ties go by type, then in the provider's order. None when there is none, or no such pool.
pub(super) fn launch(
    snapshot: &Snapshot,
    machine: &PlannedMachine,
    name: NodeClaimName,
) -> Option<Launched> {
    let pool = snapshot.node_pool(&machine.node_pool)?;
    let listed = &machine.instance_types;
    let types = snapshot.types_of(&pool.name).iter();
    let may_be = |kind: &&Arc<InstanceType>| {
        // A static pool leaves the choice to its requirements.
        if listed.is_empty() {
            machine.requirements.intersects(&kind.requirements).is_ok()
        } else {
            listed.contains(&kind.name)
        }
    };
    let offerings = types.filter(may_be).flat_map(|kind| {
        let sold = kind.offerings.iter().filter(|offering| is_sold(offering));
        let allowed =
            sold.filter(|offering| machine.requirements.intersects(&offering.requirements).is_ok());
        allowed.map(move |offering| (kind, offering))
    });
    let (kind, offering) =
        offerings.min_by(|(a, x), (b, y)| (x.price, &a.name).cmp(&(y.price, &b.name)))?;
    let claim = claim(snapshot.now, pool, machine, (name, kind, offering));
    let purchase = Purchase {
        claim: claim.name.clone(),
        node_pool: pool.name.clone(),
        instance_type: kind.name.clone(),
        zone: offering.zone().unwrap_or_default().to_owned(),
        capacity_type: offering.single(label::CAPACITY_TYPE).unwrap_or_default().to_owned(),
        price: offering.price,
        pods: machine.pods.clone(),
    };
    Some(Launched { claim, purchase })
}

fn is_sold(offering: &Offering) -> bool {
    let is_reserved = offering.capacity_type() == Some(CapacityType::Reserved);
    offering.available && !(is_reserved && offering.reservation_capacity == Some(0))
}

fn claim(
    now: Timestamp,
    pool: &NodePool,
    machine: &PlannedMachine,
    (name, kind, offering): (NodeClaimName, &InstanceType, &Offering),
) -> NodeClaim {
    let mut claim = template_claim(pool, name, &stamp(pool));
    claim.created_at = now;
    claim.requests.clone_from(&machine.requests);
    let known = [&*machine.requirements, &kind.requirements, &offering.requirements];
    let own_labels = claim.labels.clone();
    claim.labels.extend(labels(&known));
    claim.labels.extend(own_labels);
    claim.labels.insert(label::INSTANCE_TYPE.to_owned(), kind.name.to_string());
    let capacity = replaced(kind.capacity.clone(), offering.capacity_override.as_ref());
    let overhead = replaced(kind.overhead.total(), offering.overhead_override.as_ref());
    claim.status.allocatable = InstanceType::allocatable_of(&capacity, &overhead);
    claim.status.capacity = capacity;
    claim.status.provider_id = format!("forecast:///{}", claim.name);
    set(&mut claim.status.conditions, conditions::LAUNCHED, now);
    claim
}

/// Amounts, with those that an offering says otherwise.
fn replaced(mut amounts: Resources, by: Option<&Resources>) -> Resources {
    for (name, amount) in by.into_iter().flat_map(Resources::iter) {
        amounts.set(name.clone(), amount);
    }
    amounts
}

/// The stamp that a pool's claims carry.
pub(super) fn stamp(pool: &NodePool) -> HashStamp {
    if pool.hash.is_empty() {
        HashStamp::default()
    } else {
        HashStamp::new(pool.hash.as_str(), NodePool::HASH_VERSION)
    }
}

/// A label for each key that must be there, with a value that all sides allow.
fn labels(known: &[&Requirements]) -> Labels {
    let mut all = Requirements::new();
    for requirements in known {
        all.add_all(requirements);
    }
    let given = all.iter().filter(|own| own.key() != label::HOSTNAME && !own.admits_absence());
    given.filter_map(|own| Some((own.key().to_owned(), own.any()?))).collect()
}

/// Lets a claim's machine take pods: as its Node, made if it is not there yet.
pub(super) fn join(claim: &mut NodeClaim, node: Option<Node>, now: Timestamp) -> Node {
    let mut node = node.unwrap_or_else(|| {
        let mut node = Node::new(claim.name.as_str());
        node.created_at = now;
        node.capacity.clone_from(&claim.status.capacity);
        node.allocatable.clone_from(&claim.status.allocatable);
        node.provider_id.clone_from(&claim.status.provider_id);
        node.taints.clone_from(&claim.taints);
        node
    });
    node.labels.extend(claim.labels.clone());
    for key in [label::REGISTERED, label::INITIALIZED] {
        node.labels.insert(key.to_owned(), "true".to_owned());
    }
    let is_passing = |taint: &Taint| {
        taint.is_ephemeral() || claim.startup_taints.iter().any(|own| own.is_same(taint))
    };
    node.taints.retain(|taint| !is_passing(taint));
    for (resource, amount) in claim.status.allocatable.iter() {
        if node.allocatable.amount(resource) == 0 {
            node.allocatable.set(resource.clone(), amount);
        }
    }
    set(&mut node.conditions, conditions::READY, now);
    claim.status.node = Some(node.name.clone());
    for kind in [conditions::REGISTERED, conditions::INITIALIZED, conditions::READY] {
        set(&mut claim.status.conditions, kind, now);
    }
    node
}

/// Makes a condition true from now on.
pub(super) fn set(conditions: &mut Vec<Condition>, kind: &str, now: Timestamp) {
    let (status, reason) = (ConditionStatus::True, kind.to_owned());
    conditions.retain(|condition| condition.kind != kind);
    conditions.push(Condition { kind: kind.to_owned(), status, reason, changed_at: Some(now) });
}
