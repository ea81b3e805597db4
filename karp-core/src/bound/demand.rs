//! What waits: equal pods as one shape, and what shapes ask of labels and taints; not who can give it.

use std::collections::BTreeMap;

use rustc_hash::FxHashMap;

use super::market::Shape;
use crate::compile::{
    PodIx, Problem,
    algebra::SetId,
    bits::{self, Bits},
    forms::{Facet, FacetId, RungId},
    table::Table,
    table::id_types,
};

id_types! {
    /// What some shape asks of labels and taints, on one of its rungs.
    AskIx;
}

/// What waits.
#[derive(Debug, Default)]
pub(super) struct Demand {
    /// Equal pods.
    pub(super) shapes: Vec<Shape>,
    /// A pod of each shape.
    pub(super) examples: Vec<PodIx>,
    asks: Table<AskIx, Ask>,
}

/// What is asked of labels and taints.
#[derive(Debug)]
struct Ask {
    facet: FacetId,
    /// Shapes that are content with it: what a pod asks for when it has given something up counts as well.
    shapes: Bits,
}

impl Demand {
    /// Of the pods that wait and that `counts`.
    pub(super) fn of(problem: &Problem, counts: impl Fn(PodIx) -> bool) -> Self {
        let mut of_rung: BTreeMap<RungId, (u64, PodIx)> = BTreeMap::new();
        for &pod in problem.queue.iter().filter(|pod| counts(**pod)) {
            if let Some(rung) = problem.rungs[pod] {
                of_rung.entry(rung).or_insert((0, pod)).0 += 1;
            }
        }
        let mut demand = Self::default();
        let mut wants: FxHashMap<Vec<FacetId>, usize> = FxHashMap::default();
        let mut known: FxHashMap<(usize, &[i64]), usize> = FxHashMap::default();
        let mut ask_of: FxHashMap<FacetId, AskIx> = FxHashMap::default();
        for (rung, (count, example)) in of_rung {
            let class = problem.forms.classes[problem.forms.rungs[rung].class];
            let request = problem.requests.of(class.request);
            let facets = facets_of(problem, rung);
            let next = wants.len();
            let want = *wants.entry(facets.clone()).or_insert(next);
            let next = demand.shapes.len();
            let shape = *known.entry((want, request)).or_insert(next);
            if shape == next {
                demand.shapes.push(Shape { request: request.to_vec(), count: 0, want });
                demand.examples.push(example);
                for facet in facets {
                    let ask = *ask_of.entry(facet).or_insert_with(|| {
                        demand.asks.push(Ask { facet, shapes: Bits::default() })
                    });
                    demand.asks[ask].shapes.insert(shape);
                }
            }
            if let Some(shape) = demand.shapes.get_mut(shape) {
                shape.count += count;
            }
        }
        demand
    }

    /// All that is asked for.
    pub(super) fn asks<'a>(
        &'a self,
        problem: &'a Problem,
    ) -> impl Iterator<Item = (AskIx, &'a Facet)> {
        self.asks.iter().map(|(ask, row)| (ask, &problem.forms.facets[row.facet]))
    }

    /// Shapes that are content with one of these asks.
    pub(super) fn content_with(&self, asks: &Bits) -> Bits {
        let mut content = Bits::empty(self.shapes.len());
        for (_, ask) in self.asks.iter().filter(|(ask, _)| asks.has(ask.number())) {
            content.unite(ask.shapes.words());
        }
        content
    }
}

impl AskIx {
    /// Its number, as a bit.
    pub(super) fn number(self) -> usize {
        crate::compile::table::Id::index(self)
    }
}

/// What a pod asks for, step by step as it gives things up; each once.
fn facets_of(problem: &Problem, rung: RungId) -> Vec<FacetId> {
    let next = |rung: &RungId| problem.forms.rungs[*rung].next;
    let mut facets: Vec<FacetId> = std::iter::successors(Some(rung), next)
        .map(|rung| problem.forms.classes[problem.forms.rungs[rung].class].facet)
        .collect();
    facets.sort_unstable();
    facets.dedup();
    facets
}

/// Whether two sets agree on every label that both mention.
///
/// A label that only one of them mentions refuses nobody here: a machine that is to be bought can still come to have it, with another pod.
pub(super) fn may_meet(problem: &Problem, a: SetId, b: SetId) -> bool {
    let algebra = &problem.forms.algebra;
    let mut entries = algebra.entries(b).iter();
    entries.all(|&(key, req)| algebra.get(a, key).is_none_or(|own| algebra.agree(own, req)))
}

/// How many pods of each shape that `admits` allows a capacity holds, each shape on its own.
pub(super) fn copies_of<'s>(
    shapes: &'s [Shape],
    admits: &'s [u64],
    capacity: &'s [i64],
) -> impl Iterator<Item = u64> + 's {
    shapes.iter().enumerate().map(|(number, shape)| {
        if bits::has(admits, number) { shape.copies_in(capacity) } else { 0 }
    })
}
