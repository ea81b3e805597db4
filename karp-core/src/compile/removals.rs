//! What each node would leave behind if it were gone: pods to place elsewhere, room under limits; not where the pods go.

use rustc_hash::FxHashMap;

use super::{
    nodes::NodeIx,
    pools::{Pools, TemplateIx},
    problem::PodIx,
    table::Table,
    topology::{GroupId, NodeDomain, Share},
};
use crate::{
    model::{NodeName, ResourceName},
    snapshot::StateNode,
};

/// Per node: what follows when it goes. Empty unless asked for.
#[derive(Clone, Debug, Default)]
pub(crate) struct Removals {
    nodes: Table<NodeIx, Removal>,
    by_name: FxHashMap<String, NodeIx>,
    /// How many nodes give each domain.
    domains: FxHashMap<NodeDomain, usize>,
    /// Place of each pod in the order in which pods are tried.
    ranks: Table<PodIx, u32>,
}

/// What a group counts of a node's pods.
pub(super) type NodeShare = (NodeIx, GroupId, Share);

/// What follows when a node goes.
#[derive(Clone, Debug, Default)]
pub(crate) struct Removal {
    /// Pods that need another place.
    pub(crate) pods: Vec<PodIx>,
    /// The pool that gets room under its limits, and how much of each.
    pub(crate) released: Option<(TemplateIx, Vec<i64>)>,
    /// What groups count of those pods.
    pub(crate) shares: Vec<(GroupId, Share)>,
    /// Domains that the node gives.
    pub(crate) domains: Vec<NodeDomain>,
}

impl Removals {
    /// Reads nodes in the order of their ids, and the pods that run on them with the names of their Nodes.
    pub(super) fn new<'a>(
        states: impl Iterator<Item = Option<&'a StateNode>>,
        homes: impl Iterator<Item = (PodIx, &'a NodeName)>,
        (shares, domains): (Vec<NodeShare>, Vec<(NodeIx, NodeDomain)>),
        (pools, queue): (&Pools, &[PodIx]),
    ) -> Self {
        let mut removals = Self::default();
        let mut of_node: FxHashMap<&str, NodeIx> = FxHashMap::default();
        for state in states {
            let released = state.and_then(|state| released(state, pools));
            let node = removals.nodes.push(Removal { released, ..Removal::default() });
            if let Some(state) = state {
                removals.by_name.insert(state.name.to_string(), node);
                of_node.extend(state.node.as_ref().map(|own| (own.name.as_str(), node)));
            }
        }
        for (pod, node) in homes {
            if let Some(&node) = of_node.get(node.as_str()) {
                removals.nodes[node].pods.push(pod);
            }
        }
        for (node, group, share) in shares {
            removals.nodes[node].shares.push((group, share));
        }
        for (node, domain) in domains {
            removals.nodes[node].domains.push(domain);
            *removals.domains.entry(domain).or_default() += 1;
        }
        for (rank, &pod) in queue.iter().enumerate() {
            removals.ranks.reach(pod, || u32::MAX);
            removals.ranks[pod] = u32::try_from(rank).unwrap_or(u32::MAX);
        }
        removals
    }

    /// What follows when a node goes.
    pub(crate) fn of(&self, node: NodeIx) -> Option<&Removal> {
        self.nodes.get(node)
    }

    /// The node of a machine.
    pub(crate) fn node(&self, name: &str) -> Option<NodeIx> {
        self.by_name.get(name).copied()
    }

    /// How many nodes give a domain.
    pub(crate) fn nodes_with(&self, domain: NodeDomain) -> usize {
        self.domains.get(&domain).copied().unwrap_or(0)
    }

    /// Place of a pod in the order in which pods are tried; last for one that is not tried.
    pub(crate) fn rank(&self, pod: PodIx) -> u32 {
        self.ranks.get(pod).copied().unwrap_or(u32::MAX)
    }
}

/// What a machine takes of its pool's limits.
fn released(state: &StateNode, pools: &Pools) -> Option<(TemplateIx, Vec<i64>)> {
    let pool = state.pool()?;
    let (id, template) = pools.templates.iter().find(|(_, template)| template.pool.name == pool)?;
    if template.limits.is_empty() {
        return None;
    }
    let amount = |resource: &ResourceName| {
        if *resource == ResourceName::NODES { 1 } else { state.capacity.amount(resource) }
    };
    Some((id, template.limits.iter().map(|limit| amount(&limit.resource)).collect()))
}
