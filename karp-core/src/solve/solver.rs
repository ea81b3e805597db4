//! The search: each pod in turn to the first place that takes it; not the conditions of a place.

use std::collections::VecDeque;

use smallvec::SmallVec;

use super::{
    buckets::Cursor,
    claims::{Claim, ClaimIx, Claims, Dead, Trial},
    facets::FacetStates,
    filter::Filter,
    levels::Thresholds,
    limits::LimitState,
    nodes::NodeSpace,
};
use crate::compile::{
    PodIx, Problem,
    algebra::SetId,
    bits,
    catalog::CatalogIx,
    forms::{Class, ClassId, Facet, Forms, RungId},
    nodes::NodeIx,
    pools::{Template, TemplateIx},
    table::Table,
};

/// The state of a solve.
#[derive(Debug)]
pub(super) struct Solver<'p> {
    pub(super) problem: &'p Problem,
    pub(super) forms: Forms,
    pub(super) filters: Table<CatalogIx, Filter>,
    pub(super) limits: Table<TemplateIx, LimitState>,
    thresholds: Thresholds,
    pub(super) nodes: NodeSpace,
    pub(super) claims: Claims,
    facets: FacetStates,
    dead: Table<ClassId, Dead>,
    /// Pods placed so far: the number of the state.
    placements: u32,
    /// State in which a class was last refused everywhere; in the same state the answer is the same.
    failed_classes: Table<ClassId, Option<u32>>,
    trial: Trial,
}

impl<'p> Solver<'p> {
    /// The state before the first pod.
    pub(super) fn new(problem: &'p Problem) -> Self {
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
        Self {
            problem,
            forms: problem.forms.clone(),
            filters: Table::from_rows(vec![Filter::default(); pools.catalogs.len()]),
            limits: Table::from_rows(limits),
            nodes: NodeSpace::new(&problem.nodes, &thresholds),
            claims: Claims::new(&thresholds, words.div_ceil(bits::WORD), problem.axis.len()),
            thresholds,
            facets: FacetStates::default(),
            dead: Table::default(),
            placements: 0,
            failed_classes: Table::default(),
            trial: Trial::default(),
        }
    }

    /// Places what can be placed; yields the pods that are left over.
    ///
    /// A pod that fails goes to the back. When the pod in front failed before and none was placed since, nothing can change any more.
    pub(super) fn run(&mut self) -> Vec<PodIx> {
        let mut queue: VecDeque<(PodIx, Option<u32>)> =
            self.problem.queue.iter().map(|&pod| (pod, None)).collect();
        while let Some((pod, failed_at)) = queue.pop_front() {
            if failed_at == Some(self.placements) {
                queue.push_front((pod, failed_at));
                break;
            }
            if self.attempt(pod) {
                self.placements += 1;
            } else {
                queue.push_back((pod, Some(self.placements)));
            }
        }
        queue.into_iter().map(|(pod, _)| pod).collect()
    }

    /// The rung on which everything is given up that can be.
    pub(super) fn last_rung(&mut self, pod: PodIx) -> Option<RungId> {
        let mut rung = self.problem.rungs[pod]?;
        while let Some(next) = self.forms.next_rung(&self.problem.shapes, rung) {
            rung = next;
        }
        Some(rung)
    }

    /// Tries a pod, giving up one wish after another.
    fn attempt(&mut self, pod: PodIx) -> bool {
        let mut rung = self.problem.rungs[pod];
        while let Some(current) = rung {
            let class = self.forms.rungs[current].class;
            self.failed_classes.reach(class, || None);
            if self.failed_classes[class] != Some(self.placements) {
                if self.place(pod, class) {
                    return true;
                }
                self.failed_classes[class] = Some(self.placements);
            }
            rung = self.forms.next_rung(&self.problem.shapes, current);
        }
        false
    }

    /// Existing machines first, then machines that are bought anyway, then a new one.
    fn place(&mut self, pod: PodIx, class: ClassId) -> bool {
        self.place_on_node(pod, class)
            || self.place_on_claim(pod, class)
            || self.place_on_new_claim(pod, class)
    }

    fn place_on_node(&mut self, pod: PodIx, class: ClassId) -> bool {
        if self.problem.nodes.places.is_empty() {
            return false;
        }
        let Class { facet, request } = self.forms.classes[class];
        let request = self.problem.requests.of(request);
        let Self { problem, forms, nodes, thresholds, facets, .. } = self;
        let columns = [facets.on_nodes(facet, problem, forms, nodes).nodes.words()];
        let Some(node) = nodes.next(thresholds, request, &columns, 0) else { return false };
        let set = self.node_set_with(node, facet);
        self.nodes.accept(node, pod, (request, set), &self.thresholds);
        true
    }

    fn node_set_with(&mut self, node: NodeIx, facet: crate::compile::forms::FacetId) -> SetId {
        let full = self.forms.facets[facet].full;
        self.forms.algebra.join(self.nodes.sets[node], full)
    }

    fn place_on_claim(&mut self, pod: PodIx, class: ClassId) -> bool {
        if self.claims.rows.is_empty() {
            return false;
        }
        self.dead.reach(class, Dead::default);
        self.dead[class].refresh(&self.claims);
        let Class { facet, request } = self.forms.classes[class];
        let amounts = self.problem.requests.of(request);
        let mut cursor = Cursor::default();
        loop {
            let Self { problem, forms, claims, thresholds, facets, dead, .. } = self;
            let columns = [facets.on_claims(facet, problem, forms, claims).claims.words()];
            let Some(claim) = claims.next(thresholds, amounts, &columns, &mut cursor) else {
                return false;
            };
            if dead[class].has(claim) {
                continue;
            }
            let facet = forms.facets[facet];
            if self.claim_accepts(claim, pod, &facet, amounts) {
                return true;
            }
            self.dead[class].insert(claim);
        }
    }

    fn claim_accepts(
        &mut self,
        claim: ClaimIx,
        pod: PodIx,
        facet: &Facet,
        request: &[i64],
    ) -> bool {
        let Claim { template, set, .. } = self.claims.rows[claim];
        let Template { catalog, sizes, .. } = self.problem.pools.templates[template];
        let (types, sizes) =
            (&self.problem.pools.catalogs[catalog], &self.problem.pools.sizes[sizes]);
        let narrowed = self.forms.algebra.join(set, facet.full);
        self.trial.start_from(&self.claims, claim);
        let recheck = types.has_variants();
        if narrowed != set || recheck {
            let ok = self.filters[catalog].ok(types, &self.forms.algebra, narrowed);
            bits::intersect(&mut self.trial.options, ok);
        }
        if !self.trial.add(sizes, request, recheck) {
            return false;
        }
        types.close(&mut self.trial.options);
        self.claims.accept(claim, pod, &self.trial, sizes, &self.thresholds);
        self.claims.narrow(claim, narrowed, &self.forms.algebra);
        true
    }

    fn place_on_new_claim(&mut self, pod: PodIx, class: ClassId) -> bool {
        let Class { facet, request } = self.forms.classes[class];
        let request = self.problem.requests.of(request);
        let full = self.forms.facets[facet].full;
        (0..)
            .map_while(|place| self.facets.template(facet, place, self.problem, &mut self.forms))
            .collect::<SmallVec<[TemplateIx; 8]>>()
            .into_iter()
            .any(|template| self.opens(template, pod, full, request))
    }

    fn opens(&mut self, id: TemplateIx, pod: PodIx, full: SetId, request: &[i64]) -> bool {
        let template = &self.problem.pools.templates[id];
        let limits = &mut self.limits[id];
        if limits.nodes_exhausted(&template.limits) {
            return false;
        }
        let types = &self.problem.pools.catalogs[template.catalog];
        let sizes = &self.problem.pools.sizes[template.sizes];
        let set = self.forms.algebra.join(template.set, full);
        self.trial.start_empty(template.options.words(), self.problem.axis.len());
        let options = &mut self.trial.options;
        bits::intersect(options, limits.within());
        let ok = self.filters[template.catalog].ok(types, &self.forms.algebra, set);
        bits::intersect(options, ok);
        if !self.trial.add(sizes, request, types.has_variants()) {
            return false;
        }
        types.close(&mut self.trial.options);
        limits.take(&template.limits, &self.trial.options);
        let claim = Claim { template: id, set, pods: vec![pod] };
        self.claims.open(claim, &self.trial, sizes, &self.thresholds);
        true
    }
}
