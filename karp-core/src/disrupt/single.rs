//! One node at a time, replaced by none or one; pools take turns, the dearest node of each first.

use std::{
    cmp::Ordering,
    collections::{BTreeMap, BTreeSet, VecDeque},
};

use super::{
    Command, Cost, Disruption, Found, Method, Verdict, consolidate::judge, fleet::Machine,
    moves::Allowance, multi::command, score::is_hopeless, simulate::Simulator, terms::Terms,
};
use crate::{
    budget::Ledger,
    model::{NodeName, NodePoolName},
    policy::EveryCandidate,
};

/// The first node that can go; where the policy wants every candidate to be judged, the one whose move saves most for each pod that moves.
pub(super) fn find(
    (look, simulator): (&Disruption<'_>, &mut dyn Simulator),
    machines: &[&Machine],
    ledger: &Ledger,
    found: &mut Found,
) {
    let allowance = Allowance::new(look);
    let mut judge = Judge { look, simulator, ledger, allowance, steps: 0 };
    let Some(every) = &look.policy.every_candidate else {
        for machine in in_turns(machines) {
            match judge.verdict(machine) {
                Ok(command) => {
                    found.commands.push(command);
                    return;
                }
                Err(verdict) => {
                    found.verdicts.insert(machine.name.clone(), verdict);
                }
            }
        }
        return;
    };
    best(&mut judge, machines, every, found);
}

/// Judges all whose turn it is, and keeps the best move.
fn best(judge: &mut Judge<'_>, machines: &[&Machine], every: &EveryCandidate, found: &mut Found) {
    let steps = every.steps.map_or(usize::MAX, |steps| steps.max(1));
    let names = || machines.iter().map(|machine| machine.name.clone());
    let mut turns: BTreeSet<NodeName> =
        names().filter(|name| judge.look.memory.to_judge.contains(name)).collect();
    if turns.is_empty() {
        turns = names().collect();
    }
    let mut best: Option<(&Machine, Command)> = None;
    for machine in in_turns(machines) {
        if judge.steps >= steps {
            break;
        }
        if !turns.remove(&machine.name) {
            continue;
        }
        let verdict = match judge.verdict(machine) {
            Ok(command) => {
                let is_better = best.as_ref().is_none_or(|best| {
                    compare((machine, &command), (best.0, &best.1)) == Ordering::Greater
                });
                if is_better {
                    best = Some((machine, command));
                }
                // The chosen one is told apart at the end.
                Verdict::Outranked
            }
            Err(verdict) => verdict,
        };
        found.verdicts.insert(machine.name.clone(), verdict);
    }
    found.to_judge = turns;
    found.commands.extend(best.map(|(_, command)| command));
}

/// What is saved for each pod that moves.
fn compare((one, own): (&Machine, &Command), (other, its): (&Machine, &Command)) -> Ordering {
    let moved = |machine: &Machine| {
        let pods = machine.candidate.disruption_cost.plus(Cost::ONE.times(-1));
        i128::from(pods.steps().max(1))
    };
    let gain = own.savings_pico().saturating_mul(moved(other));
    gain.cmp(&its.savings_pico().saturating_mul(moved(one)))
}

/// Judges one node after the other.
struct Judge<'a> {
    look: &'a Disruption<'a>,
    simulator: &'a mut dyn Simulator,
    ledger: &'a Ledger,
    allowance: Option<Allowance<'a>>,
    /// How many removals were simulated.
    steps: usize,
}

impl Judge<'_> {
    fn verdict(&mut self, machine: &Machine) -> Result<Command, Verdict> {
        if self.ledger.left(&machine.candidate.node_pool, Method::SingleNode.reason()) == 0 {
            return Err(Verdict::BudgetSpent);
        }
        if let Some(allowance) = &self.allowance {
            allowance.check(machine)?;
        }
        let is_balanced = machine
            .pool
            .as_ref()
            .is_some_and(|pool| pool.disruption.consolidation_policy == "Balanced");
        if let Some(verdict) = is_hopeless(machine, self.look.pool_totals()).filter(|_| is_balanced)
        {
            return Err(verdict);
        }
        self.steps += 1;
        let machines = [machine];
        judge(self.simulator, &machines, &Terms::of(&self.look.policy))
            .and_then(|own| command(self.look, Method::SingleNode, &machines, own))
    }
}

/// The first of each pool, then the second of each, and so on; pools in name order.
fn in_turns<'m>(machines: &[&'m Machine]) -> Vec<&'m Machine> {
    let mut by_pool: BTreeMap<&NodePoolName, VecDeque<&'m Machine>> = BTreeMap::new();
    for &machine in machines {
        by_pool.entry(&machine.candidate.node_pool).or_default().push_back(machine);
    }
    let mut order = Vec::with_capacity(machines.len());
    while order.len() < machines.len() {
        order.extend(by_pool.values_mut().filter_map(VecDeque::pop_front));
    }
    order
}
