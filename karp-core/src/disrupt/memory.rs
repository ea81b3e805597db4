//! What a controller knows of its own earlier decisions that no object shows yet; not what it does with it.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::{Found, PastMove, Refusal};
use crate::{
    decision::Plan,
    model::{NodeName, Timestamp},
    policy::Policy,
    snapshot::StateNode,
};

/// What was decided and shows in no object yet. Nodes are named as [`StateNode::name`]; a claim without Node by the claim's name.
#[derive(Clone, Debug, Default, Eq, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
#[serde(rename_all = "camelCase", default)]
pub struct Memory {
    /// Nodes whose removal is decided: they take no pods and their pods look for other places.
    pub marked: BTreeSet<NodeName>,
    /// Nodes that a command already owns.
    pub queued: BTreeSet<NodeName>,
    /// Nodes that pods were lately promised to.
    pub nominated: BTreeSet<NodeName>,
    /// Virtual pods of capacity buffers on each node.
    pub buffer_pods: BTreeMap<NodeName, usize>,
    /// Pools for which the provider lists no instance types at the moment.
    pub pools_without_types: BTreeSet<crate::model::NodePoolName>,
    /// Candidates whose turn is still to come in this round of passes; see [`EveryCandidate::steps`](crate::policy::EveryCandidate::steps).
    pub to_judge: BTreeSet<NodeName>,
    /// Moves that were carried out, for [`Policy::churn`]; [`Disruption::record`](super::Disruption::record) makes them.
    pub moves: Vec<PastMove>,
    /// Offerings that were refused, for [`Policy::stock_outs`]; [`refuse`](Self::refuse) adds them.
    pub refusals: Vec<Refusal>,
}

impl Memory {
    /// Nothing is remembered.
    pub fn new() -> Self {
        Self::default()
    }

    /// Notes what a provisioning round promised, in place of what an earlier one did: nodes that pods are to go to, and how much room each keeps
    /// for capacity buffers. Such room is no promise.
    ///
    /// Pods that were promised a node have 20 seconds to get there; whoever remembers for longer disrupts less.
    ///
    /// ```
    /// use karp_core::{decision::Plan, disrupt::Memory, model::PodId, Timestamp};
    /// let mut plan = Plan::new(Timestamp::EPOCH);
    /// plan.existing.insert("node-1".into(), vec![PodId::new("shop", "web-1")]);
    /// let mut memory = Memory::new();
    /// memory.note_plan(&plan);
    /// assert!(memory.nominated.contains("node-1"));
    /// assert!(memory.buffer_pods.is_empty());
    /// ```
    pub fn note_plan(&mut self, plan: &Plan) {
        let is_real = |pod: &crate::model::PodId| !plan.virtual_pods.contains_key(pod);
        let promised = plan.existing.iter().filter(|(_, pods)| pods.iter().any(is_real));
        self.nominated = promised.map(|(node, _)| node.clone()).collect();
        let kept = plan.kept_room().into_iter();
        self.buffer_pods = kept.map(|(node, count)| (node.clone(), count)).collect();
    }

    /// Remembers where a pass stopped, so that the next one goes on from there.
    pub fn note_turns(&mut self, found: &Found) {
        if found.method == super::Method::SingleNode {
            self.to_judge.clone_from(&found.to_judge);
        }
    }

    /// Forgets what no longer counts at an instant.
    pub fn forget(&mut self, now: Timestamp, policy: &Policy) {
        self.moves.retain(|own| policy.churn.as_ref().is_some_and(|churn| own.counts(churn, now)));
        self.refusals
            .retain(|own| policy.stock_outs.as_ref().is_some_and(|own_of| own.counts(own_of, now)));
    }

    /// Whether the removal of a node is decided.
    pub(super) fn is_marked(&self, state: &StateNode) -> bool {
        has(&self.marked, state)
    }

    pub(super) fn is_queued(&self, state: &StateNode) -> bool {
        has(&self.queued, state)
    }

    pub(super) fn is_nominated(&self, state: &StateNode) -> bool {
        has(&self.nominated, state)
    }

    pub(super) fn has_buffer_pods(&self, state: &StateNode) -> bool {
        names(state).any(|name| self.buffer_pods.get(name).is_some_and(|pods| *pods > 0))
    }
}

fn has(set: &BTreeSet<NodeName>, state: &StateNode) -> bool {
    names(state).any(|name| set.contains(name))
}

/// The names under which a machine may be remembered.
fn names(state: &StateNode) -> impl Iterator<Item = &str> {
    let of_node = state.node.as_ref().map(|node| node.name.as_str());
    of_node.into_iter().chain([&*state.name])
}
