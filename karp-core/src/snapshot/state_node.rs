//! A node and its claim seen as one; not what is free on it.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use super::{Part, Snapshot};
use crate::model::{
    Condition, ConditionStatus, Effect, Labels, Node, NodeClaim, NodePoolName, Resources, Taint,
    condition, label,
};

/// A machine of the cluster as scheduling sees it: a Node, a claim whose Node has not come yet, or both as one.
///
/// Which side a property is taken from follows how far the machine got; see docs/src/scheduling.md, "Existing nodes".
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct StateNode {
    /// Name of the Node; until it is registered, of the claim.
    pub name: Arc<str>,
    /// The Node, if it is there.
    pub node: Option<Arc<Node>>,
    /// The claim, if the machine is managed.
    pub claim: Option<Arc<NodeClaim>>,
    /// Whether the Node joined completely; an unmanaged node always has.
    pub registered: bool,
    /// Whether the Node's resources and startup taints are final; an unmanaged node's always are.
    pub initialized: bool,
    /// Whether it is on its way out: it takes no pods and its pods look for other places.
    pub deleting: bool,
    /// Labels.
    pub labels: Part<Labels>,
    /// Value of the host name label, or the name.
    pub host_name: Arc<str>,
    /// Taints that count for pods.
    pub taints: Vec<Taint>,
    /// What it has in all.
    pub capacity: Part<Resources>,
    /// What pods can use.
    pub allocatable: Part<Resources>,
}

impl StateNode {
    /// The pool that it belongs to, by its label.
    pub fn pool(&self) -> Option<NodePoolName> {
        self.labels.get(label::NODE_POOL).map(|pool| NodePoolName::from(pool.as_str()))
    }

    /// Merges a Node and its claim.
    ///
    /// None when both are absent.
    pub fn merge(node: Option<&Arc<Node>>, claim: Option<&Arc<NodeClaim>>) -> Option<Self> {
        match (node, claim) {
            (None, None) => None,
            (Some(node), None) => Some(Self::unmanaged(node)),
            (node, Some(claim)) => Some(Self::managed(node, claim)),
        }
    }

    fn unmanaged(node: &Arc<Node>) -> Self {
        Self {
            name: Arc::from(node.name.as_str()),
            claim: None,
            registered: true,
            initialized: true,
            deleting: node.deleting_since.is_some(),
            labels: Part::of_node(node, |node| &node.labels),
            host_name: host_name(&node.labels, &node.name),
            taints: taints_of(node),
            capacity: Part::of_node(node, |node| &node.capacity),
            allocatable: Part::of_node(node, |node| &node.allocatable),
            node: Some(Arc::clone(node)),
        }
    }

    fn managed(node: Option<&Arc<Node>>, claim: &Arc<NodeClaim>) -> Self {
        let has = |key| node.is_some_and(|node| is_true(&node.labels, key));
        let registered = has(label::REGISTERED);
        let initialized = has(label::INITIALIZED);
        let (name, labels) = match node {
            Some(node) if registered => {
                (node.name.as_str(), Part::of_node(node, |node| &node.labels))
            }
            _ => (claim.name.as_str(), Part::of_claim(claim, |claim| &claim.labels)),
        };
        let mut taints = match node {
            Some(node) if registered => taints_of(node),
            _ => claim.taints.iter().chain(&claim.startup_taints).cloned().collect(),
        };
        if !initialized {
            taints.retain(|taint| {
                !taint.is_ephemeral()
                    && !claim.startup_taints.iter().any(|startup| startup.is_same(taint))
            });
        }
        let final_or = |of_node: fn(&Node) -> &Resources,
                        of_claim: fn(&NodeClaim) -> &Resources| match node {
            Some(node) if initialized => Part::of_node(node, of_node),
            Some(node) => Part::made(filled(of_node(node), of_claim(claim))),
            None => Part::of_claim(claim, of_claim),
        };
        Self {
            name: Arc::from(name),
            host_name: host_name(&labels, name),
            node: node.map(Arc::clone),
            claim: Some(Arc::clone(claim)),
            registered,
            initialized,
            deleting: claim.deleting_since.is_some() || is_terminating(&claim.status.conditions),
            labels,
            taints,
            capacity: final_or(|node| &node.capacity, |claim| &claim.status.capacity),
            allocatable: final_or(|node| &node.allocatable, |claim| &claim.status.allocatable),
        }
    }
}

/// Every machine of the snapshot, Nodes joined with their claims, in name order.
///
/// A claim belongs to the Node with its provider id, else to the Node that its status names.
pub fn state_nodes(snapshot: &Snapshot) -> Vec<StateNode> {
    let mut by_provider: BTreeMap<&str, &Arc<NodeClaim>> = BTreeMap::new();
    let mut by_node: BTreeMap<&str, &Arc<NodeClaim>> = BTreeMap::new();
    for claim in &snapshot.node_claims {
        if !claim.status.provider_id.is_empty() {
            by_provider.entry(&claim.status.provider_id).or_insert(claim);
        }
        if let Some(node) = &claim.status.node {
            by_node.entry(node).or_insert(claim);
        }
    }
    let mut joined: BTreeSet<&str> = BTreeSet::new();
    let mut states = Vec::with_capacity(snapshot.nodes.len());
    for node in &snapshot.nodes {
        let claim = by_provider
            .get(node.provider_id.as_str())
            .or_else(|| by_node.get(node.name.as_str()))
            .copied();
        if let Some(claim) = claim {
            joined.insert(&claim.name);
        }
        states.extend(StateNode::merge(Some(node), claim));
    }
    for claim in &snapshot.node_claims {
        let launched = !claim.status.provider_id.is_empty() || !claim.status.capacity.is_empty();
        if launched && !joined.contains(claim.name.as_str()) {
            states.extend(StateNode::merge(None, Some(claim)));
        }
    }
    states.sort_by(|a, b| a.name.cmp(&b.name));
    states
}

fn host_name(labels: &Labels, name: &str) -> Arc<str> {
    labels.get(label::HOSTNAME).map_or_else(|| Arc::from(name), |host| Arc::from(host.as_str()))
}

fn is_true(labels: &Labels, key: &str) -> bool {
    labels.get(key).is_some_and(|value| value == "true")
}

/// Whether the claim's machine is being shut down at the cloud.
fn is_terminating(conditions: &[Condition]) -> bool {
    condition(conditions, "InstanceTerminating") == Some(ConditionStatus::True)
}

/// Taint by which the cluster keeps pods off a cordoned node.
const UNSCHEDULABLE_TAINT: &str = "node.kubernetes.io/unschedulable";

/// Taints of a Node; a cordon shows as its taint, which the cluster adds a moment later than the mark in the spec.
fn taints_of(node: &Node) -> Vec<Taint> {
    let mut taints = node.taints.clone();
    let cordon = Taint::new(UNSCHEDULABLE_TAINT, Effect::NoSchedule);
    if node.unschedulable && !taints.iter().any(|taint| taint.is_same(&cordon)) {
        taints.push(cordon);
    }
    taints
}

/// `of_node`, with entries that are missing or zero taken from `of_claim`: a kubelet reports zero of a device until its plugin runs.
fn filled(of_node: &Resources, of_claim: &Resources) -> Resources {
    let mut filled = of_node.clone();
    for (name, amount) in of_claim.iter() {
        if filled.amount(name) == 0 {
            filled.set(name.clone(), amount);
        }
    }
    filled
}
