//! What the budgets of a pool allow over time to come; not what will be disrupted then.

use serde::{Deserialize, Serialize};

use super::{Allowed, DisruptionReason, PoolBudgets};
use crate::model::{Span, Timestamp};

/// What the budgets of a pool of so many nodes allow, for one reason, over a stretch of time.
///
/// A slot ends exactly where the answer changes.
///
/// # Example: the next week of a pool with a window
///
/// ```
/// use karp_core::budget::{Calendar, DisruptionReason, PoolBudgets};
/// use karp_core::model::{Disruption, Span};
///
/// let budgets = PoolBudgets::read(&Disruption::default().budgets);
/// let from = "2026-01-15T12:30:00Z".parse().unwrap();
/// let calendar = Calendar::new(&budgets, DisruptionReason::Empty, 20, from..from + Span::hours(24 * 7))?;
/// assert_eq!(calendar.slots().len(), 1);
/// assert_eq!(calendar.hours().count(), 169); // a half hour at either end
/// # Ok::<(), karp_core::budget::CalendarError>(())
/// ```
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Calendar {
    reason: DisruptionReason,
    nodes: usize,
    slots: Vec<Slot>,
}

/// A time during which the answer does not change.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
#[serde(rename_all = "camelCase")]
pub struct Slot {
    /// First instant.
    pub from: Timestamp,
    /// First instant that is not part of it.
    pub to: Timestamp,
    /// How many nodes may be on their way out at once.
    pub allowed: Allowed,
}

/// What is allowed within one hour of the clock.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
#[serde(rename_all = "camelCase")]
pub struct Hour {
    /// Start of the hour.
    pub start: Timestamp,
    /// The least that is allowed within it; of equal ones the first.
    pub least: Allowed,
    /// The most that is allowed within it; of equal ones the first.
    pub most: Allowed,
}

/// Why there is no calendar of a stretch of time.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum CalendarError {
    /// The stretch ends before it begins, or at once.
    #[error("the calendar would end at {to}, not after its start at {from}")]
    Empty {
        /// Start.
        from: Timestamp,
        /// End.
        to: Timestamp,
    },
    /// A schedule fires every minute, and somebody may ask for centuries.
    #[error("the calendar would span {span} (the limit is {})", Calendar::LONGEST)]
    TooLong {
        /// The time asked for.
        span: Span,
    },
}

impl Calendar {
    /// The longest stretch of time: 400 days.
    pub const LONGEST: Span = Span::hours(400 * 24);

    /// What `budgets` allow for `reason` in a pool that has `nodes` nodes all the time.
    ///
    /// # Errors
    ///
    /// When `during` is empty or longer than [`LONGEST`](Self::LONGEST).
    pub fn new(
        budgets: &PoolBudgets,
        reason: DisruptionReason,
        nodes: usize,
        during: std::ops::Range<Timestamp>,
    ) -> Result<Self, CalendarError> {
        let (from, to) = (during.start, during.end);
        if from >= to {
            return Err(CalendarError::Empty { from, to });
        }
        let span = to.since(from);
        if span > Self::LONGEST {
            return Err(CalendarError::TooLong { span });
        }
        let starts = [from].into_iter().chain(budgets.changes(from, to));
        let mut slots: Vec<Slot> = Vec::new();
        for start in starts {
            let allowed = budgets.allowed(reason, nodes, start);
            match slots.last_mut() {
                Some(last) if last.allowed == allowed => {}
                Some(last) => {
                    last.to = start;
                    slots.push(Slot { from: start, to, allowed });
                }
                None => slots.push(Slot { from: start, to, allowed }),
            }
        }
        Ok(Self { reason, nodes, slots })
    }

    /// The reason asked about.
    pub const fn reason(&self) -> DisruptionReason {
        self.reason
    }

    /// The number of nodes that the pool is taken to have.
    pub const fn nodes(&self) -> usize {
        self.nodes
    }

    /// Times without change, without gap, in order. Neighbours differ.
    pub fn slots(&self) -> &[Slot] {
        &self.slots
    }

    /// Hour by hour, by the clock in UTC; the first and the last may stick out of the calendar, which says nothing about that part.
    pub fn hours(&self) -> impl Iterator<Item = Hour> {
        let first = self.slots.first().map_or(Timestamp::MAX, |slot| floor_hour(slot.from));
        let end = self.slots.last().map_or(Timestamp::MIN, |slot| slot.to);
        let mut rest = self.slots.as_slice();
        std::iter::successors(Some(first), |start| Some(*start + Span::hours(1)))
            .take_while(move |start| *start < end)
            .filter_map(move |start| {
                let next = start + Span::hours(1);
                while let Some((head, tail)) = rest.split_first()
                    && head.to <= start
                {
                    rest = tail;
                }
                let within =
                    || rest.iter().take_while(|slot| slot.from < next).map(|slot| slot.allowed);
                let least = within().min_by_key(|allowed| allowed.nodes)?;
                let most = within()
                    .reduce(|most, each| if each.nodes > most.nodes { each } else { most })?;
                Some(Hour { start, least, most })
            })
    }
}

fn floor_hour(instant: Timestamp) -> Timestamp {
    let hour = Span::hours(1).as_nanos();
    let nanos = instant.unix_nanos();
    Timestamp::from_unix_nanos(nanos.saturating_sub(nanos.rem_euclid(hour)))
}
