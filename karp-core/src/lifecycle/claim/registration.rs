//! The second stage of a claim: its Node joins and gets labels, taints, owner and finalizer; not whether it can take pods.

use serde::{Deserialize, Serialize};

use super::{ClaimState, Draft};
use crate::{
    lifecycle::{
        Action, Backoff, Event, EventReason, RegistrationOutcome, Target, Waiting, change::hold,
        conditions::REGISTERED,
    },
    model::{ConditionStatus, Effect, Labels, Node, NodeClaim, Owner, Span, Taint, label},
};

/// What one registration hook said of a claim and its Node.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
#[serde(rename_all = "camelCase")]
pub struct HookAnswer {
    /// Name of the hook.
    pub name: String,
    /// What it said.
    pub verdict: HookVerdict,
}

/// Whether a hook lets a Node join.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[expect(clippy::exhaustive_enums, reason = "every hook says one of these")]
#[serde(rename_all = "camelCase")]
pub enum HookVerdict {
    /// It could not tell.
    Failed {
        /// The text of the error.
        message: String,
    },
    /// It may join.
    Passed {
        /// Labels that the hook puts on the claim, and so on the Node.
        labels: Labels,
    },
    /// Not yet.
    Pending {
        /// When to ask again.
        ask_after: Span,
    },
}

impl HookAnswer {
    /// What the hook `name` said.
    pub fn new(name: impl Into<String>, verdict: HookVerdict) -> Self {
        Self { name: name.into(), verdict }
    }
}

pub(super) fn register(draft: &mut Draft<'_>, state: &ClaimState<'_>) {
    if draft.status(REGISTERED) == ConditionStatus::True {
        return;
    }
    if draft.nodes > 1 {
        let message = "Several nodes have the provider id of the claim";
        draft.set(REGISTERED, ConditionStatus::False, "MultipleNodesFound", message);
        draft.wait_for(Waiting::SeveralNodes { nodes: draft.nodes }, None);
        return;
    }
    let Some(mut node) = draft.node.take() else {
        draft.set_unknown(REGISTERED, "NodeNotFound", "Node not registered with cluster");
        draft.wait_for(Waiting::NodeMissing, None);
        return;
    };
    let has_joined = is_true(&node.labels, label::REGISTERED);
    if !has_joined && !node.taints.contains(&unregistered()) {
        let reason = EventReason::UnregisteredTaintMissing;
        let message = format!("Node {} joined without the taint {}", node.name, unregistered());
        draft.publish(Event::on_claim(&draft.claim, reason, message));
    }
    sync(&draft.claim, &mut node);
    if has_joined || hooks_pass(draft, state, &node) {
        sync(&draft.claim, &mut node);
        node.taints.retain(|taint| *taint != unregistered());
        node.labels.insert(label::REGISTERED.to_owned(), "true".to_owned());
        draft.claim.status.node = Some(node.name.clone());
        draft.set_true(REGISTERED);
        if let Some(pool) = pool_uid(&draft.claim) {
            let outcome = RegistrationOutcome::Joined;
            draft.act_last(Action::RecordRegistration { pool, outcome });
        }
    }
    draft.node = Some(node);
}

/// UID of the pool that made a claim.
pub(super) fn pool_uid(claim: &NodeClaim) -> Option<crate::model::Uid> {
    claim.owners.iter().find(|owner| owner.kind == "NodePool").map(|owner| owner.uid.clone())
}

fn unregistered() -> Taint {
    Taint::new(label::UNREGISTERED_TAINT, Effect::NoExecute)
}

/// What the Node has of its claim: finalizer, owner, taints, labels, annotations. The claim wins.
///
/// Startup taints are given once: on a Node that has joined they stay away when something removed them.
fn sync(claim: &NodeClaim, node: &mut Node) {
    hold(&mut node.finalizers);
    if !node.owners.iter().any(|owner| owner.kind == "NodeClaim" && owner.uid == claim.uid) {
        node.owners.push(Owner {
            api_version: "karpenter.sh/v1".to_owned(),
            kind: "NodeClaim".to_owned(),
            name: claim.name.to_string(),
            uid: claim.uid.clone(),
            controller: false,
        });
    }
    let has_joined = is_true(&node.labels, label::REGISTERED);
    if !has_joined && !is_true(&node.labels, label::DO_NOT_SYNC_TAINTS) {
        for taint in claim.taints.iter().chain(&claim.startup_taints) {
            if !node.taints.iter().any(|own| own.is_same(taint)) {
                node.taints.push(taint.clone());
            }
        }
    }
    node.labels.extend(claim.labels.clone());
    node.annotations.extend(claim.annotations.clone());
}

/// Whether all hooks let the Node join; otherwise it is noted who holds it up.
fn hooks_pass(draft: &mut Draft<'_>, state: &ClaimState<'_>, node: &Node) -> bool {
    let Some(answers) = state.hooks else {
        let (claim, node) = (Target::claim(&draft.claim), Target::node(node));
        draft.act_last(Action::RunHooks { claim, node });
        draft.wait_for(Waiting::Hooks { names: Vec::new() }, None);
        return false;
    };
    let (mut names, mut ask_after) = (Vec::new(), None);
    for answer in answers {
        let after = match &answer.verdict {
            HookVerdict::Passed { labels } => {
                draft.claim.labels.extend(labels.clone());
                continue;
            }
            HookVerdict::Pending { ask_after } => *ask_after,
            HookVerdict::Failed { .. } => Backoff::CLAIM.after(1),
        };
        names.push(answer.name.clone());
        ask_after = Some(ask_after.map_or(after, |least: Span| least.min(after)));
    }
    let Some(ask_after) = ask_after else { return true };
    draft.set_answer(REGISTERED, "RegistrationHookPending", &names.join(","));
    draft.wait_for(Waiting::Hooks { names }, draft.now + ask_after);
    false
}

fn is_true(labels: &Labels, key: &str) -> bool {
    labels.get(key).is_some_and(|value| value == "true")
}
