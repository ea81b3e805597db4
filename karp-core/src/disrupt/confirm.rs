//! Whether a command is still right a while after it was found; not how long that is.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::{Command, Disruption, Method, consolidate, filter, fleet::Machine, moves::Allowance};
use crate::model::InstanceTypeName;

/// Why a command must not be carried out any more.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Unconfirmed {
    /// Budgets allow fewer nodes now, or pods were promised to one.
    #[error("disruption budgets allow too few of its nodes now, or pods were promised to one")]
    Budget,
    /// A node is no candidate any more.
    #[error("one of its nodes is no candidate any more")]
    Churn,
    /// Too many pods or nodes were moved lately, or pods that were moved anew.
    #[error("one of its nodes must not be moved so soon after earlier moves")]
    Lately,
    /// Pods would go elsewhere now.
    #[error("its pods would not go where they would have gone")]
    Scheduling,
}

impl Disruption<'_> {
    /// Looks at a command again, in a later look at the same cluster.
    ///
    /// Yields what is left of it: of empty nodes those that are still to go; any other command all or nothing. Prices are not looked at again.
    /// Drift is not confirmed: its commands come back as they are.
    ///
    /// # Errors
    ///
    /// Why it must not be carried out.
    pub fn confirm(&self, command: &Command) -> Result<Command, Unconfirmed> {
        let machines = &self.fleet.machines;
        match command.method {
            Method::StaticDrift | Method::Drift => Ok(command.clone()),
            Method::Emptiness => self.still_empty(command, machines),
            Method::MultiNode | Method::SingleNode => self.still_movable(command, machines),
        }
    }

    fn still_empty(&self, command: &Command, machines: &[Machine]) -> Result<Command, Unconfirmed> {
        let left = candidates(command, machines);
        if left.is_empty() {
            return Err(Unconfirmed::Churn);
        }
        let mut ledger = self.ledger().clone();
        let mut kept = left;
        kept.retain(|machine| {
            ledger.spend(&machine.candidate.node_pool, command.method.reason()).is_ok()
        });
        super::disruption::deletion(command.method, &kept).ok_or(Unconfirmed::Budget)
    }

    fn still_movable(
        &self,
        command: &Command,
        machines: &[Machine],
    ) -> Result<Command, Unconfirmed> {
        let left = candidates(command, machines);
        if left.len() < command.nodes.len() {
            let promised = machines.iter().filter(|own| command.nodes.contains(&own.name));
            let only_promised = promised.clone().count() == command.nodes.len()
                && promised.clone().all(|own| {
                    filter::reason(own, command.method).is_none()
                        || self.memory.is_nominated(&own.state)
                });
            return Err(if only_promised { Unconfirmed::Budget } else { Unconfirmed::Churn });
        }
        let mut ledger = self.ledger().clone();
        for machine in &left {
            ledger
                .spend(&machine.candidate.node_pool, command.method.reason())
                .map_err(|_| Unconfirmed::Budget)?;
        }
        if let Some(mut allowance) = Allowance::new(self) {
            for machine in &left {
                allowance.spend(machine).map_err(|_| Unconfirmed::Lately)?;
            }
        }
        let names: Vec<&str> = left.iter().map(|machine| &*machine.state.name).collect();
        let mut simulator = self.simulator().map_err(|_| Unconfirmed::Scheduling)?;
        let outcome = simulator.remove(&names, true);
        if consolidate::leftover(&outcome).is_some() {
            return Err(Unconfirmed::Scheduling);
        }
        let Some((planned, _)) = consolidate::written(&mut *simulator, &outcome.machines) else {
            return Err(Unconfirmed::Scheduling);
        };
        let is_same = match (command.replacements.as_slice(), planned.as_slice()) {
            ([], []) => true,
            ([expected], [now]) => {
                let possible: BTreeSet<&InstanceTypeName> = now.instance_types.iter().collect();
                expected.instance_types.iter().all(|kind| possible.contains(kind))
            }
            _ => false,
        };
        if is_same { Ok(command.clone()) } else { Err(Unconfirmed::Scheduling) }
    }
}

/// Nodes of the command that its method may still disrupt, in the command's order.
fn candidates<'m>(command: &Command, machines: &'m [Machine]) -> Vec<&'m Machine> {
    let own = |name: &crate::model::NodeName| machines.iter().find(|machine| machine.name == *name);
    let named = command.nodes.iter().filter_map(own);
    named.filter(|machine| filter::reason(machine, command.method).is_none()).collect()
}
