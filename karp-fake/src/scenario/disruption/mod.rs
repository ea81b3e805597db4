//! Worlds in which nodes may be disrupted, with what the reference would do; not how karp decides it.
//!
//! A [`DisruptionScenario`] is a file like that of a [`Scenario`](super::Scenario), with what is remembered between rounds and other answers:
//!
//! | Field | Holds |
//! |---|---|
//! | `state` | what no object shows: `markedForDeletion`, `nominated` (at `now`, for 20 seconds), `queued` (owned by a running command): names of nodes, of claims without node; `bufferPods`: nodes with the number of virtual pods on them; `noInstanceTypes`: pools for which the provider has nothing |
//! | `reference` | what the reference answered: [`DisruptionReference`] |
//!
//! # What agrees
//!
//! - Candidates, rejected nodes, costs, prices, totals of pools and what budgets leave: equal, figures to a millionth.
//! - Commands of each method: one of the reference's results, with the same decision, nodes, pool, requirements and types; or a
//!   [`Tie`](MethodVerdict::Tie): the same decision at the same saving, on nodes of the same pools that are worth the same; or, for one and for
//!   several nodes, a command that saves more.
//! - A command that the reference drops when it looks again after 15 seconds is dropped.
//! - A pass begins by a method by which the reference begins.
//! - Where the reference fails, any answer does.

mod amount;
mod answer;
mod ask;
mod commands;
mod compare;
mod read;
mod verdict;

pub use self::{
    amount::Amount,
    answer::{
        Alternative, CandidateAnswer, CandidatesAnswer, CommandAnswer, DisruptionAnswer,
        DisruptionReference, FailedValidation, FirstAnswer, PoolTotalsAnswer, ReplacementAnswer,
        UNBOUNDED,
    },
    read::DisruptionScenario,
    verdict::{
        CommandsDiffer, DisruptionDifference, DisruptionVerdict, MethodVerdict, ReasonDifference,
    },
};
