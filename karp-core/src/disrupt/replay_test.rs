//! Asking one problem about many removals gives what compiling again for each gives.

use std::borrow::Cow;

use proptest::{prelude::*, test_runner::RngSeed};

use super::{
    Memory,
    consolidate::written,
    replay::{Replay, compiled},
    simulate::{Outcome, Recompile, Simulator},
};
use crate::{
    arbitrary,
    model::{LabelSelector, Node, NodePool, Pod, Timestamp, TopologySpread, label},
    policy::Policy,
    snapshot::{Snapshot, state_nodes},
};

/// What an outcome says, in words that don't depend on the tables that it is written in.
fn text(simulator: &mut dyn Simulator, outcome: &Outcome) -> String {
    let mut lines = Vec::new();
    for machine in &outcome.machines {
        let (problem, forms, _) = simulator.tables();
        let template = &problem.pools.templates[machine.template];
        let kinds = problem.pools.catalogs[template.catalog].kinds(&machine.options);
        let kinds: Vec<usize> = kinds.collect();
        let pods: Vec<String> =
            machine.pods.iter().map(|&pod| problem.pods[pod].id.to_string()).collect();
        let set: Vec<String> = forms
            .algebra
            .entries(machine.set)
            .iter()
            .map(|&(_, req)| forms.algebra.requirement(req).to_string())
            .collect();
        let amounts = problem.axis.amounts(&machine.totals);
        let pool = &template.pool.name;
        lines.push(format!("{pool} {kinds:?} {pods:?} {set:?} {amounts}"));
    }
    lines.push(format!("{:?}", outcome.unplaced));
    let (planned, price) = written(simulator, &outcome.machines).unwrap_or_default();
    let names: Vec<_> = planned.iter().map(|one| &one.instance_types).collect();
    lines.push(format!("{names:?} {price} {}", outcome.uninitialized.is_some()));
    lines.join("\n") + "\n"
}

fn is_equal(
    snapshot: &Snapshot,
    policy: &Policy,
    pairs: &[(usize, usize)],
) -> Result<(), TestCaseError> {
    let memory = Memory::new();
    let states = state_nodes(snapshot);
    let problem = compiled(snapshot, (policy, &memory), &states.iter().collect::<Vec<_>>());
    let mut fast = Replay::new(&problem, snapshot, (policy, &memory));
    let mut slow = Recompile::new(Cow::Borrowed(snapshot), policy, &memory);
    let staying: Vec<&str> =
        states.iter().filter(|state| !state.deleting).map(|state| &*state.name).collect();
    if staying.is_empty() {
        return Ok(());
    }
    let name = |at: usize| staying.get(at % staying.len()).copied().unwrap_or_default();
    let mut removals: Vec<Vec<&str>> = staying.iter().map(|name| vec![*name]).collect();
    // Each twice: a removal that is not taken back completely shows in the next one.
    removals.extend(removals.clone());
    for &(one, other) in pairs {
        if name(one) != name(other) {
            removals.push(vec![name(one), name(other)]);
        }
    }
    removals.push(staying.clone());
    for (number, removal) in removals.iter().enumerate() {
        let shields = number % 3 != 0;
        let (quick, anew) = (fast.remove(removal, shields), slow.remove(removal, shields));
        let (quick, anew) = (text(&mut fast, &quick), text(&mut slow, &anew));
        if quick != anew {
            let case = serde_json::to_string(snapshot).unwrap_or_default();
            let message = format!("without {removal:?}\nanew:\n{anew}replayed:\n{quick}{case}");
            return Err(TestCaseError::fail(message));
        }
    }
    Ok(())
}

fn cases() -> ProptestConfig {
    let asked = ProptestConfig::default();
    let is_short = asked.cases == 256;
    let rng_seed = if is_short { RngSeed::Fixed(1) } else { RngSeed::Random };
    let cases = if is_short { 64 } else { asked.cases };
    ProptestConfig { cases, rng_seed, failure_persistence: None, max_shrink_iters: 2_000, ..asked }
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn a_removal_that_is_taken_back_equals_compiling_again(
        snapshot in arbitrary::snapshot().pods(0..60).nodes(1..8),
        pairs in proptest::collection::vec((any::<usize>(), any::<usize>()), 0..4),
    ) {
        is_equal(&snapshot, &Policy::compat(), &pairs)?;
    }

    #[test]
    fn also_where_pods_depend_on_others(
        snapshot in arbitrary::snapshot()
            .pods(0..60).nodes(1..8).with_topology().with_host_ports().with_volumes(),
        pairs in proptest::collection::vec((any::<usize>(), any::<usize>()), 0..4),
    ) {
        is_equal(&snapshot, &Policy::compat(), &pairs)?;
    }
}

/// A removal that were always compiled again would be equal without proving anything.
#[test]
fn ordinary_removals_are_replayed() {
    let nodes =
        ["a", "b", "c"].map(|name| Node::new(name).label(label::ZONE, "z1").resource("cpu", "4"));
    let spread = TopologySpread::new(label::ZONE, 1).selecting(LabelSelector::label("app", "web"));
    let pods = ["a", "b", "c"].map(|name| {
        let mut pod = Pod::new(name).request("cpu", "1").label("app", "web").bound_to(name);
        pod.spec_mut().topology_spread.push(spread.clone());
        pod
    });
    let snapshot = Snapshot::builder(Timestamp::EPOCH)
        .node_pool(NodePool::new("general"))
        .nodes(nodes)
        .pods(pods)
        .build()
        .unwrap_or_else(|error| panic!("{error}"));
    let (policy, memory) = (Policy::compat(), Memory::new());
    let states = state_nodes(&snapshot);
    let problem = compiled(&snapshot, (&policy, &memory), &states.iter().collect::<Vec<_>>());
    let mut fast = Replay::new(&problem, &snapshot, (&policy, &memory));
    for removal in [&["a"][..], &["a", "b"]] {
        assert!(fast.remove(removal, true).unplaced.is_none());
        assert!(!fast.is_anew, "{removal:?}");
    }
    // Nobody knows the zone when all three are gone.
    fast.remove(&["a", "b", "c"], true);
    assert!(fast.is_anew);
}
