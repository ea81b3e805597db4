//! What would happen if nodes were gone, asked many times of one problem; not which nodes are asked about.
//!
//! Nothing is compiled or copied for a question: nodes are taken away, their pods and those that wait are placed, the answer is read, and a
//! journal is played backwards. What was learnt and stays true (which types meet a set, what a slot allows at a version) is kept; numbers that
//! say "nothing changed since" only go forward, so that nothing is mistaken for something older. Equal to compiling again: the tests among
//! `disrupt` hold it against that.

use super::{limits::LimitState, plan::Plan, progress::Progress, queue::Work, solver::Solver};
use crate::compile::{
    PodIx, Problem,
    forms::{ClassId, Rung},
    names::KeyId,
    nodes::NodeIx,
    topology::Scope,
};

/// A problem that can be asked about.
#[derive(Debug)]
pub(crate) struct WhatIf<'p> {
    problem: &'p Problem,
    solver: Solver<'p>,
    limits: Vec<LimitState>,
    /// Keys of groups that don't count all nodes.
    filtered: Vec<KeyId>,
    left: Vec<PodIx>,
}

impl<'p> WhatIf<'p> {
    /// Prepares a problem that was compiled for removals.
    pub(crate) fn new(problem: &'p Problem) -> Self {
        let mut solver = Solver::new(problem, None);
        solver.start_journal();
        let groups = problem.groups.rows.rows().iter();
        let mut filtered: Vec<KeyId> = groups
            .filter(|group| !problem.groups.filters[group.filter].is_trivial())
            .filter_map(|group| match group.scope {
                Scope::Key(key) => Some(key),
                Scope::Host => None,
            })
            .collect();
        filtered.sort_unstable();
        filtered.dedup();
        let limits = solver.limits.rows().to_vec();
        Self { problem, solver, limits, filtered, left: Vec::new() }
    }

    /// Whether taking these nodes away makes another problem of it.
    ///
    /// It does when a domain goes that somebody knows only by them, or a pod that is refused whatever there is and no longer rejects others.
    pub(crate) fn needs_compile(&self, nodes: &[NodeIx]) -> bool {
        let refuses = |node: &NodeIx| {
            let removal = self.problem.removals.of(*node);
            removal.is_none_or(|own| own.pods.iter().any(|&pod| self.problem.rungs[pod].is_none()))
        };
        nodes.iter().any(refuses) || self.loses_domain(nodes)
    }

    /// Whether somebody knows a domain only by these nodes.
    fn loses_domain(&self, nodes: &[NodeIx]) -> bool {
        let problem = self.problem;
        let given = || {
            let removals = nodes.iter().filter_map(|&node| problem.removals.of(node));
            removals.flat_map(|removal| removal.domains.iter().copied())
        };
        given().any(|domain| {
            let (key, at) = domain;
            let mut lasting = problem.groups.lasting_domains.iter().filter(|(of, _)| *of == key);
            let is_lasting = lasting.any(|(_, domains)| domains.has(at));
            let going = given().filter(|other| *other == domain).count();
            let is_last = going >= problem.removals.nodes_with(domain);
            !is_lasting && (is_last || self.filtered.contains(&key))
        })
    }

    /// Takes nodes away and places what has to be placed; to be followed by [`undo`](Self::undo).
    /// With `shields`, shielded nodes take no pods of removed ones.
    pub(crate) fn remove(&mut self, nodes: &[NodeIx], shields: bool) {
        self.solver.shields = shields;
        let problem = self.problem;
        let mut queue: Vec<PodIx> = Vec::new();
        for &node in nodes {
            for &pod in problem.removals.of(node).into_iter().flat_map(|removal| &removal.pods) {
                self.look_for_home(pod);
            }
        }
        for &node in nodes {
            let is_overbooked = problem.nodes.places[node].is_overbooked;
            self.solver.nodes.set_gone(node, true, is_overbooked);
            let Some(removal) = problem.removals.of(node) else { continue };
            self.solver.counts.leave_out(problem, node, &removal.shares);
            if let Some((id, amounts)) = &removal.released {
                let template = &problem.pools.templates[*id];
                let positions = problem.pools.catalogs[template.catalog].positions().len();
                self.solver.limits[*id].release(&template.limits, amounts, positions);
            }
            queue.extend(&removal.pods);
        }
        self.left.clear();
        queue.extend(&problem.queue);
        queue.sort_unstable_by_key(|&pod| problem.removals.rank(pod));
        let of_leaving = problem.refused.iter().map(|(pod, _)| *pod);
        self.left.extend(of_leaving.filter(|&pod| !problem.is_moved(pod)));
        // A simulation is never cut: a node whose removal was not looked at to the end would be kept for a wrong reason.
        let mut go_on = |_: Progress| true;
        self.left.extend(self.solver.run(queue, &mut Work::new(None, &mut go_on)).refused);
        self.solver.pin();
        self.left.sort_unstable();
    }

    /// Works out, once for all questions, in which forms of a pod no node can ever take it.
    fn look_for_home(&mut self, pod: PodIx) {
        let mut rung = self.problem.rungs[pod];
        while let Some(current) = rung {
            let Rung { class, next } = self.solver.forms.rungs[current];
            self.solver.look_for_home(class);
            rung = next;
        }
    }

    /// Pods without a place, in the order of the snapshot.
    pub(crate) fn left(&self) -> &[PodIx] {
        &self.left
    }

    /// The state with the nodes gone.
    pub(crate) fn solver(&mut self) -> &mut Solver<'p> {
        &mut self.solver
    }

    /// Puts nodes back that were taken away.
    pub(crate) fn undo(&mut self, nodes: &[NodeIx]) {
        let problem = self.problem;
        self.solver.undo();
        for &node in nodes {
            let is_overbooked = problem.nodes.places[node].is_overbooked;
            self.solver.nodes.set_gone(node, false, is_overbooked);
            let Some(removal) = problem.removals.of(node) else { continue };
            self.solver.counts.take_in(problem, node, &removal.shares);
        }
        let limits = self.solver.limits.rows_mut().iter_mut();
        for ((own, before), template) in
            limits.zip(&self.limits).zip(problem.pools.templates.rows())
        {
            if !template.limits.is_empty() {
                own.clone_from(before);
            }
        }
    }
}

impl Solver<'_> {
    /// Works out whether any node could take pods of a class, before anything is placed.
    fn look_for_home(&mut self, id: ClassId) {
        self.homeless.reach(id, || None);
        if self.homeless[id].is_some() {
            return;
        }
        let class = self.forms.classes[id];
        let Self { problem, forms, nodes, thresholds, facets, .. } = self;
        let request = problem.requests.of(class.request);
        let mut plan = Plan::default();
        plan.require(facets.on_nodes(class.facet, problem, forms, nodes).nodes.words());
        let may_have_room = nodes.require_room(thresholds, request, &mut plan);
        let has_home = may_have_room && nodes.next(&plan, request, 0).is_some();
        self.homeless[id] = Some(!has_home);
    }

    fn start_journal(&mut self) {
        self.nodes.start_journal();
        self.counts.start_journal();
        self.ports.start_journal();
        self.volumes.start_journal();
    }

    /// Takes everything back that was placed since the journals were started.
    fn undo(&mut self) {
        let problem = self.problem;
        let request = |pod: PodIx| {
            let class = problem.rungs[pod].map(|rung| problem.forms.rungs[rung].class);
            class.map_or(&[][..], |class| problem.requests.of(problem.forms.classes[class].request))
        };
        self.nodes.undo(request, &self.thresholds, &self.forms.algebra);
        self.counts.undo(problem);
        self.ports.undo();
        self.volumes.undo(problem);
        self.facets.forget_claims();
        for class in self.asked.drain(..) {
            self.dead[class].clear();
        }
        self.claims.clear();
        self.ledger.clear(problem);
        self.deferred.clear();
        // A state that was never there before: what failed in an earlier one may succeed now.
        self.placements += 1;
    }
}
