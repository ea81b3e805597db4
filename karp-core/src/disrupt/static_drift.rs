//! Drifted nodes of static pools, each replaced by one like it; nothing is simulated.

use std::collections::{BTreeMap, BTreeSet};

use super::{Command, Disruption, Found, Method, Verdict, consolidate::price_of, fleet::Machine};
use crate::{
    budget::Ledger,
    decision::PlannedMachine,
    model::{
        NodeClaimName, NodePool, NodePoolName, Price, Requirement, Requirements, ResourceName,
        Vocabulary, label,
    },
};

/// As many of each pool as its budgets and its limit on nodes allow, in name order.
pub(super) fn find(
    look: &Disruption<'_>,
    machines: &[&Machine],
    ledger: &mut Ledger,
    found: &mut Found,
) {
    let pools: BTreeSet<&NodePoolName> =
        machines.iter().map(|machine| &machine.candidate.node_pool).collect();
    for name in pools {
        let Some(pool) = look.snapshot.node_pool(name) else { continue };
        let mut left = headroom(look, pool);
        for machine in machines.iter().filter(|machine| machine.candidate.node_pool == *name) {
            if left == 0 || ledger.spend(name, Method::StaticDrift.reason()).is_err() {
                found.verdicts.insert(machine.name.clone(), Verdict::BudgetSpent);
                continue;
            }
            left -= 1;
            found.commands.push(Command {
                method: Method::StaticDrift,
                nodes: vec![machine.name.clone()],
                replacements: vec![replacement(pool, &look.snapshot.vocabulary)],
                price_before: price_of(&[machine]),
                price_after: Price::ZERO,
                scores: BTreeMap::new(),
            });
        }
    }
}

/// How many machines the pool may have beside those that it has; none while it still has too many.
fn headroom(look: &Disruption<'_>, pool: &NodePool) -> u64 {
    let claims =
        look.snapshot.node_claims.iter().filter(|claim| claim.pool().as_ref() == Some(&pool.name));
    let marked = |name: &NodeClaimName| {
        let mut machines = look.fleet.machines.iter();
        machines.any(|machine| {
            machine.state.claim.as_ref().is_some_and(|claim| claim.name == *name)
                && (look.memory.is_marked(&machine.state) || look.memory.is_queued(&machine.state))
        })
    };
    let (mut staying, mut all) = (0_u64, 0_u64);
    for claim in claims {
        all += 1;
        let goes = claim.deleting_since.is_some() || marked(&claim.name);
        staying += u64::from(!goes);
    }
    if pool.replicas.is_some_and(|replicas| staying > u64::from(replicas)) {
        return 0;
    }
    let limit = pool.limits.as_ref().and_then(|limits| limits.get(ResourceName::NODES));
    limit.map_or(u64::MAX, |limit| u64::try_from(limit).unwrap_or(0).saturating_sub(all))
}

/// A machine from the pool's template; which types it may be is left to its requirements.
fn replacement(pool: &NodePool, vocabulary: &Vocabulary) -> PlannedMachine {
    let labels = pool.template.labels.iter();
    let mut requirements: Requirements = labels
        .map(|(key, value)| Requirement::equals(key, value.as_str()).normalized(vocabulary))
        .collect();
    for entry in &pool.template.requirements {
        requirements.add(Requirement::from(entry).normalized(vocabulary));
    }
    requirements.add(Requirement::equals(label::NODE_POOL, pool.name.as_str()));
    let class = &pool.template.node_class;
    if !class.kind.is_empty() {
        requirements.add(Requirement::equals(&class.label_key(), class.name.as_str()));
    }
    let name = NodeClaimName::from(format!("{}-1", pool.name));
    let mut machine = PlannedMachine::new(name, pool.name.clone());
    machine.requirements = requirements.into();
    machine
}
