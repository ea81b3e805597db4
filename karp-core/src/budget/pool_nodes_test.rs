//! Which nodes budgets count.

use std::sync::Arc;

use super::{DisruptionReason, Ledger, PoolBudgets, PoolNodes};
use crate::{
    model::{Budget, Condition, ConditionStatus, Node, NodeClaim, NodePoolName, Timestamp},
    snapshot::StateNode,
};

fn is(kind: &str, status: ConditionStatus) -> Condition {
    Condition { kind: kind.to_owned(), status, reason: String::new(), changed_at: None }
}

fn node(name: &str) -> (Node, NodeClaim) {
    let mut node = Node::new(name).of_pool("p");
    node.provider_id = format!("fake:///{name}");
    node.conditions = vec![is("Ready", ConditionStatus::True)];
    let mut claim = NodeClaim::new(name, &NodePoolName::from("p"));
    claim.status.provider_id.clone_from(&node.provider_id);
    claim.status.node = Some(name.into());
    claim.status.conditions =
        vec![is("Registered", ConditionStatus::True), is("Initialized", ConditionStatus::True)];
    (node, claim)
}

fn merged((node, claim): (Node, NodeClaim)) -> StateNode {
    StateNode::merge(Some(&Arc::new(node)), Some(&Arc::new(claim))).unwrap()
}

fn ten() -> Vec<(Node, NodeClaim)> {
    (0..10).map(|number| node(&format!("n{number}"))).collect()
}

/// What a budget of this text leaves of these nodes, which is the same for every reason.
fn left(nodes: &str, states: &[StateNode], is_marked: impl Fn(&StateNode) -> bool) -> usize {
    let pool = NodePoolName::from("p");
    let counts = PoolNodes::count(states, is_marked);
    let budgets = PoolBudgets::read(&[Budget { nodes: nodes.to_owned(), ..Budget::default() }]);
    let mut ledger = Ledger::new(Timestamp::EPOCH);
    ledger.open(pool.clone(), &budgets, counts[&pool]);
    let left = DisruptionReason::ALL.map(|reason| ledger.left(&pool, reason));
    assert_eq!(left, [left[0]; 3]);
    left[0]
}

fn states(pairs: Vec<(Node, NodeClaim)>) -> Vec<StateNode> {
    pairs.into_iter().map(merged).collect()
}

#[test]
fn nodes_without_claim_do_not_count() {
    let mut all = states(ten());
    let (foreign, _) = node("foreign");
    all.push(StateNode::merge(Some(&Arc::new(foreign)), None).unwrap());
    assert_eq!(left("100%", &all, |_| false), 10);
}

#[test]
fn nodes_that_are_not_initialized_do_not_count() {
    let mut all = ten();
    let (mut fresh, mut claim) = node("fresh");
    fresh.labels.remove(crate::model::label::INITIALIZED);
    claim.status.conditions.truncate(1);
    all.push((fresh, claim));
    assert_eq!(left("100%", &states(all), |_| false), 10);
}

#[test]
fn nodes_whose_machine_is_being_terminated_do_not_count() {
    let mut all = ten();
    let (going, mut claim) = node("going");
    claim.status.conditions.push(is("InstanceTerminating", ConditionStatus::True));
    all.push((going, claim));
    assert_eq!(left("100%", &states(all), |_| false), 10);
}

#[test]
fn nothing_is_left_when_all_nodes_go() {
    let mut all = ten();
    for (node, claim) in &mut all {
        node.deleting_since = Some(Timestamp::EPOCH);
        claim.deleting_since = Some(Timestamp::EPOCH);
    }
    assert_eq!(left("10%", &states(all), |_| false), 0);
}

#[test]
fn nodes_deleted_and_nodes_marked_are_taken_off() {
    let mut all = ten();
    all[0].0.deleting_since = Some(Timestamp::EPOCH);
    all[0].1.deleting_since = Some(Timestamp::EPOCH);
    assert_eq!(left("100%", &states(all), |state| &*state.name == "n1"), 8);
}

#[test]
fn nodes_that_are_not_ready_are_taken_off() {
    let mut all = ten();
    all[0].0.conditions = vec![is("Ready", ConditionStatus::False)];
    all[1].0.conditions = Vec::new();
    assert_eq!(left("100%", &states(all), |_| false), 8);
}
