//! Parts of a snapshot before they know of each other, and how they become one; not the parts themselves.

use std::sync::Arc;

use proptest::{
    option,
    prelude::*,
    sample::{Index, select},
};

use super::{
    capacity_buffer::Room,
    machine::Machine,
    pod::Body,
    stand::{Stand, owner},
    storage::Storage,
    topology::Company,
    word,
};
use crate::{
    model::{
        DaemonSet, HostPort, InstanceType, IntOrPercent, LabelSelector, Namespace, Node, NodeClaim,
        NodeOverlay, NodePool, ObjectId, Pod, PodDisruptionBudget, PodId, PodVolume, Requirement,
        ResourceName, Timestamp, label,
    },
    snapshot::Snapshot,
};

/// 2026-01-15 12:00 UTC.
const NOW: Timestamp = Timestamp::from_unix_seconds(1_768_478_400);

/// A pod without a name.
#[derive(Clone, Debug)]
pub(super) struct PodParts {
    pub(super) namespace: &'static str,
    pub(super) body: Body,
    pub(super) stand: Stand,
    pub(super) company: Company,
    pub(super) ports: Vec<HostPort>,
    pub(super) volumes: Vec<PodVolume>,
}

/// A daemon set and the pods of it that are there.
#[derive(Clone, Debug)]
pub(super) struct DaemonParts {
    pub(super) set: DaemonSet,
    pub(super) ports: Vec<HostPort>,
    pub(super) pods: Vec<DaemonPod>,
}

/// A pod of a daemon set: its node, and a request that admission changed.
#[derive(Clone, Debug)]
pub(super) struct DaemonPod {
    node: Index,
    cpu: Option<i64>,
}

pub(super) fn daemon_pod() -> impl Strategy<Value = DaemonPod> {
    let cpu = option::weighted(0.3, select(&[50_i64, 500][..]));
    (any::<Index>(), cpu).prop_map(|(node, cpu)| DaemonPod { node, cpu })
}

/// Disruption budgets that may block the pods of a node that goes away.
pub(super) fn budget() -> impl Strategy<Value = PodDisruptionBudget> {
    let bound = select(
        &[
            (None, Some(IntOrPercent::Int(0))),
            (None, Some(IntOrPercent::Int(1))),
            (None, Some(IntOrPercent::Percent(0))),
            (Some(IntOrPercent::Percent(100)), None),
            (Some(IntOrPercent::Percent(50)), None),
        ][..],
    );
    (select(&["a", "b"][..]), bound, any::<bool>()).prop_map(|(app, (min, max), unhealthy)| {
        let mut budget = PodDisruptionBudget::new(ObjectId::new("default", "budget"));
        budget.selector = Some(LabelSelector::label("app", app));
        budget.min_available = min;
        budget.max_unavailable = max;
        budget.always_allows_unhealthy = unhealthy;
        budget
    })
}

/// Parts of a snapshot.
#[derive(Clone, Debug)]
pub(super) struct World {
    pub(super) types: Vec<InstanceType>,
    pub(super) pools: Vec<NodePool>,
    pub(super) machines: Vec<Machine>,
    pub(super) daemons: Vec<DaemonParts>,
    pub(super) pods: Vec<PodParts>,
    pub(super) budgets: Vec<PodDisruptionBudget>,
    pub(super) overlays: Vec<NodeOverlay>,
    pub(super) room: Room,
    /// A pool that sells every second type only.
    pub(super) picky: Option<Index>,
    pub(super) storage: Storage,
}

impl World {
    /// Names everything and puts it together; none if the builder refuses it, which it does for no world made here.
    pub(super) fn into_snapshot(self) -> Option<Snapshot> {
        let types: Vec<InstanceType> = numbered(self.types, rename_type);
        let pools: Vec<NodePool> = numbered(self.pools, |index, mut pool: NodePool| {
            pool.name = format!("p{index}").into();
            pool
        });
        let mut nodes: Vec<Node> = Vec::new();
        let mut claims: Vec<NodeClaim> = Vec::new();
        for (index, machine) in self.machines.into_iter().enumerate() {
            let (node, claim) = machine.into_objects(index, &pools, NOW);
            nodes.extend(node);
            claims.extend(claim);
        }
        let mut pods: Vec<Pod> =
            numbered(self.pods, |index, parts: PodParts| parts.into_pod(index, &nodes));
        let mut sets = Vec::new();
        for (index, parts) in self.daemons.into_iter().enumerate() {
            let (set, of_set) = parts.into_objects(index, &nodes);
            sets.push(set);
            pods.extend(of_set);
        }
        let csi_nodes = self.storage.csi_nodes(&nodes);
        let budgets = numbered(self.budgets, |index, mut budget: PodDisruptionBudget| {
            budget.id = ObjectId::new("default", format!("budget-{index}"));
            budget
        });
        let overlays = numbered(self.overlays, |index, mut overlay: NodeOverlay| {
            overlay.name = format!("o{index}");
            overlay
        });
        let namespaces = ["default", "shop", "system"].map(|name| Namespace {
            name: name.to_owned(),
            labels: [("name".to_owned(), name.to_owned())].into(),
        });
        let mut builder = Snapshot::builder(NOW).vocabulary(word::vocabulary());
        if let Some(index) = self.picky.filter(|_| !pools.is_empty()) {
            let some = types.iter().step_by(2).cloned();
            builder = builder.instance_types_of(index.get(&pools).name.clone(), some);
        }
        let builder = builder
            .instance_types(types)
            .node_pools(pools)
            .nodes(nodes)
            .node_claims(claims)
            .daemon_sets(sets)
            .pods(pods)
            .pod_disruption_budgets(budgets)
            .namespaces(namespaces)
            .volume_claims(self.storage.claims)
            .volumes(self.storage.volumes)
            .storage_classes(self.storage.classes)
            .csi_nodes(csi_nodes)
            .overlays(overlays);
        self.room.add_to(builder).build().ok()
    }
}

impl PodParts {
    /// The pod of this number as it stands; numbers and creation times are not in step.
    fn into_pod(self, index: usize, nodes: &[Node]) -> Pod {
        let mut body = self.body;
        self.company.apply(&mut body.spec);
        body.spec.host_ports = self.ports;
        body.spec.volumes = self.volumes;
        let pod = body.into_pod(PodId::new(self.namespace, format!("pod-{index}")));
        self.stand.apply(pod, nodes, NOW)
    }
}

impl DaemonParts {
    /// The daemon set of this number and its pods, at most one per node, each created a second after the one before.
    fn into_objects(self, index: usize, nodes: &[Node]) -> (DaemonSet, Vec<Pod>) {
        let mut set = self.set;
        set.id = ObjectId::new("system", format!("d{index}"));
        Arc::make_mut(&mut set.template.spec).host_ports = self.ports;
        let mut pods: Vec<Pod> = Vec::new();
        for (created, daemon) in self.pods.into_iter().enumerate() {
            if nodes.is_empty() {
                break;
            }
            let node = daemon.node.get(nodes);
            let mut pod = Pod::new(format!("d{index}-{}", node.name)).in_namespace("system");
            if pods.iter().any(|other| other.id == pod.id) {
                continue;
            }
            pod.labels = Arc::clone(&set.template.labels);
            pod.spec = Arc::clone(&set.template.spec);
            pod.created_at = Timestamp::from_unix_seconds(i64::try_from(created).unwrap_or(0));
            pod.owners.push(owner("DaemonSet", set.id.name()));
            if let Some(cpu) = daemon.cpu {
                pod.spec_mut().requests.set(ResourceName::CPU, cpu);
            }
            pods.push(pod.bound_to(node.name.clone()));
        }
        (set, pods)
    }
}

fn numbered<T, U>(things: Vec<T>, name: impl Fn(usize, T) -> U) -> Vec<U> {
    things.into_iter().enumerate().map(|(index, thing)| name(index, thing)).collect()
}

fn rename_type(index: usize, mut kind: InstanceType) -> InstanceType {
    let name = format!("t{index}");
    kind.requirements.replace(Requirement::equals(label::INSTANCE_TYPE, name.as_str()));
    kind.name = name.into();
    kind
}
