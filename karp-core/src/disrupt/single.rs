//! One node at a time, replaced by none or one; pools take turns, the dearest node of each first.

use std::collections::{BTreeMap, VecDeque};

use super::{
    Disruption, Found, Method, Verdict, consolidate::judge, fleet::Machine, multi::command,
    score::is_hopeless, simulate::Simulator,
};
use crate::{budget::Ledger, model::NodePoolName};

/// The first node that can go.
pub(super) fn find(
    (look, simulator): (&Disruption<'_>, &mut dyn Simulator),
    machines: &[&Machine],
    ledger: &Ledger,
    found: &mut Found,
) {
    let spot_to_spot = look.policy.feature_gates.spot_to_spot_consolidation;
    for machine in in_turns(machines) {
        match verdict((look, simulator), machine, ledger, spot_to_spot) {
            Ok(command) => {
                found.commands.push(command);
                return;
            }
            Err(verdict) => {
                found.verdicts.insert(machine.name.clone(), verdict);
            }
        }
    }
}

fn verdict(
    (look, simulator): (&Disruption<'_>, &mut dyn Simulator),
    machine: &Machine,
    ledger: &Ledger,
    spot_to_spot: bool,
) -> Result<super::Command, Verdict> {
    if ledger.left(&machine.candidate.node_pool, Method::SingleNode.reason()) == 0 {
        return Err(Verdict::BudgetSpent);
    }
    let is_balanced = machine
        .pool
        .as_ref()
        .is_some_and(|pool| pool.disruption.consolidation_policy == "Balanced");
    if let Some(verdict) = is_hopeless(machine, look.pool_totals()).filter(|_| is_balanced) {
        return Err(verdict);
    }
    let machines = [machine];
    judge(simulator, &machines, spot_to_spot)
        .and_then(|own| command(look, Method::SingleNode, &machines, own))
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
