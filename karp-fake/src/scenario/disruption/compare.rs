//! Holds an answer about disruption against the reference's: candidates, figures, budgets; commands are next door.

use std::collections::{BTreeMap, BTreeSet};

use karp_core::disrupt::Method;

use super::{
    Amount, CandidatesAnswer, DisruptionAnswer, DisruptionDifference, DisruptionScenario,
    DisruptionVerdict, MethodVerdict, PoolTotalsAnswer, ReasonDifference, UNBOUNDED, commands,
};

pub(super) fn compare(scenario: &DisruptionScenario, ours: &DisruptionAnswer) -> DisruptionVerdict {
    let mut verdict = DisruptionVerdict::default();
    let Some(reference) = scenario.reference().answers.first() else { return verdict };
    for method in Method::ALL {
        let (own, other) = (ours.candidates.get(&method), reference.candidates.get(&method));
        let none = CandidatesAnswer::default();
        let pair = (own.unwrap_or(&none), other.unwrap_or(&none));
        candidates(&mut verdict, method, pair);
        verdict.methods.insert(method, commands::compare(scenario, method, ours));
    }
    totals(&mut verdict, &ours.pool_totals, &reference.pool_totals);
    budgets(&mut verdict, ours, reference);
    first(&mut verdict, ours, scenario);
    verdict
}

fn candidates(
    verdict: &mut DisruptionVerdict,
    method: Method,
    (ours, reference): (&CandidatesAnswer, &CandidatesAnswer),
) {
    let (only_ours, only_reference) = apart(&ours.accepted, &reference.accepted);
    let only_ours = with_reasons(only_ours, reference);
    let only_reference = with_reasons(only_reference, ours);
    if !only_ours.is_empty() || !only_reference.is_empty() {
        let difference = DisruptionDifference::Accepted { method, only_ours, only_reference };
        verdict.differences.push(difference);
    }
    let (only_ours, only_reference) = apart(&ours.rejected, &reference.rejected);
    let only_ours = with_reasons(only_ours, ours);
    let only_reference = with_reasons(only_reference, reference);
    if !only_ours.is_empty() || !only_reference.is_empty() {
        let difference = DisruptionDifference::Rejected { method, only_ours, only_reference };
        verdict.differences.push(difference);
    }
    for (node, own) in &ours.accepted {
        let Some(other) = reference.accepted.get(node) else { continue };
        for (what, own, other) in [
            ("cost", own.cost, other.cost),
            ("cost times lifetime", own.cost_times_lifetime, other.cost_times_lifetime),
            ("price", own.price, other.price),
        ] {
            hold(verdict, format!("{method} {what} of {node}"), Some(own), Some(other));
        }
    }
    for (node, code) in reference.rejected.iter().chain(&reference.filtered) {
        // The reference adds names of pods and budgets.
        let code = code.split(' ').next().unwrap_or_default();
        let own = reason(ours, node);
        if own != Some(code) {
            let (node, reference) = (node.clone(), code.to_owned());
            let ours = own.map(str::to_owned);
            verdict.reasons.push(ReasonDifference { method, node, ours, reference });
        }
    }
}

fn reason<'a>(known: &'a CandidatesAnswer, node: &str) -> Option<&'a str> {
    known.rejected.get(node).or_else(|| known.filtered.get(node)).map(String::as_str)
}

fn with_reasons(nodes: Vec<String>, known: &CandidatesAnswer) -> Vec<String> {
    let with_reason = |node: String| match reason(known, &node) {
        Some(reason) => format!("{node} ({reason})"),
        None => node,
    };
    nodes.into_iter().map(with_reason).collect()
}

/// Nodes of the first alone, and of the second.
fn apart<V>(
    ours: &BTreeMap<String, V>,
    reference: &BTreeMap<String, V>,
) -> (Vec<String>, Vec<String>) {
    let beyond = |some: &BTreeMap<String, V>, others: &BTreeMap<String, V>| {
        some.keys().filter(|node| !others.contains_key(*node)).cloned().collect()
    };
    (beyond(ours, reference), beyond(reference, ours))
}

/// Notes figures that differ by more than rounding.
fn hold(
    verdict: &mut DisruptionVerdict,
    of: String,
    ours: Option<Amount>,
    reference: Option<Amount>,
) {
    let is_same = match (ours, reference) {
        (Some(ours), Some(reference)) => ours.is_near(reference),
        (ours, reference) => ours == reference,
    };
    if !is_same {
        verdict.differences.push(DisruptionDifference::Figure { of, ours, reference });
    }
}

type Totals = BTreeMap<String, PoolTotalsAnswer>;

fn totals(verdict: &mut DisruptionVerdict, ours: &Totals, reference: &Totals) {
    let pools: BTreeSet<&String> = ours.keys().chain(reference.keys()).collect();
    for pool in pools {
        let (own, other) = (ours.get(pool), reference.get(pool));
        let cost = |totals: &PoolTotalsAnswer| totals.cost;
        let of = format!("total cost of pool `{pool}`");
        hold(verdict, of, own.map(cost), other.map(cost));
        let disruption = |totals: &PoolTotalsAnswer| totals.disruption;
        let of = format!("total disruption of pool `{pool}`");
        hold(verdict, of, own.map(disruption), other.map(disruption));
    }
}

fn budgets(
    verdict: &mut DisruptionVerdict,
    answer: &DisruptionAnswer,
    recorded: &DisruptionAnswer,
) {
    let reasons: BTreeSet<_> = answer.budgets.keys().chain(recorded.budgets.keys()).collect();
    for reason in reasons {
        let (own, other) = (answer.budgets.get(reason), recorded.budgets.get(reason));
        let pools: BTreeSet<&String> =
            [own, other].into_iter().flatten().flat_map(BTreeMap::keys).collect();
        for pool in pools {
            let left = |budgets: Option<&BTreeMap<String, usize>>| {
                budgets.and_then(|budgets| budgets.get(pool)).map(|left| (*left).min(UNBOUNDED))
            };
            let (ours, reference) = (left(own), left(other));
            if ours != reference {
                let (reason, node_pool) = (*reason, pool.clone());
                verdict.differences.push(DisruptionDifference::Budget {
                    reason,
                    node_pool,
                    ours,
                    reference,
                });
            }
        }
    }
}

/// The method must be one by which the reference begins; where a method of the reference fails, or finds less, karp may begin with it.
fn first(
    verdict: &mut DisruptionVerdict,
    answer: &DisruptionAnswer,
    scenario: &DisruptionScenario,
) {
    let method = |answer: &DisruptionAnswer| answer.first.as_ref().map(|own| own.method.clone());
    let ours = method(answer);
    let reference: Vec<Option<String>> = {
        let mut all: Vec<_> = scenario.reference().answers.iter().map(method).collect();
        all.sort();
        all.dedup();
        all
    };
    let fails = reference
        .iter()
        .flatten()
        .any(|method| Method::ALL.iter().all(|own| own.as_str() != method));
    let is_gain = ours.as_ref().is_some_and(|ours| {
        verdict
            .methods
            .iter()
            .any(|(method, verdict)| method.as_str() == ours && *verdict == MethodVerdict::Better)
    });
    if !fails && !is_gain && !reference.contains(&ours) {
        verdict.differences.push(DisruptionDifference::First { ours, reference });
    }
}
