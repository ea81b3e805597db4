//! The cluster of a forecast and what is under way in it; not which commands are found.

use std::{collections::BTreeMap, fmt, sync::Arc};

use super::{
    Assumptions, Event, Fleet, Happening, Purchase,
    launch::{self, Launched, launch},
};
use crate::{
    decision::PlannedMachine,
    disrupt::{Command, Disruption, Memory},
    lifecycle::{Action, DriftState, ProviderDrift, Settings, expire, mark_claim, note_pod_event},
    model::{
        Effect, InstanceType, Node, NodeClaim, NodeClaimName, NodeName, Requirement, Requirements,
        Taint, Timestamp, label,
    },
    policy::Policy,
    snapshot::{Snapshot, state_nodes},
};

/// What is on its way out.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(super) enum Leaver {
    /// A machine of a pool.
    Claim(NodeClaimName),
    /// A node of nobody's.
    Node(NodeName),
}

impl fmt::Display for Leaver {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Claim(name) => name.fmt(f),
            Self::Node(name) => name.fmt(f),
        }
    }
}

/// Nodes that go once their replacements have joined.
struct Handover {
    nodes: Vec<NodeName>,
    replacements: Vec<NodeClaimName>,
}

/// The cluster, with what is under way.
pub(super) struct World<'p> {
    pub(super) snapshot: Snapshot,
    pub(super) policy: &'p Policy,
    pub(super) assumed: Assumptions,
    pub(super) settings: Settings,
    pub(super) memory: Memory,
    /// Claims whose machines boot, and until when.
    pub(super) booting: BTreeMap<NodeClaimName, Timestamp>,
    /// What drains, and when that goes on.
    pub(super) leaving: BTreeMap<Leaver, Timestamp>,
    /// Nodes that protected pods hold, and how many others have left them.
    pub(super) held: BTreeMap<NodeName, usize>,
    pub(super) events: Vec<Event>,
    handovers: Vec<Handover>,
    launches: u64,
}

impl<'p> World<'p> {
    /// The cluster as it was read: machines on their way in boot, those on their way out drain.
    pub(super) fn new(snapshot: &Snapshot, policy: &'p Policy, assumed: Assumptions) -> Self {
        let mut settings = Settings::compat();
        settings.vocabulary = snapshot.vocabulary.clone();
        let mut world = Self {
            snapshot: with_fewer_types(snapshot),
            policy,
            assumed,
            settings,
            memory: Memory::new(),
            booting: BTreeMap::new(),
            leaving: BTreeMap::new(),
            held: BTreeMap::new(),
            events: Vec::new(),
            handovers: Vec::new(),
            launches: 0,
        };
        for state in state_nodes(snapshot) {
            match (&state.claim, &state.node) {
                (Some(claim), _) if state.deleting => {
                    let leaver = Leaver::Claim(claim.name.clone());
                    world.leaving.insert(leaver, snapshot.now + assumed.drain);
                }
                (Some(claim), _) if !state.initialized => {
                    world.booting.insert(claim.name.clone(), snapshot.now + assumed.boot);
                }
                (None, Some(node)) if state.deleting => {
                    let leaver = Leaver::Node(node.name.clone());
                    world.leaving.insert(leaver, snapshot.now + assumed.drain);
                }
                _ => {}
            }
        }
        world
    }

    pub(super) const fn now(&self) -> Timestamp {
        self.snapshot.now
    }

    /// Lets time go by to `now`, with all that is due by then.
    pub(super) fn advance(&mut self, now: Timestamp) {
        self.snapshot.now = now;
        self.join();
        self.hand_over();
        self.expire();
        self.leave();
        self.place();
        self.mark();
    }

    /// The machines of pools and what they cost.
    pub(super) fn fleet(&self) -> Fleet {
        let price = Disruption::new(&self.snapshot, self.policy, &self.memory).price();
        Fleet { machines: self.snapshot.node_claims.len(), price }
    }

    pub(super) fn log(&mut self, what: Happening, before: Fleet, after: Fleet) {
        self.events.push(Event { at: self.now(), what, before, after });
    }

    /// Starts a command: its nodes take no pods any more, its replacements are bought; they go when those have joined. Says whether they were to be
    /// had.
    pub(super) fn start(&mut self, command: &Command) -> bool {
        let before = self.fleet();
        let launched: Vec<Option<Launched>> =
            command.replacements.iter().map(|machine| self.launch(machine)).collect();
        let Some(launched) = launched.into_iter().collect::<Option<Vec<Launched>>>() else {
            let (method, nodes) = (command.method, command.nodes.clone());
            self.log(Happening::NotLaunched { method, nodes }, before, before);
            return false;
        };
        if self.policy.churn.is_some() {
            let past = Disruption::new(&self.snapshot, self.policy, &self.memory).record(command);
            self.memory.moves.push(past);
            self.memory.forget(self.now(), self.policy);
        }
        for name in &command.nodes {
            self.memory.marked.insert(name.clone());
            self.memory.queued.insert(name.clone());
            self.taint(name);
        }
        let replacements = self.boot(launched);
        let bought = replacements.iter().map(|one| one.claim.clone()).collect();
        self.handovers.push(Handover { nodes: command.nodes.clone(), replacements: bought });
        let price = before.price.saturating_sub(command.price_before);
        let bought = replacements.iter().map(|one| one.price).sum();
        let after = Fleet {
            machines: (before.machines + replacements.len()).saturating_sub(command.nodes.len()),
            price: price.saturating_add(bought),
        };
        let command = Box::new(command.clone());
        self.log(Happening::Disrupted { command, replacements }, before, after);
        self.hand_over();
        true
    }

    /// Buys machines for pods that have no place.
    pub(super) fn buy(&mut self, machines: &[PlannedMachine]) {
        let before = self.fleet();
        // What can't be had is asked for again in the next round.
        let launched = machines.iter().filter_map(|machine| self.launch(machine)).collect();
        let machines = self.boot(launched);
        if !machines.is_empty() {
            let after = self.fleet();
            self.log(Happening::Bought { machines }, before, after);
        }
    }

    fn launch(&mut self, machine: &PlannedMachine) -> Option<Launched> {
        let is_taken = |name: &str| {
            self.snapshot.node_claims.iter().any(|claim| claim.name.as_str() == name)
                || self.snapshot.nodes.iter().any(|node| node.name.as_str() == name)
        };
        let name = loop {
            self.launches += 1;
            let name = format!("{}-new-{}", machine.node_pool, self.launches);
            if !is_taken(&name) {
                break NodeClaimName::from(name);
            }
        };
        launch(&self.snapshot, machine, name)
    }

    fn boot(&mut self, launched: Vec<Launched>) -> Vec<Purchase> {
        let joins = self.now() + self.assumed.boot;
        let mut purchases = Vec::with_capacity(launched.len());
        for Launched { claim, purchase } in launched {
            self.booting.insert(claim.name.clone(), joins);
            self.snapshot.add_claim(claim);
            purchases.push(purchase);
        }
        purchases
    }

    fn taint(&mut self, name: &NodeName) {
        let taint = Taint::new(label::DISRUPTED_TAINT, Effect::NoSchedule);
        let mut nodes = self.snapshot.nodes.iter_mut();
        if let Some(node) = nodes.find(|node| node.name == *name) {
            Arc::make_mut(node).taints.push(taint);
        }
    }

    /// Machines that have booted join.
    fn join(&mut self) {
        let now = self.now();
        let due: Vec<NodeClaimName> = self
            .booting
            .iter()
            .filter(|(_, at)| **at <= now)
            .map(|(name, _)| name.clone())
            .collect();
        for name in due {
            self.booting.remove(&name);
            let Some(mut claim) = self.claim(&name).cloned() else { continue };
            let node = self.node_of(&claim).cloned();
            let node = launch::join(&mut claim, node, now);
            self.snapshot.nodes.retain(|own| own.name != node.name);
            self.snapshot.add_node(node);
            self.change(&name, |own| *own = claim);
        }
    }

    /// Commands whose replacements are there delete their nodes.
    fn hand_over(&mut self) {
        let handovers = std::mem::take(&mut self.handovers);
        for handover in handovers {
            if handover.replacements.iter().any(|claim| self.booting.contains_key(claim)) {
                self.handovers.push(handover);
                continue;
            }
            for node in &handover.nodes {
                if let Some(claim) = self.claim_of(node) {
                    self.delete(&claim);
                }
            }
        }
    }

    /// Claims that are old enough are deleted.
    fn expire(&mut self) {
        let now = self.now();
        let is_due = |claim: &&Arc<NodeClaim>| {
            let next = expire(claim, &self.settings, now);
            next.actions.iter().any(|action| matches!(action, Action::DeleteClaim { .. }))
        };
        let claims = self.snapshot.node_claims.iter().filter(is_due);
        let due: Vec<NodeClaimName> = claims.map(|claim| claim.name.clone()).collect();
        for name in due {
            let fleet = self.fleet();
            let node = self.claim(&name).and_then(|claim| self.node_of(claim));
            let node = node.map_or_else(|| NodeName::from(name.as_str()), |node| node.name.clone());
            self.log(Happening::Expired { node: node.clone() }, fleet, fleet);
            self.taint(&node);
            self.delete(&name);
        }
    }

    /// Asks for the deletion of a claim, once: its node drains.
    fn delete(&mut self, name: &NodeClaimName) {
        let now = self.now();
        self.booting.remove(name);
        let drained = now + self.assumed.drain;
        self.change(name, |claim| _ = claim.deleting_since.get_or_insert(now));
        self.leaving.entry(Leaver::Claim(name.clone())).or_insert(drained);
    }

    /// Writes on claims whether they have drifted and been quiet.
    fn mark(&mut self) {
        let now = self.now();
        let mut changes = Vec::new();
        for claim in &self.snapshot.node_claims {
            let pool = claim.pool().and_then(|pool| self.snapshot.node_pool(&pool));
            let Some(pool) = pool else { continue };
            let (stamp, types) = (launch::stamp(pool), self.snapshot.types_of(&pool.name));
            let state = DriftState::new(claim, pool, &stamp, types)
                .with_provider(&ProviderDrift::Unknown)
                .with_type_found_at(now);
            let (next, _) = mark_claim(&state, &self.settings, now);
            changes.extend(next.actions);
        }
        self.carry_out(changes);
    }

    /// Notes that a pod came to or goes from a node.
    pub(super) fn note_pod(&mut self, node: &NodeName) {
        let claim = self.claim_of(node).and_then(|name| self.claim(&name));
        let next = claim.map(|claim| note_pod_event(claim, &self.settings, self.now()));
        self.carry_out(next.map(|next| next.actions).unwrap_or_default());
    }

    fn carry_out(&mut self, actions: Vec<Action>) {
        let now = self.now();
        for action in actions {
            if let Action::UpdateClaim(update) = action {
                self.change(&update.target.name, |claim| update.apply(claim, now));
            }
        }
    }

    fn change(&mut self, name: &NodeClaimName, change: impl FnOnce(&mut NodeClaim)) {
        let mut claims = self.snapshot.node_claims.iter_mut();
        if let Some(claim) = claims.find(|claim| claim.name == *name) {
            change(Arc::make_mut(claim));
        }
    }

    pub(super) fn claim(&self, name: &NodeClaimName) -> Option<&NodeClaim> {
        self.snapshot.node_claims.iter().find(|claim| claim.name == *name).map(|claim| &**claim)
    }

    /// The Node of a claim: with its provider id, else the one that its status names.
    pub(super) fn node_of(&self, claim: &NodeClaim) -> Option<&Node> {
        let id = &claim.status.provider_id;
        let nodes = || self.snapshot.nodes.iter().map(|node| &**node);
        let by_id = nodes().find(|node| !id.is_empty() && node.provider_id == *id);
        by_id.or_else(|| nodes().find(|node| Some(&node.name) == claim.status.node.as_ref()))
    }

    /// The claim of a Node.
    fn claim_of(&self, node: &NodeName) -> Option<NodeClaimName> {
        let mut claims = self.snapshot.node_claims.iter();
        let own =
            |claim: &&Arc<NodeClaim>| self.node_of(claim).is_some_and(|own| own.name == *node);
        claims.find(own).map(|claim| claim.name.clone())
    }

    /// Whether pods may be bound to the Node of this name.
    pub(super) fn takes_pods(&self, name: &NodeName) -> bool {
        let Some(node) = self.snapshot.nodes.iter().find(|node| node.name == *name) else {
            return false;
        };
        let is_joined = |claim: &NodeClaim| {
            claim.deleting_since.is_none()
                && node.labels.get(label::INITIALIZED).is_some_and(|value| value == "true")
        };
        let claim = self.claim_of(name).and_then(|claim| self.claim(&claim));
        node.deleting_since.is_none() && claim.is_none_or(is_joined)
    }
}

/// The same cluster without types that a pool can't make machines of and has none of: they are read in every pass and decide nothing.
fn with_fewer_types(snapshot: &Snapshot) -> Snapshot {
    let mut fewer = snapshot.clone();
    for (name, types) in &mut fewer.instance_types {
        let Some(pool) = snapshot.node_pool(name) else { continue };
        let entries = pool.template.requirements.iter();
        let wanted: Requirements = entries
            .map(|entry| Requirement::from(entry).normalized(&snapshot.vocabulary))
            .collect();
        let has_one = |kind: &InstanceType| {
            let claims =
                snapshot.node_claims.iter().filter(|claim| claim.pool().as_ref() == Some(name));
            claims
                .filter_map(|claim| claim.labels.get(label::INSTANCE_TYPE))
                .any(|own| kind.name == own.as_str())
        };
        let own = types
            .iter()
            .filter(|kind| wanted.intersects(&kind.requirements).is_ok() || has_one(kind));
        *types = own.cloned().collect();
    }
    fewer
}
