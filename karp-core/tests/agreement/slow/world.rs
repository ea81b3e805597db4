//! Places: nodes that are there, templates of machines, machines opened in this round.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use karp_core::{
    model::{
        HostPort, InstanceType, NodeClaimName, NodePool, Pod, PodId, Requirement, Requirements,
        ResourceName, Resources, label,
    },
    policy::Policy,
    snapshot::{Snapshot, StateNode},
};

use super::{
    daemon, fit, terms,
    volume::{self, Disk},
};

/// A node of the cluster, or a claim whose Node has not come yet.
#[derive(Clone, Debug)]
pub(crate) struct Node {
    pub(crate) state: StateNode,
    /// Labels, narrowed by the pods placed in this round.
    pub(crate) requirements: Requirements,
    /// What is free.
    pub(crate) free: Resources,
    /// Ports that are taken on the host.
    pub(crate) ports: Vec<HostPort>,
    /// Volumes that are attached.
    pub(crate) disks: BTreeSet<Disk>,
    /// Pods placed in this round.
    pub(crate) pods: Vec<PodId>,
}

/// What machines of a pool start from.
#[derive(Clone, Debug)]
pub(crate) struct Template {
    pub(crate) pool: Arc<NodePool>,
    pub(crate) requirements: Requirements,
    /// Types that meet the pool's own requirements; empty = the pool makes no machines.
    pub(crate) types: Vec<Kind>,
    /// What is left of each limit; none = no limits.
    pub(crate) remaining: Option<BTreeMap<ResourceName, i64>>,
}

/// An instance type and the daemons that would run on it.
#[derive(Clone, Debug)]
pub(crate) struct Kind {
    pub(crate) instance_type: Arc<InstanceType>,
    pub(crate) daemons: Resources,
    /// Ports that they take on the host.
    pub(crate) ports: Vec<HostPort>,
}

/// A machine opened in this round.
#[derive(Clone, Debug)]
pub(crate) struct Machine {
    pub(crate) name: NodeClaimName,
    /// Index of its template.
    pub(crate) template: usize,
    pub(crate) requirements: Requirements,
    /// Types that still hold everything.
    pub(crate) types: Vec<Kind>,
    /// What its pods ask for, without daemons.
    pub(crate) requests: Resources,
    /// Ports that its pods take on the host.
    pub(crate) ports: Vec<HostPort>,
    /// Reservations of which it holds one machine.
    pub(crate) held: BTreeSet<String>,
    pub(crate) pods: Vec<PodId>,
}

/// Nodes that take pods, in the order in which they are tried.
pub(crate) fn nodes((snapshot, policy): (&Snapshot, &Policy), states: &[StateNode]) -> Vec<Node> {
    let mut nodes: Vec<Node> = states
        .iter()
        .filter(|state| !state.deleting)
        .map(|state| {
            let bound: Vec<&Arc<Pod>> = snapshot
                .pods
                .iter()
                .filter(|pod| terms::is_on(pod, state) && !pod.is_finished())
                .collect();
            let mut requirements = terms::of_labels(&state.labels, &snapshot.vocabulary);
            requirements.replace(Requirement::equals(label::HOSTNAME, &*state.host_name));
            let free = state.allocatable.subtract(&terms::requests_of(&bound));
            let free = free.subtract(&daemon::still_to_come((snapshot, policy), state, &bound));
            let ports = bound.iter().flat_map(|pod| pod.spec.host_ports.iter().copied()).collect();
            let disks = bound.iter().flat_map(|pod| volume::disks(pod, snapshot)).collect();
            Node { state: state.clone(), requirements, free, ports, disks, pods: Vec::new() }
        })
        .collect();
    nodes.sort_by_key(|node| (!node.state.initialized, Arc::clone(&node.state.name)));
    nodes
}

/// Pools that make machines for pods, in the order in which they are tried.
pub(crate) fn usable_pools(snapshot: &Snapshot) -> Vec<Arc<NodePool>> {
    let mut pools: Vec<Arc<NodePool>> = snapshot
        .node_pools
        .iter()
        .filter(|pool| {
            !pool.is_static()
                && pool.is_ready()
                && pool.deleting_since.is_none()
                && !snapshot.excluded_pools.contains_key(&pool.name)
        })
        .cloned()
        .collect();
    pools.sort_by(|a, b| (b.weight, &b.name).cmp(&(a.weight, &a.name)));
    pools
}

/// The template of each pool.
pub(crate) fn templates(
    (snapshot, policy): (&Snapshot, &Policy),
    states: &[StateNode],
) -> Vec<Template> {
    let pools = usable_pools(snapshot).into_iter();
    pools.map(|pool| template((snapshot, policy), states, pool)).collect()
}

fn template(
    (snapshot, policy): (&Snapshot, &Policy),
    states: &[StateNode],
    pool: Arc<NodePool>,
) -> Template {
    let vocabulary = &snapshot.vocabulary;
    let mut requirements = terms::of_labels(&pool.template.labels, vocabulary);
    terms::add_entries(&mut requirements, &pool.template.requirements, vocabulary);
    let class = &pool.template.node_class;
    if !class.kind.is_empty() {
        requirements.add(Requirement::equals(&class.label_key(), class.name.as_str()));
    }
    requirements.add(Requirement::equals(label::NODE_POOL, pool.name.as_str()));
    // Daemons may ask for these two; machines get them later, so they are no demand on the machine.
    requirements.add(Requirement::equals(label::REGISTERED, "true"));
    requirements.add(Requirement::equals(label::INITIALIZED, "true"));
    let requirements = requirements.offered();
    let all: Vec<Kind> = snapshot
        .types_of(&pool.name)
        .iter()
        .map(|kind| Kind {
            instance_type: Arc::clone(kind),
            daemons: Resources::new(),
            ports: Vec::new(),
        })
        .collect();
    let mut types = fit::types_that_hold(&all, &requirements, &Resources::new(), vocabulary);
    for kind in &mut types {
        (kind.daemons, kind.ports) =
            daemon::on_new_machine((snapshot, policy), &pool, &requirements, &kind.instance_type);
    }
    let remaining = pool.limits.as_ref().map(|limits| remaining(limits, &pool, states));
    Template { pool, requirements, types, remaining }
}

/// Limits less what the pool's nodes have.
fn remaining(
    limits: &Resources,
    pool: &NodePool,
    states: &[StateNode],
) -> BTreeMap<ResourceName, i64> {
    let of_pool = |state: &&StateNode| !state.deleting && state.pool().as_ref() == Some(&pool.name);
    limits
        .iter()
        .map(|(name, limit)| {
            let used = states
                .iter()
                .filter(of_pool)
                .map(|state| if terms::is_nodes(name) { 1 } else { state.capacity.amount(name) });
            (name.clone(), limit - used.sum::<i64>())
        })
        .collect()
}

impl Template {
    /// A machine with nothing on it, of the types that the limits leave.
    ///
    /// None when no type is left.
    pub(crate) fn open(&self, index: usize, name: NodeClaimName) -> Option<Machine> {
        let types: Vec<Kind> =
            self.types.iter().filter(|kind| self.is_within_limits(kind)).cloned().collect();
        let mut requirements = self.requirements.clone();
        requirements.add(Requirement::equals(label::HOSTNAME, terms::placeholder(&name).as_str()));
        (!types.is_empty() && !self.is_out_of_nodes()).then_some(Machine {
            name,
            template: index,
            requirements,
            types,
            requests: Resources::new(),
            ports: Vec::new(),
            held: BTreeSet::new(),
            pods: Vec::new(),
        })
    }

    /// Counts an opened machine against the limits: as the largest of its types in each resource.
    pub(crate) fn count(&mut self, machine: &Machine) {
        for (name, left) in self.remaining.iter_mut().flatten() {
            let largest = machine.types.iter().map(|kind| kind.instance_type.capacity.amount(name));
            *left -= if terms::is_nodes(name) { 1 } else { largest.max().unwrap_or(0) };
        }
    }

    pub(crate) fn is_out_of_nodes(&self) -> bool {
        self.remaining.iter().flatten().any(|(name, left)| terms::is_nodes(name) && *left <= 0)
    }

    fn is_within_limits(&self, kind: &Kind) -> bool {
        self.remaining
            .iter()
            .flatten()
            .all(|(name, left)| kind.instance_type.capacity.amount(name) <= *left)
    }
}
