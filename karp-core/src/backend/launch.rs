//! Asking for machines and what comes of it; not which machines to ask for.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{Machine, OfferingSelector, ProviderError};
use crate::model::{
    CapacityType, InstanceTypeName, Labels, NodeClaimName, NodeClassRef, NodePoolName,
    Requirements, Resources, Span, Taint,
};

/// Names a launch for ever: equal tokens name one machine.
///
/// The caller derives it from what it has stored (the claim's UID), so that it is the same after a crash.
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(transparent)]
pub struct LaunchToken(Arc<str>);

impl LaunchToken {
    /// A token of this text; at most 64 characters are portable.
    pub fn new(token: impl Into<Arc<str>>) -> Self {
        Self(token.into())
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for LaunchToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(&self.0)
    }
}

/// Asks for machines.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct LaunchRequest {
    /// One per machine, with distinct tokens; at most
    /// [`launches_per_call_max`](super::Capabilities::launches_per_call_max).
    pub launches: Vec<Launch>,
    /// Whether some may start when others can't.
    pub atomicity: Atomicity,
}

/// Whether some machines of a request may start when others can't.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub enum Atomicity {
    /// All or none. Only for clouds with [`atomic_launch`](super::Capabilities::atomic_launch).
    AllOrNone,
    /// Each on its own.
    #[default]
    Each,
}

/// Asks for one machine.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Launch {
    /// Names the machine.
    pub token: LaunchToken,
    /// The claim that it is for.
    pub claim: NodeClaimName,
    /// The pool of the claim.
    pub node_pool: NodePoolName,
    /// The provider's class.
    pub node_class: NodeClassRef,
    /// The class as JSON, if the caller has read it.
    pub node_class_object: Option<Arc<str>>,
    /// What may be started, dearest last. At least one.
    pub options: Vec<LaunchOption>,
    /// How the backend picks one of them.
    pub selection: Selection,
    /// What the machine must be.
    pub requirements: Requirements,
    /// What its pods and daemons ask for; sizes a machine of a [shape family](super::ShapeFamily).
    pub requests: Resources,
    /// Labels that the Node shall carry, besides those that the backend knows.
    pub labels: Labels,
    /// Taints that the Node shall join with.
    pub taints: Vec<Taint>,
    /// Taints that something on the machine will remove.
    pub startup_taints: Vec<Taint>,
    /// Marks to put on the machine at the cloud, besides those by which the backend knows its own.
    pub tags: Labels,
}

/// One way to start a machine.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct LaunchOption {
    /// The type, or the name of a [shape family](super::ShapeFamily).
    pub instance_type: InstanceTypeName,
    /// The zone; none for a cloud without zones.
    pub zone: Option<String>,
    /// How it is paid.
    pub capacity_type: CapacityType,
    /// The reservation that it uses.
    pub reservation: Option<String>,
    /// Size of a machine of a shape family.
    pub size: Option<Resources>,
}

/// How a backend picks one of the options.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub enum Selection {
    /// Whichever the cloud thinks will last longest among those that are cheap: for spot capacity.
    CapacityFirst,
    /// The first that has capacity.
    #[default]
    InOrder,
}

/// What came of a launch request.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Launched {
    /// One per launch, in the order of the request.
    pub outcomes: Vec<LaunchOutcome>,
}

/// What came of one launch.
#[derive(Clone, Debug, PartialEq)]
#[expect(clippy::exhaustive_enums, reason = "a caller that forgets one leaks a machine")]
#[expect(clippy::large_enum_variant, reason = "outcomes are few, and mostly the large one")]
pub enum LaunchOutcome {
    /// There is no machine of this token and none will come.
    Failed(LaunchFailure),
    /// The cloud is at it. Ask again with the same token.
    Pending(PendingLaunch),
    /// The machine exists.
    Started(Machine),
}

/// Why a machine was not started.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct LaunchFailure {
    /// The error.
    pub error: ProviderError,
    /// What is known to be out of capacity or over a limit; skip it for a while.
    pub exhausted: Vec<OfferingSelector>,
    /// Names of the [capacity pools](super::CapacityPool) that ran out.
    pub exhausted_pools: Vec<String>,
}

/// A launch under way.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct PendingLaunch {
    /// Its token.
    pub token: LaunchToken,
    /// When to ask again.
    pub ask_after: Span,
}

impl LaunchRequest {
    /// Asks for `launches`, each on its own.
    pub const fn new(launches: Vec<Launch>) -> Self {
        Self { launches, atomicity: Atomicity::Each }
    }

    /// Starts all or none.
    #[must_use]
    pub const fn all_or_none(mut self) -> Self {
        self.atomicity = Atomicity::AllOrNone;
        self
    }
}

impl Launch {
    /// Asks for one machine for a claim: the first of `options` that has capacity.
    pub fn new(
        token: LaunchToken,
        claim: impl Into<NodeClaimName>,
        node_pool: impl Into<NodePoolName>,
        options: Vec<LaunchOption>,
    ) -> Self {
        Self {
            token,
            claim: claim.into(),
            node_pool: node_pool.into(),
            node_class: NodeClassRef::default(),
            node_class_object: None,
            options,
            selection: Selection::InOrder,
            requirements: Requirements::new(),
            requests: Resources::new(),
            labels: Labels::new(),
            taints: Vec::new(),
            startup_taints: Vec::new(),
            tags: Labels::new(),
        }
    }
}

impl LaunchOption {
    /// A type in a zone.
    pub fn new(
        instance_type: impl Into<InstanceTypeName>,
        zone: impl Into<String>,
        capacity_type: CapacityType,
    ) -> Self {
        Self { zone: Some(zone.into()), ..Self::zoneless(instance_type, capacity_type) }
    }

    /// A type of a cloud without zones.
    pub fn zoneless(
        instance_type: impl Into<InstanceTypeName>,
        capacity_type: CapacityType,
    ) -> Self {
        Self {
            instance_type: instance_type.into(),
            zone: None,
            capacity_type,
            reservation: None,
            size: None,
        }
    }

    /// The same from a reservation.
    #[must_use]
    pub fn from_reservation(mut self, reservation: impl Into<String>) -> Self {
        self.reservation = Some(reservation.into());
        self
    }

    /// The same with the size of a machine of a shape family.
    #[must_use]
    pub fn sized(mut self, size: Resources) -> Self {
        self.size = Some(size);
        self
    }
}

impl Launched {
    /// Outcomes in the order of the request.
    pub const fn new(outcomes: Vec<LaunchOutcome>) -> Self {
        Self { outcomes }
    }
}

impl LaunchFailure {
    /// A failure about whose cause no more is known.
    pub const fn new(error: ProviderError) -> Self {
        Self { error, exhausted: Vec::new(), exhausted_pools: Vec::new() }
    }

    /// Says what ran out.
    #[must_use]
    pub fn exhausting(mut self, offerings: impl IntoIterator<Item = OfferingSelector>) -> Self {
        self.exhausted.extend(offerings);
        self
    }

    /// Says which shared limit ran out.
    #[must_use]
    pub fn exhausting_pool(mut self, pool: impl Into<String>) -> Self {
        self.exhausted_pools.push(pool.into());
        self
    }
}

impl PendingLaunch {
    /// A launch to ask after again when `ask_after` has passed.
    pub const fn new(token: LaunchToken, ask_after: Span) -> Self {
        Self { token, ask_after }
    }
}
