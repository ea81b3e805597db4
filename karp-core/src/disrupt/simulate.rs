//! What would happen if nodes were gone: where their pods would go; not whether that is worth it.

use std::borrow::Cow;

use rustc_hash::FxHashSet;

use super::{Memory, market::Market};
use crate::{
    compile::{
        PodIx, Problem, algebra::SetId, compile_without, forms::Forms, going::Going, nodes::NodeIx,
        pools::TemplateIx,
    },
    model::{NodeName, PodId, Span},
    policy::{Policy, ReservedOfferingMode},
    snapshot::{Snapshot, StateNode, state_nodes},
    solve::{Placement, solve},
};

/// A machine that would be bought.
#[derive(Clone, Debug)]
pub(super) struct NewMachine {
    pub(super) template: TemplateIx,
    pub(super) set: SetId,
    pub(super) options: Vec<u64>,
    pub(super) pods: Vec<PodIx>,
    pub(super) totals: Vec<i64>,
    pub(super) min_values_relaxed: bool,
}

/// Where pods would go.
#[derive(Clone, Debug, Default)]
pub(super) struct Outcome {
    pub(super) machines: Vec<NewMachine>,
    /// The first pod that runs today and would have no place, and how many there are.
    pub(super) unplaced: Option<(PodId, usize)>,
    /// A node that has not joined completely, on which pods of removed nodes would be.
    pub(super) uninitialized: Option<NodeName>,
}

/// Something that can tell what would happen.
pub(super) trait Simulator {
    /// Simulates the removal of nodes, by the names of their machines.
    ///
    /// With `shields`, nodes that will soon be looked at themselves take no pods of removed nodes.
    fn remove(&mut self, nodes: &[&str], shields: bool) -> Outcome;

    /// The tables that the last outcome is written in, and the prices that are known of them.
    fn tables(&mut self) -> (&Problem, &mut Forms, &mut Market);

    /// Whether some pool makes machines for pods.
    fn has_pool(&mut self) -> bool {
        self.tables().0.pools.has_dynamic
    }
}

/// The obvious way: everything is read again for each question.
pub(super) struct Recompile<'s> {
    snapshot: Cow<'s, Snapshot>,
    policy: Policy,
    states: Vec<StateNode>,
    marked: Vec<bool>,
    shielded: Vec<bool>,
    last: Option<(Problem, Placement)>,
    market: Market,
}

impl<'s> Recompile<'s> {
    pub(super) fn new(snapshot: Cow<'s, Snapshot>, policy: &Policy, memory: &Memory) -> Self {
        let states = state_nodes(&snapshot);
        Self {
            policy: simulating(policy),
            marked: states.iter().map(|state| memory.is_marked(state)).collect(),
            shielded: states.iter().map(|state| is_shielded(&snapshot, state)).collect(),
            states,
            last: None,
            market: Market::default(),
            snapshot,
        }
    }
}

/// Reserved capacity that is short does not keep a pod waiting. Replacements grow as large as they can: only one is allowed.
pub(super) fn simulating(policy: &Policy) -> Policy {
    let reserved_offerings = ReservedOfferingMode::Fallback;
    Policy { reserved_offerings, opening: None, work_limit: None, ..policy.clone() }
}

/// Whether pods came to or went from the machine too lately for it to be looked at, so that it will be soon.
pub(super) fn is_shielded(snapshot: &Snapshot, state: &StateNode) -> bool {
    let (Some(claim), Some(pool)) = (&state.claim, state.pool()) else { return false };
    let Some(pool) = snapshot.node_pool(&pool) else { return false };
    let Some(quiet) = pool.disruption.consolidate_after.as_span() else { return false };
    quiet > Span::ZERO && claim.quiet_at(quiet).is_none_or(|end| snapshot.now < end)
}

impl Simulator for Recompile<'_> {
    fn remove(&mut self, nodes: &[&str], shields: bool) -> Outcome {
        let of = |flags: &[bool]| -> FxHashSet<&str> {
            let names = self.states.iter().zip(flags).filter(|(_, is)| **is);
            names.map(|(state, _)| &*state.name).collect()
        };
        let going = Going {
            marked: of(&self.marked),
            removed: nodes.iter().copied().collect(),
            shielded: if shields { of(&self.shielded) } else { FxHashSet::default() },
            any_may_go: false,
        };
        let problem = compile_without(&self.snapshot, &self.policy, &going);
        let placement = solve(&problem);
        let outcome = outcome(&problem, &placement);
        self.last = Some((problem, placement));
        self.market = Market::default();
        outcome
    }

    fn tables(&mut self) -> (&Problem, &mut Forms, &mut Market) {
        let Self { snapshot, policy, last, market, .. } = self;
        let (problem, placement) = last.get_or_insert_with(|| {
            let problem = compile_without(snapshot, policy, &Going::default());
            let placement = solve(&problem);
            (problem, placement)
        });
        (problem, &mut placement.forms, market)
    }
}

fn outcome(problem: &Problem, placement: &Placement) -> Outcome {
    let claims = &placement.claims;
    let machines = claims.rows.iter().map(|(id, claim)| NewMachine {
        template: claim.template,
        set: claim.set,
        options: claims.options[id].to_vec(),
        pods: claim.pods.clone(),
        totals: claims.totals[id].to_vec(),
        min_values_relaxed: claim.min_values_relaxed,
    });
    let unplaced = placement.unplaced.iter().map(|(pod, _)| *pod);
    let on_nodes = placement.nodes.pods.iter().map(|(node, pods)| (node, pods.as_slice()));
    outcome_of(problem, machines.collect(), unplaced, on_nodes)
}

/// Sums up where pods went.
pub(super) fn outcome_of<'a>(
    problem: &Problem,
    machines: Vec<NewMachine>,
    unplaced: impl Iterator<Item = PodIx>,
    on_nodes: impl Iterator<Item = (NodeIx, &'a [PodIx])>,
) -> Outcome {
    let runs = |pod: &PodIx| !problem.is_waiting(*pod);
    let left: Vec<PodIx> = unplaced.filter(runs).collect();
    let name = |pod: &PodIx| problem.pods[*pod].id.clone();
    let uninitialized = on_nodes
        .filter(|(node, _)| !problem.nodes.places[*node].is_initialized)
        .find(|(_, pods)| pods.iter().any(|pod| problem.is_moved(*pod)))
        .map(|(node, _)| problem.nodes.places[node].name.clone());
    let unplaced = left.first().map(|first| (name(first), left.len()));
    Outcome { machines, unplaced, uninitialized }
}
