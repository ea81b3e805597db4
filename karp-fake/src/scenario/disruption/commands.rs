//! Holds the commands of a method against the reference's results; not the candidates that they come from.

use karp_core::disrupt::Method;

use super::{
    Amount, CommandAnswer, CommandsDiffer, DisruptionAnswer, DisruptionScenario, MethodVerdict,
};
use crate::scenario::RequirementAnswer;

/// How the answer's commands of a method stand to the reference's results.
pub(super) fn compare(
    scenario: &DisruptionScenario,
    method: Method,
    answer: &DisruptionAnswer,
) -> MethodVerdict {
    let reference = scenario.reference();
    if reference.answers.first().is_some_and(|first| first.errors.contains_key(&method)) {
        return MethodVerdict::ReferenceFails;
    }
    let ours = answer.commands.get(&method).map_or(&[][..], Vec::as_slice);
    let results = reference.results(method);
    if results.iter().any(|result| are_same(ours, result)) {
        return MethodVerdict::Same;
    }
    let acting: Vec<&[CommandAnswer]> =
        results.iter().copied().filter(|result| !result.is_empty()).collect();
    let differ = || differ(scenario, method, ours, &acting);
    if ours.is_empty() {
        return MethodVerdict::Missing(differ());
    }
    if acting.is_empty() {
        return MethodVerdict::Extra(differ());
    }
    let own = worth(scenario, method, ours);
    let is_tie = |result: &&[CommandAnswer]| {
        worth(scenario, method, result) == own && is_near(saving(ours), saving(result))
    };
    if own.is_some() && acting.iter().any(is_tie) {
        return MethodVerdict::Tie;
    }
    let best = acting.iter().map(|result| saving(result)).max().unwrap_or_default();
    let may_be_better = matches!(method, Method::MultiNode | Method::SingleNode);
    if may_be_better && saving(ours) > best && !is_near(saving(ours), best) {
        return MethodVerdict::Better;
    }
    MethodVerdict::Worse(differ())
}

fn differ(
    scenario: &DisruptionScenario,
    method: Method,
    ours: &[CommandAnswer],
    acting: &[&[CommandAnswer]],
) -> CommandsDiffer {
    let nodes = |commands: &[CommandAnswer]| {
        let mut nodes: Vec<Vec<String>> = commands.iter().map(|one| sorted(&one.nodes)).collect();
        nodes.sort();
        nodes
    };
    let alike = acting.iter().find(|result| nodes(result) == nodes(ours));
    let reference =
        alike.or_else(|| acting.first()).map_or_else(Vec::new, |result| result.to_vec());
    let answers = &scenario.reference().answers;
    let failed = answers.iter().find_map(|answer| answer.failed_validation.get(&method));
    CommandsDiffer { ours: ours.to_vec(), reference, dropped: failed.map(|one| one.error.clone()) }
}

/// Pool, requirements and types of a replacement.
type NormalMachine<'a> = (&'a str, Vec<RequirementAnswer>, Vec<String>);

/// What is compared of a command when it shall be the same, in a fixed order.
#[derive(Eq, Ord, PartialEq, PartialOrd)]
struct Normal<'a> {
    nodes: Vec<String>,
    decision: &'a str,
    machines: Vec<NormalMachine<'a>>,
}

fn are_same(ours: &[CommandAnswer], reference: &[CommandAnswer]) -> bool {
    all_normal(ours) == all_normal(reference)
}

fn all_normal(commands: &[CommandAnswer]) -> Vec<Normal<'_>> {
    let mut all: Vec<Normal<'_>> = commands.iter().map(normal).collect();
    all.sort();
    all
}

fn normal(command: &CommandAnswer) -> Normal<'_> {
    let machines = command.replacements.iter().map(|machine| {
        let mut requirements = machine.requirements.clone();
        for requirement in &mut requirements {
            requirement.values.sort();
        }
        requirements.sort();
        (machine.node_pool.as_str(), requirements, sorted(&machine.instance_types))
    });
    let mut machines: Vec<NormalMachine<'_>> = machines.collect();
    machines.sort();
    Normal { nodes: sorted(&command.nodes), decision: &command.decision, machines }
}

/// What ties may exchange: of each command the decision, and of its nodes the pool and what is saved per moved pod.
type Worth<'a> = Vec<(&'a str, Vec<(Option<&'a str>, i128)>)>;

/// None when a node is no candidate of the reference.
fn worth<'a>(
    scenario: &'a DisruptionScenario,
    method: Method,
    commands: &'a [CommandAnswer],
) -> Option<Worth<'a>> {
    let candidates = &scenario.reference().answers.first()?.candidates.get(&method)?.accepted;
    let mut all = Vec::with_capacity(commands.len());
    for command in commands {
        let mut nodes = Vec::with_capacity(command.nodes.len());
        for node in &command.nodes {
            let candidate = candidates.get(node)?;
            let ratio = match method {
                // One node of a static pool is as good as another.
                Method::StaticDrift => 0,
                _ => ratio(candidate.price, candidate.cost),
            };
            nodes.push((scenario.pool_of(node), ratio));
        }
        nodes.sort_unstable();
        all.push((command.decision.as_str(), nodes));
    }
    all.sort();
    Some(all)
}

/// The quotient in millionths, halves up; zero for a cost of zero.
fn ratio(price: Amount, cost: Amount) -> i128 {
    let (price, cost) = (i128::from(price.pico()), i128::from(cost.pico()));
    if cost == 0 {
        return 0;
    }
    (price * 2_000_000 + cost).div_euclid(2 * cost)
}

/// What commands save together, in 10⁻¹² USD per hour.
fn saving(commands: &[CommandAnswer]) -> i64 {
    commands.iter().fold(0, |sum, command| sum.saturating_add(command.saving()))
}

/// Whether savings are the same but for rounding.
const fn is_near(one: i64, other: i64) -> bool {
    const MICRO_USD_PICO: u64 = 1_000_000;
    one.abs_diff(other) < MICRO_USD_PICO
}

fn sorted(names: &[String]) -> Vec<String> {
    let mut names = names.to_vec();
    names.sort();
    names
}
