//! A change carried out and planned again: what becomes of pods; not which change is tried.

use std::collections::{BTreeMap, BTreeSet};

use super::Change;
use crate::{
    decision::{Plan, provision},
    model::{PodId, Price},
    policy::Policy,
    snapshot::Snapshot,
};

/// What a change leads to.
#[derive(Clone, Debug)]
pub(super) struct Outcome {
    /// Pods that had no place and have one.
    pub(super) placed: BTreeSet<PodId>,
    /// Whether some pod that had a place has none.
    pub(super) takes_places: bool,
    /// What the machines cost per hour.
    pub(super) price: Price,
}

/// Carries out changes; each of them once.
#[derive(Debug)]
pub(super) struct Trials<'a> {
    snapshot: &'a Snapshot,
    policy: &'a Policy,
    unplaced: BTreeSet<&'a PodId>,
    known: BTreeMap<Change, Outcome>,
    /// Plans that were made.
    pub(super) spent: usize,
}

impl<'a> Trials<'a> {
    pub(super) fn new(snapshot: &'a Snapshot, policy: &'a Policy, plan: &'a Plan) -> Self {
        Self {
            snapshot,
            policy,
            unplaced: plan.unplaced.iter().map(|unplaced| &unplaced.pod).collect(),
            known: BTreeMap::new(),
            spent: 0,
        }
    }

    /// What a change leads to.
    pub(super) fn outcome(&mut self, change: &Change) -> &Outcome {
        if !self.known.contains_key(change) {
            self.spent += 1;
        }
        let Self { snapshot, policy, unplaced, known, .. } = self;
        known.entry(change.clone()).or_insert_with(|| {
            let (snapshot, policy) = change.apply(snapshot, policy);
            let plan = provision(&snapshot, &policy);
            let left: BTreeSet<&PodId> = plan.unplaced.iter().map(|own| &own.pod).collect();
            Outcome {
                placed: unplaced.difference(&left).map(|&pod| pod.clone()).collect(),
                takes_places: left.iter().any(|pod| !unplaced.contains(pod)),
                price: plan.totals().price,
            }
        })
    }

    /// Whether a change gives all of `pods` a place and takes none from others.
    pub(super) fn helps(&mut self, change: &Change, pods: &[PodId]) -> bool {
        let outcome = self.outcome(change);
        !outcome.takes_places && pods.iter().all(|pod| outcome.placed.contains(pod))
    }
}
