//! A round: pods are tried in their order, on places in theirs, until nobody is placed any more.

use std::collections::VecDeque;

use karp_core::{
    explain::{PoolRefusal, Reason, Unplaced},
    model::{Effect, NodeClaimName},
    policy::Policy,
    snapshot::{Snapshot, StateNode},
};

use super::{
    Demand, fit, refuse,
    reservation::{Ledger, Refused},
    terms,
    topology::Topology,
    world::{self, Machine, Node, Template},
};

/// Length of the queue when a pod failed, and why it did.
type Failure = (usize, Vec<PoolRefusal>);

/// The state of a round.
#[derive(Clone, Debug)]
pub(crate) struct Round<'s> {
    pub(crate) snapshot: &'s Snapshot,
    pub(crate) nodes: Vec<Node>,
    pub(crate) templates: Vec<Template>,
    pub(crate) machines: Vec<Machine>,
    pub(crate) topology: Topology<'s>,
    pub(crate) ledger: Ledger,
    /// Whether relaxation may end with tolerating soft taints: some pool has one.
    pub(crate) tolerate_prefer_no_schedule: bool,
}

impl<'s> Round<'s> {
    pub(crate) fn new(
        snapshot: &'s Snapshot,
        policy: &Policy,
        (states, pods): (&[StateNode], &[Demand]),
    ) -> Self {
        let templates = world::templates((snapshot, policy), states);
        let tolerate_prefer_no_schedule = templates
            .iter()
            .flat_map(|template| &template.pool.template.taints)
            .any(|taint| taint.effect == Effect::PreferNoSchedule);
        Self {
            snapshot,
            nodes: world::nodes((snapshot, policy), states),
            templates,
            machines: Vec::new(),
            ledger: Ledger::new(snapshot, policy),
            topology: Topology::new(snapshot, states, pods, tolerate_prefer_no_schedule),
            tolerate_prefer_no_schedule,
        }
    }

    /// Tries pods from the front, puts those that fail at the back, and ends when all that are left failed since the last success.
    pub(crate) fn run(&mut self, pods: Vec<Demand>) -> Vec<Unplaced> {
        let mut queue: VecDeque<(Demand, Option<Failure>)> =
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
        let reasons = |failed: Option<Failure>| failed.map_or_else(Vec::new, |failed| failed.1);
        queue.into_iter().map(|(pod, f)| Unplaced::new(pod.pod.id.clone(), reasons(f))).collect()
    }

    /// Tries to place a pod, giving up one wish after the other.
    fn attempt(&mut self, pod: &Demand) -> Result<(), Vec<PoolRefusal>> {
        let mut demand = pod.clone();
        while let Err(refused) = self.place(&demand) {
            if refused == Refused::Short {
                return Err(vec![PoolRefusal::of_pod(Reason::Reservation)]);
            }
            if !demand.relax(self.tolerate_prefer_no_schedule) {
                return Err(refuse::reasons(self, &demand));
            }
        }
        Ok(())
    }

    fn place(&mut self, demand: &Demand) -> Result<(), Refused> {
        if self.place_on_node(demand) || self.place_on_open_machine(demand) {
            return Ok(());
        }
        self.place_on_new_machine(demand)
    }

    fn place_on_node(&mut self, demand: &Demand) -> bool {
        (0..self.nodes.len()).any(|index| self.put_on_node(index, demand))
    }

    /// Puts a pod on a node, if it takes the pod.
    pub(crate) fn put_on_node(&mut self, index: usize, demand: &Demand) -> bool {
        let node = &mut self.nodes[index];
        let Some(requirements) = fit::on_node(node, demand, &self.topology, self.snapshot) else {
            return false;
        };
        self.topology.record(demand, &requirements, &node.state.taints);
        node.requirements = requirements;
        node.free.subtract_from(&demand.requests());
        node.disks.extend(demand.disks.iter().cloned());
        node.ports.extend(demand.spec.host_ports.iter().copied());
        node.pods.push(demand.pod.id.clone());
        true
    }

    /// The machine with the fewest pods first, of several the one that was opened first.
    fn place_on_open_machine(&mut self, demand: &Demand) -> bool {
        let mut order: Vec<usize> = (0..self.machines.len()).collect();
        order.sort_by_key(|index| self.machines[*index].pods.len());
        order.into_iter().any(|index| self.put_on_machine(index, demand))
    }

    /// Puts a pod on a machine that was opened, if it takes the pod.
    pub(crate) fn put_on_machine(&mut self, index: usize, demand: &Demand) -> bool {
        let Ok(fuller) = self.with_pod(&self.machines[index], demand) else { return false };
        self.ledger.exchange(&self.machines[index].held, &fuller.held);
        self.record(&fuller, demand);
        self.machines[index] = fuller;
        true
    }

    /// A pool that has no reserved capacity left for the pod hides those behind it.
    fn place_on_new_machine(&mut self, demand: &Demand) -> Result<(), Refused> {
        for index in 0..self.templates.len() {
            match self.open(index, self.next_name(index), demand) {
                Err(Refused::Anyway) => {}
                end @ (Ok(()) | Err(Refused::Short)) => return end,
            }
        }
        Err(Refused::Anyway)
    }

    /// Opens a machine of a pool for a pod.
    pub(crate) fn open(
        &mut self,
        index: usize,
        name: NodeClaimName,
        demand: &Demand,
    ) -> Result<(), Refused> {
        let empty = self.templates[index].open(index, name).ok_or(Refused::Anyway)?;
        let machine = self.with_pod(&empty, demand)?;
        self.templates[index].count(&machine);
        self.ledger.exchange(&empty.held, &machine.held);
        self.topology.register_host(&terms::placeholder(&machine.name));
        self.record(&machine, demand);
        self.machines.push(machine);
        Ok(())
    }

    fn with_pod(&self, machine: &Machine, demand: &Demand) -> Result<Machine, Refused> {
        let template = &self.templates[machine.template];
        let state = (&self.topology, &self.ledger);
        fit::on_machine((machine, template), demand, state, &self.snapshot.vocabulary)
    }

    fn record(&mut self, machine: &Machine, demand: &Demand) {
        let taints = &self.templates[machine.template].pool.template.taints;
        self.topology.record(demand, &machine.requirements, taints);
    }

    fn next_name(&self, template: usize) -> NodeClaimName {
        let number =
            self.machines.iter().filter(|machine| machine.template == template).count() + 1;
        NodeClaimName::from(format!("{}-{number}", self.templates[template].pool.name))
    }
}
