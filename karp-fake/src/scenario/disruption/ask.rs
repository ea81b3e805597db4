//! Asks karp what the reference was asked; not the comparison of the answers.

use std::collections::BTreeMap;

use karp_core::{
    budget::DisruptionReason,
    decision::PlannedMachine,
    disrupt::{Candidates, Command, Disruption, Memory, Method, Score, Stays, Unconfirmed},
    model::{Span, Timestamp, label},
    snapshot::Snapshot,
};

use super::{
    Amount, CandidateAnswer, CandidatesAnswer, CommandAnswer, DisruptionAnswer, DisruptionScenario,
    FailedValidation, FirstAnswer, PoolTotalsAnswer, ReplacementAnswer,
};
use crate::scenario::{RequirementAnswer, ScenarioError};

/// How long a method waits before it looks again.
const WAIT: Span = Span::seconds(15);

/// What answers write when nothing limits.
const UNLIMITED: usize = 2_147_483_647;

/// Code of a method that fails because nothing can be simulated.
const NO_POOL: &str = "no-pool";

/// The world at one instant.
struct Moment<'s> {
    scenario: &'s DisruptionScenario,
    snapshot: Snapshot,
    memory: Memory,
}

/// What a method would do.
enum Outcome {
    Fails,
    /// Confirmed after the wait, or without a wait where there is none.
    Does(Vec<Command>),
    /// Found, and not confirmed; what is left of it.
    Drops {
        found: Command,
        reason: &'static str,
        left: Vec<Command>,
    },
}

pub(super) fn answer(scenario: &DisruptionScenario) -> Result<DisruptionAnswer, ScenarioError> {
    let now = Moment::new(scenario, scenario.now())?;
    let later = Moment::new(scenario, scenario.now() + WAIT)?;
    let (disruption, afterwards) = (now.disruption(), later.disruption());
    let mut answer = DisruptionAnswer::default();
    let mut outcomes = Vec::with_capacity(Method::ALL.len());
    for method in Method::ALL {
        let candidates = disruption.candidates(method);
        answer.candidates.insert(method, CandidatesAnswer::of(&candidates));
        let outcome = outcome(method, &disruption, &afterwards);
        answer.take(method, &outcome);
        outcomes.push((method, outcome));
    }
    for (pool, totals) in disruption.pool_totals() {
        let (cost, disruption) = (totals.cost.into(), totals.disruption.into());
        answer.pool_totals.insert(pool.to_string(), PoolTotalsAnswer { cost, disruption });
    }
    for reason in DisruptionReason::ALL {
        let left = disruption.left(reason).into_iter();
        let left = left.map(|(pool, left)| (pool.to_string(), left.min(UNLIMITED)));
        answer.budgets.insert(reason, left.collect());
    }
    answer.first = first(scenario, outcomes)?;
    Ok(answer)
}

/// What one pass starts: a method that drops what it found has still waited, so that the next one decides later.
fn first(
    scenario: &DisruptionScenario,
    outcomes: Vec<(Method, Outcome)>,
) -> Result<Option<FirstAnswer>, ScenarioError> {
    let mut clock = scenario.now();
    for (method, at_once) in outcomes {
        let outcome = if clock == scenario.now() {
            at_once
        } else {
            let now = Moment::new(scenario, clock)?;
            let later = Moment::new(scenario, clock + WAIT)?;
            outcome(method, &now.disruption(), &later.disruption())
        };
        let commands = match outcome {
            Outcome::Fails => {
                let method = format!("error in {method}");
                return Ok(Some(FirstAnswer { method, nodes: Vec::new() }));
            }
            Outcome::Does(commands) => commands,
            Outcome::Drops { left, .. } => {
                clock = clock + WAIT;
                left
            }
        };
        if let Some(command) = commands.first() {
            let nodes = command.nodes.iter().map(ToString::to_string).collect();
            return Ok(Some(FirstAnswer { method: method.to_string(), nodes }));
        }
    }
    Ok(None)
}

fn outcome(method: Method, now: &Disruption<'_>, later: &Disruption<'_>) -> Outcome {
    let Ok(found) = now.find(method) else { return Outcome::Fails };
    if !method.is_consolidation() {
        return Outcome::Does(found.commands);
    }
    let mut confirmed = Vec::new();
    for command in found.commands {
        match later.confirm(&command) {
            Ok(left) if left.nodes.len() == command.nodes.len() => confirmed.push(left),
            Ok(left) => {
                let left = vec![left];
                return Outcome::Drops { found: command, reason: "", left };
            }
            Err(reason) => {
                let reason = code(reason);
                return Outcome::Drops { found: command, reason, left: Vec::new() };
            }
        }
    }
    Outcome::Does(confirmed)
}

/// Why a command is dropped, in the words of answers.
const fn code(reason: Unconfirmed) -> &'static str {
    match reason {
        Unconfirmed::Budget => "budget",
        Unconfirmed::Churn => "churn",
        Unconfirmed::Scheduling => "scheduling",
        _ => "unknown",
    }
}

/// Whether a node is left alone by this method, rather than by all of its kind.
fn is_of_method(stays: &Stays) -> bool {
    match stays {
        Stays::LabelMissing { key } => key != label::NODE_POOL,
        Stays::BufferPods
        | Stays::ConsolidationDisabled
        | Stays::Empty
        | Stays::NotConsolidatable
        | Stays::NotDrifted
        | Stays::NotEmpty
        | Stays::PolicyWhenEmpty
        | Stays::PoolDynamic
        | Stays::PoolStatic
        | Stays::TypeMissing { .. } => true,
        _ => false,
    }
}

impl<'s> Moment<'s> {
    fn new(scenario: &'s DisruptionScenario, now: Timestamp) -> Result<Self, ScenarioError> {
        Ok(Self { scenario, snapshot: scenario.snapshot(now)?, memory: scenario.memory(now) })
    }

    fn disruption(&self) -> Disruption<'_> {
        Disruption::new(&self.snapshot, self.scenario.policy(), &self.memory)
    }
}

impl DisruptionAnswer {
    /// Notes what a method would do.
    fn take(&mut self, method: Method, outcome: &Outcome) {
        let commands = match outcome {
            Outcome::Fails => {
                self.errors.insert(method, NO_POOL.to_owned());
                &[][..]
            }
            Outcome::Does(commands) => commands,
            Outcome::Drops { found, reason, left } => {
                let command = CommandAnswer::of(found);
                let (reason, error) = ((*reason).to_owned(), (*reason).to_owned());
                self.failed_validation.insert(method, FailedValidation { command, reason, error });
                left
            }
        };
        self.commands.insert(method, commands.iter().map(CommandAnswer::of).collect());
    }
}

impl CandidatesAnswer {
    fn of(candidates: &Candidates) -> Self {
        let accepted = candidates.accepted.iter().map(|(node, candidate)| {
            let answer = CandidateAnswer {
                cost: candidate.disruption_cost.into(),
                cost_times_lifetime: candidate.cost_times_lifetime.into(),
                price: candidate.price.into(),
            };
            (node.to_string(), answer)
        });
        let mut answer = Self { accepted: accepted.collect(), ..Self::default() };
        for (node, stays) in &candidates.left_out {
            let reasons =
                if is_of_method(stays) { &mut answer.filtered } else { &mut answer.rejected };
            reasons.insert(node.to_string(), stays.code().to_owned());
        }
        answer
    }
}

impl CommandAnswer {
    fn of(command: &Command) -> Self {
        let decision = if command.replacements.is_empty() { "delete" } else { "replace" };
        let scores = command.scores.iter().map(|(pool, score)| {
            let micro = match score {
                Score::Micro(micro) => *micro,
                Score::Infinite => i64::MAX,
            };
            (pool.to_string(), Amount::from_micro(micro))
        });
        Self {
            decision: decision.to_owned(),
            nodes: command.nodes.iter().map(ToString::to_string).collect(),
            replacements: command.replacements.iter().map(ReplacementAnswer::of).collect(),
            price_per_hour_before: command.price_before.into(),
            price_per_hour_after: command.price_after.into(),
            scores: scores.collect::<BTreeMap<_, _>>(),
        }
    }
}

impl ReplacementAnswer {
    fn of(machine: &PlannedMachine) -> Self {
        Self {
            node_pool: machine.node_pool.to_string(),
            requirements: RequirementAnswer::all_of(&machine.requirements),
            instance_types: machine.instance_types.iter().map(ToString::to_string).collect(),
            pods: machine.pods.iter().map(ToString::to_string).collect(),
        }
    }
}
