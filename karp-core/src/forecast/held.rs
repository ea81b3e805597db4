//! Times during which budgets hold back what passes would do; not what budgets allow when nobody asks.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use crate::{
    budget::{Decider, DisruptionReason, PoolBudgets, PoolNodes},
    disrupt::{Found, Verdict},
    model::{NodeName, NodePoolName, Timestamp},
    snapshot::{Snapshot, StateNode},
};

/// A time during which the budgets of a pool held nodes back, while nothing else was to be done.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
#[non_exhaustive]
#[serde(rename_all = "camelCase")]
pub struct Held {
    /// The pool.
    pub node_pool: NodePoolName,
    /// The reason for which its nodes would have gone.
    pub reason: DisruptionReason,
    /// From when.
    pub from: Timestamp,
    /// Until when; the end of the forecast if it ends later.
    pub to: Timestamp,
    /// The nodes.
    pub nodes: BTreeSet<NodeName>,
    /// Which of the pool's budgets decided.
    pub decided_by: Decider,
}

type Key = (NodePoolName, DisruptionReason);

/// What is held back at the moment and was before.
#[derive(Default)]
pub(super) struct HeldBack {
    now: BTreeMap<Key, Held>,
    past: Vec<Held>,
}

impl HeldBack {
    /// What a pass that found nothing says is held back from now on.
    pub(super) fn note(&mut self, snapshot: &Snapshot, states: &[StateNode], all: &[Found]) {
        let mut next: BTreeMap<Key, Held> = BTreeMap::new();
        let counts = PoolNodes::count(states, |_| false);
        for (node, reason) in all.iter().flat_map(spent) {
            let state = states.iter().find(|state| *state.name == **node);
            let Some(pool) = state.and_then(StateNode::pool) else { continue };
            let held = next.entry((pool.clone(), reason)).or_insert_with(|| {
                let budgets = snapshot.node_pool(&pool);
                let budgets = budgets.map_or(&[][..], |pool| &pool.disruption.budgets);
                let total = counts.get(&pool).map_or(0, |count| count.total);
                let allowed = PoolBudgets::read(budgets).allowed(reason, total, snapshot.now);
                let decided_by = allowed.decided_by;
                let (from, to) = (snapshot.now, snapshot.now);
                Held { node_pool: pool, reason, from, to, nodes: BTreeSet::new(), decided_by }
            });
            held.nodes.insert(node.clone());
        }
        self.turn(next, snapshot.now);
    }

    /// Nothing is held back from now on.
    pub(super) fn release(&mut self, now: Timestamp) {
        self.turn(BTreeMap::new(), now);
    }

    /// Pools whose budgets hold something back.
    pub(super) fn pools(&self) -> impl Iterator<Item = &NodePoolName> {
        self.now.keys().map(|(pool, _)| pool)
    }

    /// All that was held back, in the order of time.
    pub(super) fn into_past(mut self, end: Timestamp) -> Vec<Held> {
        self.release(end);
        self.past.sort_by(|a, b| {
            (a.from, &a.node_pool, a.reason).cmp(&(b.from, &b.node_pool, b.reason))
        });
        self.past
    }

    fn turn(&mut self, mut next: BTreeMap<Key, Held>, now: Timestamp) {
        for (key, mut held) in std::mem::take(&mut self.now) {
            match next.get_mut(&key) {
                Some(same) if same.nodes == held.nodes && same.decided_by == held.decided_by => {
                    same.from = held.from;
                }
                _ if now > held.from => {
                    held.to = now;
                    self.past.push(held);
                }
                _ => {}
            }
        }
        self.now = next;
    }
}

/// Nodes for which nothing was left.
fn spent(found: &Found) -> impl Iterator<Item = (&NodeName, DisruptionReason)> {
    let spent = found.verdicts.iter().filter(|(_, verdict)| **verdict == Verdict::BudgetSpent);
    spent.map(|(node, _)| (node, found.method.reason()))
}
