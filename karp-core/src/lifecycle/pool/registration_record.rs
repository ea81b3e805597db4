//! Whether the machines of a pool join, by the last few that tried; not what follows from it.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

use crate::model::ConditionStatus;

/// How many outcomes are remembered.
const REMEMBERED: usize = 4;

/// What came of a machine that should have joined.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[expect(clippy::exhaustive_enums, reason = "it joined or it did not")]
#[serde(rename_all = "camelCase")]
pub enum RegistrationOutcome {
    /// It was not launched, or did not join, in time.
    Failed {
        /// Reason of the claim's condition `Launched`, when the launch was the problem.
        reason: Option<String>,
    },
    /// It joined.
    Joined,
}

/// The last four outcomes of a pool, kept by its UID. In memory only.
///
/// ```
/// use karp_core::{lifecycle::RegistrationRecord, model::ConditionStatus};
/// let mut record = RegistrationRecord::new();
/// assert_eq!(record.health(), ConditionStatus::Unknown);
/// record.note(true);
/// assert_eq!(record.health(), ConditionStatus::True);
/// record.note(false);
/// record.note(false);
/// assert_eq!(record.health(), ConditionStatus::False);
/// ```
#[derive(Clone, Debug, Default, Eq, PartialEq, Serialize, Deserialize)]
pub struct RegistrationRecord {
    outcomes: VecDeque<bool>,
}

impl RegistrationRecord {
    /// No outcomes.
    pub const fn new() -> Self {
        Self { outcomes: VecDeque::new() }
    }

    /// What a pool's condition stands for after a restart: one success for true, two failures for false.
    pub fn of(status: ConditionStatus) -> Self {
        let outcomes: &[bool] = match status {
            ConditionStatus::True => &[true],
            ConditionStatus::False => &[false, false],
            ConditionStatus::Unknown => &[],
        };
        Self { outcomes: outcomes.iter().copied().collect() }
    }

    /// Notes whether a machine joined; of five outcomes the oldest is forgotten.
    pub fn note(&mut self, joined: bool) {
        if self.outcomes.len() >= REMEMBERED {
            self.outcomes.pop_front();
        }
        self.outcomes.push_back(joined);
    }

    /// This record with one more outcome.
    #[must_use]
    pub fn with(&self, joined: bool) -> Self {
        let mut record = self.clone();
        record.note(joined);
        record
    }

    /// Whether machines join: unknown without outcomes, false from two failures among the last four on.
    pub fn health(&self) -> ConditionStatus {
        let failures = self.outcomes.iter().filter(|joined| !**joined).count();
        match failures * 2 >= REMEMBERED {
            _ if self.outcomes.is_empty() => ConditionStatus::Unknown,
            true => ConditionStatus::False,
            false => ConditionStatus::True,
        }
    }
}
