//! What a search found; not the search.

use super::Usage;
use crate::model::AllocatedDevice;

/// Devices for all demands, on one place.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Allocated<S> {
    /// The place, narrowed to where all devices can be used.
    pub state: S,
    /// Devices of each demand, in the order of the demands.
    pub claims: Vec<Vec<AllocatedDevice>>,
    /// What the devices take.
    pub usage: Usage,
}

/// What became of a search.
#[derive(Clone, Debug)]
#[expect(clippy::exhaustive_enums, reason = "a search finds, finds nothing, or ends early")]
pub enum Outcome<S> {
    /// All demands are met.
    Allocated(Allocated<S>),
    /// They can't be met here.
    Refused,
    /// The search ended before it was known whether they can.
    GaveUp,
}

impl<S> Outcome<S> {
    /// What was found, if it was.
    pub fn found(self) -> Option<Allocated<S>> {
        match self {
            Self::Allocated(found) => Some(found),
            Self::Refused | Self::GaveUp => None,
        }
    }
}
