//! The search: a pod to the first place that takes it; not the order of pods, and not the conditions of a place.

use super::{
    ask::{Ask, Attempt, Growth, Outcome, Verdict},
    buckets::Cursor,
    claims::{Claim, ClaimIx, Claims, Dead, Trial},
    counts::{Counts, Spot},
    facets::{FacetStates, claim_meets_alternative, node_meets_alternative, node_with},
    filter::Filter,
    ledger::{Ledger, Shortage},
    levels::Thresholds,
    limits::LimitState,
    nodes::NodeSpace,
    opening::{Openings, Wanted},
    permits::Permits,
    plan::Plan,
    port_use::PortUse,
    view::View,
    volume_use::VolumeUse,
};
use crate::compile::{
    PodIx, Problem,
    algebra::SetId,
    bits,
    catalog::CatalogIx,
    forms::{ClassId, Forms},
    nodes::NodeIx,
    pools::{Template, TemplateIx},
    ports::Ports,
    table::{Id, Table},
};
use crate::policy::{CheapestOpening, MinValuesPolicy};

use rustc_hash::FxHashSet;

/// The state of a solve.
#[derive(Debug)]
pub(crate) struct Solver<'p> {
    pub(super) problem: &'p Problem,
    pub(crate) forms: Forms,
    pub(super) filters: Table<CatalogIx, Filter>,
    pub(super) limits: Table<TemplateIx, LimitState>,
    pub(super) thresholds: Thresholds,
    pub(crate) nodes: NodeSpace,
    pub(crate) claims: Claims,
    pub(super) facets: FacetStates,
    pub(super) counts: Counts,
    pub(super) ports: PortUse,
    pub(super) volumes: VolumeUse,
    pub(super) ledger: Ledger,
    pub(super) openings: Openings,
    pub(super) dead: Table<ClassId, Dead>,
    /// Classes that claims were asked about, possibly more than once.
    pub(super) asked: Vec<ClassId>,
    /// Pods placed so far: the number of the state.
    pub(super) placements: u32,
    /// Places asked and pods tried so far.
    pub(super) steps: u64,
    /// Classes for which no node had room or the right labels before anything was placed: none will have, as nodes only fill and get no new labels.
    /// Worked out for simulations alone.
    pub(super) homeless: Table<ClassId, Option<bool>>,
    /// Whether shielded nodes take no pods of nodes that a simulation takes away.
    pub(super) shields: bool,
    /// State in which a class was last refused everywhere, and how; in the same state the answer is the same.
    pub(super) failed_classes: Table<ClassId, Option<(u32, Attempt)>>,
    /// Pods that were last refused because reserved capacity is taken.
    pub(super) deferred: FxHashSet<PodIx>,
    pub(super) trial: Trial,
}

impl<'p> Solver<'p> {
    /// The state before the first pod.
    pub(super) fn new(problem: &'p Problem, opening: Option<CheapestOpening>) -> Self {
        let wanted = problem.queue.iter().filter_map(|&pod| problem.rungs[pod]).map(|rung| {
            let class = problem.forms.rungs[rung].class;
            problem.forms.classes[class].request
        });
        let thresholds = Thresholds::new(&problem.axis, &problem.requests, wanted);
        let pools = &problem.pools;
        let positions = |template: &Template| pools.catalogs[template.catalog].positions().len();
        let words = pools.templates.rows().iter().map(positions).max().unwrap_or(0);
        let limits = pools.templates.rows().iter();
        let limits =
            limits.map(|template| LimitState::new(template, positions(template))).collect();
        let algebra = &problem.forms.algebra;
        let mut keys: Vec<_> = problem.groups.slots.rows().iter().map(|slot| slot.key).collect();
        keys.sort_unstable();
        keys.dedup();
        let permits = |to_be_bought| Permits::new(&keys, algebra, to_be_bought);
        let words = words.div_ceil(bits::WORD);
        Self {
            problem,
            forms: problem.forms.clone(),
            filters: Table::from_rows(vec![Filter::default(); pools.catalogs.len()]),
            limits: Table::from_rows(limits),
            nodes: NodeSpace::new(&problem.nodes, &thresholds, permits(false), algebra),
            claims: Claims::new(&thresholds, permits(true), words, problem.axis.len()),
            counts: Counts::new(problem),
            ports: PortUse::new(problem),
            volumes: VolumeUse::new(problem),
            ledger: Ledger::new(problem),
            openings: Openings::new(problem, opening),
            thresholds,
            facets: FacetStates::default(),
            dead: Table::default(),
            asked: Vec::new(),
            placements: 0,
            steps: 0,
            homeless: Table::default(),
            shields: true,
            failed_classes: Table::default(),
            deferred: FxHashSet::default(),
            trial: Trial::default(),
        }
    }

    /// Existing machines first, then machines that are bought anyway, then a new one.
    pub(super) fn place(&mut self, pod: PodIx, id: ClassId) -> Outcome {
        self.steps += 1;
        let class = self.forms.classes[id];
        let facet = self.forms.facets[class.facet];
        let problem = self.problem;
        let ask = Ask {
            pod,
            id,
            is_moved: class.is_moved,
            facet: class.facet,
            full: facet.full,
            alternatives: problem.volumes.of(facet.volumes),
            attached: problem.attachments.of(pod),
            request: problem.requests.of(class.request),
            ports: class.ports,
            topology: &problem.groups.topologies[class.topology],
        };
        // A group that allows no domain at all refuses every place.
        if !self.counts.refresh(problem, class.topology, &mut self.forms.algebra) {
            return Outcome::Failed(Attempt::Refused);
        }
        if self.place_on_node(&ask) || self.place_on_claim(&ask) {
            return Outcome::Placed;
        }
        match self.place_on_new_claim(&ask) {
            Attempt::Placed => Outcome::Placed,
            Attempt::Refused if self.openings.is_on() && self.outgrow(&ask) => Outcome::Placed,
            // Another pod of the class may bring other volumes.
            failed @ (Attempt::Deferred | Attempt::Refused) if !ask.attached.is_empty() => {
                Outcome::FailedForItsVolumes(failed)
            }
            failed @ (Attempt::Deferred | Attempt::Refused) => Outcome::Failed(failed),
        }
    }

    fn place_on_node(&mut self, ask: &Ask<'_>) -> bool {
        if self.homeless.get(ask.id) == Some(&Some(true)) {
            return false;
        }
        let mut from = 0;
        while let Some(node) = self.next_node(ask, from) {
            from = node.index() + 1;
            self.steps += 1;
            if !self.volumes.accepts(self.problem, node, ask.attached) {
                continue;
            }
            let Some(set) = self.node_accepts(node, ask) else { continue };
            let Self { problem, forms, counts, .. } = self;
            let (spot, taints) = (Spot::Node(node), problem.nodes.places[node].taints);
            let tables = (&forms.algebra, &mut forms.tolerance);
            counts.record(problem, (ask.topology, spot), (set, taints), tables);
            let taken = (ask.request, set);
            self.ports.take_on_node(&self.problem.ports, node, ask.ports);
            self.volumes.attach(self.problem, node, ask.attached);
            self.nodes.accept((node, ask.pod), taken, &self.thresholds, &self.forms.algebra);
            return true;
        }
        false
    }

    /// What a node is with the pod on it, for the first place of its volumes that will do.
    fn node_accepts(&mut self, node: NodeIx, ask: &Ask<'_>) -> Option<SetId> {
        let Self { problem, forms, counts, nodes, .. } = self;
        let algebra = &mut forms.algebra;
        let with_pod = node_with(algebra, nodes.sets[node], ask.full);
        let host = &problem.nodes.places[node].host;
        let spot = (ask.topology, Spot::Node(node));
        ask.alternatives.iter().find_map(|alternative| {
            if !node_meets_alternative(algebra, alternative, (with_pod, host)) {
                return None;
            }
            let set = node_with(algebra, with_pod, alternative.set);
            counts.narrowed(problem, spot, set, algebra)
        })
    }

    fn next_node(&mut self, ask: &Ask<'_>, from: usize) -> Option<NodeIx> {
        let Self {
            problem, forms, nodes, thresholds, facets, counts, ports, volumes, shields, ..
        } = self;
        if from >= nodes.sets.len() {
            return None;
        }
        let mut plan = Plan::default();
        if !nodes.require_room(thresholds, ask.request, &mut plan) {
            return None;
        }
        plan.require(facets.on_nodes(ask.facet, problem, forms, nodes).nodes.words());
        plan.exclude(ports.nodes(ask.ports));
        if ask.is_moved && *shields {
            plan.exclude(problem.nodes.shielded.words());
        }
        volumes.exclude_full(ask.attached, &mut plan);
        let view =
            View { counts, permits: nodes.permits(), on_nodes: true, places: nodes.sets.len() };
        view.require_topology(problem, ask, &forms.algebra, &mut plan)?;
        nodes.next(&plan, ask.request, from)
    }

    fn place_on_claim(&mut self, ask: &Ask<'_>) -> bool {
        self.dead.reach(ask.id, Dead::default);
        self.dead[ask.id].refresh(&self.claims);
        if self.dead[ask.id].words().is_empty() {
            self.asked.push(ask.id);
        }
        let mut cursor = Cursor::default();
        while let Some(claim) = self.next_claim(ask, &mut cursor, Growth::WithinAnchors) {
            self.steps += 1;
            match self.claim_accepts(claim, ask) {
                Verdict::Accepted => return true,
                Verdict::Refused => {}
                Verdict::RefusedForGood => self.dead[ask.id].insert(claim),
            }
        }
        false
    }

    /// Where no machine can be opened any more, one that is bought anyway grows beyond the type that it was opened for, into one of its other options: a
    /// dear place is better than none.
    fn outgrow(&mut self, ask: &Ask<'_>) -> bool {
        let mut cursor = Cursor::default();
        while let Some(claim) = self.next_claim(ask, &mut cursor, Growth::BeyondAnchors) {
            self.steps += 1;
            let anchor = self.claims.rows[claim].anchor.take();
            if matches!(self.claim_accepts(claim, ask), Verdict::Accepted) {
                let template = &self.problem.pools.templates[self.claims.rows[claim].template];
                let sizes = &self.problem.pools.sizes[template.sizes];
                self.claims.outgrew(claim, (sizes, &self.thresholds));
                return true;
            }
            self.claims.rows[claim].anchor = anchor;
        }
        false
    }

    fn next_claim(
        &mut self,
        ask: &Ask<'_>,
        cursor: &mut Cursor,
        growth: Growth,
    ) -> Option<ClaimIx> {
        let Self { problem, forms, claims, thresholds, facets, counts, dead, ports, .. } = self;
        if claims.rows.is_empty() {
            return None;
        }
        let mut plan = Plan::default();
        plan.require(facets.on_claims(ask.facet, problem, forms, claims).claims.words());
        plan.exclude(ports.claims(ask.ports));
        if growth == Growth::WithinAnchors {
            plan.exclude(dead[ask.id].words());
            if !claims.require_room(thresholds, ask.request, &mut plan) {
                return None;
            }
        }
        let view =
            View { counts, permits: claims.permits(), on_nodes: false, places: claims.rows.len() };
        view.require_topology(problem, ask, &forms.algebra, &mut plan)?;
        claims.next(&plan, cursor)
    }

    /// Tries the places of the pod's volumes one after another.
    fn claim_accepts(&mut self, claim: ClaimIx, ask: &Ask<'_>) -> Verdict {
        let with_pod = self.forms.algebra.join(self.claims.rows[claim].set, ask.full);
        let mut verdict = Verdict::RefusedForGood;
        for alternative in ask.alternatives {
            let algebra = &mut self.forms.algebra;
            if !claim_meets_alternative(algebra, alternative, with_pod) {
                continue;
            }
            let joined = algebra.join(with_pod, alternative.set);
            match self.claim_becomes(claim, joined, ask) {
                Verdict::Accepted => return Verdict::Accepted,
                Verdict::Refused => verdict = Verdict::Refused,
                Verdict::RefusedForGood => {}
            }
        }
        verdict
    }

    /// Puts the pod on a claim that thereby becomes `joined`, if the groups and some type allow it.
    fn claim_becomes(&mut self, claim: ClaimIx, joined: SetId, ask: &Ask<'_>) -> Verdict {
        let Claim { template, set, anchor, .. } = self.claims.rows[claim];
        let Self { problem, forms, counts, filters, trial, ports, ledger, .. } = self;
        let template = &problem.pools.templates[template];
        let sizes_id = template.sizes;
        let types = &problem.pools.catalogs[template.catalog];
        let sizes = &problem.pools.sizes[template.sizes];
        let filter = &mut filters[template.catalog];
        let recheck = types.has_variants();
        trial.start_from(&self.claims, claim);
        if recheck {
            // A type comes back with all its variants, also with those that its daemons alone fill.
            bits::intersect(&mut trial.options, sizes.usable().words());
        }
        if joined != set || recheck {
            bits::intersect(&mut trial.options, filter.ok(types, &forms.algebra, joined));
        }
        if ask.ports != Ports::none() {
            let free = ports.free_types(&problem.ports, (sizes_id, sizes), ask.ports);
            bits::intersect(&mut trial.options, free);
        }
        if !trial.add(sizes, ask.request, recheck) || !trial.holds(anchor) {
            return Verdict::RefusedForGood;
        }
        let spot = (ask.topology, Spot::Claim(claim));
        let Some(narrowed) = counts.narrowed(problem, spot, joined, &mut forms.algebra) else {
            return Verdict::Refused;
        };
        if narrowed != joined {
            bits::intersect(&mut trial.options, filter.ok(types, &forms.algebra, narrowed));
            if !bits::any(&trial.options) || !trial.holds(anchor) {
                return Verdict::Refused;
            }
        }
        let place = (narrowed, Some(claim));
        let wanted = ledger.wanted(place, types, &mut trial.options, &forms.algebra);
        types.close(&mut trial.options);
        if types.unmet_minimum(&forms.algebra, narrowed, &trial.options).is_some() {
            return Verdict::Refused;
        }
        // What is taken may be given back, so that this is never for good.
        let Ok(wanted) = wanted else { return Verdict::Refused };
        ledger.hold(claim, wanted);
        self.claims.accept(claim, ask.pod, trial, (sizes, &self.thresholds));
        self.claims.narrow(claim, narrowed, &forms.algebra);
        let place = (narrowed, template.taints);
        counts.record(problem, spot, place, (&forms.algebra, &mut forms.tolerance));
        ports.take_on_claim(&problem.ports, claim, ask.ports);
        Verdict::Accepted
    }

    /// A pool that has no reserved capacity left for the pod hides those behind it.
    fn place_on_new_claim(&mut self, ask: &Ask<'_>) -> Attempt {
        let mut place = 0;
        while let Some(template) =
            self.facets.template(ask.facet, place, self.problem, &mut self.forms)
        {
            self.steps += 1;
            match self.opens(template, ask) {
                Attempt::Refused => place += 1,
                end @ (Attempt::Deferred | Attempt::Placed) => return end,
            }
        }
        Attempt::Refused
    }

    /// Opens a machine of a pool for the pod, in the first place of its volumes that will do.
    fn opens(&mut self, id: TemplateIx, ask: &Ask<'_>) -> Attempt {
        let template = &self.problem.pools.templates[id];
        if self.limits[id].nodes_exhausted(&template.limits) {
            return Attempt::Refused;
        }
        let with_pod = self.forms.algebra.join(template.set, ask.full);
        let mut last = Attempt::Refused;
        for alternative in ask.alternatives {
            let algebra = &mut self.forms.algebra;
            last = if claim_meets_alternative(algebra, alternative, with_pod) {
                let set = algebra.join(with_pod, alternative.set);
                self.opens_as(id, set, ask)
            } else {
                Attempt::Refused
            };
            if last == Attempt::Placed {
                break;
            }
        }
        last
    }

    /// Opens a machine of a pool that is `set`, if the groups and some type allow it.
    fn opens_as(&mut self, id: TemplateIx, set: SetId, ask: &Ask<'_>) -> Attempt {
        let Self { problem, forms, counts, filters, trial, ports, ledger, openings, .. } = self;
        let template = &problem.pools.templates[id];
        let limits = &mut self.limits[id];
        let types = &problem.pools.catalogs[template.catalog];
        let sizes = &problem.pools.sizes[template.sizes];
        let spot = (ask.topology, Spot::New);
        let Some(set) = counts.narrowed(problem, spot, set, &mut forms.algebra) else {
            return Attempt::Refused;
        };
        trial.start_empty(template.options.words(), problem.axis.len());
        bits::intersect(&mut trial.options, limits.within());
        bits::intersect(&mut trial.options, sizes.usable().words());
        let ok = filters[template.catalog].ok(types, &forms.algebra, set);
        bits::intersect(&mut trial.options, ok);
        if ask.ports != Ports::none() {
            let free = ports.free_types(&problem.ports, (template.sizes, sizes), ask.ports);
            bits::intersect(&mut trial.options, free);
        }
        let request = forms.classes[ask.id].request;
        let wanted = Wanted { template: id, set, request, options: &trial.options };
        let chosen = openings.choose(problem, &forms.algebra, wanted);
        if !trial.add(sizes, ask.request, types.has_variants()) {
            return Attempt::Refused;
        }
        let anchor = chosen.map(|(anchor, kept)| {
            trial.keep(kept, |options| {
                types.close(options);
                types.unmet_minimum(&forms.algebra, set, options).is_none()
            });
            anchor
        });
        let wanted = ledger.wanted((set, None), types, &mut trial.options, &forms.algebra);
        types.close(&mut trial.options);
        let mut kept = set;
        while let Some((key, _, there)) = types.unmet_minimum(&forms.algebra, kept, &trial.options)
        {
            if problem.policy.min_values == MinValuesPolicy::Strict {
                return Attempt::Refused;
            }
            kept = forms.algebra.with_minimum(kept, key, there);
        }
        let min_values_relaxed = kept != set;
        let set = kept;
        let wanted = match wanted {
            Ok(wanted) => wanted,
            Err(Shortage::Waits) => return Attempt::Deferred,
            Err(Shortage::NothingElse) => return Attempt::Refused,
        };
        limits.take(&template.limits, &trial.options);
        let pods = vec![ask.pod];
        let claim = Claim { template: id, set, pods, min_values_relaxed, anchor };
        let claim = self.claims.open(claim, trial, (sizes, &self.thresholds), &forms.algebra);
        ledger.hold(claim, wanted);
        let spot = (ask.topology, Spot::Claim(claim));
        let place = (set, template.taints);
        counts.record(problem, spot, place, (&forms.algebra, &mut forms.tolerance));
        ports.take_on_claim(&problem.ports, claim, ask.ports);
        Attempt::Placed
    }
}
