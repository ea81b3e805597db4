//! A claim and its Node while a pass changes them; not what changes them.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use crate::{
    lifecycle::{
        Action, Bought, Cause, ClaimChange, ConditionChange, Event, Next, NodeChange, Target,
        Waiting, change::added, conditions,
    },
    model::{ConditionStatus, Node, NodeClaim, Timestamp},
};

/// Copies on which every step writes at once, so that the next one knows; in the end the differences become two writes.
pub(super) struct Draft<'a> {
    pub(super) now: Timestamp,
    pub(super) claim: NodeClaim,
    /// The claim's only Node.
    pub(super) node: Option<Node>,
    /// How many Nodes have the claim's provider id.
    pub(super) nodes: usize,
    claim_before: &'a NodeClaim,
    node_before: Option<&'a Node>,
    /// Messages of conditions that were set.
    messages: BTreeMap<String, String>,
    /// Conditions that are to be written even if their reason is the same, as their message may not be.
    news: BTreeSet<String>,
    early: Vec<Action>,
    late: Vec<Action>,
    waits: Next,
    has_ended: bool,
}

impl<'a> Draft<'a> {
    pub(super) fn of(claim: &'a NodeClaim, now: Timestamp) -> Self {
        Self {
            now,
            claim: claim.clone(),
            node: None,
            nodes: 0,
            claim_before: claim,
            node_before: None,
            messages: BTreeMap::new(),
            news: BTreeSet::new(),
            early: Vec::new(),
            late: Vec::new(),
            waits: Next::done(),
            has_ended: false,
        }
    }

    /// Finds the Nodes of the claim's machine.
    pub(super) fn meet_nodes(&mut self, nodes: &'a [Arc<Node>]) {
        let own = nodes_of(&self.claim.status.provider_id, nodes);
        self.nodes = own.len();
        if let [node] = own[..] {
            self.node_before = Some(node);
            self.node = Some(node.clone());
        }
    }

    pub(super) fn status(&self, kind: &str) -> ConditionStatus {
        conditions::status(&self.claim.status.conditions, kind)
    }

    /// When the condition last changed; the claim's creation for one that never was set.
    pub(super) fn since(&self, kind: &str) -> Timestamp {
        let before = self.claim_before;
        conditions::since(&before.status.conditions, kind, before.created_at)
    }

    pub(super) fn set_true(&mut self, kind: &str) {
        self.set(kind, ConditionStatus::True, kind, "");
    }

    pub(super) fn set_unknown(&mut self, kind: &str, reason: &str, message: &str) {
        self.set(kind, ConditionStatus::Unknown, reason, message);
    }

    pub(super) fn set(&mut self, kind: &str, status: ConditionStatus, reason: &str, message: &str) {
        conditions::set(&mut self.claim.status.conditions, kind, (status, reason), self.now);
        self.messages.insert(kind.to_owned(), message.to_owned());
    }

    /// Sets a condition to unknown for what somebody just answered: it is written although only the message may differ.
    pub(super) fn set_answer(&mut self, kind: &str, reason: &str, message: &str) {
        self.set_unknown(kind, reason, message);
        self.news.insert(kind.to_owned());
    }

    /// Does something before objects are written.
    pub(super) fn act(&mut self, action: Action) {
        self.early.push(action);
    }

    /// Does something after objects were written.
    pub(super) fn act_last(&mut self, action: Action) {
        self.late.push(action);
    }

    pub(super) fn publish(&mut self, event: Event) {
        self.early.push(Action::Publish(Box::new(event)));
    }

    pub(super) fn wait_for(&mut self, reason: Waiting, until: impl Into<Option<Timestamp>>) {
        self.waits.wait_for(reason, until);
    }

    /// Deletes the claim; nothing is written into it any more.
    pub(super) fn end(&mut self, cause: Cause) {
        self.late.insert(0, Action::DeleteClaim { claim: Target::claim(&self.claim), cause });
        self.has_ended = true;
    }

    pub(super) const fn has_ended(&self) -> bool {
        self.has_ended
    }

    /// Early actions, the Node's change, the claim's change, late actions.
    pub(super) fn finish(mut self) -> Next {
        let mut next = Next::done();
        let (node_change, claim_change) = (self.node_change(), self.claim_change());
        next.actions.append(&mut self.early);
        if self.has_ended {
            next.actions.append(&mut self.late);
            return next;
        }
        next.actions.extend(node_change.map(|change| Action::UpdateNode(Box::new(change))));
        next.actions.extend(claim_change.map(|change| Action::UpdateClaim(Box::new(change))));
        next.actions.append(&mut self.late);
        next.waits = self.waits.waits;
        next
    }

    fn node_change(&self) -> Option<NodeChange> {
        let change = NodeChange::between(self.node_before?, self.node.as_ref()?);
        (!change.is_empty()).then_some(change)
    }

    fn claim_change(&mut self) -> Option<ClaimChange> {
        self.summarize();
        let (before, after) = (self.claim_before, &self.claim);
        let mut change = ClaimChange::of(before);
        change.labels = added(&before.labels, &after.labels);
        change.annotations = added(&before.annotations, &after.annotations);
        if before.status.provider_id != after.status.provider_id {
            change.bought = Some(Bought {
                provider_id: after.status.provider_id.clone(),
                image_id: after.status.image_id.clone(),
                capacity: after.status.capacity.clone(),
                allocatable: after.status.allocatable.clone(),
            });
        }
        change.node = after.status.node.clone().filter(|_| before.status.node != after.status.node);
        for condition in &after.status.conditions {
            let message = self.messages.get(&condition.kind).map_or("", String::as_str);
            let set =
                ConditionChange::set(&condition.kind, condition.status, &condition.reason, message);
            if set.changes(&before.status.conditions) || self.news.contains(&condition.kind) {
                change.conditions.push(set);
            }
        }
        (!change.is_empty()).then_some(change)
    }

    /// Sets the condition that sums up the three stages: true when all are, false when one is.
    fn summarize(&mut self) {
        let stages = [conditions::LAUNCHED, conditions::REGISTERED, conditions::INITIALIZED];
        let first = |wanted| stages.into_iter().find(|stage| self.status(stage) == wanted);
        let (status, reason) =
            match (first(ConditionStatus::False), first(ConditionStatus::Unknown)) {
                (Some(stage), _) => (ConditionStatus::False, stage),
                (None, Some(stage)) => (ConditionStatus::Unknown, stage),
                (None, None) => (ConditionStatus::True, conditions::READY),
            };
        conditions::set(
            &mut self.claim.status.conditions,
            conditions::READY,
            (status, reason),
            self.now,
        );
    }
}

/// Nodes that say that they are this machine.
pub(super) fn nodes_of<'a>(provider_id: &str, nodes: &'a [Arc<Node>]) -> Vec<&'a Node> {
    if provider_id.is_empty() {
        return Vec::new();
    }
    nodes.iter().map(Arc::as_ref).filter(|node| node.provider_id == provider_id).collect()
}
