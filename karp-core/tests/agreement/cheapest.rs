//! Plans that are to be cheap: every rule holds, and they are never dearer than the others and leave no more pods out.

use karp_core::{
    arbitrary, check,
    compile::compile,
    decision::decide,
    model::{
        CapacityType::{OnDemand, Spot},
        InstanceType, NodePool, Pod, Price, usd,
    },
    policy::Policy,
    provision,
    snapshot::Snapshot,
    solve::solve,
};
use proptest::prelude::*;

use crate::{order::shuffled, worlds::cases};

/// Holds both plans of a snapshot against each other and against every rule.
fn compare(snapshot: &Snapshot, min_types: usize) -> Result<(), TestCaseError> {
    let mut policy = Policy::cheapest();
    let opening = policy.opening.as_mut().expect("the policy has a rule for opening machines");
    opening.min_types = min_types;
    let plan = provision(snapshot, &policy);
    let (cheap, other) = (plan.totals(), provision(snapshot, &Policy::compat()).totals());
    prop_assert!(cheap.unplaced <= other.unplaced, "{cheap:?} {other:?}");
    let is_comparable = cheap.unplaced == other.unplaced;
    prop_assert!(!is_comparable || cheap.price <= other.price, "{cheap:?} {other:?}");
    // What the rule itself finds keeps every rule, too, whether it is taken or not.
    let problem = compile(snapshot, &policy);
    for plan in [plan, decide(&problem, &solve(&problem))] {
        let verdict = check(snapshot, &policy, &plan);
        prop_assert!(verdict == Ok(()), "{:?}", verdict);
    }
    Ok(())
}

proptest! {
    #![proptest_config(cases(96))]

    #[test]
    fn cheap_plans_are_accepted_and_never_dearer(
        snapshot in arbitrary::snapshot(),
        min_types in 1_usize..4,
    ) {
        compare(&snapshot, min_types)?;
    }

    #[test]
    fn cheap_plans_with_company_are_accepted_and_never_dearer(
        snapshot in arbitrary::snapshot().with_topology().with_host_ports().with_volumes(),
        min_types in 1_usize..4,
    ) {
        compare(&snapshot, min_types)?;
    }

    #[test]
    fn the_order_of_the_input_changes_no_byte_of_a_cheap_plan(
        snapshot in arbitrary::snapshot().with_topology(),
        seed in any::<u64>(),
    ) {
        let text = |snapshot| serde_json::to_string(&provision(snapshot, &Policy::cheapest()));
        let (first, second) = (text(&snapshot), text(&shuffled(&snapshot, seed)));
        prop_assert_eq!(first.expect("plans are JSON"), second.expect("plans are JSON"));
    }
}

fn kind(name: &str, cpu: &str, price: &str) -> InstanceType {
    InstanceType::new(name).cpu(cpu).memory("64Gi").offering("z1", OnDemand, usd(price))
}

/// Pods of one core.
fn snapshot(kinds: Vec<InstanceType>, pool: NodePool, pods: usize) -> Snapshot {
    Snapshot::builder("2026-01-15T12:00:00Z".parse().expect("an instant"))
        .instance_types(kinds)
        .node_pool(pool)
        .pods((0..pods).map(|i| Pod::new(format!("web-{i:02}")).request("cpu", "1")))
        .build()
        .expect("a snapshot")
}

/// The cheap plan when machines need no alternatives: price, machines, pods left out.
fn planned(snapshot: &Snapshot, surcharge: &str) -> (Price, usize, usize) {
    let mut policy = Policy::cheapest();
    let opening = policy.opening.as_mut().expect("the policy has a rule for opening machines");
    opening.min_types = 1;
    opening.surcharge = usd(surcharge).expect("a price");
    let plan = provision(snapshot, &policy);
    assert_eq!(check(snapshot, &policy, &plan), Ok(()));
    let totals = plan.totals();
    (totals.price, totals.machines, totals.unplaced)
}

fn dollars(text: &str) -> Price {
    usd(text).expect("a price")
}

#[test]
fn copies_beyond_the_pods_that_wait_count_for_nothing() {
    // Eight cores for 0.40 are cheaper per core than two for 0.12, but not for two pods.
    let kinds = || vec![kind("small", "2", "0.12"), kind("large", "8", "0.40")];
    let of = |pods| planned(&snapshot(kinds(), NodePool::new("general"), pods), "0");
    assert_eq!(of(2), (dollars("0.12"), 1, 0));
    assert_eq!(of(16), (dollars("0.80"), 2, 0));
    // The last machine is opened for the two pods that are left.
    assert_eq!(of(18), (dollars("0.92"), 3, 0));
}

#[test]
fn a_surcharge_buys_fewer_machines() {
    let kinds = vec![kind("small", "2", "0.10"), kind("large", "16", "0.90")];
    let snapshot = snapshot(kinds, NodePool::new("general"), 16);
    assert_eq!(planned(&snapshot, "0"), (dollars("0.80"), 8, 0));
    assert_eq!(planned(&snapshot, "0.05"), (dollars("0.90"), 1, 0));
}

#[test]
fn a_machine_outgrows_its_type_before_a_pod_is_left_out() {
    let kinds = vec![kind("small", "2", "0.10"), kind("large", "8", "2.00")];
    let pool = NodePool::new("general").limit("nodes", "2");
    let snapshot = snapshot(kinds, pool, 7);
    let mut policy = Policy::cheapest();
    policy.opening.as_mut().expect("a rule").min_types = 2;
    let problem = compile(&snapshot, &policy);
    let totals = decide(&problem, &solve(&problem)).totals();
    // One of them takes all that is left.
    assert_eq!((totals.price, totals.machines, totals.unplaced), (dollars("2.10"), 2, 0));
    // One large machine is cheaper still, and taken.
    assert_eq!(planned(&snapshot, "0"), (dollars("2.00"), 1, 0));
}

#[test]
fn machines_keep_alternatives_that_hold_as_much() {
    let kinds = vec![
        kind("odd", "2", "0.10"),
        kind("plain-a", "1", "0.11"),
        kind("plain-b", "1", "0.12"),
        kind("plain-c", "1", "0.13"),
    ];
    let snapshot = snapshot(kinds, NodePool::new("general"), 2);
    let mut policy = Policy::cheapest();
    let of = |policy: &Policy| {
        let problem = compile(&snapshot, policy);
        let plan = decide(&problem, &solve(&problem));
        plan.machines().iter().map(|machine| machine.instance_types.len()).collect::<Vec<_>>()
    };
    policy.opening.as_mut().expect("a rule").min_types = 1;
    assert_eq!(of(&policy), [1]);
    policy.opening.as_mut().expect("a rule").min_types = 4;
    assert_eq!(of(&policy), [4, 4]);
}

#[test]
fn types_without_a_price_are_opened_as_before() {
    let nothing = |name, cpu| {
        InstanceType::new(name).cpu(cpu).memory("64Gi").offering("z1", Spot, usd("none"))
    };
    let snapshot =
        snapshot(vec![nothing("a", "2"), nothing("b", "8")], NodePool::new("general"), 8);
    assert_eq!(provision(&snapshot, &Policy::cheapest()), provision(&snapshot, &Policy::compat()));
}
