//! Pools that demand several values of a label among the types of each machine.

use karp_core::{
    decision::Plan,
    model::{NodePool, Operator, Pod, RequirementEntry, label},
    policy::{MinValuesPolicy, Policy},
    provision,
};

use super::fixture::*;

fn demanding(key: &str, operator: Operator, values: &[&str], minimum: u32) -> NodePool {
    let mut entry: RequirementEntry = entry(key, operator, values);
    entry.min_values = Some(minimum);
    pool().requirement(entry)
}

fn plan_under(policy: MinValuesPolicy, pool: NodePool, pods: Vec<Pod>) -> Plan {
    let snapshot = world().instance_types(numbered(5)).node_pool(pool).pods(pods).build().unwrap();
    let mut compat = Policy::compat();
    compat.min_values = policy;
    provision(&snapshot, &compat)
}

#[test]
fn a_pod_that_would_leave_too_few_types_gets_a_machine_of_its_own() {
    // Two pods of 1.8 CPU fit the two largest types together; three types must stay possible.
    let pods = || vec![pod("p").request("cpu", "1800m"), pod("q").request("cpu", "1800m")];
    let free = plan_under(MinValuesPolicy::Strict, pool(), pods());
    assert_eq!(free.machines.len(), 1);
    for policy in [MinValuesPolicy::Strict, MinValuesPolicy::BestEffort] {
        let plan =
            plan_under(policy, demanding(label::INSTANCE_TYPE, Operator::Exists, &[], 3), pods());
        assert_eq!(plan.machines.len(), 2);
        assert!(plan.machines.iter().all(|machine| machine.instance_types.len() >= 3));
        assert!(plan.machines.iter().all(|machine| !machine.min_values_relaxed));
        let kept = plan.machines[0].requirements.get(label::INSTANCE_TYPE).unwrap();
        assert_eq!(kept.min_values(), Some(3));
    }
}

#[test]
fn what_can_not_be_kept_is_refused_or_lowered() {
    let pods = || vec![pod("p").request("cpu", "3500m")];
    let pool = || demanding(label::INSTANCE_TYPE, Operator::Exists, &[], 3);
    let strict = plan_under(MinValuesPolicy::Strict, pool(), pods());
    assert_eq!(codes(&strict, "p"), ["min-values"]);
    assert!(strict.unplaced[0].to_string().contains("demands 3 different values"));
    let lenient = plan_under(MinValuesPolicy::BestEffort, pool(), pods());
    assert!(lenient.machines[0].min_values_relaxed);
    let kept = lenient.machines[0].requirements.get(label::INSTANCE_TYPE).unwrap();
    assert_eq!(kept.min_values(), Some(2));
}

#[test]
fn values_of_types_count_even_where_the_machine_is_pinned() {
    // Every type is offered in three zones: a machine pinned to one of them still counts three.
    let plan = plan_under(
        MinValuesPolicy::Strict,
        demanding(ZONE, Operator::In, &["z1", "z2", "z3"], 3),
        vec![pod("p").on_nodes_with(ZONE, "z1")],
    );
    assert!(all_placed(&plan));
}

#[test]
fn a_pool_whose_own_types_are_too_few_is_not_used() {
    let pool = demanding(label::INSTANCE_TYPE, Operator::In, &["fake-it-0", "fake-it-9"], 2);
    let plan = plan_under(MinValuesPolicy::Strict, pool, vec![pod("p")]);
    assert_eq!(codes(&plan, "p"), ["min-values"]);
}

#[test]
fn a_list_that_is_cut_must_still_have_the_values() {
    let snapshot = world()
        .instance_types(numbered(5))
        .node_pool(demanding(label::INSTANCE_TYPE, Operator::Exists, &[], 4))
        .pod(pod("p"))
        .build()
        .unwrap();
    let mut policy = Policy::compat();
    policy.max_instance_types = 3;
    let plan = provision(&snapshot, &policy);
    assert_eq!((plan.machines.len(), codes(&plan, "p")), (0, vec!["min-values"]));
}
