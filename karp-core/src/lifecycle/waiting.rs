//! What the lifecycle waits for: stable codes and data; not what is done then.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::model::{PodId, ResourceName, Taint};

/// What is waited for.
///
/// Codes are stable, kebab-case, never reused; all are listed in `docs/src/lifecycle.md`.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
#[serde(rename_all = "kebab-case", tag = "code", content = "detail")]
pub enum Waiting {
    /// Volumes are still attached to the Node.
    AttachedVolumes {
        /// Names of the attachments.
        attachments: Vec<String>,
    },
    /// The claim's resource claims name drivers that have not published their devices on the Node.
    DriverPools {
        /// Drivers, in name order.
        drivers: Vec<String>,
    },
    /// The Node still has taints that go away by themselves.
    EphemeralTaints {
        /// The taints.
        taints: Vec<Taint>,
    },
    /// The claim is not old enough to be replaced.
    Expiry,
    /// Registration hooks have not passed.
    Hooks {
        /// Names of those that hold it up.
        names: Vec<String>,
    },
    /// The cloud has not answered yet.
    Launch,
    /// The claim's time to be launched runs.
    LaunchDeadline,
    /// A failed launch is tried again.
    LaunchRetry,
    /// The pool may not have more nodes.
    LimitReached,
    /// The cloud ends the machine.
    MachineGone,
    /// The machine is not ours: nobody but a person may end it or let the object go.
    MachineNotOurs,
    /// The cloud has not said yet whose the machine is.
    MachineUnknown,
    /// Pods that were bound before the taint was seen may still come.
    MinimumDrain,
    /// The machine's Node has not joined.
    NodeMissing,
    /// The kubelet is not ready.
    NodeNotReady,
    /// The claim's Nodes drain before its machine is ended.
    NodesGone {
        /// How many there are.
        nodes: usize,
    },
    /// Pods must leave the Node.
    PodsLeaving {
        /// How many.
        pods: usize,
    },
    /// A pod can't be evicted yet.
    PodHeld {
        /// The pod.
        pod: PodId,
    },
    /// The claim has not been quiet for as long as its pool asks for.
    Quiet,
    /// The rule is applied again from time to time, as what it compares with may change unnoticed.
    Recheck,
    /// The launched machine's time to join runs.
    RegistrationDeadline,
    /// A resource that was asked for is not on the Node yet.
    ResourceNotRegistered {
        /// The resource.
        resource: ResourceName,
    },
    /// Several Nodes say that they are this machine.
    SeveralNodes {
        /// How many.
        nodes: usize,
    },
    /// The Node still has startup taints.
    StartupTaints {
        /// The taints.
        taints: Vec<Taint>,
    },
    /// Too many Nodes are unhealthy for the cause to be in one of them.
    TooManyUnhealthy {
        /// How many are unhealthy.
        unhealthy: usize,
        /// Of how many.
        of: usize,
    },
    /// The Node's condition may still get better.
    UnhealthyTolerated,
    /// Not every object of the cluster has been seen.
    Unsynced,
}

impl Waiting {
    /// The stable code.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::AttachedVolumes { .. } => "attached-volumes",
            Self::DriverPools { .. } => "driver-pools",
            Self::EphemeralTaints { .. } => "ephemeral-taints",
            Self::Expiry => "expiry",
            Self::Hooks { .. } => "hooks",
            Self::Launch => "launch",
            Self::LaunchDeadline => "launch-deadline",
            Self::LaunchRetry => "launch-retry",
            Self::LimitReached => "limit-reached",
            Self::MachineGone => "machine-gone",
            Self::MachineNotOurs => "machine-not-ours",
            Self::MachineUnknown => "machine-unknown",
            Self::MinimumDrain => "minimum-drain",
            Self::NodeMissing => "node-missing",
            Self::NodeNotReady => "node-not-ready",
            Self::NodesGone { .. } => "nodes-gone",
            Self::PodsLeaving { .. } => "pods-leaving",
            Self::PodHeld { .. } => "pod-held",
            Self::Quiet => "quiet",
            Self::Recheck => "recheck",
            Self::RegistrationDeadline => "registration-deadline",
            Self::ResourceNotRegistered { .. } => "resource-not-registered",
            Self::SeveralNodes { .. } => "several-nodes",
            Self::StartupTaints { .. } => "startup-taints",
            Self::TooManyUnhealthy { .. } => "too-many-unhealthy",
            Self::UnhealthyTolerated => "unhealthy-tolerated",
            Self::Unsynced => "unsynced",
        }
    }
}

impl fmt::Display for Waiting {
    /// One line for people.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::AttachedVolumes { attachments } => {
                write!(f, "volumes are still attached: {}", attachments.join(", "))
            }
            Self::DriverPools { drivers } => {
                write!(f, "device drivers have not published: {}", drivers.join(", "))
            }
            Self::EphemeralTaints { taints } | Self::StartupTaints { taints } => {
                let taints: Vec<String> = taints.iter().map(ToString::to_string).collect();
                write!(f, "the node still has the taints {}", taints.join(", "))
            }
            Self::Hooks { names } => write!(f, "registration hooks hold: {}", names.join(", ")),
            Self::NodesGone { nodes } => write!(f, "{nodes} nodes of the claim are still there"),
            Self::PodsLeaving { pods } => write!(f, "{pods} pods are waiting to be evicted"),
            Self::PodHeld { pod } => write!(f, "pod `{pod}` can't be evicted yet"),
            Self::ResourceNotRegistered { resource } => {
                write!(f, "the node has no `{resource}` yet")
            }
            Self::SeveralNodes { nodes } => write!(f, "{nodes} nodes say that they are it"),
            Self::TooManyUnhealthy { unhealthy, of } => {
                write!(f, "{unhealthy} of {of} nodes are unhealthy")
            }
            Self::Expiry
            | Self::Launch
            | Self::LaunchDeadline
            | Self::LaunchRetry
            | Self::LimitReached
            | Self::MachineGone
            | Self::MachineNotOurs
            | Self::MachineUnknown
            | Self::MinimumDrain
            | Self::NodeMissing
            | Self::NodeNotReady
            | Self::Quiet
            | Self::Recheck
            | Self::RegistrationDeadline
            | Self::UnhealthyTolerated
            | Self::Unsynced => f.write_str(&self.code().replace('-', " ")),
        }
    }
}
