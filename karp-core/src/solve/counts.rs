//! How many pods of each group are where; not which place is tried.

use super::{claims::ClaimIx, host_counts::HostCounts};
use crate::compile::{
    Problem,
    algebra::{Algebra, ReqId, SetId, Undefined},
    bits::{self, Bits},
    names::{KeyId, ValueId},
    nodes::NodeIx,
    table::{Id, Table},
    tolerance::{TaintsId, Tolerance},
    topology::{
        Group, GroupId, HostSlot, Kind, Scope, Share, Slot, SlotId, Start, Topology, TopologyId,
    },
};
use smallvec::SmallVec;

/// Counts of all groups.
#[derive(Clone, Debug)]
pub(super) struct Counts {
    groups: Table<GroupId, GroupState>,
    slots: Table<SlotId, SlotState>,
    /// What was counted, where that is to be undone.
    journal: Option<Vec<(GroupId, Counted)>>,
}

/// What was counted under.
#[derive(Clone, Copy, Debug)]
enum Counted {
    Node(NodeIx),
    /// Counts of machines to buy go all at once.
    Claim,
    Domain(usize),
}

/// Counts of one group.
#[derive(Clone, Debug)]
struct GroupState {
    /// Pods by value of the label.
    domains: Vec<u32>,
    known: Bits,
    /// Domains with pods.
    used: Bits,
    /// Pods that were counted anywhere.
    pods: u32,
    /// Number of changes so far.
    version: u32,
    on_nodes: HostCounts,
    on_claims: HostCounts,
}

/// What a slot allows at the moment.
#[derive(Clone, Debug, Default)]
struct SlotState {
    version: Option<u32>,
    /// Domains in order of preference.
    allowed: Vec<ValueId>,
    /// `In allowed`.
    req: Option<ReqId>,
    /// Whether the pod may be the first of its group: any of `allowed` will do.
    is_bootstrap: bool,
}

/// A place, as far as counting goes.
#[derive(Clone, Copy, Debug)]
pub(super) enum Spot {
    /// An existing machine.
    Node(NodeIx),
    /// A machine to buy.
    Claim(ClaimIx),
    /// A machine to buy that is not opened yet.
    New,
}

impl Spot {
    /// How labels that are not mentioned count.
    const fn undefined(self) -> Undefined {
        match self {
            Self::Node(_) => Undefined::Refuse,
            Self::Claim(_) | Self::New => Undefined::AllowWellKnown,
        }
    }
}

impl Counts {
    /// As the snapshot shows them.
    pub(super) fn new(problem: &Problem) -> Self {
        let groups = &problem.groups;
        let state = |(group, start): (&Group, &Start)| {
            let mut known = group.domains.clone();
            let used = Bits::of(
                start.domains.iter().enumerate().filter(|(_, pods)| **pods > 0).map(|(at, _)| at),
            );
            used.iter().for_each(|domain| known.insert(domain));
            let mut state = GroupState {
                domains: start.domains.clone(),
                known,
                pods: start.elsewhere
                    + start.domains.iter().sum::<u32>()
                    + start.hosts.iter().map(|(_, pods)| pods).sum::<u32>(),
                used,
                version: 0,
                on_nodes: HostCounts::default(),
                on_claims: HostCounts::default(),
            };
            for &(node, pods) in &start.hosts {
                state.on_nodes.add(node.index(), pods, group.max_skew);
            }
            state
        };
        let rows = groups.rows.rows().iter().zip(problem.starts.rows());
        Self {
            groups: Table::from_rows(rows.map(state).collect()),
            slots: Table::from_rows(vec![SlotState::default(); groups.slots.len()]),
            journal: None,
        }
    }

    /// Brings the slots of a class up to date; yields whether each of them allows some domain.
    pub(super) fn refresh(
        &mut self,
        problem: &Problem,
        id: TopologyId,
        algebra: &mut Algebra,
    ) -> bool {
        problem.groups.topologies[id].slots.iter().all(|&id| {
            let slot = &problem.groups.slots[id];
            let state = &mut self.slots[id];
            let counts = &self.groups[slot.group];
            if state.version != Some(counts.version) {
                state.rebuild(slot, &problem.groups.rows[slot.group], counts, algebra);
            }
            !state.allowed.is_empty()
        })
    }

    /// Domains that a slot allows, best first, and whether the pod would be the first of its group.
    pub(super) fn allowed(&self, slot: SlotId) -> (&[ValueId], bool) {
        let state = &self.slots[slot];
        (&state.allowed, state.is_bootstrap)
    }

    /// Counts by machine, and whether the pod may be the first of an affinity.
    pub(super) fn hosts(&self, slot: HostSlot, on_nodes: bool) -> (&HostCounts, bool) {
        let state = &self.groups[slot.group];
        let counts = if on_nodes { &state.on_nodes } else { &state.on_claims };
        (counts, slot.selects_self && state.pods == 0)
    }

    /// The set that a place has with a pod of this class on it; none when some group refuses.
    ///
    /// `set` is the place's, with the pod's demands joined. Each group is asked about `set`, not about what earlier groups made of it.
    pub(super) fn narrowed(
        &self,
        problem: &Problem,
        (topology, spot): (&Topology, Spot),
        set: SetId,
        algebra: &mut Algebra,
    ) -> Option<SetId> {
        let groups = &problem.groups;
        let hosts_agree = topology
            .hosts
            .iter()
            .all(|&slot| self.host_accepts(&groups.rows[slot.group], slot, spot));
        if !hosts_agree {
            return None;
        }
        let mut narrowed = set;
        for &id in &topology.slots {
            let slot = &groups.slots[id];
            let pick =
                self.pick(id, groups.rows[slot.group].kind, algebra.get(set, slot.key), algebra)?;
            narrowed = algebra.with(narrowed, pick);
        }
        let agrees = topology.slots.iter().all(|&id| {
            let key = groups.slots[id].key;
            let Some(demand) = algebra.get(narrowed, key) else { return true };
            match algebra.get(set, key) {
                Some(offered) => algebra.agree(offered, demand),
                None => algebra.may_be_undefined(key, demand, spot.undefined()),
            }
        });
        agrees.then_some(narrowed)
    }

    /// The first group that refuses a place, after [`refresh`](Self::refresh).
    pub(super) fn refusing(
        &self,
        problem: &Problem,
        (topology, spot): (&Topology, Spot),
        set: SetId,
        algebra: &mut Algebra,
    ) -> Option<GroupId> {
        let groups = &problem.groups;
        let refuses = |slot: &&HostSlot| !self.host_accepts(&groups.rows[slot.group], **slot, spot);
        if let Some(slot) = topology.hosts.iter().find(refuses) {
            return Some(slot.group);
        }
        for &id in &topology.slots {
            let only = Topology { slots: vec![id], ..Topology::default() };
            if self.allowed(id).0.is_empty()
                || self.narrowed(problem, (&only, spot), set, algebra).is_none()
            {
                return Some(groups.slots[id].group);
            }
        }
        // Each alone would do, but not together: the last one is named.
        let together = self.narrowed(problem, (topology, spot), set, algebra);
        let last = topology.slots.last().filter(|_| together.is_none());
        last.map(|&id| groups.slots[id].group)
    }

    /// Domains of a group that a place may lie in, with their pods, emptiest first.
    pub(super) fn domains_of(
        &self,
        group: GroupId,
        offered: Option<ReqId>,
        algebra: &Algebra,
    ) -> Vec<(ValueId, u32)> {
        let state = &self.groups[group];
        let mut domains: Vec<(ValueId, u32)> = state
            .known
            .iter()
            .map(|at| (ValueId::at(at), state.pods(at)))
            .filter(|&(at, _)| offered.is_none_or(|offered| algebra.admits(offered, at)))
            .collect();
        domains.sort_by_key(|&(at, pods)| (pods, at));
        domains
    }

    /// Counts a pod that was placed.
    pub(super) fn record(
        &mut self,
        problem: &Problem,
        (topology, spot): (&Topology, Spot),
        (set, taints): (SetId, TaintsId),
        (algebra, tolerance): (&Algebra, &mut Tolerance),
    ) {
        let groups = &problem.groups;
        let counting = topology.labels.and_then(|labels| groups.counting.get(labels));
        for &id in counting.into_iter().flatten() {
            let group = &groups.rows[id];
            let filter = &groups.filters[group.filter];
            let counts = filter.is_trivial()
                || filter.accepts(
                    algebra,
                    tolerance,
                    (set, taints),
                    |algebra, demand| match spot {
                        Spot::Node(node) => problem.nodes.places[node].host.meets(algebra, demand),
                        Spot::Claim(_) | Spot::New => algebra.admits_new_name(demand),
                    },
                );
            if counts {
                self.add(id, (spot, set), group.kind == Kind::Anti, (problem, algebra));
            }
        }
        for &id in &topology.rejects_in {
            self.add(id, (spot, set), true, (problem, algebra));
        }
    }

    fn add(
        &mut self,
        id: GroupId,
        (spot, set): (Spot, SetId),
        every_domain: bool,
        (problem, algebra): (&Problem, &Algebra),
    ) {
        let group = &problem.groups.rows[id];
        let state = &mut self.groups[id];
        let mut note = |counted: Counted| {
            if let Some(journal) = &mut self.journal {
                journal.push((id, counted));
            }
        };
        match group.scope {
            Scope::Host => {
                match spot {
                    Spot::Node(node) => {
                        state.on_nodes.add(node.index(), 1, group.max_skew);
                        note(Counted::Node(node));
                    }
                    Spot::Claim(claim) => {
                        state.on_claims.add(claim.index(), 1, group.max_skew);
                        note(Counted::Claim);
                    }
                    Spot::New => {}
                }
                state.pods += 1;
            }
            Scope::Key(key) => {
                for domain in recorded(set, key, every_domain, algebra) {
                    state.add_to_domain(domain.index());
                    note(Counted::Domain(domain.index()));
                }
            }
        }
    }

    /// Remembers from now on what is to be undone.
    pub(super) fn start_journal(&mut self) {
        self.journal = Some(Vec::new());
    }

    /// Forgets the pods that were counted.
    pub(super) fn undo(&mut self, problem: &Problem) {
        while let Some((id, counted)) = self.journal.as_mut().and_then(Vec::pop) {
            let (group, state) = (&problem.groups.rows[id], &mut self.groups[id]);
            match counted {
                Counted::Node(node) => {
                    state.on_nodes.remove(node.index(), group.max_skew);
                    state.pods -= 1;
                }
                Counted::Claim => {
                    state.on_claims = HostCounts::default();
                    state.pods -= 1;
                }
                Counted::Domain(at) => state.take_from_domain(at, group.domains.has(at)),
            }
        }
    }

    /// Leaves pods of a node that goes out of the count.
    pub(super) fn leave_out(
        &mut self,
        problem: &Problem,
        node: NodeIx,
        shares: &[(GroupId, Share)],
    ) {
        for &(id, share) in shares {
            let (group, state) = (&problem.groups.rows[id], &mut self.groups[id]);
            match share {
                Share::Host => {
                    state.on_nodes.remove(node.index(), group.max_skew);
                    state.pods -= 1;
                }
                Share::Domain(at) => state.take_from_domain(at, group.domains.has(at)),
            }
        }
    }

    /// Counts them again.
    pub(super) fn take_in(&mut self, problem: &Problem, node: NodeIx, shares: &[(GroupId, Share)]) {
        for &(id, share) in shares {
            let (group, state) = (&problem.groups.rows[id], &mut self.groups[id]);
            match share {
                Share::Host => {
                    state.on_nodes.add(node.index(), 1, group.max_skew);
                    state.pods += 1;
                }
                Share::Domain(at) => state.add_to_domain(at),
            }
        }
    }

    fn host_accepts(&self, group: &Group, slot: HostSlot, spot: Spot) -> bool {
        let state = &self.groups[slot.group];
        let pods = match spot {
            Spot::Node(node) => state.on_nodes.of(node.index()),
            Spot::Claim(claim) => state.on_claims.of(claim.index()),
            Spot::New => 0,
        };
        match group.kind {
            Kind::Spread => pods + u32::from(slot.selects_self) <= group.max_skew,
            Kind::Affinity => pods > 0 || (slot.selects_self && state.pods == 0),
            Kind::Anti => pods == 0,
        }
    }

    /// What a slot makes of a place whose requirement on the label is `offered`.
    fn pick(
        &self,
        slot: SlotId,
        kind: Kind,
        offered: Option<ReqId>,
        algebra: &mut Algebra,
    ) -> Option<ReqId> {
        let state = &self.slots[slot];
        let key = algebra.of(state.req?).key;
        let permitted = |algebra: &Algebra, domain: ValueId| {
            offered.is_none_or(|offered| algebra.admits(offered, domain))
        };
        let first = state.allowed.iter().copied().find(|&domain| permitted(algebra, domain));
        if state.is_bootstrap {
            // Any domain of the place, and one of the pod's: the place then removes what it does not have.
            let domains: SmallVec<[ValueId; 2]> =
                first.into_iter().chain(state.allowed.first().copied()).collect();
            return Some(algebra.one_of(key, domains));
        }
        match kind {
            Kind::Spread => Some(algebra.exactly(key, first?)),
            Kind::Affinity | Kind::Anti => first.and(state.req),
        }
    }
}

/// Values that a placement is counted under: all that are listed, or the only one.
fn recorded(
    set: SetId,
    key: KeyId,
    every_domain: bool,
    algebra: &Algebra,
) -> SmallVec<[ValueId; 4]> {
    let Some(req) = algebra.get(set, key).map(|req| algebra.of(req)) else {
        return SmallVec::new();
    };
    if req.complement {
        return SmallVec::new();
    }
    let listed: SmallVec<[ValueId; 4]> = bits::ones(&req.values).map(ValueId::at).collect();
    if every_domain || listed.len() == 1 { listed } else { SmallVec::new() }
}

impl GroupState {
    fn add_to_domain(&mut self, at: usize) {
        if self.domains.len() <= at {
            self.domains.resize(at + 1, 0);
        }
        if let Some(pods) = self.domains.get_mut(at) {
            *pods += 1;
        }
        self.known.insert(at);
        self.used.insert(at);
        self.pods += 1;
        self.version += 1;
    }

    /// Takes a pod out of a domain again; `lasts` tells whether the domain is known without pods.
    fn take_from_domain(&mut self, at: usize, lasts: bool) {
        let Some(pods) = self.domains.get_mut(at).filter(|pods| **pods > 0) else { return };
        *pods -= 1;
        if *pods == 0 {
            self.used.remove(at);
            if !lasts {
                self.known.remove(at);
            }
        }
        self.pods -= 1;
        // Versions only go forward: what was worked out for one is never taken for another.
        self.version += 1;
    }

    fn pods(&self, domain: usize) -> u32 {
        self.domains.get(domain).copied().unwrap_or(0)
    }
}

impl SlotState {
    fn rebuild(&mut self, slot: &Slot, group: &Group, counts: &GroupState, algebra: &mut Algebra) {
        self.version = Some(counts.version);
        self.is_bootstrap = false;
        self.allowed.clear();
        let permitted = |domain: &usize| {
            slot.strict.is_none_or(|strict| algebra.admits(strict, ValueId::at(*domain)))
        };
        let known: SmallVec<[usize; 8]> = counts.known.iter().filter(permitted).collect();
        let is_used = |domain: &&usize| counts.used.has(**domain);
        let mut domains: SmallVec<[usize; 8]> = match group.kind {
            Kind::Spread => evenly(slot, group, counts, &known),
            Kind::Affinity => known.iter().filter(is_used).copied().collect(),
            Kind::Anti => known.iter().filter(|domain| !is_used(domain)).copied().collect(),
        };
        if group.kind == Kind::Affinity && domains.is_empty() && slot.selects_self {
            self.is_bootstrap = true;
            domains = known;
        }
        self.allowed.extend(domains.into_iter().map(ValueId::at));
        self.req = Some(algebra.one_of(slot.key, self.allowed.iter().copied()));
    }
}

/// Domains where a further pod keeps the skew, emptiest first, ties by name.
fn evenly(
    slot: &Slot,
    group: &Group,
    counts: &GroupState,
    known: &[usize],
) -> SmallVec<[usize; 8]> {
    let too_few = group.min_domains.is_some_and(|least| known.len() < least as usize);
    let least =
        if too_few { 0 } else { known.iter().map(|&at| counts.pods(at)).min().unwrap_or(0) };
    let own = u32::from(slot.selects_self);
    let limit = least.saturating_add(group.max_skew);
    let mut domains: SmallVec<[usize; 8]> =
        known.iter().copied().filter(|&at| counts.pods(at) + own <= limit).collect();
    domains.sort_by_key(|&at| counts.pods(at));
    domains
}
