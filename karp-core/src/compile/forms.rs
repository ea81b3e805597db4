//! What a pod asks for at each step of its relaxation, shared by equal pods; not whether a place meets it.
//!
//! Equal pods are one [`Shape`]. A shape has a ladder of [`Rung`]s, one per relaxation step. What a rung asks for is its [`Class`]: three
//! parts that others share, so that what is learnt about one is known of all.

use rustc_hash::FxHashMap;

use super::{
    algebra::{Algebra, ReqId, SetId},
    names::KeyId,
    ports::PortsId,
    resource::RequestId,
    table::{Id, Table, id_types},
    tolerance::{Tolerance, TolerationsId},
    topology::{Asking, GroupId, Groups, LabelsId, ShapeTerms, TopologyId},
    volumes::VolumesId,
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
    /// Whether the pods run on a node that only a simulation takes away: some nodes don't take those.
    pub(crate) is_moved: bool,
    /// Amounts.
    pub(crate) request: RequestId,
    /// Ports taken on the host.
    pub(crate) ports: PortsId,
    /// Tolerations.
    pub(crate) tolerations: TolerationsId,
    /// Node selector.
    pub(crate) selector: SetId,
    /// Required node terms, alternatives in their order.
    pub(crate) required: Vec<SetId>,
    /// Wishes about nodes, heaviest first; empty when wishes don't count.
    pub(crate) preferred: Vec<SetId>,
    /// Where its volumes can be used.
    pub(super) volumes: VolumesId,
    /// Constraints about other pods.
    pub(super) terms: ShapeTerms,
    /// What selectors see of the pod.
    pub(super) labels: LabelsId,
    /// Groups by which it rejects others.
    pub(super) rejects_in: Vec<GroupId>,
}

/// How many of its parts a shape has given up.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
struct GivenUp {
    required: usize,
    preferred: usize,
    near: usize,
    away: usize,
    spread: usize,
    /// Whether `PreferNoSchedule` taints are accepted.
    soft_taints: bool,
}

/// A shape with some of its wishes given up.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rung {
    /// What is asked for.
    pub(crate) class: ClassId,
    /// The rung below, to which a pod is relaxed when it fits nowhere.
    pub(crate) next: Option<RungId>,
}

/// What is asked for.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub(crate) struct Class {
    /// Whether the pods run on a node that only a simulation takes away.
    pub(crate) is_moved: bool,
    /// Of labels and taints.
    pub(crate) facet: FacetId,
    /// Of resources.
    pub(crate) request: RequestId,
    /// Of ports on the host.
    pub(crate) ports: PortsId,
    /// Of other pods.
    pub(crate) topology: TopologyId,
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
    /// Where the volumes can be used: a place is that in addition, but spread is not measured over it.
    pub(crate) volumes: VolumesId,
}

/// Interned demands.
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

    /// The ladder of a shape: yields its first rung, on which nothing is given up.
    ///
    /// One step at a time, the first that applies: the first of several required node terms, the heaviest wish to be near pods, the
    /// heaviest to be away from pods, the heaviest about nodes, a soft spread constraint, consent to soft taints.
    pub(super) fn ladder(&mut self, shape: &Shape, groups: &mut Groups) -> RungId {
        let mut steps = vec![GivenUp::default()];
        while let Some(next) = steps.last().and_then(|last| self.relaxed(shape, *last)) {
            steps.push(next);
        }
        let mut below = None;
        for given_up in steps.into_iter().rev() {
            let class = self.class_of(shape, given_up, groups);
            below = Some(self.rungs.push(Rung { class, next: below }));
        }
        below.unwrap_or_else(|| RungId::at(0))
    }

    fn relaxed(&mut self, shape: &Shape, given_up: GivenUp) -> Option<GivenUp> {
        let (near, away, spread) = shape.terms.wishes();
        if given_up.required + 1 < shape.required.len() {
            return Some(GivenUp { required: given_up.required + 1, ..given_up });
        }
        if given_up.near < near {
            return Some(GivenUp { near: given_up.near + 1, ..given_up });
        }
        if given_up.away < away {
            return Some(GivenUp { away: given_up.away + 1, ..given_up });
        }
        if given_up.preferred < shape.preferred.len() {
            return Some(GivenUp { preferred: given_up.preferred + 1, ..given_up });
        }
        if given_up.spread < spread {
            return Some(GivenUp { spread: given_up.spread + 1, ..given_up });
        }
        let consents = self.has_soft_taints
            && !given_up.soft_taints
            && self.tolerance.with_soft_taints(shape.tolerations).is_some();
        consents.then_some(GivenUp { soft_taints: true, ..given_up })
    }

    fn class_of(&mut self, shape: &Shape, given_up: GivenUp, groups: &mut Groups) -> ClassId {
        let strict = match shape.required.get(given_up.required) {
            Some(&term) => self.algebra.join(shape.selector, term),
            None => shape.selector,
        };
        let full = match shape.preferred.get(given_up.preferred) {
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
        let volumes = shape.volumes;
        let facet = Facet { tolerations, full, host, strict, strict_host, volumes };
        let alternatives = self.alternatives(shape, given_up.required);
        let asking = Asking {
            terms: &shape.terms,
            given_up: (given_up.near, given_up.away, given_up.spread),
            alternatives,
            facet: &facet,
            labels: shape.labels,
            rejects_in: &shape.rejects_in,
        };
        let topology = groups.topology(&asking, &self.algebra, &mut self.tolerance);
        let facet = self.facet(facet);
        let (request, ports) = (shape.request, shape.ports);
        self.class(Class { is_moved: shape.is_moved, facet, request, ports, topology })
    }

    /// Selector joined with each required node term that is left.
    fn alternatives(&mut self, shape: &Shape, dropped: usize) -> Vec<(SetId, Option<ReqId>)> {
        let mut alternatives: Vec<SetId> = shape
            .required
            .iter()
            .skip(dropped)
            .map(|&term| self.algebra.join(shape.selector, term))
            .collect();
        if alternatives.is_empty() {
            alternatives.push(shape.selector);
        }
        alternatives.into_iter().map(|set| self.split_host(set)).collect()
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
