//! The slow, obvious solver: the rules of provisioning as they are written down, without any table, memo or index.
//!
//! It is what the fast solver is held against, so it is written to be read beside docs/scheduling.md: every pod tries every place in
//! order, every type and every offering is looked at again each time, and requirement sets are maps of text.

mod daemon;
mod demand;
mod finish;
mod fit;
mod refuse;
mod terms;
mod topology;
mod waiting;
mod world;

use std::{cmp::Reverse, collections::VecDeque, sync::Arc};

use karp_core::{
    decision::Plan,
    explain::{PoolRefusal, Reason, Unplaced, Unsupported},
    model::{Effect, NodeClaimName, Pod, Vocabulary},
    policy::Policy,
    snapshot::{Snapshot, StateNode, state_nodes},
};

use self::{
    demand::Demand,
    topology::Topology,
    waiting::{refusal, waiting},
    world::{Machine, Node, Template},
};

/// The state of a round.
#[derive(Debug)]
struct Round<'s> {
    snapshot: &'s Snapshot,
    nodes: Vec<Node>,
    templates: Vec<Template>,
    machines: Vec<Machine>,
    topology: Topology<'s>,
    /// Whether relaxation may end with tolerating soft taints: some pool has one.
    tolerate_prefer_no_schedule: bool,
}

/// Constraints for which the fast solver refuses pods so far.
const UNDECIDED: [Unsupported; 6] = [
    Unsupported::DynamicResources,
    Unsupported::Volume,
    Unsupported::HostPort,
    Unsupported::TopologySpread,
    Unsupported::PodAffinity,
    Unsupported::PodAntiAffinity,
];

/// Decides which machines to buy, as [`karp_core::provision`] does.
pub(crate) fn provision(snapshot: &Snapshot, policy: &Policy) -> Plan {
    provision_beyond(&UNDECIDED, snapshot, policy)
}

/// Whether a pod contradicts itself in some form in which it is tried.
pub(crate) fn contradicts_itself(pod: &Arc<Pod>, vocabulary: &Vocabulary) -> bool {
    let mut demand = Demand::new(pod, &Policy::compat());
    while !demand.contradicts_itself(vocabulary) {
        if !demand.relax(false) {
            return false;
        }
    }
    true
}

/// The same, with topology and host ports.
pub(crate) fn provision_all(snapshot: &Snapshot, policy: &Policy) -> Plan {
    provision_beyond(&UNDECIDED[..2], snapshot, policy)
}

fn provision_beyond(undecided: &[Unsupported], snapshot: &Snapshot, policy: &Policy) -> Plan {
    let states = state_nodes(snapshot);
    let mut unplaced = Vec::new();
    let mut pods: Vec<Demand> = Vec::new();
    let dynamic = !world::usable_pools(snapshot).is_empty();
    for waiting in waiting(snapshot, &states) {
        let no_pool = (!dynamic).then_some(Reason::NoDynamicPool);
        match refusal(&waiting, snapshot, undecided).or(no_pool) {
            Some(reason) => unplaced
                .push(Unplaced::new(waiting.pod.id.clone(), vec![PoolRefusal::of_pod(reason)])),
            None => pods.push(Demand::new(&waiting.pod, policy)),
        }
    }
    let mut round = Round::new(snapshot, &states, &pods);
    pods.sort_by_key(|demand| {
        let (pod, requests) = (&demand.pod, demand.requests());
        let size = (Reverse(requests.amount("cpu")), Reverse(requests.amount("memory")));
        (size, pod.created_at, pod.uid.clone(), pod.id.clone())
    });
    unplaced.extend(round.run(pods));
    unplaced.sort_by(|a, b| a.pod.cmp(&b.pod));
    finish::plan(&round, policy, unplaced)
}

impl<'s> Round<'s> {
    fn new(snapshot: &'s Snapshot, states: &[StateNode], pods: &[Demand]) -> Self {
        let templates = world::templates(snapshot, states);
        let tolerate_prefer_no_schedule = templates
            .iter()
            .flat_map(|template| &template.pool.template.taints)
            .any(|taint| taint.effect == Effect::PreferNoSchedule);
        Self {
            snapshot,
            nodes: world::nodes(snapshot, states),
            templates,
            machines: Vec::new(),
            topology: Topology::new(snapshot, states, pods),
            tolerate_prefer_no_schedule,
        }
    }

    /// Tries pods from the front, puts those that fail at the back, and ends when all that are left failed since the last success.
    fn run(&mut self, pods: Vec<Demand>) -> Vec<Unplaced> {
        let mut queue: VecDeque<(Demand, Option<(usize, Vec<PoolRefusal>)>)> =
            pods.into_iter().map(|pod| (pod, None)).collect();
        while let Some((pod, failed)) = queue.pop_front() {
            if let Some((length, _)) = &failed
                && *length == queue.len() + 1
            {
                queue.push_front((pod, failed));
                break;
            }
            if let Err(reasons) = self.attempt(&pod) {
                let length = queue.len() + 1;
                queue.push_back((pod, Some((length, reasons))));
            }
        }
        let reasons =
            |failed: Option<(usize, Vec<PoolRefusal>)>| failed.map_or_else(Vec::new, |f| f.1);
        queue.into_iter().map(|(pod, f)| Unplaced::new(pod.pod.id.clone(), reasons(f))).collect()
    }

    /// Tries to place a pod, giving up one wish after the other.
    fn attempt(&mut self, pod: &Demand) -> Result<(), Vec<PoolRefusal>> {
        let mut demand = pod.clone();
        while !self.place(&demand) {
            if !demand.relax(self.tolerate_prefer_no_schedule) {
                return Err(refuse::reasons(self, &demand));
            }
            self.topology.note(&demand);
        }
        Ok(())
    }

    fn place(&mut self, demand: &Demand) -> bool {
        self.place_on_node(demand)
            || self.place_on_open_machine(demand)
            || self.place_on_new_machine(demand)
    }

    fn place_on_node(&mut self, demand: &Demand) -> bool {
        for node in &mut self.nodes {
            if let Some(requirements) =
                fit::on_node(node, demand, &self.topology, &self.snapshot.vocabulary)
            {
                self.topology.record(&demand.pod, &requirements, &node.state.taints);
                node.requirements = requirements;
                node.free.subtract_from(&demand.requests());
                node.ports.extend(demand.spec.host_ports.iter().cloned());
                node.pods.push(demand.pod.id.clone());
                return true;
            }
        }
        false
    }

    /// The machine with the fewest pods first, of several the one that was opened first.
    fn place_on_open_machine(&mut self, demand: &Demand) -> bool {
        let mut order: Vec<usize> = (0..self.machines.len()).collect();
        order.sort_by_key(|index| self.machines[*index].pods.len());
        for index in order {
            if let Some(fuller) = self.with_pod(&self.machines[index], demand) {
                self.record(&fuller, demand);
                self.machines[index] = fuller;
                return true;
            }
        }
        false
    }

    fn place_on_new_machine(&mut self, demand: &Demand) -> bool {
        for index in 0..self.templates.len() {
            let empty = self.templates[index].open(index, self.next_name(index));
            let opened = empty.and_then(|empty| self.with_pod(&empty, demand));
            if let Some(machine) = opened {
                self.templates[index].count(&machine);
                self.topology.register_host(&terms::placeholder(&machine.name));
                self.record(&machine, demand);
                self.machines.push(machine);
                return true;
            }
        }
        false
    }

    fn with_pod(&self, machine: &Machine, demand: &Demand) -> Option<Machine> {
        let template = &self.templates[machine.template];
        fit::on_machine((machine, template), demand, &self.topology, &self.snapshot.vocabulary)
    }

    fn record(&mut self, machine: &Machine, demand: &Demand) {
        let taints = &self.templates[machine.template].pool.template.taints;
        self.topology.record(&demand.pod, &machine.requirements, taints);
    }

    fn next_name(&self, template: usize) -> NodeClaimName {
        let number =
            self.machines.iter().filter(|machine| machine.template == template).count() + 1;
        NodeClaimName::from(format!("{}-{number}", self.templates[template].pool.name))
    }
}
