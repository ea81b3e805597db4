//! A cluster and a cloud in which every call may fail before or after it took effect, and a shell that carries actions out.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use karp_core::{
    lifecycle::{
        self, Action, BoughtMachine, ClaimState, EvictionAnswer, EvictionQueue, LaunchAnswer,
        LaunchProblem, Next, NodeState, OwnedMachine, QueuedPod, Settings, Sight, Target,
        conditions,
    },
    model::{
        Condition, ConditionStatus, DoNotDisrupt, EvictionBudgets, LabelSelector, Node, NodeClaim,
        NodeClaimName, NodeName, ObjectId, Pod, PodDisruptionBudget, PodId, Span, Timestamp, Uid,
        label, pod_rules,
    },
};

use crate::fixture::*;

/// A machine at the cloud.
#[derive(Clone, Debug)]
pub(crate) struct CloudMachine {
    /// Claim and its UID; none for a machine of somebody else.
    pub(crate) owner: Option<(NodeClaimName, Uid)>,
    pub(crate) is_ending: bool,
    pub(crate) is_gone: bool,
    launched_at: Timestamp,
}

/// What goes wrong with a call.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Fault {
    None,
    /// It fails and does nothing.
    Before,
    /// It works, and is reported as failed.
    After,
}

#[derive(Clone, Debug)]
pub(crate) struct World {
    pub(crate) now: Timestamp,
    pub(crate) settings: Settings,
    pub(crate) claims: BTreeMap<NodeClaimName, NodeClaim>,
    pub(crate) nodes: BTreeMap<NodeName, Node>,
    pub(crate) pods: BTreeMap<PodId, Pod>,
    pub(crate) machines: BTreeMap<String, CloudMachine>,
    /// Fewest web pods that must run.
    pub(crate) min_available: usize,
    answers: BTreeMap<Uid, LaunchAnswer>,
    looked_up: BTreeSet<String>,
    queue: EvictionQueue,
    /// Earliest deadline that a pod was queued with.
    deadlines: BTreeMap<PodId, Timestamp>,
    faults: u64,
    made: u64,
}

impl World {
    pub(crate) fn new(min_available: usize) -> Self {
        let mut settings = settings();
        settings.spot_notice_bounds_drain = true;
        Self {
            now: now(),
            settings,
            claims: BTreeMap::new(),
            nodes: BTreeMap::new(),
            pods: BTreeMap::new(),
            machines: BTreeMap::new(),
            min_available,
            answers: BTreeMap::new(),
            looked_up: BTreeSet::new(),
            queue: EvictionQueue::new(),
            deadlines: BTreeMap::new(),
            faults: 0,
            made: 0,
        }
    }

    fn number(&mut self) -> u64 {
        self.made += 1;
        self.made
    }

    /// A claim that somebody makes, with or without a deadline for its drain.
    pub(crate) fn create(&mut self, grace: Option<Span>) {
        let number = self.number();
        let mut claim = claim();
        claim.name = format!("general-{number}").as_str().into();
        claim.uid = Uid::new(format!("uid-{number}"));
        claim.created_at = self.now;
        claim.finalizers.clear();
        claim.termination_grace_period = grace;
        claim.labels.insert(class("TestNodeClass").label_key(), "default".into());
        self.claims.insert(claim.name.clone(), claim);
    }

    /// A claim whose status names a machine of somebody else, as after a wrong restore.
    pub(crate) fn steal(&mut self) {
        let id = "fake:///foreign".to_owned();
        let machine =
            CloudMachine { owner: None, is_ending: false, is_gone: false, launched_at: self.now };
        self.machines.insert(id.clone(), machine);
        self.create(None);
        let claim = self.claims.values_mut().next_back().unwrap();
        claim.status.provider_id = id;
        set(claim, conditions::LAUNCHED, ConditionStatus::True, now());
    }

    /// The kubelet of the `index`th machine without a Node joins.
    pub(crate) fn join(&mut self, index: usize) {
        let has_node = |id: &String| self.nodes.values().any(|node| node.provider_id == *id);
        let ids: Vec<String> = self
            .machines
            .iter()
            .filter(|(id, machine)| !machine.is_gone && !machine.is_ending && !has_node(id))
            .map(|(id, _)| id.clone())
            .collect();
        let Some(id) = ids.get(index % ids.len().max(1)).cloned() else { return };
        let number = self.number();
        let mut node = joining();
        node.name = format!("n{number}").as_str().into();
        node.uid = Uid::new(format!("uid-n{number}"));
        node.provider_id = id;
        self.nodes.insert(node.name.clone(), node);
    }

    pub(crate) fn add_pod(&mut self, index: usize, protection: &str) {
        let names: Vec<NodeName> = self.nodes.keys().cloned().collect();
        let Some(node) = names.get(index % names.len().max(1)) else { return };
        if self.nodes[node].taints.iter().any(|taint| taint.key == label::DISRUPTED_TAINT) {
            return;
        }
        let number = self.number();
        let mut pod = pod(&format!("p{number}")).bound_to(node.as_str());
        pod.status.started_at = Some(self.now);
        pod = match protection {
            "" => pod,
            "web" => pod.label("app", "web"),
            text => annotated(pod, label::DO_NOT_DISRUPT, text),
        };
        self.pods.insert(pod.id.clone(), pod);
    }

    /// The cloud loses a machine.
    pub(crate) fn lose(&mut self, index: usize) {
        let count = self.machines.len().max(1);
        if let Some(machine) = self.machines.values_mut().nth(index % count) {
            machine.is_gone = machine.owner.is_some();
        }
    }

    /// Memory is lost; what is stored is not.
    pub(crate) fn crash(&mut self) {
        self.answers.clear();
        self.looked_up.clear();
        self.queue = EvictionQueue::new();
    }

    /// Kubernetes deletes what belongs to a claim that is gone.
    fn follow_owners(&mut self) {
        let claims: BTreeSet<Uid> = self.claims.values().map(|claim| claim.uid.clone()).collect();
        let is_orphan = |node: &&Node| {
            !node.owners.is_empty() && !node.owners.iter().any(|own| claims.contains(&own.uid))
        };
        let orphans: Vec<NodeName> =
            self.nodes.values().filter(is_orphan).map(|node| node.name.clone()).collect();
        for name in orphans {
            self.delete_node(&name);
        }
    }

    /// Time passes: pods stop, machines end, kubelets of dead machines fall silent.
    pub(crate) fn tick(&mut self, span: Span) {
        self.now = self.now + span;
        self.looked_up.clear();
        self.follow_owners();
        for machine in self.machines.values_mut().filter(|machine| machine.is_ending) {
            machine.is_gone = true;
        }
        for node in self.nodes.values_mut() {
            if self.machines.get(&node.provider_id).is_none_or(|machine| machine.is_gone) {
                let at = self.now;
                let silent = |own: &mut Condition| {
                    own.status = ConditionStatus::Unknown;
                    own.changed_at = Some(at);
                };
                node.conditions.iter_mut().for_each(silent);
            }
        }
        let (nodes, now) = (&self.nodes, self.now);
        self.pods.retain(|_, pod| {
            let node = pod.status.node.as_ref().and_then(|node| nodes.get(node));
            let lives = node.is_some_and(|node| {
                node.conditions.iter().all(|own| own.status == ConditionStatus::True)
            });
            let has_stopped = pod.status.deleting_since.is_some_and(|end| end <= now);
            node.is_some() && !(has_stopped && lives)
        });
    }

    /// Evictions of web pods that leave enough of them.
    fn allowed(&self) -> i32 {
        let is_web = |pod: &&Pod| pod.labels.contains_key("app") && pod_rules::is_active(pod);
        let running = self.pods.values().filter(is_web).count();
        i32::try_from(running).unwrap() - i32::try_from(self.min_available).unwrap()
    }

    fn budgets(&self) -> Vec<Arc<PodDisruptionBudget>> {
        let mut budget = PodDisruptionBudget::new(ObjectId::new("default", "web"));
        budget.selector = Some(LabelSelector::label("app", "web"));
        budget.disruptions_allowed = self.allowed();
        arcs([budget])
    }

    fn sight(&self, id: &str) -> Sight {
        if !self.looked_up.contains(id) {
            return Sight::Unknown;
        }
        match self.machines.get(id) {
            None => Sight::Gone,
            Some(machine) if machine.is_gone => Sight::Gone,
            Some(CloudMachine { owner: None, .. }) => Sight::Foreign,
            Some(machine) if machine.is_ending => Sight::Ending(listed(id, machine)),
            Some(machine) => Sight::Alive(listed(id, machine)),
        }
    }

    /// Our machines that are alive, as the cloud lists them.
    fn list(&self) -> Vec<OwnedMachine> {
        let is_listed = |own: &(&String, &CloudMachine)| {
            own.1.owner.is_some() && !own.1.is_gone && !own.1.is_ending
        };
        self.machines.iter().filter(is_listed).map(|(id, own)| listed(id, own)).collect()
    }

    /// Every rule is asked about every object, and answers are carried out with these faults.
    pub(crate) fn pass(&mut self, faults: u64) {
        self.faults = faults;
        let claims: Vec<NodeClaimName> = self.claims.keys().cloned().collect();
        for name in claims {
            for next in self.about_claim(&name) {
                self.carry_out(&next);
            }
        }
        let nodes: Vec<NodeName> = self.nodes.keys().cloned().collect();
        for name in nodes {
            let next = self.about_node(&name);
            self.carry_out(&next);
        }
        let (pods, budgets) = (arcs(self.pods.values().cloned()), self.budgets());
        let mut queue = std::mem::take(&mut self.queue);
        let next = queue.advance(&pods, &EvictionBudgets::new(&budgets), self.now);
        self.queue = queue;
        self.carry_out(&next);
    }

    /// Claims and machines are compared.
    pub(crate) fn sweep(&mut self, faults: u64) {
        self.faults = faults;
        let machines = self.list();
        let (claims, nodes) =
            (arcs(self.claims.values().cloned()), arcs(self.nodes.values().cloned()));
        let now = self.now;
        self.carry_out(&lifecycle::collect_machines(&machines, &claims, &nodes, now));
        let next = lifecycle::collect_claims(&claims, &nodes, &machines, &self.settings, now);
        self.carry_out(&next);
    }

    pub(crate) fn about_claim(&self, name: &NodeClaimName) -> Vec<Next> {
        let Some(claim) = self.claims.get(name) else { return Vec::new() };
        let nodes = arcs(self.nodes.values().cloned());
        let sight = self.sight(&claim.status.provider_id);
        let answer = self.answers.get(&claim.uid).cloned().unwrap_or_default();
        let state =
            ClaimState::new(claim).with_nodes(&nodes).with_launch(&answer).with_sight(&sight);
        let advance = lifecycle::advance_claim(&state, &self.settings, self.now);
        vec![advance, lifecycle::expire(claim, &self.settings, self.now)]
    }

    pub(crate) fn about_node(&self, name: &NodeName) -> Next {
        let Some(node) = self.nodes.get(name) else { return Next::done() };
        let (claims, pods) =
            (arcs(self.claims.values().cloned()), arcs(self.pods.values().cloned()));
        let sight = self.sight(&node.provider_id);
        let state = NodeState::new(node).with_claims(&claims).with_pods(&pods).with_sight(&sight);
        lifecycle::terminate_node(&state, &self.settings, self.now)
    }

    /// In order; after a failure the rest is dropped.
    pub(crate) fn carry_out(&mut self, next: &Next) {
        for action in &next.actions {
            let fault = match self.faults & 7 {
                6 => Fault::Before,
                7 => Fault::After,
                _ => Fault::None,
            };
            self.faults = self.faults.rotate_right(3);
            if fault == Fault::Before || !self.execute(action, fault) || fault == Fault::After {
                return;
            }
        }
    }

    /// Whether the object was there.
    fn execute(&mut self, action: &Action, fault: Fault) -> bool {
        match action {
            Action::Launch { claim } => self.launch(claim, fault),
            Action::LookUp { machine } => {
                self.looked_up.insert(machine.clone());
                true
            }
            Action::UpdateClaim(change) => {
                let now = self.now;
                let own = self.claims.get_mut(&change.target.name);
                let own = own.filter(|own| own.uid == change.target.uid);
                own.map(|own| change.apply(own, now)).is_some()
            }
            Action::DeleteClaim { claim, .. } => self.delete_claim(&claim.name),
            Action::ReleaseClaim { claim } => self.release_claim(claim),
            Action::UpdateNode(change) => {
                let own = self.nodes.get_mut(&change.target.name);
                own.map(|own| change.apply(own)).is_some()
            }
            Action::DeleteNode { node } => self.delete_node(&node.name),
            Action::ReleaseNode { node } => self.release_node(&node.name),
            Action::Terminate(machine) => self.terminate(machine),
            Action::QueueEvictions(pods) => {
                for pod in pods {
                    self.enqueue(pod);
                }
                true
            }
            Action::Evict { pod } => self.evict(pod, fault),
            Action::DeletePod { pod, grace } => self.delete_pod(pod, *grace),
            _ => true,
        }
    }

    fn launch(&mut self, target: &Target<NodeClaimName>, fault: Fault) -> bool {
        let number = self.number();
        let known = self
            .machines
            .iter()
            .find(|(_, machine)| machine.owner.as_ref().is_some_and(|(_, uid)| *uid == target.uid));
        let id = match known {
            Some((id, _)) => id.clone(),
            None if number.is_multiple_of(7) => {
                let problem = LaunchProblem::InsufficientCapacity { message: "none".into() };
                let answer = LaunchAnswer::Failed { problem, at: self.now, failures: 1 };
                self.answers.insert(target.uid.clone(), answer);
                return true;
            }
            None => format!("fake:///{number}"),
        };
        let owner = Some((target.name.clone(), target.uid.clone()));
        let launched_at = self.now;
        let machine = CloudMachine { owner, is_ending: false, is_gone: false, launched_at };
        self.machines.entry(id.clone()).or_insert(machine);
        if fault == Fault::None {
            let answer = LaunchAnswer::Started(Box::new(BoughtMachine::new(id)));
            self.answers.insert(target.uid.clone(), answer);
        }
        true
    }

    pub(crate) fn delete_claim(&mut self, name: &NodeClaimName) -> bool {
        let now = self.now;
        let Some(claim) = self.claims.get_mut(name) else { return false };
        claim.deleting_since.get_or_insert(now);
        if claim.finalizers.is_empty() {
            self.claims.remove(name);
        }
        true
    }

    fn release_claim(&mut self, target: &Target<NodeClaimName>) -> bool {
        let Some(claim) = self.claims.get(&target.name) else { return false };
        assert!(claim.deleting_since.is_some(), "released although nobody deleted it");
        let id = &claim.status.provider_id;
        let is_gone = self.machines.get(id).is_none_or(|machine| machine.is_gone);
        assert!(id.is_empty() || is_gone, "claim {} leaves its machine behind", claim.name);
        self.claims.remove(&target.name);
        true
    }

    pub(crate) fn delete_node(&mut self, name: &NodeName) -> bool {
        let now = self.now;
        let Some(node) = self.nodes.get_mut(name) else { return false };
        node.deleting_since.get_or_insert(now);
        if node.finalizers.is_empty() {
            self.nodes.remove(name);
        }
        true
    }

    fn release_node(&mut self, name: &NodeName) -> bool {
        let Some(node) = self.nodes.get(name) else { return false };
        let is_dead = self.machines.get(&node.provider_id).is_none_or(|machine| machine.is_gone);
        let holds = self.pods.values().any(|pod| {
            pod.status.node.as_ref() == Some(name) && pod_rules::holds_drain(pod, self.now)
        });
        assert!(is_dead || !holds, "node {name} goes with pods on it");
        self.nodes.remove(name);
        true
    }

    fn terminate(&mut self, ended: &OwnedMachine) -> bool {
        let machine = self.machines.get_mut(ended.id()).expect("a machine that is there");
        let (name, uid) = machine.owner.clone().expect("never a machine of somebody else");
        if let Some(claim) = self.claims.get(&name).filter(|claim| claim.uid == uid) {
            let id = &claim.status.provider_id;
            let is_in_use = claim.deleting_since.is_none() && (id.is_empty() || id == ended.id());
            assert!(!is_in_use, "machine {} of a claim that stays", ended.id());
        }
        machine.is_ending = true;
        true
    }

    /// Only the claim of the pod's Node says by when the pod must be gone.
    fn enqueue(&mut self, queued: &QueuedPod) {
        self.queue.add(queued.clone());
        let Some(deadline) = queued.deadline else { return };
        let id = &self.nodes[&queued.node.name].provider_id;
        let claim = self.claims.values().find(|own| own.status.provider_id == *id);
        let said = claim.and_then(|own| own.annotations.get(label::TERMINATION_TIMESTAMP));
        assert_eq!(said, Some(&deadline.to_string()), "a deadline that nobody set");
        let earliest = self.deadlines.entry(queued.pod.name.clone()).or_insert(deadline);
        *earliest = deadline.min(*earliest);
    }

    fn evict(&mut self, target: &Target<PodId>, fault: Fault) -> bool {
        let (allowed, now) = (self.allowed(), self.now);
        let Some(pod) = self.pods.get_mut(&target.name) else { return false };
        assert!(!DoNotDisrupt::of(pod, now).is_active(), "{} asks to be left alone", pod.id);
        let is_web = pod.labels.contains_key("app");
        assert!(!is_web || allowed > 0, "the budget of {} is spent", pod.id);
        pod.status.deleting_since = Some(now + pod.spec.termination_grace_period.unwrap());
        if fault == Fault::None {
            self.queue.answer(target, &EvictionAnswer::Accepted);
        }
        true
    }

    fn delete_pod(&mut self, target: &Target<PodId>, grace: Span) -> bool {
        let now = self.now;
        let Some(pod) = self.pods.get_mut(&target.name) else { return false };
        let deadline = self.deadlines.get(&target.name).expect("forced by a deadline");
        let stops = pod.status.deleting_since;
        let usual = stops.unwrap_or_else(|| now + pod.spec.termination_grace_period.unwrap());
        assert!(usual > *deadline, "{} would stop in time by itself", pod.id);
        assert!(grace >= Span::seconds(1), "a pod gets a second");
        pod.status.deleting_since = Some(now + grace);
        true
    }
}

fn listed(id: &str, machine: &CloudMachine) -> OwnedMachine {
    let own = OwnedMachine::listed(id, machine.launched_at);
    match &machine.owner {
        Some((name, _)) => own.tagged(name.clone()),
        None => own,
    }
}
