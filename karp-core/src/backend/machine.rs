//! Machines as the cloud knows them, and asking after them; not Nodes.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::LaunchToken;
use crate::model::{
    CapacityType, InstanceTypeName, Labels, NodeClaimName, NodePoolName, Resources, Timestamp,
};

/// Id of a machine at the cloud, as its Node says it in `spec.providerID`.
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(transparent)]
pub struct MachineId(Arc<str>);

impl MachineId {
    /// The id of this text.
    pub fn new(id: impl Into<Arc<str>>) -> Self {
        Self(id.into())
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for MachineId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(&self.0)
    }
}

/// A machine that was launched through this backend for this cluster.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
#[serde(rename_all = "camelCase")]
pub struct Machine {
    /// Its id.
    pub id: MachineId,
    /// The token that it was launched with; none when the cloud does not keep it.
    pub token: Option<LaunchToken>,
    /// The claim that it was launched for; none when the cloud does not keep it.
    pub claim: Option<NodeClaimName>,
    /// The pool of that claim; none when the cloud does not keep it.
    pub node_pool: Option<NodePoolName>,
    /// How far it is.
    pub state: MachineState,
    /// Its type.
    pub instance_type: InstanceTypeName,
    /// Its zone; none for a cloud without zones.
    pub zone: Option<String>,
    /// How it is paid.
    pub capacity_type: CapacityType,
    /// The reservation that it uses.
    pub reservation: Option<String>,
    /// Labels that its Node will carry because of what it is: type, zone, architecture and so on.
    pub labels: Labels,
    /// What it has in all.
    pub capacity: Resources,
    /// What pods can use.
    pub allocatable: Resources,
    /// Image that it runs; empty when unknown.
    pub image_id: String,
    /// When it was launched.
    pub launched_at: Timestamp,
}

/// How far a machine is.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum MachineState {
    /// Accepted; may still fail to start.
    Pending,
    /// Runs.
    Running,
    /// Stopped, not gone.
    Stopped,
    /// Is being ended.
    Terminating,
    /// Gone; lists may omit it.
    Terminated,
}

impl MachineState {
    /// Whether the machine is, or will be, there and paid for.
    pub const fn is_alive(self) -> bool {
        !matches!(self, Self::Terminating | Self::Terminated)
    }
}

impl Machine {
    /// A pending machine.
    pub fn new(
        id: MachineId,
        instance_type: impl Into<InstanceTypeName>,
        capacity_type: CapacityType,
        launched_at: Timestamp,
    ) -> Self {
        Self {
            id,
            token: None,
            claim: None,
            node_pool: None,
            state: MachineState::Pending,
            instance_type: instance_type.into(),
            zone: None,
            capacity_type,
            reservation: None,
            labels: Labels::new(),
            capacity: Resources::new(),
            allocatable: Resources::new(),
            image_id: String::new(),
            launched_at,
        }
    }
}

/// Asks for the machines that are ours.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub struct MachinesRequest {
    /// Only those of this pool.
    pub node_pool: Option<NodePoolName>,
    /// Where the last answer stopped.
    pub page: Option<String>,
}

impl MachinesRequest {
    /// Asks for all.
    pub fn new() -> Self {
        Self::default()
    }

    /// Asks for those of one pool.
    #[must_use]
    pub fn of_pool(mut self, pool: impl Into<NodePoolName>) -> Self {
        self.node_pool = Some(pool.into());
        self
    }

    /// Goes on where an answer stopped.
    #[must_use]
    pub fn from_page(mut self, page: impl Into<String>) -> Self {
        self.page = Some(page.into());
        self
    }
}

/// Machines that are ours.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Machines {
    /// The machines; those that are gone may be omitted.
    pub machines: Vec<Machine>,
    /// Where to go on; none = this was the end.
    pub next_page: Option<String>,
}

impl Machines {
    /// All of them.
    pub const fn new(machines: Vec<Machine>) -> Self {
        Self { machines, next_page: None }
    }

    /// Some of them; ask again from `next_page`.
    pub fn with_more(machines: Vec<Machine>, next_page: impl Into<String>) -> Self {
        Self { machines, next_page: Some(next_page.into()) }
    }
}

/// Asks for one machine.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct MachineRequest {
    /// Which.
    pub key: MachineKey,
}

/// What identifies a machine.
#[derive(Clone, Debug, Eq, PartialEq)]
#[expect(clippy::exhaustive_enums, reason = "a backend must answer for both")]
pub enum MachineKey {
    /// Its id.
    Id(MachineId),
    /// The token that it was launched with.
    Token(LaunchToken),
}

impl MachineRequest {
    /// Asks by id.
    pub const fn by_id(id: MachineId) -> Self {
        Self { key: MachineKey::Id(id) }
    }

    /// Asks by launch token: finds a machine whose launch was not answered.
    pub const fn by_token(token: LaunchToken) -> Self {
        Self { key: MachineKey::Token(token) }
    }
}
