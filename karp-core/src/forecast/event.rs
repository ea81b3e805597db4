//! What happens in a forecast, instant by instant; not why.

use std::fmt;

use serde::Serialize;

use super::Fleet;
use crate::{
    disrupt::{Command, Method, Unconfirmed},
    model::{InstanceTypeName, NodeClaimName, NodeName, NodePoolName, PodId, Price, Timestamp},
};

/// Something that happens.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
#[non_exhaustive]
#[serde(rename_all = "camelCase")]
pub struct Event {
    /// When.
    pub at: Timestamp,
    /// What.
    #[serde(flatten)]
    pub what: Happening,
    /// The machines before.
    pub before: Fleet,
    /// The machines once it is carried out; what others do meanwhile is not in it.
    pub after: Fleet,
}

/// What happens.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
#[non_exhaustive]
#[serde(rename_all = "kebab-case", rename_all_fields = "camelCase", tag = "event")]
pub enum Happening {
    /// A provisioning round buys machines for pods that have no place, or whose node goes.
    Bought {
        /// The machines.
        machines: Vec<Purchase>,
    },
    /// A command is started.
    Disrupted {
        /// The command.
        command: Box<Command>,
        /// What was bought for it.
        replacements: Vec<Purchase>,
    },
    /// A claim reached the end of its life; its node drains whatever budgets say.
    Expired {
        /// Its node; the claim's name when it has none.
        node: NodeName,
    },
    /// A draining node can't go on, as pods on it are protected.
    Held {
        /// The node.
        node: NodeName,
        /// The pods.
        pods: Vec<PodId>,
    },
    /// Of a replacement nothing that its request lists can be had: the command is given up.
    NotLaunched {
        /// What found it.
        method: Method,
        /// Its nodes, which stay.
        nodes: Vec<NodeName>,
    },
    /// A machine is gone.
    Removed {
        /// Its node; the claim's name when it had none.
        node: NodeName,
        /// Pods that went elsewhere, or wait, those that left it while others held it included.
        pods: usize,
    },
    /// A command was not right any more when it was looked at again.
    Unconfirmed {
        /// What found it.
        method: Method,
        /// Its nodes, which stay.
        nodes: Vec<NodeName>,
        /// Why.
        why: Unconfirmed,
    },
}

/// A machine that is bought.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
#[non_exhaustive]
#[serde(rename_all = "camelCase")]
pub struct Purchase {
    /// Its claim and, once it has joined, its Node.
    pub claim: NodeClaimName,
    /// Its pool.
    pub node_pool: NodePoolName,
    /// Its type.
    pub instance_type: InstanceTypeName,
    /// Its zone; empty for a cloud without zones.
    pub zone: String,
    /// `on-demand`, `spot` or `reserved`.
    pub capacity_type: String,
    /// What it costs per hour.
    pub price: Price,
    /// Pods that it is bought for.
    pub pods: Vec<PodId>,
}

impl Happening {
    /// The nodes that it is about.
    pub fn nodes(&self) -> &[NodeName] {
        match self {
            Self::Bought { .. } => &[],
            Self::Disrupted { command, .. } => &command.nodes,
            Self::Expired { node } | Self::Held { node, .. } | Self::Removed { node, .. } => {
                std::slice::from_ref(node)
            }
            Self::NotLaunched { nodes, .. } | Self::Unconfirmed { nodes, .. } => nodes,
        }
    }
}

impl fmt::Display for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.what.fmt(f)
    }
}

impl fmt::Display for Happening {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bought { machines } => {
                f.write_str("provisioning: buy ")?;
                purchases(f, machines)
            }
            Self::Disrupted { command, replacements } if replacements.is_empty() => command.fmt(f),
            Self::Disrupted { command, replacements } => {
                write!(f, "{}: replace {} by ", command.method, names(&command.nodes))?;
                purchases(f, replacements)?;
                let (after, before) = (command.price_after, command.price_before);
                write!(f, " ({after} instead of {before} USD per hour)")
            }
            Self::Expired { node } => write!(f, "expiry: {node} reached its age"),
            Self::Held { node, pods } => {
                let pods: Vec<String> = pods.iter().map(ToString::to_string).collect();
                write!(f, "drain of {node} is held by protected pods: {}", pods.join(", "))
            }
            Self::NotLaunched { method, nodes } => {
                write!(f, "{method}: {} stays, its replacement can't be had", names(nodes))
            }
            Self::Removed { node, pods } => write!(f, "{node} is gone, {pods} pods moved"),
            Self::Unconfirmed { method, nodes, why } => {
                write!(f, "{method}: {} stays: {why}", names(nodes))
            }
        }
    }
}

fn names(nodes: &[NodeName]) -> String {
    nodes.iter().map(NodeName::as_str).collect::<Vec<_>>().join(", ")
}

fn purchases(f: &mut fmt::Formatter<'_>, machines: &[Purchase]) -> fmt::Result {
    for (index, machine) in machines.iter().enumerate() {
        let comma = if index == 0 { "" } else { ", " };
        let Purchase { claim, instance_type, capacity_type, .. } = machine;
        write!(f, "{comma}{claim} ({instance_type}, {capacity_type})")?;
    }
    Ok(())
}
