//! Whether nodes can be replaced by none or by one machine that is cheaper; not which nodes are tried.

use super::{
    Verdict,
    fleet::Machine,
    market::Prices,
    simulate::{NewMachine, Outcome, Simulator},
    terms::Terms,
};
use crate::{
    compile::{
        Problem,
        algebra::{Algebra, SetId},
        bits::{self, Bits},
        catalog::{Catalog, PositionIx},
        table::Id,
    },
    decision::PlannedMachine,
    model::{CapacityType, Price, label},
};

/// Fewest types that must be left for one spot machine in place of another, and most that are asked for then.
const SPOT_TO_SPOT_TYPES: usize = 15;

/// A move that would save money.
#[derive(Debug)]
pub(super) struct Move {
    /// None when the nodes can simply go.
    pub(super) replacement: Option<PlannedMachine>,
    pub(super) before: Price,
    pub(super) after: Price,
}

/// A machine to buy with what is left of its types.
struct Choice {
    machine: NewMachine,
    /// Cheapest first under the requirements that it was opened with.
    kinds: Vec<usize>,
    set: SetId,
}

/// What a simulation says against a removal, if pods would be left over.
pub(super) fn leftover(outcome: &Outcome) -> Option<Verdict> {
    if let Some((pod, pods)) = &outcome.unplaced {
        return Some(Verdict::PodsUnplaced { pod: pod.clone(), pods: *pods });
    }
    outcome
        .uninitialized
        .as_ref()
        .map(|node| Verdict::NeedsUninitializedNode { node: node.clone() })
}

/// Price per hour of nodes; unknown prices count nothing.
pub(super) fn price_of(machines: &[&Machine]) -> Price {
    machines.iter().map(|one| one.candidate.price).fold(Price::ZERO, Price::saturating_add)
}

/// Simulates the removal of machines and looks for a cheaper one in their place.
pub(super) fn judge(
    simulator: &mut dyn Simulator,
    machines: &[&Machine],
    terms: &Terms<'_>,
) -> Result<Move, Verdict> {
    let below = terms.below(machines)?;
    let names: Vec<&str> = machines.iter().map(|machine| &*machine.state.name).collect();
    let outcome = simulator.remove(&names, true);
    if let Some(verdict) = leftover(&outcome) {
        return Err(verdict);
    }
    let before = price_of(machines);
    let count = outcome.machines.len();
    let mut new = outcome.machines.into_iter();
    let Some(machine) = new.next() else {
        return Ok(Move { replacement: None, before, after: Price::ZERO });
    };
    if count > 1 {
        return Err(Verdict::NeedsSeveralReplacements { machines: count });
    }
    let mut choice = cheaper(simulator, machine, (machines, below), terms)?;
    if machines.len() > 1 {
        other_than_removed(simulator, &mut choice, machines)?;
    }
    let (problem, forms, market) = simulator.tables();
    let catalog = problem.pools.templates[choice.machine.template].catalog;
    let prices = market.prices(problem, &forms.algebra, (choice.set, catalog));
    let written = (&choice.machine, choice.kinds.as_slice(), choice.set);
    let planned = prices.planned(problem, &forms.algebra, written);
    let after = planned.cheapest.as_ref().map_or(Price::ZERO, |cheapest| cheapest.price);
    Ok(Move { replacement: Some(planned), before, after })
}

/// The types that are cheaper than the nodes are, by as much as is asked for.
fn cheaper(
    simulator: &mut dyn Simulator,
    machine: NewMachine,
    (machines, below): (&[&Machine], Price),
    terms: &Terms<'_>,
) -> Result<Choice, Verdict> {
    let (problem, forms, market) = simulator.tables();
    let algebra = &mut forms.algebra;
    let template = &problem.pools.templates[machine.template];
    let types = &problem.pools.catalogs[template.catalog];
    let Some(kinds) = asked_for(problem, algebra, (market, &machine)) else {
        let pod = machine.pods.first().map(|&pod| problem.pods[pod].id.clone());
        let (pods, pod) = (machine.pods.len(), pod.ok_or(Verdict::NotCheaper)?);
        return Err(Verdict::PodsUnplaced { pod, pods });
    };
    let prices = market.prices(problem, algebra, (machine.set, template.catalog));
    let sold_as = prices.capacity_types(types, algebra, &machine.options);
    let allows = |capacity_type| sold_as.contains(&capacity_type);
    let is_spot = |machine: &&Machine| {
        machine.state.labels.get(label::CAPACITY_TYPE).is_some_and(|value| value == "spot")
    };
    let from_spot = machines.iter().all(is_spot) && allows(CapacityType::Spot);
    if from_spot && !terms.spot_to_spot {
        return Err(Verdict::SpotToSpotDisabled);
    }
    let mut choice = Choice { kinds, set: machine.set, machine };
    if from_spot {
        choice.set = only_spot(algebra, choice.set);
        let prices = market.prices(problem, algebra, (choice.set, template.catalog));
        choice.kinds.retain(|&kind| prices.is_sold(kind));
    }
    let prices = market.prices(problem, algebra, (choice.set, template.catalog));
    keep_below(&mut choice, price_of(machines), (prices, types, algebra))?;
    let narrows = !from_spot && allows(CapacityType::Spot) && allows(CapacityType::OnDemand);
    if narrows {
        // A spot launch that fails must not fall back to a dearer machine.
        choice.set = only_spot(algebra, choice.set);
    }
    if terms.churn.is_some() {
        // Whatever is launched repays: types that can't be had under what is left are no option.
        let prices = market.prices(problem, algebra, (choice.set, template.catalog));
        keep_below(&mut choice, below, (prices, types, algebra)).map_err(|verdict| {
            if verdict == Verdict::NotCheaper { Verdict::NotRepaid } else { verdict }
        })?;
    }
    if from_spot && machines.len() == 1 {
        if choice.kinds.len() < SPOT_TO_SPOT_TYPES {
            return Err(Verdict::SpotToSpotTooFewTypes { types: choice.kinds.len() });
        }
        let least = enough(&choice, types, algebra);
        choice.kinds.truncate(least.max(SPOT_TO_SPOT_TYPES));
    }
    Ok(choice)
}

/// Leaves types out that are no cheaper than a removed machine of a type which the replacement could be: that one could just as well stay.
fn other_than_removed(
    simulator: &mut dyn Simulator,
    choice: &mut Choice,
    machines: &[&Machine],
) -> Result<(), Verdict> {
    let (problem, forms, market) = simulator.tables();
    let template = &problem.pools.templates[choice.machine.template];
    let types = &problem.pools.catalogs[template.catalog];
    let is_option = |name: &str| {
        let mut kinds = choice.kinds.iter().filter_map(|&kind| types.types().get(kind));
        kinds.any(|kind| kind.name.as_str() == name)
    };
    let removed = machines
        .iter()
        .filter(|machine| machine.kind.as_ref().is_some_and(|kind| is_option(kind.name.as_str())));
    let Some(limit) = removed.map(|machine| machine.candidate.price).min() else { return Ok(()) };
    let prices = market.prices(problem, &forms.algebra, (choice.set, template.catalog));
    keep_below(choice, limit, (prices, types, &forms.algebra))
}

/// Keeps the types that cost less than `limit` whatever a launch becomes.
fn keep_below(
    choice: &mut Choice,
    limit: Price,
    (prices, types, algebra): (&Prices, &Catalog, &Algebra),
) -> Result<(), Verdict> {
    choice.kinds.retain(|&kind| prices.is_below(kind, limit));
    if choice.kinds.is_empty() {
        return Err(Verdict::NotCheaper);
    }
    match types.unmet_minimum(algebra, choice.set, &row(choice, types, choice.kinds.len())) {
        Some((key, ..)) => {
            let key = algebra.names().of(key).name.to_string();
            Err(Verdict::MinValuesAfterPrice { key })
        }
        None => Ok(()),
    }
}

/// How many of the first types are needed for the minimum numbers of values.
fn enough(choice: &Choice, types: &Catalog, algebra: &Algebra) -> usize {
    let meets = |count: &usize| {
        types.unmet_minimum(algebra, choice.set, &row(choice, types, *count)).is_none()
    };
    (1..=choice.kinds.len()).find(meets).unwrap_or(choice.kinds.len())
}

/// Options of the first `count` types.
fn row(choice: &Choice, types: &Catalog, count: usize) -> Vec<u64> {
    let kinds: Vec<usize> = choice.kinds.iter().take(count).copied().collect();
    let is_left =
        |&position: &usize| kinds.contains(&types.positions()[PositionIx::at(position)].kind);
    Bits::of(bits::ones(&choice.machine.options).filter(is_left)).words().to_vec()
}

fn only_spot(algebra: &mut Algebra, set: SetId) -> SetId {
    let spot = algebra.names().key(label::CAPACITY_TYPE).and_then(|key| {
        let value = algebra.names().of(key).value(CapacityType::Spot.as_str())?;
        Some((key, value))
    });
    let Some((key, value)) = spot else { return set };
    let minimum = algebra.minimums(set).find(|(of, _)| *of == key).map(|(_, minimum)| minimum);
    let exactly = algebra.exactly(key, value);
    let narrowed = algebra.with(set, exactly);
    match minimum {
        Some(minimum) => algebra.with_minimum(narrowed, key, minimum),
        None => narrowed,
    }
}

/// All machines that a simulation would buy, written down, with what they cost; none when one of them can't be asked for.
pub(super) fn written(
    simulator: &mut dyn Simulator,
    machines: &[NewMachine],
) -> Option<(Vec<PlannedMachine>, Price)> {
    let (problem, forms, market) = simulator.tables();
    let mut price = Price::ZERO;
    let mut planned = Vec::with_capacity(machines.len());
    for machine in machines {
        let kinds = asked_for(problem, &forms.algebra, (market, machine))?;
        let template = &problem.pools.templates[machine.template];
        let prices = market.prices(problem, &forms.algebra, (machine.set, template.catalog));
        let own = prices.planned(problem, &forms.algebra, (machine, &kinds, machine.set));
        price = price.saturating_add(own.cheapest.as_ref().map_or(Price::ZERO, |one| one.price));
        planned.push(own);
    }
    Some((planned, price))
}

/// The types of a machine that a request for it lists; none when those leave too few values of a label.
fn asked_for(
    problem: &Problem,
    algebra: &Algebra,
    (market, machine): (&mut super::market::Market, &NewMachine),
) -> Option<Vec<usize>> {
    let template = &problem.pools.templates[machine.template];
    let types = &problem.pools.catalogs[template.catalog];
    let prices = market.prices(problem, algebra, (machine.set, template.catalog));
    let mut kinds = prices.kinds(types, &machine.options);
    if kinds.len() > problem.policy.max_types() {
        kinds.truncate(problem.policy.max_types());
        let positions =
            Bits::of(bits::ones(&machine.options).filter(|&position| {
                kinds.contains(&types.positions()[PositionIx::at(position)].kind)
            }));
        if types.unmet_minimum(algebra, machine.set, positions.words()).is_some()
            && problem.policy.min_values == crate::policy::MinValuesPolicy::Strict
        {
            return None;
        }
    }
    Some(kinds)
}
