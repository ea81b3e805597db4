//! Groups of pods that are counted together, and what a class asks of them; not the counts.

use rustc_hash::FxHashMap;

use super::{
    census::Station,
    labels::{LabelClasses, LabelsId},
    scope::Scope,
    term::{ShapeTerms, Term, TermId, Terms},
    universe::Universe,
};
use crate::compile::{
    algebra::{Algebra, ReqId, SetId, Undefined},
    bits::Bits,
    forms::Facet,
    names::KeyId,
    nodes::NodeIx,
    table::{Id, Table, id_types},
    tolerance::{TaintsId, Tolerance, TolerationsId},
};

id_types! {
    /// Pods that are counted together.
    GroupId;
    /// Which nodes count.
    FilterId;
    /// What a class asks of one group.
    SlotId;
    /// What a class asks of all groups, and what its placement changes.
    TopologyId;
}

/// What a group is for.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub(crate) enum Kind {
    /// Pods are spread evenly.
    Spread,
    /// Pods are kept together.
    Affinity,
    /// Pods are kept apart.
    Anti,
}

/// Pods that are counted together.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub(crate) struct Group {
    term: TermId,
    /// What it is for.
    pub(crate) kind: Kind,
    /// Its domains.
    pub(crate) scope: Scope,
    /// Greatest difference to the emptiest domain.
    pub(crate) max_skew: u32,
    /// Fewest domains that must exist before their least count is used.
    pub(crate) min_domains: Option<u32>,
    /// Nodes that count.
    pub(crate) filter: FilterId,
    /// Whether it counts the pods that reject others, not those that are selected.
    pub(crate) is_inverse: bool,
    /// Domains that are known before any pod is counted.
    pub(crate) domains: Bits,
}

/// Which nodes count.
#[derive(Clone, Debug, Default, Eq, Hash, PartialEq)]
pub(crate) struct Filter {
    /// Alternatives, of which one must hold; none = all nodes. The host name apart.
    alternatives: Vec<(SetId, Option<ReqId>)>,
    /// Tolerations that must cover the node's taints.
    tolerations: Option<TolerationsId>,
}

/// What a class asks of one group over a label's values.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub(crate) struct Slot {
    /// The group.
    pub(crate) group: GroupId,
    /// The label.
    pub(crate) key: KeyId,
    /// What the pod demands of the label, wishes left out.
    pub(crate) strict: Option<ReqId>,
    /// Whether the pod is counted itself.
    pub(crate) selects_self: bool,
}

/// What a class asks of one group over machines.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub(crate) struct HostSlot {
    /// The group.
    pub(crate) group: GroupId,
    /// Whether the pod is counted itself.
    pub(crate) selects_self: bool,
}

/// What a class asks of all groups, and what its placement changes.
#[derive(Clone, Debug, Default, Eq, Hash, PartialEq)]
pub(crate) struct Topology {
    /// Over labels.
    pub(crate) slots: Vec<SlotId>,
    /// Over machines.
    pub(crate) hosts: Vec<HostSlot>,
    /// What selectors see of the pod; none when there are no groups.
    pub(crate) labels: Option<LabelsId>,
    /// Groups that count it as one that rejects.
    pub(crate) rejects_in: Vec<GroupId>,
}

/// All groups.
#[derive(Clone, Debug, Default)]
pub(crate) struct Groups {
    /// Groups.
    pub(crate) rows: Table<GroupId, Group>,
    ids: FxHashMap<Group, GroupId>,
    /// Filters.
    pub(crate) filters: Table<FilterId, Filter>,
    filter_ids: FxHashMap<Filter, FilterId>,
    /// Slots.
    pub(crate) slots: Table<SlotId, Slot>,
    slot_ids: FxHashMap<Slot, SlotId>,
    /// What classes ask.
    pub(crate) topologies: Table<TopologyId, Topology>,
    topology_ids: FxHashMap<Topology, TopologyId>,
    /// Groups that count the pods of each label class.
    pub(crate) counting: Table<LabelsId, Vec<GroupId>>,
    /// Groups by which others reject the pods of each label class.
    rejecting: Table<LabelsId, Vec<GroupId>>,
    pub(in crate::compile) terms: Terms,
    pub(in crate::compile) classes: LabelClasses,
    pub(in crate::compile) universe: Universe,
    pub(in crate::compile) stations: Vec<Station>,
    /// Domains of all nodes, by key.
    all_domains_of_nodes: FxHashMap<KeyId, Bits>,
    /// Domains of each key that pools without taints can reach: whatever node goes, everybody still knows them.
    pub(crate) lasting_domains: Vec<(KeyId, Bits)>,
}

/// A domain that a node gives to those who count it.
pub(crate) type NodeDomain = (KeyId, usize);

/// What a rung is: what a topology is worked out from.
pub(in crate::compile) struct Asking<'a> {
    pub(in crate::compile) terms: &'a ShapeTerms,
    /// Wishes given up: affinity, anti-affinity, spread.
    pub(in crate::compile) given_up: (usize, usize, usize),
    /// Selector joined with each required node term that is left.
    pub(in crate::compile) alternatives: Vec<(SetId, Option<ReqId>)>,
    pub(in crate::compile) facet: &'a Facet,
    pub(in crate::compile) labels: LabelsId,
    pub(in crate::compile) rejects_in: &'a [GroupId],
}

impl Filter {
    /// Whether every node counts.
    pub(crate) const fn is_trivial(&self) -> bool {
        self.alternatives.is_empty() && self.tolerations.is_none()
    }

    /// Whether a machine counts.
    pub(crate) fn accepts(
        &self,
        algebra: &Algebra,
        tolerance: &mut Tolerance,
        (set, taints): (SetId, TaintsId),
        host_allows: impl Fn(&Algebra, ReqId) -> bool,
    ) -> bool {
        let meets = |&(demanded, host): &(SetId, Option<ReqId>)| {
            algebra.compatible(set, demanded, Undefined::Refuse)
                && host.is_none_or(|host| host_allows(algebra, host))
        };
        (self.alternatives.is_empty() || self.alternatives.iter().any(meets))
            && self.tolerations.is_none_or(|tolerations| tolerance.tolerates(tolerations, taints))
    }
}

impl Groups {
    /// Groups by which a pod with these terms rejects others.
    ///
    /// They know the domains of all pools, whatever the pod tolerates: where it can't go itself it keeps nobody away.
    pub(in crate::compile) fn rejections(
        &mut self,
        terms: &[TermId],
        (algebra, tolerance): (&Algebra, &mut Tolerance),
    ) -> Vec<GroupId> {
        let everywhere = self.filter(Filter::default());
        terms
            .iter()
            .map(|&term| {
                let scope = self.terms.rows[term].scope;
                let domains = match scope {
                    Scope::Host => Bits::default(),
                    Scope::Key(key) => {
                        let mut domains = self.universe.of(key, None, tolerance);
                        let everywhere = Filter::default();
                        let of_nodes = self.domains_of_nodes(key, &everywhere, algebra, tolerance);
                        of_nodes.iter().for_each(|domain| domains.insert(domain));
                        domains
                    }
                };
                self.group(term, everywhere, true, domains)
            })
            .collect()
    }

    /// The groups of a shape's required anti-affinity.
    pub(in crate::compile) fn rejections_of(
        &mut self,
        terms: &ShapeTerms,
        tables: (&Algebra, &mut Tolerance),
    ) -> Vec<GroupId> {
        self.rejections(&terms.away, tables)
    }

    /// Works out who is rejected by whom; to be called when all rejecting groups are there.
    pub(in crate::compile) fn index_rejecting(&mut self) {
        let rejecting = self.rows.iter().filter(|(_, group)| group.is_inverse);
        let audiences = rejecting.map(|(id, group)| (id, &self.terms.rows[group.term].audience));
        self.rejecting = self.classes.selecting(audiences);
    }

    /// Works out which groups count whom; to be called when all groups are there.
    pub(in crate::compile) fn index_counting(&mut self) {
        let counting = self.rows.iter().filter(|(_, group)| !group.is_inverse);
        let audiences = counting.map(|(id, group)| (id, &self.terms.rows[group.term].audience));
        self.counting = self.classes.selecting(audiences);
    }

    /// What a rung asks of all groups.
    pub(in crate::compile) fn topology(
        &mut self,
        asking: &Asking<'_>,
        algebra: &Algebra,
        tolerance: &mut Tolerance,
    ) -> TopologyId {
        if self.terms.rows.is_empty() {
            return self.intern_topology(Topology::default());
        }
        let (near, away, spread) = asking.given_up;
        let terms = asking.terms;
        let owned = terms
            .spread_without(spread)
            .into_iter()
            .chain(terms.near.iter().copied())
            .chain(terms.rather_near.iter().skip(near).copied())
            .chain(terms.away.iter().copied())
            .chain(terms.rather_away.iter().skip(away).copied());
        let mut topology = Topology {
            labels: Some(asking.labels),
            rejects_in: asking.rejects_in.to_vec(),
            ..Topology::default()
        };
        for term in owned {
            let group = self.owned(term, asking, algebra, tolerance);
            self.ask(&mut topology, group, asking, algebra);
        }
        for group in self.rejecting.get(asking.labels).cloned().unwrap_or_default() {
            self.ask(&mut topology, group, asking, algebra);
        }
        self.intern_topology(topology)
    }

    fn owned(
        &mut self,
        id: TermId,
        asking: &Asking<'_>,
        algebra: &Algebra,
        tolerance: &mut Tolerance,
    ) -> GroupId {
        let Term { kind, scope, honors_affinity, honors_taints, .. } = self.terms.rows[id];
        let tolerations = asking.facet.tolerations;
        let has_demands = asking
            .alternatives
            .iter()
            .any(|&(set, host)| set != Algebra::nothing() || host.is_some());
        let filter = Filter {
            alternatives: if honors_affinity && has_demands {
                asking.alternatives.clone()
            } else {
                Vec::new()
            },
            tolerations: honors_taints.then_some(tolerations),
        };
        let tolerated_by = (kind != Kind::Spread || honors_taints).then_some(tolerations);
        let domains = match scope {
            Scope::Host => Bits::default(),
            Scope::Key(key) => {
                let mut domains = self.universe.of(key, tolerated_by, tolerance);
                let of_nodes = self.domains_of_nodes(key, &filter, algebra, tolerance);
                of_nodes.iter().for_each(|domain| domains.insert(domain));
                domains
            }
        };
        let filter = self.filter(filter);
        self.group(id, filter, false, domains)
    }

    fn ask(
        &mut self,
        topology: &mut Topology,
        id: GroupId,
        asking: &Asking<'_>,
        algebra: &Algebra,
    ) {
        let group = &self.rows[id];
        let selects_self =
            self.classes.is_meant(asking.labels, &self.terms.rows[group.term].audience);
        match group.scope {
            Scope::Host => {
                let slot = HostSlot { group: id, selects_self };
                if !topology.hosts.contains(&slot) {
                    topology.hosts.push(slot);
                }
            }
            Scope::Key(key) => {
                let strict = algebra.get(asking.facet.strict, key);
                let slot = self.slot(Slot { group: id, key, strict, selects_self });
                if !topology.slots.contains(&slot) {
                    topology.slots.push(slot);
                }
            }
        }
    }

    /// The domains that each node gives, over the keys of constraints.
    pub(in crate::compile) fn node_domains(
        &self,
        algebra: &Algebra,
    ) -> impl Iterator<Item = (NodeIx, NodeDomain)> {
        self.stations.iter().flat_map(move |station| {
            let of_key = |&key: &KeyId| {
                let domain = algebra.single(station.set, key)?;
                Some((station.place?, (key, domain.index())))
            };
            self.universe.keys.iter().filter_map(of_key)
        })
    }

    /// Domains of nodes that stay and count.
    fn domains_of_nodes(
        &mut self,
        key: KeyId,
        filter: &Filter,
        algebra: &Algebra,
        tolerance: &mut Tolerance,
    ) -> Bits {
        let stations = &self.stations;
        let staying = || stations.iter().filter(|station| station.place.is_some());
        let domain = |station: &Station| algebra.single(station.set, key).map(Id::index);
        if filter.is_trivial() {
            let all = self
                .all_domains_of_nodes
                .entry(key)
                .or_insert_with(|| Bits::of(staying().filter_map(domain)));
            return all.clone();
        }
        let counting = staying().filter(|station| station.counts(filter, algebra, tolerance));
        Bits::of(counting.filter_map(domain))
    }

    fn group(
        &mut self,
        term: TermId,
        filter: FilterId,
        is_inverse: bool,
        domains: Bits,
    ) -> GroupId {
        let Term { kind, scope, max_skew, min_domains, .. } = self.terms.rows[term];
        let group = Group { term, kind, scope, max_skew, min_domains, filter, is_inverse, domains };
        if let Some(&id) = self.ids.get(&group) {
            return id;
        }
        let id = self.rows.push(group.clone());
        self.ids.insert(group, id);
        id
    }

    fn filter(&mut self, filter: Filter) -> FilterId {
        if let Some(&id) = self.filter_ids.get(&filter) {
            return id;
        }
        let id = self.filters.push(filter.clone());
        self.filter_ids.insert(filter, id);
        id
    }

    fn slot(&mut self, slot: Slot) -> SlotId {
        if let Some(&id) = self.slot_ids.get(&slot) {
            return id;
        }
        let id = self.slots.push(slot);
        self.slot_ids.insert(slot, id);
        id
    }

    fn intern_topology(&mut self, topology: Topology) -> TopologyId {
        if let Some(&id) = self.topology_ids.get(&topology) {
            return id;
        }
        let id = self.topologies.push(topology.clone());
        self.topology_ids.insert(topology, id);
        id
    }
}
