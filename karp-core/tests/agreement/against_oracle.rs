//! Plans for a handful of pods, held against what an exhaustive search finds.

use std::{cell::Cell, sync::Arc};

use karp_core::{
    arbitrary,
    decision::Plan,
    explain::PoolRefusal,
    model::{Effect, Pod, PodId},
    policy::Policy,
    snapshot::{Snapshot, StateNode, state_nodes},
};
use proptest::{
    prelude::*,
    test_runner::{Config, TestCaseError, TestRunner},
};

use crate::{
    oracle::{LEFT, Oracle},
    solvers,
};

/// Worlds that are looked at in a short run; always the same.
const WORLDS: u32 = 300;
/// What all plans together may cost more than the best possible, in percent; may only shrink.
const GAP_PERCENT: i64 = 6;

/// Worlds of up to five pods without wishes, limits, soft taints, daemons and what offerings override.
fn worlds() -> impl Strategy<Value = Snapshot> {
    let few = arbitrary::snapshot().pods(0..6).instance_types(0..5).nodes(0..3).pools(0..3);
    few.daemon_sets(0..1).prop_map(plain)
}

/// The snapshot without wishes about nodes, limits, soft taints and what offerings override.
pub(crate) fn plain(mut snapshot: Snapshot) -> Snapshot {
    for pool in &mut snapshot.node_pools {
        let pool = Arc::make_mut(pool);
        pool.limits = None;
        pool.template.taints.retain(|taint| taint.effect != Effect::PreferNoSchedule);
    }
    for node in &mut snapshot.nodes {
        let taints = &mut Arc::make_mut(node).taints;
        taints.retain(|taint| taint.effect != Effect::PreferNoSchedule);
    }
    for claim in &mut snapshot.node_claims {
        let taints = &mut Arc::make_mut(claim).taints;
        taints.retain(|taint| taint.effect != Effect::PreferNoSchedule);
    }
    for pod in &mut snapshot.pods {
        Arc::make_mut(pod).spec_mut().node_affinity.preferred.clear();
    }
    for types in snapshot.instance_types.values_mut() {
        *types = types
            .iter()
            .map(|kind| {
                let mut kind = (**kind).clone();
                for offering in &mut kind.offerings {
                    offering.capacity_override = None;
                    offering.overhead_override = None;
                }
                Arc::new(kind)
            })
            .collect();
    }
    snapshot
}

#[test]
fn plans_are_valid_and_maximal_and_near_the_best() {
    for (name, provision) in solvers() {
        let (spent, least) = (Cell::new(0), Cell::new(0));
        let worlds_to_look_at = worlds_to_look_at();
        let mut runner = TestRunner::new_with_rng(
            Config { cases: worlds_to_look_at, failure_persistence: None, ..Config::default() },
            TestRunner::deterministic().rng().clone(),
        );
        let outcome = runner.run(&worlds(), |snapshot| {
            let plan = provision(&snapshot, &Policy::compat());
            let world = World::new(&snapshot, &plan);
            world.is_valid()?;
            world.is_maximal()?;
            let best = world.best();
            prop_assert!(world.cost() >= best, "the oracle missed a better plan");
            if world.left_behind() == best / LEFT {
                spent.set(spent.get() + world.cost() % LEFT);
                least.set(least.get() + best % LEFT);
            }
            Ok(())
        });
        outcome.unwrap_or_else(|error| panic!("{name}: {error}"));
        let percent = (spent.get() - least.get()) * 100 / least.get();
        println!("{name}: {percent} % above the best price over {worlds_to_look_at} worlds");
        assert!(percent <= GAP_PERCENT, "{name}: {percent} % above the best possible price");
    }
}

/// As many as the variable `PROPTEST_CASES` says, or a few.
pub(crate) fn worlds_to_look_at() -> u32 {
    let asked = Config::default().cases;
    if asked == 256 { WORLDS } else { asked }
}

/// A plan before the oracle.
struct World<'s> {
    oracle: Oracle<'s>,
    snapshot: &'s Snapshot,
    plan: &'s Plan,
    nodes: Vec<StateNode>,
}

impl<'s> World<'s> {
    fn new(snapshot: &'s Snapshot, plan: &'s Plan) -> Self {
        let nodes = state_nodes(snapshot).into_iter().filter(|node| !node.deleting).collect();
        Self { oracle: Oracle(snapshot), snapshot, plan, nodes }
    }

    fn pods(&self, ids: &[PodId]) -> Vec<&'s Arc<Pod>> {
        let pod = |id: &PodId| self.snapshot.pods.iter().find(|pod| pod.id == *id);
        ids.iter().map(|id| pod(id).expect("pod is there")).collect()
    }

    fn on_node(&self, node: &StateNode) -> Vec<&'s Arc<Pod>> {
        self.pods(self.plan.existing.get(&*node.name).map_or(&[][..], Vec::as_slice))
    }

    /// Pods that were tried and left.
    fn left(&self) -> Vec<&'s Arc<Pod>> {
        let tried = self.plan.unplaced.iter().filter(|unplaced| {
            !matches!(&*unplaced.reasons, [PoolRefusal { node_pool: None, .. }])
        });
        let ids: Vec<PodId> = tried.map(|unplaced| unplaced.pod.clone()).collect();
        self.pods(&ids)
    }

    fn left_behind(&self) -> i64 {
        i64::try_from(self.left().len()).expect("few pods")
    }

    fn is_valid(&self) -> Result<(), TestCaseError> {
        for node in &self.nodes {
            let pods = self.on_node(node);
            prop_assert!(pods.is_empty() || self.oracle.node_holds(node, &pods, &[]));
        }
        for machine in &self.plan.machines {
            let pool = self.snapshot.node_pool(&machine.node_pool).expect("machines have pools");
            let pods = self.pods(&machine.pods);
            prop_assert!(!machine.instance_types.is_empty());
            for kind in machine.instance_types.iter() {
                let price = self.oracle.new_machine(pool, &pods, Some(kind.as_str()));
                prop_assert!(price.is_some(), "{} can't be a {kind}", machine.name);
            }
        }
        Ok(())
    }

    fn is_maximal(&self) -> Result<(), TestCaseError> {
        for pod in self.left() {
            for node in &self.nodes {
                let holds = self.oracle.node_holds(node, &self.on_node(node), &[pod]);
                prop_assert!(!holds, "{} fits node {}", pod.id, node.name);
            }
            for machine in &self.plan.machines {
                let takes = self.oracle.machine_takes(machine, &self.pods(&machine.pods), pod);
                prop_assert!(!takes, "{} fits machine {}", pod.id, machine.name);
            }
            for pool in &self.snapshot.node_pools {
                let price = self.oracle.new_machine(pool, &[pod], None);
                prop_assert!(price.is_none(), "{} fits a machine of {}", pod.id, pool.name);
            }
        }
        Ok(())
    }

    /// Price of the plan and of the pods that it leaves.
    fn cost(&self) -> i64 {
        self.plan.totals().price.pico() + LEFT * self.left_behind()
    }

    fn best(&self) -> i64 {
        let placed =
            self.plan.existing.values().chain(self.plan.machines.iter().map(|one| &one.pods));
        let mut pods: Vec<&Arc<Pod>> = placed.flat_map(|ids| self.pods(ids)).collect();
        pods.extend(self.left());
        self.oracle.best(&self.nodes, &pods)
    }
}
