//! Which places meet what a facet asks of labels and taints; not whether they have room.
//!
//! Exact at the time of use: places whose set changed since the last look are looked at again. A refusal can be lifted (a claim that
//! comes to exclude values of a label thereby defines it), so that answers can't be kept for good.

use super::{claims::Claims, nodes::NodeSpace};
use crate::compile::{
    Problem,
    algebra::{Algebra, SetId, Undefined},
    bits::Bits,
    forms::{Facet, FacetId, Forms},
    nodes::{Host, NodeIx},
    pools::TemplateIx,
    table::{Id, Table},
    volumes::{Alternative, Volumes},
};

/// Answers about one facet.
#[derive(Clone, Debug, Default)]
pub(super) struct FacetState {
    /// Nodes that meet it.
    pub(super) nodes: Bits,
    nodes_seen: Option<usize>,
    /// Claims that meet it.
    pub(super) claims: Bits,
    claims_seen: usize,
    /// Templates that meet it, in their order; their sets don't change.
    templates: Option<Vec<TemplateIx>>,
}

/// Answers about all facets.
#[derive(Clone, Debug, Default)]
pub(super) struct FacetStates {
    states: Table<FacetId, FacetState>,
    /// Facets that know something about claims, possibly more than once.
    asked: Vec<FacetId>,
}

impl FacetStates {
    /// The state of a facet, brought up to date for nodes.
    pub(super) fn on_nodes(
        &mut self,
        id: FacetId,
        problem: &Problem,
        forms: &mut Forms,
        space: &NodeSpace,
    ) -> &FacetState {
        self.states.reach(id, FacetState::default);
        let state = &mut self.states[id];
        let facet = forms.facets[id];
        let changes = space.changes();
        match state.nodes_seen {
            Some(seen) if changes.len() - seen < space.sets.len() => {
                for &node in changes.iter().skip(seen) {
                    let meets = node_meets(problem, forms, &facet, (node, space.sets[node]));
                    state.nodes.put(node.index(), meets);
                }
            }
            _ => {
                for (node, &set) in space.sets.iter() {
                    let meets = node_meets(problem, forms, &facet, (node, set));
                    state.nodes.put(node.index(), meets);
                }
            }
        }
        state.nodes_seen = Some(changes.len());
        state
    }

    /// The state of a facet, brought up to date for claims.
    pub(super) fn on_claims(
        &mut self,
        id: FacetId,
        problem: &Problem,
        forms: &mut Forms,
        claims: &Claims,
    ) -> &FacetState {
        self.states.reach(id, FacetState::default);
        let state = &mut self.states[id];
        let facet = forms.facets[id];
        let changes = claims.changes();
        if state.claims_seen == 0 && !changes.is_empty() {
            self.asked.push(id);
        }
        for &claim in changes.iter().skip(state.claims_seen) {
            let row = &claims.rows[claim];
            let meets = template_tolerated(problem, forms, &facet, row.template)
                && claim_meets(problem, &mut forms.algebra, &facet, row.set);
            state.claims.put(claim.index(), meets);
        }
        state.claims_seen = changes.len();
        state
    }

    /// Forgets what is known of claims: there are none any more.
    pub(super) fn forget_claims(&mut self) {
        for id in self.asked.drain(..) {
            self.states[id].claims.clear();
            self.states[id].claims_seen = 0;
        }
    }

    /// The template of place `place` among those that meet a facet.
    pub(super) fn template(
        &mut self,
        id: FacetId,
        place: usize,
        problem: &Problem,
        forms: &mut Forms,
    ) -> Option<TemplateIx> {
        self.states.reach(id, FacetState::default);
        let facet = forms.facets[id];
        self.states[id]
            .templates
            .get_or_insert_with(|| {
                let templates = problem.pools.templates.iter();
                templates
                    .filter(|&(id, template)| {
                        template_tolerated(problem, forms, &facet, id)
                            && claim_meets(problem, &mut forms.algebra, &facet, template.set)
                    })
                    .map(|(id, _)| id)
                    .collect()
            })
            .get(place)
            .copied()
    }
}

fn node_meets(
    problem: &Problem,
    forms: &mut Forms,
    facet: &Facet,
    (node, set): (NodeIx, SetId),
) -> bool {
    let place = &problem.nodes.places[node];
    forms.tolerance.tolerates(facet.tolerations, place.taints)
        && facet.host.is_none_or(|demand| place.host.meets(&forms.algebra, demand))
        && forms.algebra.compatible(set, facet.full, Undefined::Refuse)
        && (facet.volumes == Volumes::none() || {
            let with_pod = node_with(&mut forms.algebra, set, facet.full);
            let mut alternatives = problem.volumes.of(facet.volumes).iter();
            alternatives.any(|alternative| {
                node_meets_alternative(&forms.algebra, alternative, (with_pod, &place.host))
            })
        })
}

/// What a node is with a further demand on it.
///
/// A node has all labels that it will ever have: a pod that avoids values of another does not bring it there.
pub(super) fn node_with(algebra: &mut Algebra, set: SetId, demand: SetId) -> SetId {
    let joined = algebra.join(set, demand);
    algebra.known_to(set, joined)
}

/// Whether volumes can be used on a node; `set` has the pod's demands.
pub(super) fn node_meets_alternative(
    algebra: &Algebra,
    alternative: &Alternative,
    (set, host): (SetId, &Host),
) -> bool {
    alternative.host.is_none_or(|demand| host.meets(algebra, demand))
        && algebra.compatible(set, alternative.set, Undefined::Refuse)
}

fn template_tolerated(
    problem: &Problem,
    forms: &mut Forms,
    facet: &Facet,
    template: TemplateIx,
) -> bool {
    forms.tolerance.tolerates(facet.tolerations, problem.pools.templates[template].taints)
}

/// Whether a machine to buy meets the demands: its host name will be one that nobody knows yet.
fn claim_meets(problem: &Problem, algebra: &mut Algebra, facet: &Facet, set: SetId) -> bool {
    host_is_free(algebra, facet)
        && algebra.compatible(set, facet.full, Undefined::AllowWellKnown)
        && (facet.volumes == Volumes::none() || {
            let with_pod = algebra.join(set, facet.full);
            let mut alternatives = problem.volumes.of(facet.volumes).iter();
            alternatives.any(|alternative| claim_meets_alternative(algebra, alternative, with_pod))
        })
}

/// Whether volumes can be used on a machine to buy; `set` has the pod's demands.
pub(super) fn claim_meets_alternative(
    algebra: &Algebra,
    alternative: &Alternative,
    set: SetId,
) -> bool {
    alternative.host.is_none_or(|host| algebra.admits_new_name(host))
        && algebra.compatible(set, alternative.set, Undefined::AllowWellKnown)
}

/// Whether a new host name meets the facet's demand on host names.
pub(super) fn host_is_free(algebra: &Algebra, facet: &Facet) -> bool {
    facet.host.is_none_or(|host| algebra.admits_new_name(host))
}
