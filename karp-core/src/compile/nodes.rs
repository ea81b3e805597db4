//! Machines that are there, as places for pods: what is free, which labels and taints; not who gets it.

use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::{
    algebra::{Algebra, ReqId, SetId},
    bits::Bits,
    daemons::ReadDaemon,
    forms::Forms,
    names::{KeyId, ValueId},
    reader::Reader,
    resource::Axis,
    table::{Id, Rows, Table, id_types},
    tolerance::TaintsId,
    topology::Station,
};
use crate::{
    model::{HostPort, NodeName, NodePoolName, Pod, ResourceName, Resources, label},
    snapshot::{Snapshot, StateNode},
};

id_types! {
    /// A machine that is there, in the order in which they are tried.
    NodeIx;
}

/// Machines that are there, in the order in which they are tried: initialized ones first, then by name.
#[derive(Clone, Debug)]
pub(crate) struct Nodes {
    /// Labels and taints.
    pub(crate) places: Table<NodeIx, NodePlace>,
    /// What is free for pods.
    pub(crate) free: Rows<NodeIx, i64>,
    /// Those that take no pods of nodes which a simulation takes away.
    pub(crate) shielded: Bits,
}

/// A machine that is there.
#[derive(Clone, Debug)]
pub(crate) struct NodePlace {
    /// Name.
    pub(crate) name: NodeName,
    /// Its labels, as far as anybody asks for them, without the host name.
    pub(crate) set: SetId,
    /// Taints.
    pub(crate) taints: TaintsId,
    /// Host name.
    pub(crate) host: Host,
    /// Host ports that its pods take.
    pub(crate) ports: Vec<HostPort>,
    /// Whether less than nothing of some resource is free: it then takes no pod, whatever the pod asks for.
    pub(crate) is_overbooked: bool,
    /// Whether the machine joined completely.
    pub(crate) is_initialized: bool,
}

/// A host name.
#[derive(Clone, Debug)]
pub(crate) struct Host {
    text: Arc<str>,
    /// Its number, if somebody asks for it.
    value: Option<ValueId>,
}

impl Host {
    /// The host of this name.
    pub(crate) fn new(text: &Arc<str>, algebra: &Algebra, key: Option<KeyId>) -> Self {
        let value = key.and_then(|key| algebra.names().of(key).value(text));
        Self { text: Arc::clone(text), value }
    }

    /// Whether a demand allows it.
    pub(crate) fn meets(&self, algebra: &Algebra, demand: ReqId) -> bool {
        match self.value {
            Some(value) => algebra.admits(demand, value),
            None => algebra.admits_unmentioned(demand, &self.text),
        }
    }
}

/// What pods on nodes already take.
pub(super) struct Load<'s> {
    by_node: FxHashMap<&'s str, Vec<&'s Arc<Pod>>>,
}

impl<'s> Load<'s> {
    /// Pods that are bound and not finished, by the name of their Node.
    pub(super) fn of(snapshot: &'s Snapshot) -> Self {
        let mut by_node: FxHashMap<&str, Vec<&Arc<Pod>>> = FxHashMap::default();
        for pod in &snapshot.pods {
            if let Some(node) = pod.status.node.as_ref().filter(|_| !pod.is_finished()) {
                by_node.entry(node.as_str()).or_default().push(pod);
            }
        }
        Self { by_node }
    }

    /// Pods on a machine.
    pub(super) fn on(&self, state: &StateNode) -> &[&'s Arc<Pod>] {
        state
            .node
            .as_ref()
            .and_then(|node| self.by_node.get(node.name.as_str()))
            .map_or(&[], Vec::as_slice)
    }
}

/// Reads the machines that stay.
pub(super) fn read(
    (states, shielded): (&[StateNode], &[bool]),
    load: &Load<'_>,
    daemons: &[ReadDaemon],
    (reader, axis): (Reader<'_>, &Axis),
    forms: &mut Forms,
) -> Nodes {
    let mut staying: Vec<(&StateNode, bool)> =
        states.iter().zip(shielded.iter().copied()).filter(|(state, _)| !state.deleting).collect();
    staying.sort_by(|(a, _), (b, _)| (!a.initialized, &a.name).cmp(&(!b.initialized, &b.name)));
    let host_key = forms.algebra.names().host();
    let mut nodes =
        Nodes { places: Table::default(), free: Rows::new(axis.len()), shielded: Bits::default() };
    for (state, is_shielded) in staying {
        let set = reader.labels(&mut forms.algebra, &state.labels, host_key);
        let taints = forms.tolerance.taints(&state.taints);
        let host = Host::new(&state.host_name, &forms.algebra, host_key);
        let mut coming = Resources::new();
        for daemon in daemons {
            let allows = |algebra: &Algebra, demand| host.meets(algebra, demand);
            if daemon.runs_on_node((set, taints), allows, forms) {
                coming = coming.merge(daemon.requests());
            }
        }
        let free = free(state, load.on(state), &coming);
        let is_overbooked = free.iter().any(|(_, amount)| amount < 0);
        nodes.free.push(&axis.row(&free), 0);
        let name = NodeName::new(Arc::clone(&state.name));
        let ports = load.on(state).iter().flat_map(|pod| pod.spec.host_ports.iter().copied());
        let ports = ports.collect();
        let is_initialized = state.initialized;
        let place = NodePlace { name, set, taints, host, ports, is_overbooked, is_initialized };
        let node = nodes.places.push(place);
        if is_shielded {
            nodes.shielded.insert(node.index());
        }
    }
    nodes
}

/// Every Node as far as pods on it are counted, whether it stays or goes, with its name.
pub(super) fn stations<'s>(
    states: &'s [StateNode],
    nodes: &Nodes,
    reader: Reader<'_>,
    forms: &mut Forms,
) -> Vec<(&'s str, Station)> {
    let host_key = forms.algebra.names().host();
    let places: FxHashMap<&str, NodeIx> =
        nodes.places.iter().map(|(id, place)| (place.name.as_str(), id)).collect();
    states
        .iter()
        .filter_map(|state| Some((state, state.node.as_ref()?)))
        .map(|(state, node)| {
            let host = node
                .labels
                .get(label::HOSTNAME)
                .map_or_else(|| Arc::from(node.name.as_str()), |host| Arc::from(host.as_str()));
            let station = Station {
                place: places.get(&*state.name).copied(),
                set: reader.labels(&mut forms.algebra, &node.labels, host_key),
                // As the Node has them: taints that a start removes count as long as they are there.
                taints: forms.tolerance.taints(&node.taints),
                host: Host::new(&host, &forms.algebra, host_key),
            };
            (node.name.as_str(), station)
        })
        .collect()
}

/// What is free for pods: allocatable, less the pods that are there, less the daemons that are still to come.
fn free(state: &StateNode, pods: &[&Arc<Pod>], daemons: &Resources) -> Resources {
    let mut taken = Resources::new();
    let mut running = Resources::new();
    for pod in pods {
        taken.add(&pod.spec.requests);
        if pod.is_daemon() {
            running.add(&pod.spec.requests);
        }
    }
    let count = |pods: usize| i64::try_from(pods).unwrap_or(i64::MAX);
    taken.set(ResourceName::PODS, count(pods.len()));
    running.set(ResourceName::PODS, count(pods.iter().filter(|pod| pod.is_daemon()).count()));
    let coming: Resources = daemons
        .subtract(&running)
        .iter()
        .map(|(name, amount)| (name.clone(), amount.max(0)))
        .collect();
    state.allocatable.subtract(&taken).subtract(&coming)
}

/// Capacity that each pool already has, with its nodes counted: what its limits are compared with.
pub(super) fn usage(states: &[StateNode]) -> FxHashMap<NodePoolName, Resources> {
    let mut usage: FxHashMap<NodePoolName, Resources> = FxHashMap::default();
    for state in states.iter().filter(|state| !state.deleting) {
        if let Some(pool) = state.pool() {
            let sum = usage.entry(pool).or_default();
            sum.add(&state.capacity);
            sum.set(ResourceName::NODES, sum.amount(&ResourceName::NODES).saturating_add(1));
        }
    }
    usage
}
