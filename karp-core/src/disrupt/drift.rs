//! Drifted nodes, one at a time, replaced by whatever their pods need; money plays no part.

use std::collections::BTreeMap;

use super::{
    Command, Found, Method, Verdict,
    consolidate::{leftover, price_of, written},
    fleet::Machine,
    simulate::Simulator,
};
use crate::{budget::Ledger, model::Timestamp};

/// The node that drifted first among those without pods that move, else among all, whose pods find a place.
pub(super) fn find(
    simulator: &mut dyn Simulator,
    mut machines: Vec<&Machine>,
    ledger: &Ledger,
    found: &mut Found,
) {
    machines.sort_by_key(|machine| (machine.reschedulable > 0, drifted_at(machine)));
    for machine in machines {
        if ledger.left(&machine.candidate.node_pool, Method::Drift.reason()) == 0 {
            found.verdicts.insert(machine.name.clone(), Verdict::BudgetSpent);
            continue;
        }
        let outcome = simulator.remove(&[&machine.state.name], false);
        let verdict = match leftover(&outcome) {
            Some(verdict) => verdict,
            None => match written(simulator, &outcome.machines) {
                Some((replacements, price_after)) => {
                    found.commands.push(Command {
                        method: Method::Drift,
                        nodes: vec![machine.name.clone()],
                        replacements,
                        price_before: price_of(&[machine]),
                        price_after,
                        scores: BTreeMap::new(),
                    });
                    return;
                }
                None => Verdict::NeedsSeveralReplacements { machines: outcome.machines.len() },
            },
        };
        found.verdicts.insert(machine.name.clone(), verdict);
    }
}

/// When the claim came to say that it drifted.
fn drifted_at(machine: &Machine) -> Option<Timestamp> {
    let claim = machine.state.claim.as_ref()?;
    claim.status.conditions.iter().find(|one| one.kind == "Drifted")?.changed_at
}
