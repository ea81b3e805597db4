//! A cluster in which commands are carried out: replacements come or fail, nodes go, pods are made anew; not what is decided.

use std::sync::Arc;

use karp_core::{
    decision::PlannedMachine,
    disrupt::{Command, Disruption, Memory},
    model::{
        CapacityType, Condition, ConditionStatus, InstanceType, Node, NodeClaim, NodeName,
        Offering, Pod, PodId, Price, Span, label, pod_rules,
    },
    policy::Policy,
    provision,
    snapshot::Snapshot,
};

use crate::dice::Dice;

/// A cluster and what its controller remembers.
pub(crate) struct Cluster {
    pub(crate) snapshot: Snapshot,
    pub(crate) memory: Memory,
    pub(crate) policy: Policy,
    /// Commands under way, with the claims that they wait for.
    pub(crate) running: Vec<Running>,
    /// Rolls what clouds and users decide.
    pub(crate) dice: Dice,
    /// What machines cost that were bought for pods without a place.
    pub(crate) bought: Price,
    names: usize,
}

/// A command under way.
pub(crate) struct Running {
    pub(crate) command: Command,
    claims: Vec<(NodeClaim, Vec<PodId>)>,
}

pub(crate) fn is(kind: &str) -> Condition {
    Condition {
        kind: kind.to_owned(),
        status: ConditionStatus::True,
        reason: String::new(),
        changed_at: None,
    }
}

impl Cluster {
    pub(crate) fn new(snapshot: Snapshot, policy: &Policy, seed: u64) -> Self {
        let memory = Memory::new();
        let policy = policy.clone();
        let (running, dice) = (Vec::new(), Dice(seed));
        Self { snapshot, memory, policy, running, dice, bought: Price::ZERO, names: 0 }
    }

    pub(crate) fn look(&self) -> Disruption<'_> {
        Disruption::new(&self.snapshot, &self.policy, &self.memory)
    }

    pub(crate) fn wait(&mut self, span: Span) {
        self.snapshot.now = self.snapshot.now + span;
        self.memory.forget(self.snapshot.now, &self.policy);
    }

    /// What machines cost that are there, by their labels.
    pub(crate) fn bill(&self) -> Price {
        let prices = self.snapshot.nodes.iter().map(|node| self.price(node));
        prices.fold(Price::ZERO, Price::saturating_add)
    }

    /// What a node costs, by its labels; nothing when nobody sells it.
    pub(crate) fn price(&self, node: &Node) -> Price {
        let value = |key: &str| node.labels.get(key).map(String::as_str);
        let pool = value(label::NODE_POOL).unwrap_or_default();
        let kinds = self.snapshot.instance_types.get(pool);
        let kind = kinds.and_then(|kinds| {
            kinds.iter().find(|kind| Some(kind.name.as_str()) == value(label::INSTANCE_TYPE))
        });
        let offers = kind.map_or(&[][..], |kind| &kind.offerings);
        let own = offers.iter().find(|offer| {
            offer.zone() == value(label::ZONE)
                && offer.capacity_type().map(CapacityType::as_str) == value(label::CAPACITY_TYPE)
        });
        own.map_or(Price::ZERO, |offer| offer.price)
    }

    /// Begins a command: its nodes take no more pods, its replacements are launched. False when one of those can't be had.
    pub(crate) fn start(&mut self, command: &Command) -> bool {
        let mut claims = Vec::new();
        for machine in &command.replacements {
            let Some(claim) = self.launch(machine) else { return false };
            claims.push((claim, machine.pods.clone()));
        }
        let past = self.look().record(command);
        self.memory.moves.push(past);
        self.memory.marked.extend(command.nodes.iter().cloned());
        self.memory.queued.extend(command.nodes.iter().cloned());
        self.snapshot.node_claims.extend(claims.iter().map(|(claim, _)| Arc::new(claim.clone())));
        self.running.push(Running { command: command.clone(), claims });
        true
    }

    /// Replacements have joined and the nodes go.
    pub(crate) fn complete(&mut self, index: usize) {
        if self.running.is_empty() {
            return;
        }
        let running = self.running.remove(index % self.running.len());
        for (claim, _) in &running.claims {
            self.join(claim.clone());
        }
        for node in &running.command.nodes {
            self.remove_node(node);
        }
        for (claim, pods) in &running.claims {
            let node = NodeName::from(claim.name.as_str());
            let of = |pod: &Pod| pods.iter().any(|id| is_successor(&pod.id, id));
            self.bind(&node, of);
        }
        self.memory.marked.retain(|node| !running.command.nodes.contains(node));
        self.memory.queued.retain(|node| !running.command.nodes.contains(node));
    }

    /// A replacement fails, and all is as before; the machines that came are given back.
    pub(crate) fn fail(&mut self, index: usize) {
        if self.running.is_empty() {
            return;
        }
        let running = self.running.remove(index % self.running.len());
        let gone: Vec<_> = running.claims.iter().map(|(claim, _)| &claim.name).collect();
        self.snapshot.node_claims.retain(|claim| !gone.contains(&&claim.name));
        self.memory.marked.retain(|node| !running.command.nodes.contains(node));
        self.memory.queued.retain(|node| !running.command.nodes.contains(node));
    }

    /// Takes a node away; pods that would move are made anew and wait.
    pub(crate) fn remove_node(&mut self, name: &NodeName) {
        self.snapshot.nodes.retain(|node| node.name != *name);
        self.snapshot.node_claims.retain(|claim| claim.status.node.as_ref() != Some(name));
        let now = self.snapshot.now;
        let pods = std::mem::take(&mut self.snapshot.pods);
        for pod in pods {
            if pod.status.node.as_ref() != Some(name) {
                self.snapshot.pods.push(pod);
            } else if pod_rules::is_reschedulable(&pod) {
                self.names += 1;
                let mut anew = Pod::clone(&pod);
                let stem = stem(pod.id.name());
                anew.id = PodId::new(pod.id.namespace(), format!("{stem}+{}", self.names));
                anew.created_at = now;
                anew.status.node = None;
                anew.status.started_at = None;
                anew.status.deleting_since = None;
                self.snapshot.pods.push(Arc::new(anew));
            }
        }
        self.sort();
    }

    /// Puts waiting pods where a round of provisioning would, and buys machines for the others.
    pub(crate) fn schedule(&mut self) {
        let plan = provision(&self.snapshot, &Policy::compat());
        for (node, pods) in &plan.existing {
            self.bind(node, |pod| pods.contains(&pod.id));
        }
        for machine in &plan.machines {
            let Some(claim) = self.launch(machine) else { continue };
            let node = NodeName::from(claim.name.as_str());
            self.join(claim);
            self.bind(&node, |pod| machine.pods.contains(&pod.id));
            let own = self.snapshot.nodes.iter().find(|own| own.name == node);
            let price = own.map_or(Price::ZERO, |own| self.price(own));
            self.bought = self.bought.saturating_add(price);
        }
    }

    fn bind(&mut self, node: &NodeName, of: impl Fn(&Pod) -> bool) {
        if !self.snapshot.nodes.iter().any(|own| own.name == *node) {
            return;
        }
        for pod in &mut self.snapshot.pods {
            if pod.status.node.is_none() && of(pod) {
                Arc::make_mut(pod).status.node = Some(node.clone());
            }
        }
    }

    /// A claim of one of the listed types, as the cloud would launch it: of the capacity type that is tried first, in any zone.
    fn launch(&mut self, machine: &PlannedMachine) -> Option<NodeClaim> {
        let types = self.snapshot.instance_types.get(&machine.node_pool)?;
        let listed = |kind: &&Arc<InstanceType>| {
            machine.instance_types.is_empty() || machine.instance_types.contains(&kind.name)
        };
        let allows = |offer: &&Offering| {
            offer.available
                && [label::ZONE, label::CAPACITY_TYPE].iter().all(|key| {
                    let value = offer.single(key).unwrap_or_default();
                    machine.requirements.get(key).is_none_or(|wanted| wanted.has(value))
                })
        };
        let ways: Vec<_> = types
            .iter()
            .filter(listed)
            .filter_map(|kind| {
                let offers: Vec<&Offering> = kind.offerings.iter().filter(allows).collect();
                let first = offers.iter().filter_map(|offer| rank(offer)).min()?;
                let mut of_first = offers.into_iter();
                of_first.find(|offer| rank(offer) == Some(first)).map(|offer| (kind, offer))
            })
            .collect();
        let (kind, offer) = self.dice.pick(&ways)?;
        self.names += 1;
        let mut claim =
            NodeClaim::new(format!("{}-{}", machine.node_pool, self.names), &machine.node_pool);
        claim.created_at = self.snapshot.now;
        for wanted in kind.requirements.iter().chain(machine.requirements.iter()) {
            let mut values = wanted.values();
            if let (false, Some(value), None) =
                (wanted.is_complement(), values.next(), values.next())
            {
                claim.labels.insert(wanted.key().to_owned(), value.to_owned());
            }
        }
        for key in [label::ZONE, label::CAPACITY_TYPE] {
            claim.labels.insert(key.to_owned(), offer.single(key)?.to_owned());
        }
        claim.labels.insert(label::INSTANCE_TYPE.to_owned(), kind.name.to_string());
        claim.labels.remove(label::HOSTNAME);
        claim.status.provider_id = format!("cloud://{}", claim.name);
        claim.status.capacity.clone_from(&kind.capacity);
        claim.status.allocatable = kind.allocatable();
        let pool = self.snapshot.node_pools.iter().find(|pool| pool.name == machine.node_pool);
        if let Some(pool) = pool {
            claim.taints.clone_from(&pool.template.taints);
            claim.termination_grace_period = pool.template.termination_grace_period;
        }
        Some(claim)
    }

    /// The machine of a claim joins completely and is quiet at once.
    fn join(&mut self, mut claim: NodeClaim) {
        let mut node = Node::new(claim.name.as_str());
        node.labels.extend(claim.labels.clone());
        node.labels.insert(label::REGISTERED.to_owned(), "true".to_owned());
        node.labels.insert(label::INITIALIZED.to_owned(), "true".to_owned());
        node.taints.clone_from(&claim.taints);
        node.provider_id.clone_from(&claim.status.provider_id);
        node.capacity.clone_from(&claim.status.capacity);
        node.allocatable.clone_from(&claim.status.allocatable);
        node.created_at = claim.created_at;
        node.conditions.push(is("Ready"));
        claim.status.node = Some(node.name.clone());
        claim.status.conditions.push(is("Consolidatable"));
        claim.status.conditions.push(is("Initialized"));
        self.snapshot.node_claims.retain(|own| own.name != claim.name);
        self.snapshot.node_claims.push(Arc::new(claim));
        self.snapshot.nodes.push(Arc::new(node));
        self.sort();
    }

    /// Lists are in the order in which readings have them.
    pub(crate) fn sort(&mut self) {
        self.snapshot.pods.sort_by(|a, b| (a.created_at, &a.id).cmp(&(b.created_at, &b.id)));
        self.snapshot.nodes.sort_by(|a, b| (a.created_at, &a.name).cmp(&(b.created_at, &b.name)));
        let claims = &mut self.snapshot.node_claims;
        claims.sort_by(|a, b| (a.created_at, &a.name).cmp(&(b.created_at, &b.name)));
    }
}

/// Capacity types in the order in which a launch tries them.
fn rank(offer: &Offering) -> Option<u8> {
    Some(match offer.capacity_type()? {
        CapacityType::Reserved => 0,
        CapacityType::Spot => 1,
        CapacityType::OnDemand => 2,
    })
}

/// The name that a pod had before it was first made anew.
pub(crate) fn stem(name: &str) -> &str {
    name.split_once('+').map_or(name, |(stem, _)| stem)
}

/// Whether a pod was made anew in place of the other.
fn is_successor(pod: &PodId, of: &PodId) -> bool {
    pod.namespace() == of.namespace() && stem(pod.name()) == stem(of.name())
}
