//! Two instance types, short ways to ask for advice, and what every advice must keep.

use std::collections::BTreeSet;

use karp_core::{
    advise::{Advice, Change, PodChange, PoolChange, advise},
    decision::Plan,
    model::{
        CapacityType::OnDemand, InstanceType, LabelSelector, Node, NodePool, Pod, PodId,
        RequirementEntry, label, usd,
    },
    policy::Policy,
    provision,
    snapshot::{Snapshot, SnapshotBuilder},
};

pub(crate) const ZONE: &str = label::ZONE;

/// Two zones.
pub(crate) fn kind(name: &str, cpu: &str, memory: &str, price: &str) -> InstanceType {
    InstanceType::new(name).cpu(cpu).memory(memory).offering("z1", OnDemand, usd(price)).offering(
        "z2",
        OnDemand,
        usd(price),
    )
}

/// Types of 2 and 4 CPU, 8 and 16 Gi.
pub(crate) fn world() -> SnapshotBuilder {
    Snapshot::builder("2026-01-15T12:00:00Z".parse().unwrap())
        .instance_types([kind("large", "2", "8Gi", "0.1"), kind("xlarge", "4", "16Gi", "0.2")])
}

pub(crate) fn pool() -> NodePool {
    NodePool::new("general")
}

pub(crate) fn node(name: &str) -> Node {
    Node::new(name).resource("cpu", "1").resource("memory", "2Gi").label(ZONE, "z1")
}

pub(crate) fn app(name: &str) -> LabelSelector {
    LabelSelector::label("app", name)
}

pub(crate) fn is_in(key: &str, values: &[&str]) -> RequirementEntry {
    RequirementEntry::new(key, karp_core::model::Operator::In, values.iter().copied())
}

pub(crate) fn pod(name: &str) -> Pod {
    Pod::new(name).request("cpu", "500m")
}

/// All advice on a world, held against the promises that advice makes.
pub(crate) fn all(world: SnapshotBuilder, policy: &Policy) -> Vec<Advice> {
    let snapshot = world.build().unwrap();
    let plan = provision(&snapshot, policy);
    let all = advise(&snapshot, policy, &plan);
    keeps_its_promises(&snapshot, policy, (&plan, &all)).unwrap();
    all
}

/// What helps the only group of pods without a place, smallest first, as text.
pub(crate) fn helps(world: SnapshotBuilder) -> Vec<String> {
    helps_under(world, &Policy::compat())
}

pub(crate) fn helps_under(world: SnapshotBuilder, policy: &Policy) -> Vec<String> {
    let all = all(world, policy);
    let [only] = all.as_slice() else { panic!("one group is expected: {all:?}") };
    only.remedies.iter().map(ToString::to_string).collect()
}

/// Every pod without a place is in one advice; every change that is named helps all of its pods and hurts nobody; its numbers are the least.
pub(crate) fn keeps_its_promises(
    snapshot: &Snapshot,
    policy: &Policy,
    (plan, all): (&Plan, &[Advice]),
) -> Result<(), String> {
    let advised: Vec<&PodId> = all.iter().flat_map(|advice| &advice.pods).collect();
    let unplaced: BTreeSet<&PodId> = plan.unplaced.iter().map(|own| &own.pod).collect();
    if advised.len() != unplaced.len() || advised.iter().any(|pod| !unplaced.contains(pod)) {
        return Err(format!("advice on {advised:?}, without a place are {unplaced:?}"));
    }
    for advice in all {
        if !advice.remedies.is_sorted_by_key(|remedy| (remedy.size, &remedy.change)) {
            return Err(format!("not the smallest first: {advice}"));
        }
        if advice.remedies.is_empty() && advice.incomplete.is_none() {
            return Err("nothing helps, and it is not said why".to_owned());
        }
        for remedy in &advice.remedies {
            let (after, helps) = outcome(snapshot, policy, &remedy.change, (plan, &advice.pods));
            if !helps {
                return Err(format!("does not help {:?}: {remedy}", advice.pods));
            }
            if after.totals().price != remedy.price || remedy.size != remedy.change.size() {
                return Err(format!("another price or size: {remedy:?}"));
            }
            let placed = plan.unplaced.len() - after.unplaced.len();
            if placed != advice.pods.len() + remedy.also_placed {
                return Err(format!("{placed} pods get a place: {remedy:?}"));
            }
            if let Some(less) = one_unit_less(&remedy.change)
                && outcome(snapshot, policy, &less, (plan, &advice.pods)).1
            {
                return Err(format!("less would do: {less}, rather than {remedy}"));
            }
        }
    }
    Ok(())
}

/// The plan after a change, and whether all of `pods` have a place and none lost one.
pub(crate) fn outcome(
    snapshot: &Snapshot,
    policy: &Policy,
    change: &Change,
    (plan, pods): (&Plan, &[PodId]),
) -> (Plan, bool) {
    let (snapshot, policy) = change.apply(snapshot, policy);
    let after = provision(&snapshot, &policy);
    let had: BTreeSet<&PodId> = plan.unplaced.iter().map(|own| &own.pod).collect();
    let has: BTreeSet<&PodId> = after.unplaced.iter().map(|own| &own.pod).collect();
    let helps = has.is_subset(&had) && pods.iter().all(|pod| !has.contains(pod));
    (after, helps)
}

/// The same change with a number that is nearer by one to what it was; none for changes without a number.
fn one_unit_less(change: &Change) -> Option<Change> {
    let mut less = change.clone();
    match &mut less {
        Change::Pods { change, .. } => match change {
            PodChange::Request { to, .. } => *to += 1,
            PodChange::MaxSkew { to, .. } => *to -= 1,
            PodChange::MinDomains { to, .. } => *to += 1,
            _ => return None,
        },
        Change::Pool { change, .. } => match change {
            PoolChange::Limit { to, .. } => *to -= 1,
            PoolChange::MinValues { to, .. } => *to += 1,
            _ => return None,
        },
        _ => return None,
    }
    Some(less)
}
