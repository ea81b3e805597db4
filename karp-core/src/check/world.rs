//! The facts that rules share, recomputed from the snapshot; no rule.

use std::{cell::OnceCell, collections::BTreeMap, sync::Arc};

use rustc_hash::FxHashMap;

use super::{company, daemon, form, overlay, reservation, size, volume::Storage, waiting};
use crate::{
    decision::{Plan, PlannedMachine},
    model::{
        Effect, HostPort, InstanceType, InstanceTypeName, Node as NodeObject, NodeName,
        NodeOverlay, NodePool, NodePoolName, Operator, Pod, PodId, Requirement, Requirements,
        Resources, label,
    },
    policy::Policy,
    snapshot::{Snapshot, StateNode, state_nodes},
};

/// Stands for the host name of a machine that is not there yet; no demand names it.
pub(super) const NO_HOST: &str = "a-host-without-a-name-yet";

/// A snapshot and a plan for it, with what follows from them.
pub(super) struct World<'a> {
    pub(super) snapshot: &'a Snapshot,
    pub(super) policy: &'a Policy,
    pub(super) plan: &'a Plan,
    /// Pods that wait for a place.
    pub(super) waiting: BTreeMap<&'a PodId, &'a Arc<Pod>>,
    /// Nodes that take pods, by name.
    pub(super) nodes: BTreeMap<Arc<str>, Node>,
    /// Nodes as their objects say, with the name by which placed pods count there and whether they take pods.
    pub(super) stations: Vec<(Arc<str>, bool, Arc<NodeObject>)>,
    /// Pods with a node, by its name.
    bound: BTreeMap<&'a NodeName, Vec<&'a Arc<Pod>>>,
    /// Claims and volumes.
    pub(super) storage: Storage<'a>,
    /// What at least is left of each pool's limits in the end, worked out when somebody asks.
    pub(super) least_left: OnceCell<BTreeMap<NodePoolName, Option<Resources>>>,
    /// Pools that make machines for pods, in the order in which they are tried.
    pub(super) pools: Vec<Pool>,
    /// Machines of usable pools by their places in the plan; those that say the same and list the same types together.
    alike: Vec<Vec<usize>>,
    /// Whether some pod keeps others away.
    pub(super) some_reject_others: bool,
    /// Whether a pod that fits nowhere tolerates soft taints in the end: some usable pool has one.
    pub(super) tolerates_soft_taints: bool,
}

/// A node that takes pods.
pub(super) struct Node {
    pub(super) state: StateNode,
    /// Labels, the host name included.
    pub(super) labels: Requirements,
    /// What is left before the plan, daemons that are still to come taken off.
    pub(super) left: Resources,
    /// Ports that pods there have of it.
    pub(super) ports: Vec<HostPort>,
}

/// Machines of one pool that say the same and list the same types.
pub(super) struct Alike<'w> {
    pub(super) machines: Vec<&'w PlannedMachine>,
    pub(super) pool: &'w Pool,
    /// What they are.
    pub(super) is: Requirements,
    /// Listed types that the pool has.
    pub(super) kinds: Vec<&'w Kind>,
}

/// A pool that makes machines for pods.
#[expect(clippy::struct_field_names, reason = "`pool` is the object that the rest is derived from")]
pub(super) struct Pool {
    pub(super) pool: Arc<NodePool>,
    /// What every machine of it is.
    pub(super) requirements: Requirements,
    /// All types of the pool, by name.
    pub(super) kinds: BTreeMap<InstanceTypeName, Kind>,
}

/// An instance type as a machine of a pool.
pub(super) struct Kind {
    pub(super) instance_type: Arc<InstanceType>,
    /// Whether it can be a machine of the pool at all.
    pub(super) usable: bool,
    /// What daemons ask for on it.
    pub(super) daemons: Resources,
    /// Ports that daemons take of it.
    pub(super) ports: Vec<HostPort>,
}

impl<'a> World<'a> {
    pub(super) fn new(snapshot: &'a Snapshot, policy: &'a Policy, plan: &'a Plan) -> Self {
        let states = state_nodes(snapshot);
        let daemons = daemon::daemons(snapshot, policy);
        let mut bound: BTreeMap<&NodeName, Vec<&Arc<Pod>>> = BTreeMap::new();
        for pod in &snapshot.pods {
            if let Some(node) = &pod.status.node {
                bound.entry(node).or_default().push(pod);
            }
        }
        let overlays = overlay::applied(snapshot, policy);
        let pools: Vec<Pool> = usable_pools(snapshot)
            .into_iter()
            .map(|pool| Pool::new((snapshot, policy), pool, (&daemons, &overlays)))
            .collect();
        let tolerates_soft_taints = pools
            .iter()
            .flat_map(|pool| &pool.pool.template.taints)
            .any(|taint| taint.effect == Effect::PreferNoSchedule);
        let stations = states.iter().filter_map(|state| {
            let node = Arc::clone(state.node.as_ref()?);
            Some((Arc::clone(&state.host_name), !state.deleting, node))
        });
        Self {
            snapshot,
            policy,
            plan,
            stations: stations.collect(),
            some_reject_others: snapshot.pods.iter().any(|pod| company::rejects_some(pod)),
            waiting: waiting::waiting(snapshot, &states),
            nodes: states
                .into_iter()
                .filter(|state| !state.deleting)
                .map(|state| {
                    let name = state.node.as_ref().map(|node| &node.name);
                    let own = name.and_then(|name| bound.get(name)).map_or(&[][..], Vec::as_slice);
                    (Arc::clone(&state.name), Node::new((&daemons, snapshot), state, own))
                })
                .collect(),
            alike: alike(plan, &pools),
            bound,
            storage: Storage::new(snapshot),
            least_left: OnceCell::new(),
            pools,
            tolerates_soft_taints,
        }
    }

    /// Waiting pods of these ids; others are reported by another rule.
    pub(super) fn pods(&self, ids: &[PodId]) -> Vec<&'a Arc<Pod>> {
        ids.iter().filter_map(|id| self.waiting.get(id).copied()).collect()
    }

    /// The same, by reference to the pods themselves.
    pub(super) fn pods_of(&self, ids: &[PodId]) -> Vec<&'a Pod> {
        self.pods(ids).into_iter().map(|pod| &**pod).collect()
    }

    /// Pods with this node.
    pub(super) fn bound_to(&self, node: &NodeName) -> impl Iterator<Item = &'a Arc<Pod>> {
        self.bound.get(node).into_iter().flatten().copied()
    }

    /// The pool of a machine, if it is usable.
    pub(super) fn pool_of(&self, machine: &PlannedMachine) -> Option<&Pool> {
        self.pools.iter().find(|pool| pool.pool.name == machine.node_pool)
    }

    /// Machines that can be judged together.
    pub(super) fn alike(&self) -> impl Iterator<Item = Alike<'_>> {
        self.alike.iter().filter_map(|places| {
            let machine = |place: &usize| self.plan.machines.get(*place);
            let machines: Vec<&PlannedMachine> = places.iter().filter_map(machine).collect();
            let first = *machines.first()?;
            let pool = self.pool_of(first)?;
            let listed = first.instance_types.iter();
            let kinds = listed.filter_map(|name| pool.kinds.get(name)).collect();
            Some(Alike { machines, pool, is: requirements_of(first), kinds })
        })
    }

    /// Machines with their pools; those of unusable pools are reported by another rule.
    pub(super) fn machines(&self) -> impl Iterator<Item = (&'a PlannedMachine, &Pool)> {
        self.plan.machines.iter().filter_map(|machine| Some((machine, self.pool_of(machine)?)))
    }
}

impl Node {
    fn new((daemons, snapshot): (&[Pod], &Snapshot), state: StateNode, own: &[&Arc<Pod>]) -> Self {
        let mut labels = form::of_labels(&state.labels, &snapshot.vocabulary);
        labels.replace(Requirement::equals(label::HOSTNAME, &*state.host_name));
        let bound: Vec<&Arc<Pod>> = own.iter().copied().filter(|pod| !pod.is_finished()).collect();
        let left = state
            .allocatable
            .subtract(&requests(bound.iter().copied()))
            .subtract(&daemon::still_to_come((daemons, snapshot), &state, &bound));
        let ports = bound.iter().flat_map(|pod| pod.spec.host_ports.iter().copied()).collect();
        Self { state, labels, left, ports }
    }
}

impl Pool {
    fn new(
        (snapshot, policy): (&Snapshot, &Policy),
        pool: &Arc<NodePool>,
        (daemons, overlays): (&[Pod], &[&NodeOverlay]),
    ) -> Self {
        let vocabulary = &snapshot.vocabulary;
        let mut requirements = form::of_labels(&pool.template.labels, vocabulary);
        requirements.add_all(&form::of_entries(&pool.template.requirements, vocabulary));
        requirements.add(Requirement::equals(label::NODE_POOL, pool.name.as_str()));
        let class = &pool.template.node_class;
        if !class.kind.is_empty() {
            requirements.add(Requirement::equals(&class.label_key(), class.name.as_str()));
        }
        // Daemons may ask for machines that are ready; every machine will be.
        for key in [label::REGISTERED, label::INITIALIZED] {
            requirements.add(Requirement::equals(key, "true"));
        }
        let requirements = requirements.offered();
        let kinds = snapshot
            .types_of(&pool.name)
            .iter()
            .map(|kind| overlay::overlaid(kind, (pool, overlays), vocabulary))
            .map(|kind| reservation::nameable(kind, policy, vocabulary))
            .map(|kind| {
                let (daemons, ports) =
                    daemon::on_new_machine((daemons, snapshot), pool, &requirements, &kind);
                let usable = kind.requirements.intersects(&requirements).is_ok()
                    && size::holds(&kind, &Resources::new(), &requirements, vocabulary);
                let kind = Kind { instance_type: kind, usable, daemons, ports };
                (kind.instance_type.name.clone(), kind)
            })
            .collect();
        Self { pool: Arc::clone(pool), requirements, kinds }
    }

    /// Whether the pool demands something that is not decided on yet, so that it makes no machines.
    pub(super) fn is_undecided(&self) -> bool {
        let entries = &self.pool.template.requirements;
        entries.iter().any(|entry| entry.min_values.is_some() || entry.key == label::HOSTNAME)
    }

    /// Types that can be a machine of the pool.
    pub(super) fn usable_kinds(&self) -> impl Iterator<Item = &Kind> {
        self.kinds.values().filter(|kind| kind.usable)
    }
}

fn alike(plan: &Plan, pools: &[Pool]) -> Vec<Vec<usize>> {
    let mut groups: Vec<Vec<usize>> = Vec::new();
    let mut known: FxHashMap<_, usize> = FxHashMap::default();
    for (place, machine) in plan.machines.iter().enumerate() {
        if !pools.iter().any(|pool| pool.pool.name == machine.node_pool) {
            continue;
        }
        let says = (&machine.node_pool, &*machine.requirements, &*machine.instance_types);
        let group = *known.entry(says).or_insert_with(|| {
            groups.push(Vec::new());
            groups.len() - 1
        });
        groups.get_mut(group).into_iter().for_each(|group| group.push(place));
    }
    groups
}

/// What a machine is, with what a plan leaves out because it says it elsewhere or will be true of every machine.
pub(super) fn requirements_of(machine: &PlannedMachine) -> Requirements {
    let mut all = Requirements::clone(&machine.requirements);
    let names = machine.instance_types.iter().map(InstanceTypeName::as_str);
    all.add(Requirement::new(label::INSTANCE_TYPE, Operator::In, names));
    all.replace(Requirement::equals(label::HOSTNAME, NO_HOST));
    for key in [label::REGISTERED, label::INITIALIZED] {
        all.replace(Requirement::equals(key, "true"));
    }
    all
}

/// What pods ask for in all; each takes one of the pods that a machine can hold.
pub(super) fn requests<'p>(pods: impl IntoIterator<Item = &'p Arc<Pod>>) -> Resources {
    let mut sum = Resources::new();
    let mut count = 0;
    for pod in pods {
        sum = sum.merge(&pod.spec.requests);
        count += 1;
    }
    sum.merge(&Resources::new().with("pods", count))
}

/// The same of the pods themselves.
pub(super) fn requests_of(pods: &[&Pod]) -> Resources {
    let count = i64::try_from(pods.len()).unwrap_or(i64::MAX);
    let sum = Resources::sum_of(pods.iter().map(|pod| &pod.spec.requests));
    sum.merge(&Resources::new().with("pods", count))
}

fn usable_pools(snapshot: &Snapshot) -> Vec<&Arc<NodePool>> {
    let mut pools: Vec<&Arc<NodePool>> = snapshot
        .node_pools
        .iter()
        .filter(|pool| pool.is_ready() && !pool.is_static() && pool.deleting_since.is_none())
        .filter(|pool| !snapshot.excluded_pools.contains_key(&pool.name))
        .collect();
    pools.sort_by(|a, b| b.weight.cmp(&a.weight).then_with(|| b.name.cmp(&a.name)));
    pools
}
