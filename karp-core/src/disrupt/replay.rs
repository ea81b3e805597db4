//! Simulations against one compiled problem that are taken back afterwards; equal to compiling again for each.

use std::{borrow::Cow, cell::OnceCell};

use super::{
    Memory,
    market::Market,
    simulate::{NewMachine, Outcome, Recompile, Simulator, is_shielded, outcome_of, simulating},
};
use crate::{
    compile::{Problem, compile_without, forms::Forms, going::Going, nodes::NodeIx},
    policy::Policy,
    snapshot::{Snapshot, StateNode},
    solve::what_if::WhatIf,
};

/// Reads a cluster once for many removals.
pub(super) fn compiled(
    snapshot: &Snapshot,
    (policy, memory): (&Policy, &Memory),
    states: &[&StateNode],
) -> Problem {
    let named = |is: &dyn Fn(&StateNode) -> bool| {
        states.iter().filter(|state| is(state)).map(|state| &*state.name).collect()
    };
    let going = Going {
        marked: named(&|state| memory.is_marked(state)),
        removed: named(&|_| false),
        shielded: named(&|state| is_shielded(snapshot, state)),
        any_may_go: true,
    };
    compile_without(snapshot, &simulating(policy), &going)
}

/// Asks one problem again and again.
pub(super) struct Replay<'p> {
    problem: &'p Problem,
    what_if: WhatIf<'p>,
    market: Market,
    /// For removals that make another problem of it.
    anew: OnceCell<Recompile<'p>>,
    /// Whether the last removal was compiled anew.
    pub(super) is_anew: bool,
    snapshot: &'p Snapshot,
    settings: (&'p Policy, &'p Memory),
}

impl<'p> Replay<'p> {
    pub(super) fn new(
        problem: &'p Problem,
        snapshot: &'p Snapshot,
        settings: (&'p Policy, &'p Memory),
    ) -> Self {
        Self {
            problem,
            what_if: WhatIf::new(problem),
            market: Market::default(),
            anew: OnceCell::new(),
            is_anew: false,
            snapshot,
            settings,
        }
    }

    /// The obvious way, made when it is first needed.
    fn anew(&mut self) -> Option<&mut Recompile<'p>> {
        let (policy, memory) = self.settings;
        self.anew.get_or_init(|| Recompile::new(Cow::Borrowed(self.snapshot), policy, memory));
        self.anew.get_mut()
    }
}

impl Simulator for Replay<'_> {
    fn remove(&mut self, nodes: &[&str], shields: bool) -> Outcome {
        let places: Option<Vec<NodeIx>> =
            nodes.iter().map(|name| self.problem.removals.node(name)).collect();
        let Some(places) = places.filter(|places| !self.what_if.needs_compile(places)) else {
            self.is_anew = true;
            return self.anew().map_or_else(Outcome::default, |anew| anew.remove(nodes, shields));
        };
        self.is_anew = false;
        self.what_if.remove(&places, shields);
        let left = self.what_if.left().to_vec();
        let solver = self.what_if.solver();
        let claims = &solver.claims;
        let machines = claims.rows.iter().map(|(id, claim)| NewMachine {
            template: claim.template,
            set: claim.set,
            options: claims.options[id].to_vec(),
            pods: claim.pods.clone(),
            totals: claims.totals[id].to_vec(),
            min_values_relaxed: claim.min_values_relaxed,
        });
        let on_nodes =
            solver.nodes.touched().map(|node| (node, solver.nodes.pods[node].as_slice()));
        let outcome = outcome_of(self.problem, machines.collect(), left.into_iter(), on_nodes);
        self.what_if.undo(&places);
        outcome
    }

    fn tables(&mut self) -> (&Problem, &mut Forms, &mut Market) {
        if self.is_anew
            && let Some(anew) = self.anew.get_mut()
        {
            return anew.tables();
        }
        (self.problem, &mut self.what_if.solver().forms, &mut self.market)
    }
}
