//! A claim, a Node and a pod to change, and short ways to read what is to be done.

use std::sync::Arc;

use karp_core::{
    lifecycle::{
        self, Action, Cause, ClaimState, Classes, ConditionChange, EventReason, Next, OwnedMachine,
        Settings, Sight, conditions,
    },
    model::{
        Condition, ConditionStatus, Effect, Node, NodeClaim, NodeClassRef, NodePool, NodePoolName,
        Owner, Pod, Span, Taint, Timestamp, Uid, label,
    },
};

pub(crate) const MACHINE: &str = "fake:///m1";
pub(crate) const POOL_UID: &str = "uid-of-pool";

pub(crate) fn now() -> Timestamp {
    "2026-01-15T12:00:00Z".parse().unwrap()
}

pub(crate) fn minutes(count: i64) -> Span {
    Span::minutes(count)
}

pub(crate) fn settings() -> Settings {
    let mut settings = Settings::compat();
    settings.classes = Classes::of([("test.sh", "TestNodeClass")]);
    settings
}

pub(crate) fn class(kind: &str) -> NodeClassRef {
    NodeClassRef { group: "test.sh".into(), kind: kind.into(), name: "default".into() }
}

pub(crate) fn pool() -> NodePool {
    let mut pool = NodePool::new("general");
    pool.uid = Uid::new(POOL_UID);
    pool.template.node_class = class("TestNodeClass");
    pool
}

/// A claim of ours, created now, that has its finalizer and nothing else.
pub(crate) fn claim() -> NodeClaim {
    let mut claim = NodeClaim::new("general-1", &NodePoolName::from("general"));
    claim.uid = Uid::new("uid-of-claim");
    claim.created_at = now();
    claim.node_class = class("TestNodeClass");
    claim.finalizers = vec![label::TERMINATION_FINALIZER.to_owned()];
    claim.owners = vec![Owner {
        api_version: "karpenter.sh/v1".into(),
        kind: "NodePool".into(),
        name: "general".into(),
        uid: Uid::new(POOL_UID),
        controller: false,
    }];
    claim
}

pub(crate) fn foreign(mut claim: NodeClaim) -> NodeClaim {
    claim.node_class = class("OtherNodeClass");
    claim
}

pub(crate) fn set(claim: &mut NodeClaim, kind: &str, status: ConditionStatus, at: Timestamp) {
    claim.status.conditions.retain(|condition| condition.kind != kind);
    claim.status.conditions.push(Condition {
        kind: kind.to_owned(),
        status,
        reason: kind.to_owned(),
        changed_at: Some(at),
    });
}

pub(crate) fn launched() -> NodeClaim {
    let mut claim = claim();
    claim.status.provider_id = MACHINE.into();
    set(&mut claim, conditions::LAUNCHED, ConditionStatus::True, now());
    claim
}

pub(crate) fn registered() -> NodeClaim {
    let mut claim = launched();
    claim.status.node = Some("n1".into());
    set(&mut claim, conditions::REGISTERED, ConditionStatus::True, now());
    claim
}

pub(crate) fn initialized() -> NodeClaim {
    let mut claim = registered();
    set(&mut claim, conditions::INITIALIZED, ConditionStatus::True, now());
    claim
}

pub(crate) fn unregistered_taint() -> Taint {
    Taint::new(label::UNREGISTERED_TAINT, Effect::NoExecute)
}

pub(crate) fn is(kind: &str, status: ConditionStatus, at: Timestamp) -> Condition {
    Condition { kind: kind.into(), status, reason: String::new(), changed_at: Some(at) }
}

/// A ready Node of the machine that has just joined.
pub(crate) fn joining() -> Node {
    let mut node = Node::new("n1");
    node.uid = Uid::new("uid-of-node");
    node.provider_id = MACHINE.into();
    node.taints = vec![unregistered_taint()];
    node.conditions = vec![is(conditions::READY, ConditionStatus::True, now())];
    node
}

/// A Node of the pool that takes pods.
pub(crate) fn joined() -> Node {
    let mut node =
        joining().of_pool("general").label(class("TestNodeClass").label_key(), "default");
    node.taints.clear();
    node.finalizers = vec![label::TERMINATION_FINALIZER.to_owned()];
    node
}

pub(crate) fn pod(name: &str) -> Pod {
    let mut pod = Pod::new(name).bound_to("n1");
    pod.uid = Uid::new(format!("uid-of-{name}"));
    pod.spec_mut().termination_grace_period = Some(Span::seconds(30));
    pod
}

pub(crate) fn owned_by(mut pod: Pod, api_version: &str, kind: &str) -> Pod {
    pod.owners.push(Owner {
        api_version: api_version.into(),
        kind: kind.into(),
        name: "owner".into(),
        uid: Uid::new("uid-of-owner"),
        controller: true,
    });
    pod
}

pub(crate) fn annotated(mut pod: Pod, key: &str, value: &str) -> Pod {
    Arc::make_mut(&mut pod.annotations).insert(key.to_owned(), value.to_owned());
    pod
}

pub(crate) fn arcs<T>(items: impl IntoIterator<Item = T>) -> Vec<Arc<T>> {
    items.into_iter().map(Arc::new).collect()
}

pub(crate) fn machine() -> OwnedMachine {
    OwnedMachine::listed(MACHINE, now()).tagged("general-1").of_pool("general")
}

pub(crate) fn alive() -> Sight {
    Sight::Alive(machine())
}

pub(crate) fn advance(state: &ClaimState<'_>, at: Timestamp) -> Next {
    lifecycle::advance_claim(state, &settings(), at)
}

/// Writes what is to be written into copies of the claim and the Node.
pub(crate) fn written(
    next: &Next,
    claim: &NodeClaim,
    node: &Node,
    at: Timestamp,
) -> (NodeClaim, Node) {
    let (mut claim, mut node) = (claim.clone(), node.clone());
    for action in &next.actions {
        match action {
            Action::UpdateClaim(change) => change.apply(&mut claim, at),
            Action::UpdateNode(change) => change.apply(&mut node),
            _ => {}
        }
    }
    (claim, node)
}

/// The claim after its writes.
pub(crate) fn claim_after(next: &Next, claim: &NodeClaim) -> NodeClaim {
    written(next, claim, &joining(), now()).0
}

pub(crate) fn condition<'a>(claim: &'a NodeClaim, kind: &str) -> Option<&'a Condition> {
    claim.status.conditions.iter().find(|condition| condition.kind == kind)
}

/// Status and reason of a condition; `Unknown` and empty for one that is not there.
pub(crate) fn standing<'a>(claim: &'a NodeClaim, kind: &str) -> (ConditionStatus, &'a str) {
    condition(claim, kind).map_or((ConditionStatus::Unknown, ""), |own| (own.status, &own.reason))
}

/// The message that a change sets on a condition.
pub(crate) fn message<'a>(next: &'a Next, kind: &str) -> &'a str {
    let changes = next.actions.iter().filter_map(|action| match action {
        Action::UpdateClaim(change) => Some(&change.conditions),
        _ => None,
    });
    let mut messages = changes.flatten().filter_map(|change| match change {
        ConditionChange::Set { kind: own, message, .. } if own == kind => Some(message.as_str()),
        _ => None,
    });
    messages.next_back().unwrap_or_default()
}

pub(crate) fn deletions(next: &Next) -> Vec<Cause> {
    let causes = next.actions.iter().filter_map(|action| match action {
        Action::DeleteClaim { cause, .. } => Some(*cause),
        _ => None,
    });
    causes.collect()
}

pub(crate) fn events(next: &Next) -> Vec<EventReason> {
    let reasons = next.actions.iter().filter_map(|action| match action {
        Action::Publish(event) => Some(event.reason),
        _ => None,
    });
    reasons.collect()
}

pub(crate) fn waits(next: &Next) -> Vec<&'static str> {
    next.waits.iter().map(|wait| wait.reason.code()).collect()
}

pub(crate) fn launches(next: &Next) -> usize {
    next.actions.iter().filter(|action| matches!(action, Action::Launch { .. })).count()
}

pub(crate) fn terminations(next: &Next) -> usize {
    next.actions.iter().filter(|action| matches!(action, Action::Terminate(_))).count()
}

pub(crate) fn releases_node(next: &Next) -> bool {
    next.actions.iter().any(|action| matches!(action, Action::ReleaseNode { .. }))
}

pub(crate) fn releases_claim(next: &Next) -> bool {
    next.actions.iter().any(|action| matches!(action, Action::ReleaseClaim { .. }))
}
