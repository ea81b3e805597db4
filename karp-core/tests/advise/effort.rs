//! What is spent, and what is said when it is not enough.

use karp_core::{
    advise::{Advisor, Effort, NoRemedy},
    model::{Effect, NodePool, Taint},
    policy::Policy,
    provision,
};

use super::fixture::*;

#[test]
fn what_is_not_tried_for_want_of_effort_is_said() {
    let pools =
        ["a", "b", "c"].map(|name| NodePool::new(name).taint(Taint::new(name, Effect::NoSchedule)));
    let snapshot = world().node_pools(pools).pod(pod("p")).build().unwrap();
    let policy = Policy::compat();
    let plan = provision(&snapshot, &policy);
    let mut advisor = Advisor::new(&snapshot, &policy, &plan).with_effort(Effort::new(2, 100));
    let advice = advisor.all();
    assert_eq!(advice[0].remedies.len(), 2);
    assert_eq!(advice[0].incomplete, Some(NoRemedy::EffortSpent));
    assert_eq!(advisor.spent(), 2);
    let mut none = Advisor::new(&snapshot, &policy, &plan).with_effort(Effort::new(0, 0));
    assert_eq!(none.all()[0].remedies, []);
    assert_eq!(none.spent(), 0);
}

#[test]
fn a_change_that_concerns_many_pods_is_planned_once() {
    let pods = (0..10).map(|i| pod(&format!("p-{i}")).label("own", i.to_string()));
    let tainted = pool().taint(Taint::new("team", Effect::NoSchedule));
    let snapshot = world().node_pool(tainted).pods(pods).build().unwrap();
    let policy = Policy::compat();
    let plan = provision(&snapshot, &policy);
    let mut advisor = Advisor::new(&snapshot, &policy, &plan);
    assert_eq!(advisor.all().len(), 10);
    assert_eq!(advisor.spent(), 11, "a toleration for each, the taint once");
}

#[test]
fn one_pod_is_asked_about_with_those_that_are_equal() {
    let snapshot =
        world().node_pool(pool().limit("cpu", "0")).pods(["p-1", "p-2"].map(pod)).build().unwrap();
    let policy = Policy::compat();
    let plan = provision(&snapshot, &policy);
    let mut advisor = Advisor::new(&snapshot, &policy, &plan);
    let advice = advisor.of(&snapshot.pods[1].id).unwrap();
    assert_eq!(advice.pods.len(), 2);
    assert_eq!(advisor.of(&karp_core::model::PodId::new("default", "nobody")), None);
}

#[test]
fn advice_is_saved_and_read_again() {
    let snapshot = world().node_pool(pool().limit("cpu", "1")).pod(pod("p")).build().unwrap();
    let policy = Policy::compat();
    let plan = provision(&snapshot, &policy);
    let all = Advisor::new(&snapshot, &policy, &plan).all();
    let text = serde_json::to_string(&all).unwrap();
    let again: Vec<karp_core::advise::Advice> = serde_json::from_str(&text).unwrap();
    assert_eq!(all, again, "{text}");
}
