//! Scores of the policy `Balanced`: money saved against pods moved; not which move is tried.

use std::collections::BTreeMap;

use super::{Cost, PoolTotals, Score, Verdict, fleet::Machine};
use crate::model::{NodePoolName, Price};

/// Shares of a pool that a move saves must be at least half of those that it moves.
const LEAST: i128 = 2;

/// What one pool has of a move.
#[derive(Default)]
struct Part {
    price: i64,
    disruption: Cost,
}

/// How a move scores for each pool that asks for it.
///
/// `saved_pico` is what it saves per hour in all; of that each pool is counted its share by price.
pub(super) fn scores(
    machines: &[&Machine],
    saved_pico: i128,
    totals: &BTreeMap<NodePoolName, PoolTotals>,
) -> Result<BTreeMap<NodePoolName, Score>, Verdict> {
    let mut parts: BTreeMap<&NodePoolName, Part> = BTreeMap::new();
    for machine in machines {
        let part = parts.entry(&machine.candidate.node_pool).or_default();
        part.price = part.price.saturating_add(machine.candidate.price.pico());
        part.disruption = part.disruption.plus(machine.candidate.disruption_cost);
    }
    let price: i128 = parts.values().map(|part| i128::from(part.price)).sum();
    let several = parts.len() > 1;
    let mut found = BTreeMap::new();
    let mut refusal = None;
    for (pool, part) in parts {
        let asks = machines.iter().any(|machine| {
            machine.candidate.node_pool == *pool
                && machine
                    .pool
                    .as_ref()
                    .is_some_and(|pool| pool.disruption.consolidation_policy == "Balanced")
        });
        if !asks {
            continue;
        }
        let saved = if several && price > 0 {
            saved_pico.saturating_mul(i128::from(part.price)) / price
        } else {
            saved_pico
        };
        let (score, approves) = of_pool(saved, &part, totals.get(pool));
        if !approves && refusal.is_none() {
            refusal = Some(Verdict::ScoreTooLow { node_pool: pool.clone(), score });
        }
        found.insert(pool.clone(), score);
    }
    refusal.map_or(Ok(found), Err)
}

/// The score, and whether it is high enough.
fn of_pool(saved: i128, part: &Part, totals: Option<&PoolTotals>) -> (Score, bool) {
    let Some(totals) = totals.filter(|own| own.cost > Price::ZERO && own.disruption > Cost::ZERO)
    else {
        return (Score::Micro(0), false);
    };
    if saved <= 0 {
        return (Score::Micro(0), false);
    }
    if part.disruption <= Cost::ZERO {
        return (Score::Infinite, true);
    }
    let gain = saved.saturating_mul(i128::from(totals.disruption.steps()));
    let pain = i128::from(totals.cost.pico()).saturating_mul(i128::from(part.disruption.steps()));
    let micro = gain.checked_mul(1_000_000).map_or_else(
        || (gain / (pain / 1_000_000).max(1)).min(i128::from(i64::MAX)),
        |gain| gain / pain.max(1),
    );
    (Score::Micro(i64::try_from(micro).unwrap_or(i64::MAX)), gain.saturating_mul(LEAST) >= pain)
}

/// Whether not even a deletion of the machine could score high enough, so that nothing need be simulated.
pub(super) fn is_hopeless(
    machine: &Machine,
    totals: &BTreeMap<NodePoolName, PoolTotals>,
) -> Option<Verdict> {
    let known = totals.get(&machine.candidate.node_pool)?;
    if known.cost <= Price::ZERO || known.disruption <= Cost::ZERO {
        return None;
    }
    scores(&[machine], i128::from(machine.candidate.price.pico()), totals).err()
}
