//! Limits and weights of pools.

use karp_core::model::{Effect, Node, NodePool, Taint};

use super::fixture::*;

fn with(
    pools: impl IntoIterator<Item = NodePool>,
    pods: usize,
    cpu: &str,
) -> karp_core::decision::Plan {
    let pods = (0..pods).map(|i| pod(&format!("p-{i}")).request("cpu", cpu));
    let snapshot = world().instance_types(types()).node_pools(pools).pods(pods).build().unwrap();
    plan_of(&snapshot)
}

#[test]
fn a_machine_takes_its_largest_option_off_the_limit() {
    // The first machine may become the 16-CPU type, which uses the limit up for the second.
    let plan = with([NodePool::new("a").limit("cpu", "20")], 12, "1");
    let first_option =
        |machine: usize| plan.machines[machine].instance_types.last().unwrap().to_string();
    assert_eq!(
        (first_option(0), first_option(1)),
        ("arm-instance-type".into(), "gpu-vendor-instance-type".into())
    );
    assert_eq!(plan.unplaced.len(), 4);
    let plan = with([NodePool::new("a").limit("cpu", "16")], 2, "10");
    assert_eq!(plan.machines.len(), 1);
    let refused = plan.unplaced[0].to_string();
    assert!(refused.contains("cpu limit has 0 left"), "{refused}");
}

#[test]
fn types_beyond_the_limit_are_dropped() {
    let plan = with([NodePool::new("a").limit("cpu", "3")], 1, "1");
    assert_eq!(types_of(&plan, "p-0"), ["small-instance-type"]);
    let plan = with([NodePool::new("a").limit("cpu", "1")], 1, "1");
    assert_eq!(codes(&plan, "p-0"), ["limit-exceeded"]);
    // Some types are within the limit, but none of them is large enough.
    let plan = with([NodePool::new("a").limit("cpu", "3")], 1, "3");
    assert_eq!(codes(&plan, "p-0"), ["no-instance-type"]);
    assert!(plan.unplaced[0].to_string().contains("exceed a limit"), "{plan}");
}

#[test]
fn machines_that_are_there_count_against_the_limit() {
    let node =
        Node::new("n").resource("cpu", "2").of_pool("a").taint(Taint::new("t", Effect::NoSchedule));
    let snapshot = world()
        .instance_types(types())
        .node_pool(NodePool::new("a").limit("cpu", "3"))
        .node(node)
        .pod(pod("p").request("cpu", "1"))
        .build()
        .unwrap();
    assert_eq!(codes(&plan_of(&snapshot), "p"), ["limit-exceeded"]);
}

#[test]
fn the_number_of_machines_is_limited_inside_one_round() {
    let plan = with([NodePool::new("a").limit("nodes", "2")], 3, "14");
    assert_eq!(plan.machines.len(), 2);
    assert_eq!(plan.unplaced.len(), 1);
    assert_eq!(plan.unplaced[0].reasons[0].reason.code(), "node-limit-reached");
    let none = with([NodePool::new("a").limit("nodes", "0")], 1, "1");
    assert_eq!(codes(&none, "p-0"), ["node-limit-reached"]);
}

#[test]
fn a_limit_of_something_that_no_type_has_is_no_obstacle() {
    assert!(all_placed(&with([NodePool::new("a").limit("fake.com/none", "0")], 1, "1")));
}

#[test]
fn heavier_pools_come_first_and_of_equal_ones_the_last_by_name() {
    let named = |plan: &karp_core::decision::Plan| machine_of(plan, "p-0").node_pool.to_string();
    assert_eq!(named(&with([NodePool::new("a"), NodePool::new("b")], 1, "1")), "b");
    assert_eq!(named(&with([NodePool::new("a").weighing(1), NodePool::new("b")], 1, "1")), "a");
}

#[test]
fn a_lighter_pool_is_used_when_the_heavier_can_not() {
    let plan =
        with([NodePool::new("a").weighing(9).limit("cpu", "16"), NodePool::new("b")], 2, "14");
    let pools: Vec<&str> = plan.machines.iter().map(|machine| machine.node_pool.as_str()).collect();
    assert_eq!(pools, ["a", "b"]);
    assert_eq!(plan.machines[0].name, "a-1");
}

#[test]
fn every_pool_says_why_not() {
    let tainted = NodePool::new("c").weighing(2).taint(Taint::new("t", Effect::NoSchedule));
    let full = NodePool::new("b").weighing(1).limit("cpu", "1");
    let mut excluded = NodePool::new("x").weighing(3);
    excluded.deleting_since = Some(NOW.parse().unwrap());
    let static_pool = {
        let mut pool = NodePool::new("s");
        pool.replicas = Some(1);
        pool
    };
    let plan = with([full, tainted, excluded, static_pool], 1, "1");
    let reasons: Vec<(String, &str)> = plan.unplaced[0]
        .reasons
        .iter()
        .map(|refusal| (refusal.node_pool.as_ref().unwrap().to_string(), refusal.reason.code()))
        .collect();
    assert_eq!(
        reasons,
        [
            ("x".to_owned(), "pool-excluded"),
            ("c".to_owned(), "taint-not-tolerated"),
            ("b".to_owned(), "limit-exceeded")
        ]
    );
}

#[test]
fn static_pools_make_no_machines_for_pods() {
    let mut fixed = NodePool::new("s");
    fixed.replicas = Some(3);
    assert_eq!(codes(&with([fixed], 1, "1"), "p-0"), ["no-dynamic-pool"]);
}
