//! What a pod asks for at each step of its relaxation, shared by equal pods; not whether a place meets it.
//!
//! Equal pods are one [`Shape`]. A shape has a ladder of [`Rung`]s, one per relaxation step, made when first needed. What a rung asks
//! for is its [`Class`]: three facets that others share, so that what is learnt about one is known of all.

use rustc_hash::FxHashMap;

use super::{
    algebra::{Algebra, ReqId, SetId},
    names::KeyId,
    resource::RequestId,
    table::{Table, id_types},
    tolerance::{Tolerance, TolerationsId},
};

id_types! {
    /// Pods with equal demands.
    ShapeId;
    /// A shape with some of its wishes given up.
    RungId;
    /// What a rung asks for.
    ClassId;
    /// What a class asks of a place's labels and taints.
    FacetId;
}

/// The demands of equal pods, part by part.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub(crate) struct Shape {
    /// Amounts.
    pub(crate) request: RequestId,
    /// Tolerations.
    pub(crate) tolerations: TolerationsId,
    /// Node selector.
    pub(crate) selector: SetId,
    /// Required node terms, alternatives in their order.
    pub(crate) required: Vec<SetId>,
    /// Wishes about nodes, heaviest first; empty when wishes don't count.
    pub(crate) preferred: Vec<SetId>,
}

/// How many of its parts a shape has given up.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
pub(crate) struct GivenUp {
    required: u32,
    preferred: u32,
    /// Whether `PreferNoSchedule` taints are accepted.
    soft_taints: bool,
}

/// A shape with some of its wishes given up.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rung {
    shape: ShapeId,
    given_up: GivenUp,
    /// What is asked for.
    pub(crate) class: ClassId,
    next: Next,
}

/// The rung to which a pod is relaxed.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Next {
    Unknown,
    Last,
    To(RungId),
}

/// What is asked for.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub(crate) struct Class {
    /// Of labels and taints.
    pub(crate) facet: FacetId,
    /// Of resources.
    pub(crate) request: RequestId,
}

/// What is asked of labels and taints.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub(crate) struct Facet {
    /// Tolerations.
    pub(crate) tolerations: TolerationsId,
    /// Selector, required term and heaviest wish, without the host name.
    pub(crate) full: SetId,
    /// The host name part of `full`.
    pub(crate) host: Option<ReqId>,
    /// Selector and required term alone, which is what spread is measured over; without the host name.
    pub(crate) strict: SetId,
    /// The host name part of `strict`.
    pub(crate) strict_host: Option<ReqId>,
}

/// Interned demands; grows while pods are relaxed.
#[derive(Clone, Debug)]
pub(crate) struct Forms {
    /// Requirements.
    pub(crate) algebra: Algebra,
    /// Taints and tolerations.
    pub(crate) tolerance: Tolerance,
    /// Facets.
    pub(crate) facets: Table<FacetId, Facet>,
    facet_ids: FxHashMap<Facet, FacetId>,
    /// Classes.
    pub(crate) classes: Table<ClassId, Class>,
    class_ids: FxHashMap<Class, ClassId>,
    /// Rungs.
    pub(crate) rungs: Table<RungId, Rung>,
    host_key: Option<KeyId>,
    /// Whether relaxation may accept `PreferNoSchedule` taints: some pool has one.
    pub(crate) has_soft_taints: bool,
}

impl Forms {
    /// No demands yet.
    pub(crate) fn new(algebra: Algebra) -> Self {
        Self {
            host_key: algebra.names().host(),
            algebra,
            tolerance: Tolerance::default(),
            facets: Table::default(),
            facet_ids: FxHashMap::default(),
            classes: Table::default(),
            class_ids: FxHashMap::default(),
            rungs: Table::default(),
            has_soft_taints: false,
        }
    }

    /// The rung on which nothing is given up.
    pub(crate) fn first_rung(&mut self, id: ShapeId, shape: &Shape) -> RungId {
        self.rung(id, shape, GivenUp::default())
    }

    /// The rung below, made on first need.
    ///
    /// One step at a time, the first that applies: the first of several required node terms, the heaviest wish about nodes, consent to
    /// soft taints.
    pub(crate) fn next_rung(
        &mut self,
        shapes: &Table<ShapeId, Shape>,
        rung: RungId,
    ) -> Option<RungId> {
        let Rung { shape, given_up, next, .. } = self.rungs[rung];
        match next {
            Next::Last => None,
            Next::To(next) => Some(next),
            Next::Unknown => {
                let next = self
                    .relaxed(&shapes[shape], given_up)
                    .map(|given_up| self.rung(shape, &shapes[shape], given_up));
                self.rungs[rung].next = next.map_or(Next::Last, Next::To);
                next
            }
        }
    }

    fn relaxed(&mut self, shape: &Shape, given_up: GivenUp) -> Option<GivenUp> {
        let left = |parts: &[SetId], gone: u32| parts.len().saturating_sub(gone as usize);
        if left(&shape.required, given_up.required) > 1 {
            return Some(GivenUp { required: given_up.required + 1, ..given_up });
        }
        if left(&shape.preferred, given_up.preferred) > 0 {
            return Some(GivenUp { preferred: given_up.preferred + 1, ..given_up });
        }
        let consents = self.has_soft_taints
            && !given_up.soft_taints
            && self.tolerance.with_soft_taints(shape.tolerations).is_some();
        consents.then_some(GivenUp { soft_taints: true, ..given_up })
    }

    fn rung(&mut self, id: ShapeId, shape: &Shape, given_up: GivenUp) -> RungId {
        let class = self.class_of(shape, given_up);
        self.rungs.push(Rung { shape: id, given_up, class, next: Next::Unknown })
    }

    fn class_of(&mut self, shape: &Shape, given_up: GivenUp) -> ClassId {
        let strict = match shape.required.get(given_up.required as usize) {
            Some(&term) => self.algebra.join(shape.selector, term),
            None => shape.selector,
        };
        let full = match shape.preferred.get(given_up.preferred as usize) {
            Some(&wish) => self.algebra.join(strict, wish),
            None => strict,
        };
        let tolerations = if given_up.soft_taints {
            self.tolerance.with_soft_taints(shape.tolerations).unwrap_or(shape.tolerations)
        } else {
            shape.tolerations
        };
        let (full, host) = self.split_host(full);
        let (strict, strict_host) = self.split_host(strict);
        let facet = self.facet(Facet { tolerations, full, host, strict, strict_host });
        self.class(Class { facet, request: shape.request })
    }

    /// Host names are kept out of sets: every place has its own, and sets are to be shared.
    fn split_host(&mut self, set: SetId) -> (SetId, Option<ReqId>) {
        let Some(key) = self.host_key else { return (set, None) };
        match self.algebra.get(set, key) {
            Some(host) => (self.algebra.without(set, key), Some(host)),
            None => (set, None),
        }
    }

    fn facet(&mut self, facet: Facet) -> FacetId {
        if let Some(&id) = self.facet_ids.get(&facet) {
            return id;
        }
        let id = self.facets.push(facet);
        self.facet_ids.insert(facet, id);
        id
    }

    fn class(&mut self, class: Class) -> ClassId {
        if let Some(&id) = self.class_ids.get(&class) {
            return id;
        }
        let id = self.classes.push(class);
        self.class_ids.insert(class, id);
        id
    }
}
