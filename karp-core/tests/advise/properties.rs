//! What holds of advice on any cluster.

use std::{collections::BTreeSet, sync::Arc};

use karp_core::{
    advise::{Advisor, Effort, PassedBy, Place, Rule, WhyMachine},
    arbitrary, check,
    check::Violation,
    decision::{Plan, PlannedMachine},
    model::{InstanceTypeName, NodePool},
    policy::Policy,
    provision,
    snapshot::Snapshot,
};
use proptest::{prelude::*, test_runner::RngSeed};

use super::fixture::keeps_its_promises;

/// As many as fit in a few seconds, or as many as the variable `PROPTEST_CASES` says.
fn cases(short: u32) -> ProptestConfig {
    let asked = ProptestConfig::default();
    let is_short = asked.cases == 256;
    let cases = if is_short { short } else { asked.cases };
    let rng_seed = if is_short { RngSeed::Fixed(1) } else { RngSeed::Random };
    ProptestConfig { cases, rng_seed, failure_persistence: None, max_shrink_iters: 500, ..asked }
}

fn clusters() -> impl Strategy<Value = Snapshot> {
    arbitrary::snapshot()
        .pods(0..14)
        .instance_types(0..7)
        .with_topology()
        .with_host_ports()
        .with_volumes()
        .with_buffers()
}

fn policies() -> impl Strategy<Value = Policy> {
    any::<bool>().prop_map(|buffers| {
        let mut policy = Policy::compat();
        policy.feature_gates.capacity_buffer = buffers;
        policy
    })
}

proptest! {
    #![proptest_config(cases(12))]

    #[test]
    fn every_remedy_helps_and_hurts_nobody_and_no_less_would_do(
        snapshot in clusters(), policy in policies(),
    ) {
        let plan = provision(&snapshot, &policy);
        let effort = Effort::new(24, 120);
        let all = Advisor::new(&snapshot, &policy, &plan).with_effort(effort).all();
        let kept = keeps_its_promises(&snapshot, &policy, (&plan, &all));
        prop_assert_eq!(kept, Ok(()));
    }

    #[test]
    fn every_placed_pod_has_a_why_and_what_it_says_is_true(
        snapshot in clusters(), policy in policies(),
    ) {
        let plan = provision(&snapshot, &policy);
        let mut advisor = Advisor::new(&snapshot, &policy, &plan);
        for (node, pods) in &plan.existing {
            for pod in pods {
                let why = advisor.why(pod).map(|why| why.place);
                let place = Place::Node { node: node.clone(), shares_with: pods.len() - 1 };
                prop_assert_eq!(why, Some(place));
            }
        }
        for machine in &plan.machines {
            for pod in &machine.pods {
                let why = advisor.why(pod);
                let Some(Place::Machine { opened, machine: why }) = why.map(|why| why.place) else {
                    return Err(TestCaseError::fail(format!("{pod} has no why")));
                };
                prop_assert_eq!(opened, machine.pods.first() == Some(pod));
                let truth = is_true(&why, machine, (&snapshot, &policy, &plan));
                prop_assert_eq!(truth, Ok(()));
            }
        }
    }

    #[test]
    fn the_order_of_lists_reaches_no_answer(snapshot in clusters(), policy in policies()) {
        let mut other = Snapshot::builder(snapshot.now).vocabulary(snapshot.vocabulary.clone())
            .node_pools(snapshot.node_pools.iter().rev().cloned())
            .nodes(snapshot.nodes.iter().rev().cloned())
            .node_claims(snapshot.node_claims.iter().rev().cloned())
            .pods(snapshot.pods.iter().rev().cloned())
            .daemon_sets(snapshot.daemon_sets.iter().rev().cloned())
            .volume_claims(snapshot.volume_claims.iter().rev().cloned())
            .volumes(snapshot.volumes.iter().rev().cloned())
            .storage_classes(snapshot.storage_classes.iter().rev().cloned())
            .csi_nodes(snapshot.csi_nodes.iter().rev().cloned())
            .namespaces(snapshot.namespaces.iter().rev().cloned())
            .pod_disruption_budgets(snapshot.pod_disruption_budgets.iter().rev().cloned())
            .buffers(snapshot.buffers.iter().rev().cloned())
            .pod_templates(snapshot.pod_templates.iter().rev().cloned())
            .workloads(snapshot.workloads.iter().rev().cloned());
        for (pool, kinds) in &snapshot.instance_types {
            other = other.instance_types_of(pool.clone(), kinds.iter().rev().cloned());
        }
        let other = other.build().unwrap();
        let answers = |snapshot: &Snapshot| {
            let plan = provision(snapshot, &policy);
            let mut advisor =
                Advisor::new(snapshot, &policy, &plan).with_effort(Effort::new(12, 48));
            let why: Vec<_> = plan.machines.iter().map(|own| advisor.why_machine(own)).collect();
            (why, advisor.all())
        };
        prop_assert_eq!(answers(&snapshot), answers(&other));
    }
}

/// Whether what is said of a machine is true, as far as plan, snapshot and `check` can tell.
fn is_true(
    why: &WhyMachine,
    machine: &PlannedMachine,
    (snapshot, policy, plan): (&Snapshot, &Policy, &Plan),
) -> Result<(), String> {
    let order = |pool: &NodePool| (pool.weight, pool.name.clone());
    let own = snapshot.node_pool(&machine.node_pool).map(|pool| order(pool));
    let pools = snapshot.node_pools.iter().filter(|pool| !pool.is_static());
    let mut before: Vec<_> =
        pools.map(|pool| order(pool)).filter(|pool| Some(pool) > own.as_ref()).collect();
    before.sort_by(|a, b| b.cmp(a));
    let passed = why.passed_over.iter().map(|pool| (pool.weight, pool.node_pool.clone()));
    if !passed.eq(before) {
        return Err(format!("other pools come before: {why}"));
    }
    let excluded = |pool: &str| snapshot.excluded_pools.contains_key(pool);
    let taken = why
        .passed_over
        .iter()
        .find(|pool| excluded(&pool.node_pool) && !matches!(pool.by, PassedBy::Refusal(_)));
    if let Some(taken) = taken {
        return Err(format!("that pool is not used: {taken}"));
    }
    for ruled in &why.cheaper {
        let name = &ruled.cheapest.instance_type;
        if Some(ruled.cheapest.price) >= machine.cheapest.as_ref().map(|own| own.price) {
            return Err(format!("not cheaper: {ruled}"));
        }
        let is_listed = machine.instance_types.contains(name);
        // What a plan does not show can't be held against it.
        let is_told =
            !matches!(ruled.rule, Rule::Limits | Rule::HostPorts) && !names_types(&ruled.rule);
        if is_told && !is_listed && holds(machine, name, (snapshot, policy, plan)) {
            return Err(format!("{name} would do: {ruled}"));
        }
    }
    let all: usize = why.cheaper.iter().map(|ruled| ruled.types).sum();
    let known = snapshot.types_of(&machine.node_pool).len();
    if all > known { Err(format!("{all} of {known} types")) } else { Ok(()) }
}

fn names_types(rule: &Rule) -> bool {
    match rule {
        Rule::Machine { requirement } | Rule::Pool { requirement } => {
            requirement.key() == "node.kubernetes.io/instance-type"
        }
        _ => false,
    }
}

/// Whether a machine could be of a type, as `check` sees it.
fn holds(
    machine: &PlannedMachine,
    name: &InstanceTypeName,
    (snapshot, policy, plan): (&Snapshot, &Policy, &Plan),
) -> bool {
    let mut tampered = plan.clone();
    let own = tampered.machines.iter_mut().filter(|own| own.name == machine.name);
    own.for_each(|own| {
        let listed: Vec<InstanceTypeName> =
            [name.clone()].into_iter().chain(own.instance_types.iter().cloned()).collect();
        own.instance_types = Arc::from(listed);
    });
    let mut policy = policy.clone();
    policy.max_instance_types = usize::MAX;
    let broken = check(snapshot, &policy, &tampered).err();
    let named: BTreeSet<&InstanceTypeName> = broken
        .iter()
        .flat_map(check::Violations::as_slice)
        .filter_map(|violation| match violation {
            Violation::TypeLabels { machine: own, instance_type }
            | Violation::TypeOffering { machine: own, instance_type, .. }
                if *own == machine.name =>
            {
                Some(instance_type)
            }
            _ => None,
        })
        .collect();
    !named.contains(name)
}
