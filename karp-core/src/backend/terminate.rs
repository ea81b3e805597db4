//! Ending machines; not draining their nodes.

use super::{MachineId, ProviderError};

/// Asks to end machines.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct TerminateRequest {
    /// Which, without repetition; at most
    /// [`terminations_per_call_max`](super::Capabilities::terminations_per_call_max).
    pub machines: Vec<MachineId>,
}

/// What came of it.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Terminated {
    /// One per machine, in the order of the request.
    pub outcomes: Vec<TerminateOutcome>,
}

/// What came of ending one machine.
#[derive(Clone, Debug, Eq, PartialEq)]
#[expect(clippy::exhaustive_enums, reason = "a caller that forgets one leaks a machine")]
pub enum TerminateOutcome {
    /// It still runs.
    Failed(ProviderError),
    /// It is gone, or never was.
    Gone,
    /// It is being ended; ask again until it is gone.
    UnderWay,
}

impl TerminateRequest {
    /// Asks to end these.
    pub const fn new(machines: Vec<MachineId>) -> Self {
        Self { machines }
    }
}

impl Terminated {
    /// Outcomes in the order of the request.
    pub const fn new(outcomes: Vec<TerminateOutcome>) -> Self {
        Self { outcomes }
    }
}
