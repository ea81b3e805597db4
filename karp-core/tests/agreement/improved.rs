//! Plans that were made cheaper: every rule holds, and nothing but the machine of a pod has changed.

use std::collections::BTreeMap;

use karp_core::{
    arbitrary, check,
    compile::compile,
    decision::{Plan, PlannedMachine, plan_for, plan_while},
    model::{
        CapacityType::OnDemand, InstanceType, LabelSelector, NodePool, Pod, PodAffinityTerm, PodId,
        Price, Requirement, TopologySpread, WhenUnsatisfiable, label, usd,
    },
    policy::{Improvement, ImprovementStep, Policy},
    provision,
    snapshot::Snapshot,
};
use proptest::prelude::*;

use crate::{
    order::shuffled,
    worlds::{cases, policies, reserved, reserving, staying},
};

/// What a pod can notice of its machine: its pool, and what it is; of what it is sold as depends only what it costs.
fn seen(machine: &PlannedMachine) -> (String, Vec<Requirement>) {
    let is = machine.requirements.iter().filter(|own| own.key() != label::CAPACITY_TYPE);
    (machine.node_pool.as_str().to_owned(), is.cloned().collect())
}

fn of_pods(plan: &Plan) -> BTreeMap<&PodId, (String, Vec<Requirement>)> {
    let machines = plan.machines().iter();
    machines.flat_map(|own| own.pods.iter().map(move |pod| (pod, seen(own)))).collect()
}

/// How many pods of a machine a selector of one of them means.
fn meant(snapshot: &Snapshot, machine: &PlannedMachine, by: &Pod, own: &LabelSelector) -> usize {
    let pods = snapshot.pods.iter().filter(|pod| machine.pods.contains(&pod.id));
    pods.filter(|pod| pod.id.namespace() == by.id.namespace() && own.matches(&pod.labels)).count()
}

/// Whether no machine holds more pods than one of them demands that it be spread or kept apart by host name.
fn hosts_hold(snapshot: &Snapshot, plan: &Plan) -> bool {
    let holds = |machine: &PlannedMachine, pod: &Pod| {
        let spread = pod.spec.topology_spread.iter().filter(|own| {
            own.topology_key == label::HOSTNAME
                && own.when_unsatisfiable == WhenUnsatisfiable::DoNotSchedule
        });
        let mut spread =
            spread.filter_map(|own| Some((own.label_selector.as_ref()?, own.max_skew)));
        let away = pod.spec.pod_anti_affinity.required.iter();
        let mut away = away
            .filter(|own| own.topology_key == label::HOSTNAME && own.namespaces.is_empty())
            .filter_map(|own| own.label_selector.as_ref());
        spread.all(|(own, skew)| meant(snapshot, machine, pod, own) <= skew as usize)
            && away.all(|own| {
                meant(snapshot, machine, pod, own) <= usize::from(own.matches(&pod.labels))
            })
    };
    plan.machines().iter().all(|machine| {
        let pods = snapshot.pods.iter().filter(|pod| machine.pods.contains(&pod.id));
        pods.into_iter().all(|pod| holds(machine, pod))
    })
}

/// Holds a plan against the one that it was made from, and against every rule.
fn compare(snapshot: &Snapshot, policy: &Policy) -> Result<(), TestCaseError> {
    let plan = provision(snapshot, &policy.clone().improving(Improvement::default()));
    let base = provision(snapshot, policy);
    let verdict = check(snapshot, policy, &plan);
    prop_assert!(verdict == Ok(()), "{:?}", verdict);
    prop_assert!(plan.totals().price <= base.totals().price);
    prop_assert_eq!(&plan.unplaced, &base.unplaced);
    prop_assert_eq!(&plan.existing, &base.existing);
    prop_assert_eq!(of_pods(&plan), of_pods(&base));
    let mut compat = policy.clone();
    compat.opening = None;
    let compat = provision(snapshot, &compat).totals();
    prop_assert!(plan.totals().unplaced <= compat.unplaced);
    let is_comparable = plan.totals().unplaced == compat.unplaced;
    prop_assert!(!is_comparable || plan.totals().price <= compat.price);
    // What held before holds now.
    prop_assert!(!hosts_hold(snapshot, &base) || hosts_hold(snapshot, &plan));
    Ok(())
}

/// The policy, with machines opened for little money.
fn cheap(mut policy: Policy, min_types: usize) -> Policy {
    policy.opening = Policy::cheapest().opening;
    if let Some(opening) = &mut policy.opening {
        opening.min_types = min_types;
    }
    policy
}

proptest! {
    #![proptest_config(cases(96))]

    #[test]
    fn improved_plans_keep_every_rule(
        snapshot in arbitrary::snapshot().with_overlays().with_buffers(),
        policy in policies(),
        min_types in 1_usize..4,
    ) {
        compare(&snapshot, &cheap(policy, min_types))?;
    }

    #[test]
    fn improved_plans_keep_every_rule_in_company(
        snapshot in arbitrary::snapshot().with_topology().with_host_ports().with_volumes().prop_map(staying),
        policy in policies(),
        min_types in 1_usize..4,
    ) {
        compare(&snapshot, &cheap(policy, min_types))?;
    }

    #[test]
    fn improved_plans_of_the_other_rule_keep_every_rule(
        snapshot in arbitrary::snapshot().pools(1..4).pods(4..24).with_topology().prop_map(staying),
        policy in policies(),
    ) {
        compare(&snapshot, &policy)?;
    }

    #[test]
    fn improved_plans_take_no_reserved_capacity_that_is_not_there(
        snapshot in arbitrary::snapshot().pools(1..4).prop_map(reserved),
        policy in reserving(),
    ) {
        compare(&snapshot, &cheap(policy, 1))?;
    }

    #[test]
    fn the_order_of_the_input_changes_no_byte_of_an_improved_plan(
        snapshot in arbitrary::snapshot().with_topology(),
        seed in any::<u64>(),
    ) {
        let policy = Policy::cheapest().improving(Improvement::default());
        let text = |snapshot| serde_json::to_string(&provision(snapshot, &policy));
        let (first, second) = (text(&snapshot), text(&shuffled(&snapshot, seed)));
        prop_assert_eq!(first.expect("plans are JSON"), second.expect("plans are JSON"));
    }
}

fn kind(name: &str, cpu: &str, price: &str) -> InstanceType {
    InstanceType::new(name).cpu(cpu).memory("64Gi").offering("z1", OnDemand, usd(price))
}

/// Types of three, four and eight cores, five of each, the small ones cheaper per core.
fn kinds() -> Vec<InstanceType> {
    let sizes = [("three", "3", 300), ("four", "4", 440), ("eight", "8", 1200)];
    let five = |(name, cpu, mills)| {
        (0..5).map(move |i| {
            kind(
                &format!("{name}-{i}"),
                cpu,
                &format!("{}", Price::from_pico(i64::from(mills + i) * 1_000_000_000)),
            )
        })
    };
    sizes.into_iter().flat_map(five).collect()
}

fn snapshot(pool: NodePool, pods: impl IntoIterator<Item = Pod>) -> Snapshot {
    Snapshot::builder("2026-01-15T12:00:00Z".parse().expect("an instant"))
        .instance_types(kinds())
        .node_pool(pool)
        .pods(pods)
        .build()
        .expect("a snapshot")
}

/// As many pods of two cores as of one.
fn mixed(pairs: usize) -> impl Iterator<Item = Pod> {
    (0..pairs).flat_map(|i| {
        let pod = |cpu: &str| Pod::new(format!("web-{i:02}-{cpu}")).request("cpu", cpu);
        [pod("2"), pod("1")]
    })
}

fn dollars(text: &str) -> Price {
    usd(text).expect("a price")
}

/// A policy without need of alternatives that improves by these steps.
fn by(steps: &[ImprovementStep]) -> Policy {
    let mut improvement = Improvement::default();
    improvement.steps = steps.to_vec();
    cheap(Policy::compat(), 1).improving(improvement)
}

/// Machines and price.
fn planned(snapshot: &Snapshot, policy: &Policy) -> (usize, Price) {
    let plan = provision(snapshot, policy);
    assert_eq!(check(snapshot, policy, &plan), Ok(()));
    assert_eq!(plan.totals().unplaced, 0);
    (plan.totals().machines, plan.totals().price)
}

#[test]
fn each_way_of_packing_finds_the_fillings_that_are_good_together() {
    use ImprovementStep::{Columns, Greedy, Merge, Split};
    // Two cores and one fill three; opened for pods of two cores alone, a machine of four cores holds two of them.
    let world = snapshot(NodePool::new("general"), mixed(8));
    for step in [Greedy, Columns] {
        assert_eq!(planned(&world, &by(&[step])), (8, dollars("2.4")), "{step:?}");
    }
    // A machine of eight cores for two pods is more than two of three.
    let compat = Policy::compat();
    for steps in [vec![Split], vec![Merge], vec![Split, Merge]] {
        let mut improvement = Improvement::default();
        improvement.steps = steps;
        let price = |policy: &Policy| provision(&world, policy).totals().price;
        assert!(price(&compat.clone().improving(improvement)) < price(&compat));
    }
}

#[test]
fn no_steps_and_no_work_leave_the_plan_as_it_is() {
    let world = snapshot(NodePool::new("general"), mixed(8));
    let policy = cheap(Policy::compat(), 1);
    let base = provision(&world, &policy);
    assert_eq!(provision(&world, &by(&[])), base);
    let mut improvement = Improvement::default();
    improvement.work = 0;
    assert_eq!(provision(&world, &policy.improving(improvement)), base);
}

#[test]
fn limits_of_a_pool_hold_for_what_machines_may_become() {
    // Eight machines of three cores would be cheapest, but five are allowed.
    let world = snapshot(NodePool::new("general").limit("nodes", "5"), mixed(8));
    let policy = by(&Improvement::default().steps);
    let plan = provision(&world, &policy);
    assert_eq!(check(&world, &policy, &plan), Ok(()));
    assert!(plan.totals().machines <= 5);
}

#[test]
fn pods_that_keep_apart_are_packed_apart() {
    let away = |pod: Pod| {
        let selector = LabelSelector::label("app", "web");
        pod.label("app", "web").away_from(PodAffinityTerm::new(label::HOSTNAME, selector))
    };
    // The large ones keep apart from each other; the small ones go where there is room.
    let pods = mixed(8).enumerate().map(|(at, pod)| if at % 2 == 0 { away(pod) } else { pod });
    let world = snapshot(NodePool::new("general"), pods);
    let policy = by(&Improvement::default().steps);
    assert_eq!(planned(&world, &policy), (8, dollars("2.4")));
    assert!(hosts_hold(&world, &provision(&world, &policy)));
}

#[test]
fn pods_that_are_spread_are_packed_within_their_skew() {
    let spread = |pod: Pod| {
        let selector = LabelSelector::label("app", "web");
        let spread = TopologySpread::new(label::HOSTNAME, 2).selecting(selector);
        pod.label("app", "web").spread(spread)
    };
    let world = snapshot(
        NodePool::new("general"),
        (0..12).map(|i| spread(Pod::new(format!("web-{i:02}")).request("cpu", "1"))),
    );
    // Three would fit on a machine of three cores.
    let policy = by(&Improvement::default().steps);
    assert_eq!(planned(&world, &policy), (6, dollars("1.8")));
}

#[test]
fn a_caller_with_a_deadline_gets_what_there_is() {
    let world = snapshot(NodePool::new("general"), mixed(40));
    let policy = by(&Improvement::default().steps);
    let problem = compile(&world, &policy);
    let plan = plan_while(&problem, &mut |progress| progress.waiting > 0);
    assert_eq!(check(&world, &policy, &plan), Ok(()));
    assert!(plan.totals().price >= plan_for(&problem).totals().price);
}
