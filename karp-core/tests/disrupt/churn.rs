//! What limits on churn promise: moves come to an end, and neither pods nor pools are moved too often.

use std::collections::BTreeMap;

use karp_core::{
    arbitrary,
    disrupt::{Command, Memory, Method},
    model::{NodePoolName, PodId, Price, Span, Timestamp, pod_rules, usd},
    policy::{ChurnLimits, Policy},
    snapshot::Snapshot,
};
use proptest::prelude::*;

use crate::{
    cluster::{Cluster, stem},
    worlds::{calm, cases},
};

const MOVES: [Method; 2] = [Method::MultiNode, Method::SingleNode];

fn limited(change: impl FnOnce(&mut ChurnLimits)) -> Policy {
    let mut policy = Policy::better();
    policy.feature_gates.spot_to_spot_consolidation = true;
    change(policy.churn.as_mut().unwrap());
    policy
}

/// What a pass would begin to save money with.
fn next(cluster: &Cluster) -> Option<Command> {
    let look = cluster.look();
    let found = MOVES.iter().filter_map(|method| look.find(*method).ok());
    found.flat_map(|found| found.commands).next()
}

/// A window later, the next move is made at once; none when there is none.
fn step(cluster: &mut Cluster, wait: Span) -> Option<Command> {
    let command = next(cluster)?;
    if !cluster.start(&command) {
        return None;
    }
    cluster.wait(Span::minutes(3));
    cluster.complete(0);
    cluster.schedule();
    cluster.wait(wait);
    Some(command)
}

/// Moves times what a node costs once, at most what is paid within the horizon.
fn is_within_bound(moves: usize, paid: Price, rules: &ChurnLimits) -> bool {
    let once = i128::from(rules.node_cost.pico()) * 3_600 * i128::try_from(moves).unwrap();
    once <= i128::from(paid.pico()) * i128::from(rules.horizon.as_seconds())
}

fn come_to_an_end((snapshot, seed): (Snapshot, u64)) -> Result<(), TestCaseError> {
    // Cheap moves and a short horizon, so that there are many.
    let policy = limited(|own| {
        own.horizon = Span::hours(1);
        own.node_cost = usd("0.001").unwrap();
        own.pod_cost = usd("0.0002").unwrap();
    });
    let rules = policy.churn.clone().unwrap();
    let mut cluster = Cluster::new(snapshot, &policy, seed);
    cluster.schedule();
    let first = cluster.bill();
    cluster.bought = Price::ZERO;
    let mut moves = 0_usize;
    loop {
        let before = cluster.bill();
        let bought = cluster.bought;
        let Some(command) = step(&mut cluster, Span::hours(2)) else { return Ok(()) };
        moves += 1;
        let paid = first.saturating_add(cluster.bought);
        prop_assert!(is_within_bound(moves, paid, &rules), "{moves} moves with {paid}");
        if cluster.bought == bought {
            let saved = i128::from(before.pico()) - i128::from(cluster.bill().pico());
            let once = i128::from(rules.node_cost.pico()) * 3_600;
            let least = once / i128::from(rules.horizon.as_seconds());
            prop_assert!(saved >= least, "{command}: {before} before, {} after", cluster.bill());
        }
    }
}

/// Who moved when.
#[derive(Default)]
struct Log {
    nodes: Vec<(Timestamp, NodePoolName, usize)>,
    pods: BTreeMap<String, Timestamp>,
}

impl Log {
    /// Notes a command that is about to be carried out, after having asked whether it may be.
    fn note(&mut self, cluster: &Cluster, command: &Command) -> Result<(), TestCaseError> {
        let rules = cluster.policy.churn.as_ref().unwrap();
        let (snapshot, now) = (&cluster.snapshot, cluster.snapshot.now);
        let mut gone: BTreeMap<NodePoolName, usize> = BTreeMap::new();
        for name in &command.nodes {
            let mut claims = snapshot.node_claims.iter();
            let of = claims.find(|claim| claim.status.node.as_ref() == Some(name));
            *gone.entry(of.and_then(|claim| claim.pool()).unwrap()).or_default() += 1;
        }
        for (pool, count) in gone {
            self.nodes.push((now, pool.clone(), count));
            let within = self
                .nodes
                .iter()
                .filter(|(at, own, _)| *own == pool && now.since(*at) < rules.window);
            let removed: usize = within.map(|(_, _, count)| count).sum();
            let total =
                snapshot.node_claims.iter().filter(|own| own.pool().as_ref() == Some(&pool));
            let most = rules.nodes_per_pool.scaled_up(total.count());
            prop_assert!(removed <= most, "{removed} nodes of {pool}, {most} may be");
        }
        for pod in &snapshot.pods {
            let is_there = pod.status.node.as_ref().is_some_and(|own| command.nodes.contains(own));
            if !is_there || !pod_rules::is_reschedulable(pod) || pod.controller().is_none() {
                continue;
            }
            let before = self.pods.insert(who(&pod.id), now);
            if let Some(before) = before {
                let rest = now.since(before);
                prop_assert!(rest >= rules.horizon, "{} again after {rest}", pod.id);
            }
        }
        Ok(())
    }
}

/// A pod and all that were made anew in its place.
fn who(pod: &PodId) -> String {
    format!("{}/{}", pod.namespace(), stem(pod.name()))
}

fn leave_pods_alone(
    (snapshot, seed): (Snapshot, u64),
    wobbles: &[(usize, i64)],
) -> Result<(), TestCaseError> {
    let policy = limited(|own| {
        own.horizon = Span::hours(3);
        own.node_cost = usd("0.001").unwrap();
        own.pod_cost = usd("0.0002").unwrap();
        own.margin_percent = 0;
    });
    let mut cluster = Cluster::new(snapshot, &policy, seed);
    cluster.schedule();
    let mut log = Log::default();
    for &(minutes, percent) in wobbles {
        wobble(&mut cluster.snapshot, percent);
        if let Some(command) = next(&cluster) {
            log.note(&cluster, &command)?;
            if cluster.start(&command) {
                cluster.wait(Span::minutes(2));
                cluster.complete(0);
                cluster.schedule();
            }
        }
        cluster.wait(Span::minutes(i64::try_from(minutes).unwrap()));
    }
    Ok(())
}

/// Changes every price a little, every second one up and the others down.
fn wobble(snapshot: &mut Snapshot, percent: i64) {
    for types in snapshot.instance_types.values_mut() {
        *types = types
            .iter()
            .enumerate()
            .map(|(index, kind)| {
                let mut kind = karp_core::model::InstanceType::clone(kind);
                for (at, offer) in kind.offerings.iter_mut().enumerate() {
                    let change = if (index + at).is_multiple_of(2) { percent } else { -percent };
                    offer.price = Price::from_pico(offer.price.pico() / 100 * (100 + change));
                }
                kind.into()
            })
            .collect();
    }
}

proptest! {
    #![proptest_config(cases(24))]

    #[test]
    fn moves_come_to_an_end(
        world in calm(arbitrary::snapshot().pods(0..30).nodes(3..9).pools(1..3).instance_types(1..9)),
    ) {
        come_to_an_end(world)?;
    }

    #[test]
    fn no_pod_is_moved_twice_within_the_horizon_and_no_pool_too_much_within_a_window(
        world in calm(arbitrary::snapshot().pods(0..30).nodes(3..9).pools(1..3).instance_types(1..9)),
        wobbles in proptest::collection::vec((1_usize..60, -20_i64..20), 1..20),
    ) {
        leave_pods_alone(world, &wobbles)?;
    }
}

#[test]
fn what_is_remembered_survives_being_written_down() {
    let mut memory = Memory::new();
    memory.to_judge.insert("n1".into());
    let text = serde_json::to_string(&memory).unwrap();
    assert_eq!(serde_json::from_str::<Memory>(&text).unwrap(), memory);
    assert_eq!(serde_json::from_str::<Memory>("{}").unwrap(), Memory::new());
}
