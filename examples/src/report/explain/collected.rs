//! Everything that is explained, equal things together; not its forms.

use std::collections::BTreeMap;

use karp_core::{
    advise::{Advice, Advisor, GivenUp, Place, WhyMachine},
    decision::{Plan, PlannedMachine},
    explain::{Explanation, Unplaced},
    model::{NodeClaimName, NodeName, PodId},
    policy::Policy,
    snapshot::Snapshot,
};

/// What is explained of a plan.
#[derive(Debug, Default)]
pub struct Explanations {
    /// Where the one pod goes that was asked about; none when it has no place, or all were.
    pub asked: Option<String>,
    /// Pods without a place, equal ones together.
    pub stuck: Vec<Stuck>,
    /// Machines to buy, equal ones together.
    pub machines: Vec<SameMachines>,
    /// Pods on nodes that are there.
    pub nodes: BTreeMap<NodeName, Vec<PodId>>,
    /// Wishes that are not kept, each with the pods whose it was.
    pub given_up: Vec<(GivenUp, Vec<PodId>)>,
}

/// Equal pods without a place.
#[derive(Debug)]
pub struct Stuck {
    /// Why the first of them has no place.
    pub explanation: Explanation,
    /// The same as data.
    pub unplaced: Unplaced,
    /// What would help all of them.
    pub advice: Advice,
}

/// Machines of which the same is to be said.
#[derive(Debug)]
pub struct SameMachines {
    /// What is said; of the first.
    pub why: WhyMachine,
    /// Their names.
    pub names: Vec<NodeClaimName>,
    /// Pods for which they were opened.
    pub opened_for: Vec<PodId>,
    /// Their pods.
    pub pods: Vec<PodId>,
    /// What the first must be.
    pub requirements: Vec<String>,
}

impl Explanations {
    /// All that there is to explain.
    pub fn of_plan(snapshot: &Snapshot, policy: &Policy, plan: &Plan) -> Self {
        let mut advisor = Advisor::new(snapshot, policy, plan);
        let mut all = Self { nodes: plan.existing.clone(), ..Self::default() };
        for advice in advisor.all() {
            all.stuck.extend(Stuck::new(advice, plan, snapshot));
        }
        for machine in &plan.machines {
            all.add(advisor.why_machine(machine), machine);
        }
        for (pod, wishes) in advisor.given_up() {
            for wish in wishes {
                all.give_up(wish, &pod);
            }
        }
        all
    }

    /// What concerns one pod; none when it is not in the plan.
    pub fn of_pod(
        pod: &PodId,
        (snapshot, policy, plan): (&Snapshot, &Policy, &Plan),
    ) -> Option<Self> {
        let mut advisor = Advisor::new(snapshot, policy, plan);
        let mut all = Self::default();
        if let Some(advice) = advisor.of(pod) {
            all.stuck.extend(Stuck::new(advice, plan, snapshot));
            return Some(all);
        }
        let why = advisor.why(pod)?;
        all.asked = why.to_string().lines().next().map(str::to_owned);
        match why.place {
            Place::Node { node, .. } => {
                let pods = plan.existing.get(&node).cloned().unwrap_or_default();
                all.nodes.insert(node, pods);
            }
            Place::Machine { machine: own, .. } => {
                let machine = plan.machines.iter().find(|machine| machine.name == own.machine)?;
                all.add(*own, machine);
            }
            // A place of a kind that is new is explained by no more than its wishes.
            _ => {}
        }
        why.given_up.into_iter().for_each(|wish| all.give_up(wish, pod));
        Some(all)
    }

    fn add(&mut self, why: WhyMachine, machine: &PlannedMachine) {
        let requirements: Vec<String> =
            machine.requirements.iter().map(ToString::to_string).collect();
        let same = self
            .machines
            .iter_mut()
            .find(|known| is_same(&known.why, &why) && known.requirements == requirements);
        let name = machine.name.clone();
        if let Some(same) = same {
            same.names.push(name);
            same.opened_for.extend(why.opened_for);
            same.pods.extend(machine.pods.iter().cloned());
        } else {
            self.machines.push(SameMachines {
                names: vec![name],
                opened_for: why.opened_for.clone().into_iter().collect(),
                pods: machine.pods.clone(),
                requirements,
                why,
            });
        }
    }

    fn give_up(&mut self, wish: GivenUp, pod: &PodId) {
        match self.given_up.iter_mut().find(|(known, _)| *known == wish) {
            Some((_, pods)) => pods.push(pod.clone()),
            None => self.given_up.push((wish, vec![pod.clone()])),
        }
    }
}

impl Stuck {
    fn new(advice: Advice, plan: &Plan, snapshot: &Snapshot) -> Option<Self> {
        let first = advice.pods.first()?;
        let unplaced = plan.unplaced.iter().find(|unplaced| unplaced.pod == *first)?.clone();
        let explanation = unplaced.explain(snapshot).reasons_alone();
        Some(Self { explanation, unplaced, advice })
    }
}

/// Whether two machines differ in nothing but their names and pods.
fn is_same(one: &WhyMachine, other: &WhyMachine) -> bool {
    one.node_pool == other.node_pool
        && one.offering == other.offering
        && one.types == other.types
        && one.next == other.next
        && one.cheaper == other.cheaper
        && one.passed_over == other.passed_over
}
