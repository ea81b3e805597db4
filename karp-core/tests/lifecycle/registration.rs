//! The second stage of a claim (REG-1 to REG-28, but those of a pool's health).

use karp_core::{
    lifecycle::{
        Action, ClaimState, EventReason, HookAnswer, HookVerdict, Next, RegistrationOutcome,
        conditions::REGISTERED,
    },
    model::{ConditionStatus, Effect, Labels, Node, NodeClaim, Span, Taint, Uid, label},
};

use crate::fixture::*;

fn tainted() -> NodeClaim {
    let mut claim = launched();
    claim.labels.insert("team".into(), "shop".into());
    claim.annotations.insert("note".into(), "x".into());
    claim.taints = vec![Taint::new("dedicated", Effect::NoSchedule)];
    claim.startup_taints = vec![Taint::new("startup", Effect::NoExecute)];
    claim
}

fn register(claim: &NodeClaim, node: Node) -> (Next, NodeClaim, Node) {
    register_with(claim, node, Some(&[]))
}

fn register_with(
    claim: &NodeClaim,
    node: Node,
    hooks: Option<&[HookAnswer]>,
) -> (Next, NodeClaim, Node) {
    let nodes = arcs([node]);
    let next = advance(&ClaimState::new(claim).with_nodes(&nodes).with_hooks(hooks), now());
    let (claim, node) = written(&next, claim, &nodes[0], now());
    (next, claim, node)
}

fn has(node: &Node, key: &str) -> bool {
    node.taints.iter().any(|taint| taint.key == key)
}

// REG-1, REG-5
#[test]
fn a_node_with_the_provider_id_registers_the_claim() {
    let (next, claim, node) = register(&tainted(), joining());
    assert_eq!(standing(&claim, REGISTERED), (ConditionStatus::True, REGISTERED));
    assert_eq!(claim.status.node.as_deref(), Some("n1"));
    assert_eq!(node.labels[label::REGISTERED], "true");
    assert!(!has(&node, label::UNREGISTERED_TAINT));
    assert!(node.finalizers.iter().any(|own| own == label::TERMINATION_FINALIZER));
    let outcome = RegistrationOutcome::Joined;
    let record = Action::RecordRegistration { pool: Uid::new(POOL_UID), outcome };
    assert_eq!(next.actions.last(), Some(&record));
}

#[test]
fn the_node_is_written_before_the_claim_says_that_it_joined() {
    let (next, ..) = register(&tainted(), joining());
    let place = |wanted: fn(&Action) -> bool| next.actions.iter().position(wanted).unwrap();
    let node = place(|action| matches!(action, Action::UpdateNode(_)));
    assert!(node < place(|action| matches!(action, Action::UpdateClaim(_))));
}

// REG-2
#[test]
fn nodes_of_other_claims_are_not_looked_at() {
    let (next, ..) = register(&foreign(tainted()), joining());
    assert!(next.actions.is_empty());
    let mut other = joining();
    other.provider_id = "fake:///other".into();
    let (next, claim, _) = register(&tainted(), other);
    assert_eq!(standing(&claim, REGISTERED), (ConditionStatus::Unknown, "NodeNotFound"));
    assert_eq!(message(&next, REGISTERED), "Node not registered with cluster");
}

// REG-3, REG-4
#[test]
fn the_node_belongs_to_the_claim_once() {
    let (_, _, node) = register(&tainted(), joining());
    assert_eq!(node.owners.len(), 1);
    let owner = node.owners[0].clone();
    assert_eq!((owner.kind.as_str(), owner.name.as_str()), ("NodeClaim", "general-1"));
    let mut owned = joining();
    owned.owners.push(owner);
    assert_eq!(register(&tainted(), owned).2.owners.len(), 1);
}

// REG-6
#[test]
fn a_node_without_the_unregistered_taint_registers_with_a_warning() {
    let mut node = joining();
    node.taints.clear();
    let (next, claim, _) = register(&tainted(), node);
    assert_eq!(events(&next), [EventReason::UnregisteredTaintMissing]);
    assert_eq!(standing(&claim, REGISTERED).0, ConditionStatus::True);
}

// REG-7 to REG-14
#[test]
fn labels_annotations_and_taints_of_the_claim_reach_the_node() {
    for (sync, taints) in [(None, true), (Some("false"), true), (Some("true"), false)] {
        let mut node = joining();
        node.labels.extend(sync.map(|value| (label::DO_NOT_SYNC_TAINTS.into(), value.into())));
        let (_, _, node) = register(&tainted(), node);
        assert_eq!(node.labels["team"], "shop");
        assert_eq!(node.annotations["note"], "x");
        assert_eq!((has(&node, "dedicated"), has(&node, "startup")), (taints, taints), "{sync:?}");
        assert!(!has(&node, label::UNREGISTERED_TAINT), "{sync:?}");
    }
}

// REG-15
#[test]
fn startup_taints_that_something_removed_stay_away() {
    let (_, claim, mut node) = register(&tainted(), joining());
    node.taints.retain(|taint| taint.key != "startup");
    let (_, _, node) = register(&claim, node);
    assert!(!has(&node, "startup"));
}

#[test]
fn startup_taints_stay_away_although_the_claim_was_not_written() {
    let (_, _, mut node) = register(&tainted(), joining());
    node.taints.retain(|taint| taint.key != "startup");
    let (_, claim, node) = register(&tainted(), node);
    assert!(!has(&node, "startup"));
    assert_eq!(standing(&claim, REGISTERED).0, ConditionStatus::True);
}

// REG-18: a claim whose owner is gone, or that never had one, tells no pool.
#[test]
fn a_claim_without_an_owner_registers_and_records_nothing() {
    let mut orphan = tainted();
    orphan.owners.clear();
    let (next, claim, _) = register(&orphan, joining());
    assert_eq!(standing(&claim, REGISTERED).0, ConditionStatus::True);
    assert!(!next.actions.iter().any(|own| matches!(own, Action::RecordRegistration { .. })));
}

fn passed() -> HookVerdict {
    HookVerdict::Passed { labels: Labels::new() }
}

fn pending(seconds: i64) -> HookVerdict {
    HookVerdict::Pending { ask_after: Span::seconds(seconds) }
}

fn hooks(verdicts: &[HookVerdict]) -> Vec<HookAnswer> {
    let names = ["a", "b", "c"];
    names.iter().zip(verdicts).map(|(name, own)| HookAnswer::new(*name, own.clone())).collect()
}

// REG-19, REG-23, REG-26, REG-27
#[test]
fn hooks_that_pass_let_the_node_join() {
    for verdicts in [vec![], vec![passed()], vec![passed(), passed(), passed()]] {
        let (_, claim, _) = register_with(&tainted(), joining(), Some(&hooks(&verdicts)));
        assert_eq!(standing(&claim, REGISTERED).0, ConditionStatus::True);
    }
}

// REG-20 to REG-22, REG-24
#[test]
fn hooks_that_do_not_pass_are_named_and_asked_again() {
    let failed = || HookVerdict::Failed { message: "boom".into() };
    for (verdicts, names, seconds) in [
        (vec![pending(7)], "a", 7),
        (vec![failed()], "a", 1),
        (vec![passed(), pending(5)], "b", 5),
        (vec![pending(9), pending(4)], "a,b", 4),
        (vec![pending(9), failed(), passed()], "a,b", 1),
    ] {
        let (next, claim, node) = register_with(&tainted(), joining(), Some(&hooks(&verdicts)));
        let reason = "RegistrationHookPending";
        assert_eq!(standing(&claim, REGISTERED), (ConditionStatus::Unknown, reason));
        assert_eq!(message(&next, REGISTERED), names);
        assert!(has(&node, label::UNREGISTERED_TAINT));
        assert!(has(&node, "dedicated"), "what is known of the Node is written all the same");
        assert_eq!(next.look_again_at(), Some(now() + Span::seconds(seconds)));
    }
}

// REG-25
#[test]
fn a_hook_that_passes_at_the_second_time_lets_the_node_join() {
    let (_, claim, node) = register_with(&tainted(), joining(), Some(&hooks(&[pending(1)])));
    let (_, claim, node) = register_with(&claim, node, Some(&hooks(&[passed()])));
    assert_eq!(standing(&claim, REGISTERED).0, ConditionStatus::True);
    assert_eq!(node.labels[label::REGISTERED], "true");
}

#[test]
fn hooks_are_asked_when_the_node_is_there_and_not_after_it_joined() {
    let asks = |next: &Next| next.actions.iter().any(|own| matches!(own, Action::RunHooks { .. }));
    let (next, ..) = register_with(&tainted(), joining(), None);
    assert!(asks(&next) && waits(&next).contains(&"hooks"));
    let (_, claim, node) = register(&tainted(), joining());
    assert!(!asks(&register_with(&claim, node, None).0));
}

// REG-28
#[test]
fn a_label_of_a_hook_reaches_claim_and_node() {
    let labels = Labels::from([("rack".into(), "r7".into())]);
    let answers = hooks(&[HookVerdict::Passed { labels }]);
    let (_, claim, node) = register_with(&tainted(), joining(), Some(&answers));
    assert_eq!((claim.labels["rack"].as_str(), node.labels["rack"].as_str()), ("r7", "r7"));
}

#[test]
fn several_nodes_of_one_machine_hold_registration_up_until_one_is_left() {
    let mut second = joining();
    second.name = "n2".into();
    let nodes = arcs([joining(), second]);
    let before = tainted();
    let next = advance(&ClaimState::new(&before).with_nodes(&nodes), now());
    let after = claim_after(&next, &before);
    assert_eq!(standing(&after, REGISTERED), (ConditionStatus::False, "MultipleNodesFound"));
    let (_, after, _) = register(&after, joining());
    assert_eq!(standing(&after, REGISTERED).0, ConditionStatus::True);
}
