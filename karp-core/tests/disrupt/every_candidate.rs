//! Where every candidate is judged: each has its turn, and the best move is made.

use std::collections::BTreeSet;

use karp_core::{
    arbitrary,
    disrupt::{Command, Disruption, Method, Verdict},
    model::NodeName,
    policy::{EveryCandidate, Policy},
    snapshot::Snapshot,
};
use proptest::prelude::*;

use crate::{
    cluster::Cluster,
    worlds::{calm, cases, settled},
};

fn every(steps: Option<usize>) -> Policy {
    let mut every = EveryCandidate::default();
    every.steps = steps;
    let mut policy = Policy::compat();
    policy.every_candidate = Some(every);
    policy
}

/// Each candidate has its turn in as many passes as are needed, and none a second one before.
fn take_turns((snapshot, seed): (Snapshot, u64), steps: usize) -> Result<(), TestCaseError> {
    let mut cluster = Cluster::new(snapshot, &every(Some(steps)), seed);
    let all: BTreeSet<NodeName> =
        cluster.look().candidates(Method::SingleNode).accepted.into_keys().collect();
    if cluster.look().find(Method::MultiNode).is_err() {
        // No pool makes machines for pods: nothing can be simulated.
        return Ok(());
    }
    for _ in 0..2 {
        let mut seen: BTreeSet<NodeName> = BTreeSet::new();
        for _ in 0..all.len().div_ceil(steps) {
            if seen.len() == all.len() {
                break;
            }
            let found = cluster.look().find(Method::SingleNode).unwrap();
            for (node, verdict) in &found.verdicts {
                if *verdict != Verdict::NotReached {
                    prop_assert!(seen.insert(node.clone()), "{node} has a second turn");
                }
            }
            cluster.memory.note_turns(&found);
        }
        prop_assert_eq!(&seen, &all);
        prop_assert!(cluster.memory.to_judge.is_empty());
    }
    Ok(())
}

/// What is saved for each pod that moves, as a quotient.
fn gain(look: &Disruption<'_>, command: &Command) -> (i128, i128) {
    let candidates = look.candidates(Method::SingleNode).accepted;
    let moved = candidates[&command.nodes[0]].disruption_cost.micro() - 1_000_000;
    (command.savings_pico(), i128::from(moved.max(1)))
}

/// The first move that the reference would make is among those judged, and the one that is made is no worse.
fn make_the_best_move((snapshot, seed): (Snapshot, u64)) -> Result<(), TestCaseError> {
    let mut cluster = Cluster::new(snapshot, &Policy::compat(), seed);
    let first = cluster.look().find(Method::SingleNode).unwrap();
    cluster.policy = every(None);
    let look = cluster.look();
    if look.find(Method::MultiNode).is_err() {
        return Ok(());
    }
    let best = look.find(Method::SingleNode).unwrap();
    prop_assert!(best.verdicts.values().all(|verdict| *verdict != Verdict::NotReached));
    prop_assert!(best.to_judge.is_empty());
    prop_assert_eq!(first.commands.is_empty(), best.commands.is_empty());
    if let (Some(first), Some(best)) = (first.commands.first(), best.commands.first()) {
        let (saved, moved) = gain(&look, best);
        let (less, pods) = gain(&look, first);
        // Costs were rounded to millionths.
        prop_assert!(saved * (pods + 1) >= less * (moved - 1).max(1), "{best} after {first}");
    }
    Ok(())
}

proptest! {
    #![proptest_config(cases(16))]

    #[test]
    fn each_candidate_has_its_turn(
        world in settled(arbitrary::snapshot().pods(0..40).nodes(1..9).pools(1..3)),
        steps in 1_usize..4,
    ) {
        take_turns(world, steps)?;
    }

    #[test]
    fn the_best_move_is_made(
        world in calm(arbitrary::snapshot().pods(0..40).nodes(1..9).pools(1..3)),
    ) {
        make_the_best_move(world)?;
    }
}
