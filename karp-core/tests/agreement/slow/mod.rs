//! The slow, obvious solver: the rules of provisioning as they are written down, without any table, memo or index.
//!
//! It is what the fast solver is held against, so it is written to be read beside docs/src/scheduling.md: every pod tries every place in
//! order, every type and every offering is looked at again each time, and requirement sets are maps of text.

mod buffer;
mod constraint;
mod daemon;
mod default_spread;
mod demand;
mod finish;
mod fit;
mod judge;
mod overlay;
mod refuse;
mod reservation;
mod round;
mod terms;
mod topology;
mod volume;
mod waiting;
mod world;

use std::{cmp::Reverse, sync::Arc};

use karp_core::{
    decision::Plan,
    explain::{PoolRefusal, Reason, Unplaced},
    model::Pod,
    policy::Policy,
    snapshot::{Snapshot, StateNode, state_nodes},
};

pub(crate) use self::judge::is_possible;
use self::{
    demand::Demand,
    round::Round,
    waiting::{refusal, waiting},
};

/// Decides which machines to buy, as [`karp_core::provision`] does.
pub(crate) fn provision(snapshot: &Snapshot, policy: &Policy) -> Plan {
    let snapshot = &prepared(snapshot, policy);
    let states = state_nodes(snapshot);
    let (mut pods, mut unplaced) = tried(snapshot, policy, &states);
    let mut round = Round::new(snapshot, policy, (&states, &pods));
    pods.sort_by_key(|demand| {
        let (pod, requests) = (&demand.pod, demand.requests());
        let size = (Reverse(requests.amount("cpu")), Reverse(requests.amount("memory")));
        (size, pod.created_at, pod.uid.clone(), pod.id.clone())
    });
    unplaced.extend(round.run(pods));
    unplaced.sort_by(|a, b| a.pod.cmp(&b.pod));
    finish::plan(&round, policy, unplaced)
}

/// The snapshot with all that the policy adds to it.
fn prepared(snapshot: &Snapshot, policy: &Policy) -> Snapshot {
    let snapshot = &overlay::applied(snapshot, policy);
    let snapshot = &with_pods(snapshot, buffer::pods(snapshot, policy));
    let snapshot = &default_spread::applied(snapshot, policy);
    reservation::nameable(snapshot, policy)
}

/// Pods that are tried, and those that are left before anybody tries them.
fn tried(
    snapshot: &Snapshot,
    policy: &Policy,
    states: &[StateNode],
) -> (Vec<Demand>, Vec<Unplaced>) {
    let mut unplaced = Vec::new();
    let mut pods: Vec<Demand> = Vec::new();
    let dynamic = !world::usable_pools(snapshot).is_empty();
    for waiting in waiting(snapshot, states) {
        let no_pool = (!dynamic).then_some(Reason::NoDynamicPool);
        let volume = volume::refusal(&waiting.pod, waiting.leaving, snapshot);
        match refusal(&waiting, snapshot, policy).or(volume).or(no_pool) {
            Some(reason) => unplaced
                .push(Unplaced::new(waiting.pod.id.clone(), vec![PoolRefusal::of_pod(reason)])),
            None => pods.push(Demand::new(&waiting.pod, snapshot, policy)),
        }
    }
    (pods, unplaced)
}

/// The snapshot and more pods, in the order of snapshots.
fn with_pods(snapshot: &Snapshot, more: Vec<Arc<Pod>>) -> Snapshot {
    let mut with = snapshot.clone();
    with.pods.extend(more);
    with.pods.sort_by_key(|pod| (pod.created_at, pod.id.clone(), pod.uid.clone()));
    with
}
