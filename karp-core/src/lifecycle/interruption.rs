//! The cloud takes a machine away, or says that it is broken; not how its message is read.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::{Action, Cause, ClaimChange, Event, EventReason, Next, Settings, Target};
use crate::model::{CapacityType, Node, NodeClaim, Span, Timestamp, label};

/// How long after its notice a spot machine is taken away
/// (<https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/spot-instance-termination-notices.html>).
pub const SPOT_NOTICE: Span = Span::minutes(2);

/// What the cloud says of a machine.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[non_exhaustive]
#[serde(rename_all = "snake_case")]
pub enum InterruptionKind {
    /// Its reservation is taken back.
    CapacityReservationInterrupted,
    /// An event is planned for it, such as its retirement, as its own status says.
    EventStatus,
    /// Its own checks fail.
    InstanceStatus,
    /// It stops.
    InstanceStopped,
    /// It is being ended.
    InstanceTerminated,
    /// It may soon be taken away; nothing is done.
    RebalanceRecommendation,
    /// An event is planned for it, such as its retirement.
    ScheduledChange,
    /// It is taken away in two minutes.
    SpotInterrupted,
    /// The host that it runs on fails its checks.
    SystemStatus,
}

/// What follows from a message.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Response {
    /// Nothing.
    None,
    /// The claim is deleted: its Node drains.
    Drain,
    /// The same, and every pod is deleted at once.
    Force,
}

impl InterruptionKind {
    /// The stable code, in snake case, as metrics name it.
    pub const fn code(self) -> &'static str {
        match self {
            Self::CapacityReservationInterrupted => "capacity_reservation_interrupted",
            Self::EventStatus => "event_status",
            Self::InstanceStatus => "instance_status",
            Self::InstanceStopped => "instance_stopped",
            Self::InstanceTerminated => "instance_terminated",
            Self::RebalanceRecommendation => "rebalance_recommendation",
            Self::ScheduledChange => "scheduled_change",
            Self::SpotInterrupted => "spot_interrupted",
            Self::SystemStatus => "system_status",
        }
    }

    const fn event(self) -> EventReason {
        match self {
            Self::CapacityReservationInterrupted => {
                EventReason::CapacityReservationInstanceInterrupted
            }
            Self::EventStatus
            | Self::InstanceStatus
            | Self::ScheduledChange
            | Self::SystemStatus => EventReason::InstanceUnhealthy,
            Self::InstanceStopped => EventReason::InstanceStopping,
            Self::InstanceTerminated => EventReason::InstanceTerminating,
            Self::RebalanceRecommendation => EventReason::SpotRebalanceRecommendation,
            Self::SpotInterrupted => EventReason::SpotInterrupted,
        }
    }

    const fn response(self) -> Response {
        match self {
            Self::RebalanceRecommendation => Response::None,
            Self::InstanceStatus | Self::SystemStatus => Response::Force,
            Self::CapacityReservationInterrupted
            | Self::EventStatus
            | Self::InstanceStopped
            | Self::InstanceTerminated
            | Self::ScheduledChange
            | Self::SpotInterrupted => Response::Drain,
        }
    }
}

impl fmt::Display for InterruptionKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.code())
    }
}

/// A message of the cloud about one machine.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
#[serde(rename_all = "camelCase")]
pub struct Interruption {
    /// What it says.
    pub kind: InterruptionKind,
    /// When the cloud said it, not when it was read.
    pub noticed_at: Timestamp,
}

impl Interruption {
    /// A message of that instant.
    pub const fn new(kind: InterruptionKind, noticed_at: Timestamp) -> Self {
        Self { kind, noticed_at }
    }

    /// When the machine is taken away, as far as the kind of the message says it.
    pub fn deadline(&self) -> Option<Timestamp> {
        (self.kind == InterruptionKind::SpotInterrupted).then(|| self.noticed_at + SPOT_NOTICE)
    }
}

/// What follows for the claim of a machine and its Node. The same message may come several times.
///
/// Budgets, do-not-disrupt and pod disruption budgets don't stop it, as they would not stop the cloud; the drain itself honours them until its
/// deadline. No replacement is started first.
///
/// # Example: a spot notice bounds the drain
///
/// ```
/// use karp_core::lifecycle::{self, Action, Interruption, InterruptionKind, Settings};
/// use karp_core::model::{NodeClaim, NodePoolName, Timestamp, label};
///
/// let mut settings = Settings::compat();
/// settings.spot_notice_bounds_drain = true;
/// let claim = NodeClaim::new("general-1", &NodePoolName::from("general"));
/// let notice = Interruption::new(InterruptionKind::SpotInterrupted, Timestamp::EPOCH);
/// let next = lifecycle::interrupt(&claim, None, &notice, &settings, Timestamp::EPOCH);
/// let [.., Action::UpdateClaim(change), Action::DeleteClaim { .. }, _] = &next.actions[..] else { panic!() };
/// assert_eq!(change.annotations[label::TERMINATION_TIMESTAMP], "1970-01-01T00:02:00Z");
/// ```
pub fn interrupt(
    claim: &NodeClaim,
    node: Option<&Node>,
    interruption: &Interruption,
    settings: &Settings,
    now: Timestamp,
) -> Next {
    let mut next = Next::done();
    if !settings.classes.manage(&claim.node_class) {
        return next;
    }
    let kind = interruption.kind;
    tell(&mut next, (claim, node), kind.event(), &format!("The cloud says: {kind}"));
    if kind == InterruptionKind::SpotInterrupted {
        next.actions.extend(unavailable(claim));
    }
    let deadline = match kind.response() {
        Response::None => return next,
        Response::Drain => interruption.deadline().filter(|_| settings.spot_notice_bounds_drain),
        Response::Force => Some(now),
    };
    next.update_claim(bounded(claim, deadline, now));
    if claim.deleting_since.is_none() {
        let cause = Cause::Interrupted(kind);
        next.act(Action::DeleteClaim { claim: Target::claim(claim), cause });
        let message = format!("Terminated on interruption: {kind}");
        tell(&mut next, (claim, node), EventReason::TerminatingOnInterruption, &message);
    }
    next
}

fn tell(
    next: &mut Next,
    (claim, node): (&NodeClaim, Option<&Node>),
    reason: EventReason,
    message: &str,
) {
    next.publish(Event::on_claim(claim, reason, message));
    if let Some(node) = node {
        next.publish(Event::on_node(node, reason, message));
    }
}

/// The offering that the machine was bought by, which is short now.
fn unavailable(claim: &NodeClaim) -> Option<Action> {
    let instance_type = claim.labels.get(label::INSTANCE_TYPE)?.as_str().into();
    let zone = claim.labels.get(label::ZONE)?.clone();
    Some(Action::MarkUnavailable { instance_type, zone, capacity_type: CapacityType::Spot })
}

/// The claim's deadline, unless it has an earlier one. A grace period of its own that would end earlier counts, too.
fn bounded(claim: &NodeClaim, deadline: Option<Timestamp>, now: Timestamp) -> ClaimChange {
    let mut change = ClaimChange::of(claim);
    let Some(deadline) = deadline else { return change };
    let own = claim.termination_grace_period.filter(|_| claim.deleting_since.is_none());
    let deadline = own.map_or(deadline, |own| deadline.min(now + own)).floor_second();
    let known = claim.annotations.get(label::TERMINATION_TIMESTAMP);
    let is_earlier = known
        .and_then(|text| text.parse::<Timestamp>().ok())
        .is_some_and(|known| known <= deadline);
    if !is_earlier {
        change.annotations.insert(label::TERMINATION_TIMESTAMP.to_owned(), deadline.to_string());
    }
    change
}
