//! When a budget holds: always, or from each hit of a schedule for a time; not what it allows.

use crate::model::{Budget, Civil, Cron, ParseCronError, Span, Timestamp};

/// The times at which a budget holds, in UTC.
///
/// With a schedule it holds at an instant when the schedule fires within the `duration` up to it: at the hit itself yes, exactly `duration`
/// later no more. Windows that overlap join.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Window {
    /// Neither schedule nor duration.
    Always,
    /// From each hit of the schedule, for the duration.
    Scheduled {
        /// Starts of the windows.
        schedule: Cron,
        /// Length of each; zero (also: none given) makes windows without any instant.
        duration: Span,
    },
}

/// Why a budget's window can't be told.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum WindowError {
    /// A duration without a schedule says for how long but not when.
    #[error("`duration` without `schedule` (expected both or neither)")]
    NoSchedule,
    /// The schedule can't be read.
    #[error("`schedule`: {0}")]
    Schedule(#[from] ParseCronError),
}

impl Window {
    /// The window of a budget.
    ///
    /// # Errors
    ///
    /// When the schedule is missing beside a duration, or can't be read. A schedule without duration is no error: it never holds.
    pub fn of(budget: &Budget) -> Result<Self, WindowError> {
        match (&budget.schedule, budget.duration) {
            (None, None) => Ok(Self::Always),
            (None, Some(_)) => Err(WindowError::NoSchedule),
            (Some(schedule), duration) => Ok(Self::Scheduled {
                schedule: schedule.parse()?,
                duration: duration.unwrap_or(Span::ZERO),
            }),
        }
    }

    /// Whether the budget holds at `now`.
    ///
    /// A schedule that never fires within five years, such as 31 February, counts as holding always: that is what controllers do,
    /// and it errs on the side that disrupts less.
    ///
    /// ```
    /// use karp_core::{budget::Window, model::{Budget, Span}};
    ///
    /// let mut budget = Budget::default();
    /// budget.schedule = Some("@daily".to_owned());
    /// budget.duration = Some(Span::minutes(30));
    /// let window = Window::of(&budget)?;
    /// assert!(window.holds_at("2026-01-15T00:00:00Z".parse().unwrap()));
    /// assert!(!window.holds_at("2026-01-15T00:30:00Z".parse().unwrap()));
    /// # Ok::<(), karp_core::budget::WindowError>(())
    /// ```
    pub fn holds_at(&self, now: Timestamp) -> bool {
        match self {
            Self::Always => true,
            Self::Scheduled { schedule, duration } => {
                schedule.next_after(before(now, *duration)).is_none_or(|hit| hit <= now)
            }
        }
    }

    /// Every instant in `from..to` from which the answer of [`holds_at`](Self::holds_at) may differ from that before, unordered.
    pub(super) fn changes(&self, from: Timestamp, to: Timestamp) -> Vec<Timestamp> {
        let Self::Scheduled { schedule, duration } = self else { return Vec::new() };
        if schedule.interval().is_some() {
            // It counts from the instant asked about: no instant differs from the next.
            return Vec::new();
        }
        let mut changes = Vec::new();
        let mut cursor = before(from, *duration);
        while cursor < to {
            let Some(hit) = schedule.next_after(cursor) else {
                // It holds without a hit until a year begins from which on one is near enough.
                let Some(year) = next_year(cursor) else { break };
                changes.push(after(year, *duration));
                cursor = year;
                continue;
            };
            let end = after(hit, *duration);
            match changes.last_mut() {
                // Windows that join change nothing between the first start and the last end.
                Some(last) if *last >= hit => *last = end,
                _ => changes.extend([hit, end]),
            }
            cursor = hit;
        }
        changes.retain(|change| *change > from && *change < to);
        changes
    }
}

/// The start of the year after that of `instant`.
fn next_year(instant: Timestamp) -> Option<Timestamp> {
    let year = instant.civil().year.checked_add(1)?;
    let midnight = Timestamp::EPOCH.civil();
    Timestamp::from_civil(Civil { year, ..midnight })
}

fn before(instant: Timestamp, span: Span) -> Timestamp {
    Timestamp::from_unix_nanos(instant.unix_nanos().saturating_sub(span.as_nanos()))
}

fn after(instant: Timestamp, span: Span) -> Timestamp {
    Timestamp::from_unix_nanos(instant.unix_nanos().saturating_add(span.as_nanos()))
}
