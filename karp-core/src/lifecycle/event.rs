//! What people read in `kubectl describe`: events under the names that they know; not how they are sent.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::Target;
use crate::model::{NodeClaimName, NodeName, NodePoolName, PodId, Span};

/// An event on an object. It may be repeated in every pass: the shell sends those of one object, reason and
/// [window](EventReason::window) once.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
#[serde(rename_all = "camelCase")]
pub struct Event {
    /// What it is about.
    pub subject: Subject,
    /// Its name.
    pub reason: EventReason,
    /// One line for people.
    pub message: String,
}

/// The object of an event.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[non_exhaustive]
#[serde(rename_all = "camelCase")]
pub enum Subject {
    /// A claim.
    Claim(Target<NodeClaimName>),
    /// A Node.
    Node(Target<NodeName>),
    /// A pod.
    Pod(Target<PodId>),
    /// A pool.
    Pool(NodePoolName),
}

/// The name of an event, as the controllers that people know use it.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[non_exhaustive]
pub enum EventReason {
    /// Volumes are waited for.
    AwaitingVolumeDetachment,
    /// The reservation of the machine is taken back.
    CapacityReservationInstanceInterrupted,
    /// A pod is deleted whatever protects it, as its node's deadline is near.
    Disrupted,
    /// A pod's protection for a time has ended.
    DoNotDisruptGracePeriodElapsed,
    /// A pod is protected until then.
    DoNotDisruptUntil,
    /// A pod was evicted.
    Evicted,
    /// A Node has less than was promised.
    FailedConsistencyCheck,
    /// A Node still has pods that must leave.
    FailedDraining,
    /// A machine can't be ended.
    FailedTermination,
    /// The machine stops.
    InstanceStopping,
    /// The machine is being ended by somebody.
    InstanceTerminating,
    /// The cloud says that the machine is, or will be, unwell.
    InstanceUnhealthy,
    /// Nothing that the claim lists could be bought.
    InsufficientCapacityError,
    /// A pod's annotation can't be read and protects nothing.
    InvalidDoNotDisruptAnnotation,
    /// Too many Nodes are unhealthy to repair any.
    NodeRepairBlocked,
    /// A spot machine is taken away in two minutes.
    SpotInterrupted,
    /// A spot machine may soon be taken away.
    SpotRebalanceRecommendation,
    /// All pods are deleted by then.
    TerminationGracePeriodExpiring,
    /// The claim goes because its machine does.
    TerminatingOnInterruption,
    /// A Node joined without the taint that keeps pods off until it is set up.
    UnregisteredTaintMissing,
}

impl EventReason {
    /// Whether it is of type `Warning` rather than `Normal`.
    pub const fn is_warning(self) -> bool {
        !matches!(
            self,
            Self::AwaitingVolumeDetachment
                | Self::Disrupted
                | Self::DoNotDisruptGracePeriodElapsed
                | Self::DoNotDisruptUntil
                | Self::Evicted
                | Self::SpotRebalanceRecommendation
        )
    }

    /// For how long an event of this reason on an object is not repeated: 2 min, 15 min for blocked repairs.
    pub const fn window(self) -> Span {
        match self {
            Self::NodeRepairBlocked => Span::minutes(15),
            Self::AwaitingVolumeDetachment
            | Self::CapacityReservationInstanceInterrupted
            | Self::Disrupted
            | Self::DoNotDisruptGracePeriodElapsed
            | Self::DoNotDisruptUntil
            | Self::Evicted
            | Self::FailedConsistencyCheck
            | Self::FailedDraining
            | Self::FailedTermination
            | Self::InstanceStopping
            | Self::InstanceTerminating
            | Self::InstanceUnhealthy
            | Self::InsufficientCapacityError
            | Self::InvalidDoNotDisruptAnnotation
            | Self::SpotInterrupted
            | Self::SpotRebalanceRecommendation
            | Self::TerminationGracePeriodExpiring
            | Self::TerminatingOnInterruption
            | Self::UnregisteredTaintMissing => Span::minutes(2),
        }
    }
}

impl fmt::Display for EventReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}

impl Event {
    /// An event on a claim.
    pub(super) fn on_claim(
        claim: &crate::model::NodeClaim,
        reason: EventReason,
        message: impl Into<String>,
    ) -> Self {
        Self { subject: Subject::Claim(Target::claim(claim)), reason, message: message.into() }
    }

    /// An event on a Node.
    pub(super) fn on_node(
        node: &crate::model::Node,
        reason: EventReason,
        message: impl Into<String>,
    ) -> Self {
        Self { subject: Subject::Node(Target::node(node)), reason, message: message.into() }
    }

    /// An event on a pod.
    pub(super) fn on_pod(
        pod: &crate::model::Pod,
        reason: EventReason,
        message: impl Into<String>,
    ) -> Self {
        Self { subject: Subject::Pod(Target::pod(pod)), reason, message: message.into() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocked_repairs_are_told_less_often_than_other_events() {
        assert_eq!(EventReason::NodeRepairBlocked.window(), Span::minutes(15));
        assert_eq!(EventReason::FailedDraining.window(), Span::minutes(2));
        assert!(EventReason::FailedDraining.is_warning() && !EventReason::Evicted.is_warning());
        assert_eq!(EventReason::SpotInterrupted.to_string(), "SpotInterrupted");
    }
}
