//! Dynamic resource claims: the policy that ignores them.

use karp_core::{
    decision::Plan,
    model::{DaemonSet, PodId, PodTemplate},
    policy::Policy,
    provision,
};

use super::fixture::*;

fn pod_with_claim(name: &str) -> karp_core::model::Pod {
    pod(name).request("cpu", "1").claim("gpu")
}

#[test]
fn dra_1_a_pod_with_a_claim_is_refused_once_and_no_machine_is_opened() {
    let plan = plan(pool(), [pod_with_claim("p")]);
    assert_eq!(codes(&plan, "p"), ["dynamic-resources-ignored"]);
    assert!(plan.machines.is_empty());
}

#[test]
fn dra_1_a_pod_with_a_claim_gives_no_wish_up_for_it() {
    let wish = prefer(pod_with_claim("p"), 1, &[is_in(ZONE, &["nowhere"])]);
    assert_eq!(codes(&plan(pool(), [wish]), "p"), ["dynamic-resources-ignored"]);
}

#[test]
fn dra_2_a_pod_without_claims_is_none_of_the_policys_business() {
    let plan = plan(pool(), [pod("p")]);
    assert!(all_placed(&plan));
    assert_eq!(plan.machines.len(), 1);
}

/// A plan for a pod of one CPU beside daemons of three CPUs with a claim.
fn beside_daemons(policy: &Policy) -> Plan {
    let mut daemons = DaemonSet::new(PodId::new("kube-system", "drivers"), PodTemplate::default());
    let template = pod_with_claim("template").request("cpu", "3");
    daemons.template.spec = template.spec;
    let snapshot = world()
        .instance_types(types())
        .node_pool(pool())
        .daemon_sets([daemons])
        .pods([pod("p").request("cpu", "1")])
        .build()
        .unwrap();
    provision(&snapshot, policy)
}

#[test]
fn dra_3_daemons_with_a_claim_take_room_only_where_the_policy_looks_at_claims() {
    let ignoring = beside_daemons(&Policy::compat());
    assert_eq!(types_of(&ignoring, "p")[0], "small-instance-type");
    let mut policy = Policy::compat();
    policy.ignore_dynamic_resources = false;
    let looking = beside_daemons(&policy);
    assert_eq!(types_of(&looking, "p")[0], "arm-instance-type");
}
