//! Whether the rules allow the placements of a plan in any order and any form of the pods; not whether a solver would have chosen them.

use std::collections::{BTreeMap, BTreeSet};

use karp_core::{
    decision::{Plan, PlannedMachine},
    model::{NodeClaimName, NodeName, PodId},
    policy::Policy,
    snapshot::{Snapshot, state_nodes},
};

use super::{Demand, Round, finish, prepared, tried};

/// Whether some order of the pods, each in some of its forms, makes exactly the machines of the plan. All are tried, so that plans should be small.
///
/// On one place pods come in the order of the plan.
pub(crate) fn is_possible(snapshot: &Snapshot, policy: &Policy, plan: &Plan) -> bool {
    let snapshot = &prepared(snapshot, policy);
    let states = state_nodes(snapshot);
    let (pods, _) = tried(snapshot, policy, &states);
    let round = Round::new(snapshot, policy, (&states, &pods));
    let demands = pods.into_iter().map(|demand| (demand.pod.id.clone(), demand)).collect();
    let on_nodes = plan.existing.iter().map(|(node, pods)| (Place::Node(node), &**pods));
    let on_machines = plan.machines.iter().map(|machine| (Place::Machine(machine), &*machine.pods));
    let mut search = Search {
        policy,
        plan,
        demands,
        places: on_nodes.chain(on_machines).collect(),
        seen: BTreeSet::new(),
    };
    let came = vec![0; search.places.len()];
    search.succeeds(&round, &came)
}

#[derive(Clone, Copy)]
enum Place<'p> {
    Node(&'p NodeName),
    Machine(&'p PlannedMachine),
}

struct Search<'p> {
    policy: &'p Policy,
    plan: &'p Plan,
    demands: BTreeMap<PodId, Demand>,
    places: Vec<(Place<'p>, &'p [PodId])>,
    /// States from which there is no way.
    seen: BTreeSet<String>,
}

impl Search<'_> {
    /// Whether the pods that are left can come when `came` of each place are there.
    fn succeeds(&mut self, round: &Round<'_>, came: &[usize]) -> bool {
        let left = |at: &usize| self.places[*at].1.len() > came[*at];
        let open: Vec<usize> = (0..came.len()).filter(left).collect();
        if open.is_empty() {
            return self.is_what_is_planned(round);
        }
        let machines =
            round.machines.iter().map(|one| format!("{} {:?}", one.name, one.requirements));
        let machines: Vec<String> = machines.collect();
        if !self.seen.insert(format!("{came:?} {machines:?} {}", round.topology.counts())) {
            return false;
        }
        open.into_iter().any(|at| {
            let (place, pods) = self.places[at];
            let mut came = came.to_vec();
            let Some(demand) = self.demands.get(&pods[came[at]]) else { return false };
            came[at] += 1;
            let after: Vec<Round<'_>> = forms(demand, round.tolerate_prefer_no_schedule)
                .iter()
                .filter_map(|form| put(round, place, form))
                .collect();
            after.iter().any(|round| self.succeeds(round, &came))
        })
    }

    fn is_what_is_planned(&self, round: &Round<'_>) -> bool {
        let made = finish::plan(round, self.policy, Vec::new());
        let by_name = |machines: &[PlannedMachine]| -> BTreeMap<NodeClaimName, PlannedMachine> {
            machines.iter().map(|one| (one.name.clone(), one.clone())).collect()
        };
        by_name(&made.machines) == by_name(&self.plan.machines)
    }
}

/// All forms of a pod.
fn forms(demand: &Demand, tolerate_prefer_no_schedule: bool) -> Vec<Demand> {
    let mut form = demand.clone();
    let mut forms = vec![form.clone()];
    while form.relax(tolerate_prefer_no_schedule) {
        forms.push(form.clone());
    }
    forms
}

/// The round with a pod on a place; none when the place does not take it.
fn put<'s>(round: &Round<'s>, place: Place<'_>, form: &Demand) -> Option<Round<'s>> {
    let mut round = round.clone();
    let comes = match place {
        Place::Node(name) => {
            let node = round.nodes.iter().position(|node| *node.state.name == **name)?;
            round.put_on_node(node, form)
        }
        Place::Machine(machine) => {
            let open = round.machines.iter().position(|one| one.name == machine.name);
            if let Some(open) = open {
                round.put_on_machine(open, form)
            } else {
                let mut templates = round.templates.iter();
                let pool = templates.position(|one| one.pool.name == machine.node_pool)?;
                round.open(pool, machine.name.clone(), form).is_ok()
            }
        }
    };
    comes.then_some(round)
}
