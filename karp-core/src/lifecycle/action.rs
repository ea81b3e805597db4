//! What the shell is to do, with every detail fixed; not whether, and not when.

use serde::{Deserialize, Serialize};

use super::{
    Cause, ClaimChange, Event, NodeChange, OwnedMachine, PoolChange, QueuedPod,
    RegistrationOutcome, Target,
};
use crate::model::{
    CapacityType, InstanceTypeName, NodeClaim, NodeClaimName, NodeName, PodId, Span, Uid,
};

/// Something to do. The shell carries it out and makes no choice.
///
/// Writes go by UID and by the version that was read; a conflict means that the state is read again. Every action may be repeated.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
#[serde(rename_all = "camelCase")]
pub enum Action {
    /// Create this claim. A name that is taken means that it is there already.
    CreateClaim(Box<NodeClaim>),
    /// Mark the claim as deleted.
    DeleteClaim {
        /// The claim.
        claim: Target<NodeClaimName>,
        /// Why.
        cause: Cause,
    },
    /// Mark the Node as deleted: it drains.
    DeleteNode {
        /// The Node.
        node: Target<NodeName>,
    },
    /// Delete the pod whatever protects it, with this time between the stop signal and the kill, at least one second.
    DeletePod {
        /// The pod.
        pod: Target<PodId>,
        /// The time.
        grace: Span,
    },
    /// Evict the pod through the eviction API, which honours pod disruption budgets, with its own grace period.
    Evict {
        /// The pod.
        pod: Target<PodId>,
    },
    /// Ask the cloud for the claim's machine, under a token made of the claim's UID: equal tokens name one machine, so that a lost answer
    /// does no harm.
    Launch {
        /// The claim.
        claim: Target<NodeClaimName>,
    },
    /// Ask the cloud what it knows of the machine of this id among those that are ours.
    LookUp {
        /// Id of the machine.
        machine: String,
    },
    /// Remember that this offering can't be had at the moment.
    MarkUnavailable {
        /// The type.
        instance_type: InstanceTypeName,
        /// The zone.
        zone: String,
        /// How it is paid.
        capacity_type: CapacityType,
    },
    /// Tell people.
    Publish(Box<Event>),
    /// Hand these pods to the eviction queue.
    QueueEvictions(Vec<QueuedPod>),
    /// Note in the pool's [record](super::RegistrationRecord) whether one of its machines joined.
    RecordRegistration {
        /// UID of the pool that made the claim; a later pool of the same name is another pool.
        pool: Uid,
        /// What came of it.
        outcome: RegistrationOutcome,
    },
    /// Remove the finalizer of the claim: it goes.
    ReleaseClaim {
        /// The claim.
        claim: Target<NodeClaimName>,
    },
    /// Remove the finalizer of the Node: it goes.
    ReleaseNode {
        /// The Node.
        node: Target<NodeName>,
    },
    /// Ask all registration hooks about the claim and its Node.
    RunHooks {
        /// The claim.
        claim: Target<NodeClaimName>,
        /// Its Node.
        node: Target<NodeName>,
    },
    /// End the machine.
    Terminate(OwnedMachine),
    /// Write into the claim.
    UpdateClaim(Box<ClaimChange>),
    /// Write into the Node.
    UpdateNode(Box<NodeChange>),
    /// Write into the pool.
    UpdatePool(Box<PoolChange>),
}
