//! Whole snapshots; not the properties that they should have.

use std::ops::Range;

use proptest::{
    collection::{SizeRange, vec},
    option,
    prelude::*,
    sample::Index,
    strategy::NewTree,
    test_runner::TestRunner,
};

use super::{
    capacity_buffer::{Room, room},
    daemon_set, instance_type,
    machine::machine,
    node_overlay, node_pool, pod,
    stand::stand,
    storage::{Storage, pod_volumes, storage},
    topology::{Company, company, host_ports},
    world::{DaemonParts, PodParts, World, budget, daemon_pod},
};
use crate::snapshot::Snapshot;

/// Makes snapshots; each setter narrows or widens one thing.
#[derive(Clone, Debug)]
#[must_use]
#[expect(clippy::struct_excessive_bools, reason = "parts of a world are independent switches")]
pub struct SnapshotStrategy {
    pods: SizeRange,
    instance_types: SizeRange,
    nodes: SizeRange,
    pools: SizeRange,
    daemon_sets: SizeRange,
    has_topology: bool,
    has_host_ports: bool,
    has_volumes: bool,
    has_overlays: bool,
    has_buffers: bool,
}

/// Snapshots of up to 36 pods, 11 instance types, 5 machines, 3 pools and 2 daemon sets, without topology, host ports, volumes, overlays
/// and buffers.
///
/// Machines are unmanaged nodes, complete nodes of a pool, such that are still joining, and claims whose node has not come; some are on their way
/// out. Pods wait, run or are held back by something else. The instant is 2026-01-15 12:00 UTC; the vocabulary is
/// [`vocabulary`](super::vocabulary).
pub fn snapshot() -> SnapshotStrategy {
    SnapshotStrategy {
        pods: (0..37).into(),
        instance_types: (0..12).into(),
        nodes: (0..6).into(),
        pools: (0..4).into(),
        daemon_sets: (0..3).into(),
        has_topology: false,
        has_host_ports: false,
        has_volumes: false,
        has_overlays: false,
        has_buffers: false,
    }
}

impl SnapshotStrategy {
    /// How many pods, without those of daemon sets.
    pub fn pods(mut self, count: Range<usize>) -> Self {
        self.pods = count.into();
        self
    }

    /// How many instance types; every pool sells those that it can.
    pub fn instance_types(mut self, count: Range<usize>) -> Self {
        self.instance_types = count.into();
        self
    }

    /// How many machines that are there or on their way.
    pub fn nodes(mut self, count: Range<usize>) -> Self {
        self.nodes = count.into();
        self
    }

    /// How many pools.
    pub fn pools(mut self, count: Range<usize>) -> Self {
        self.pools = count.into();
        self
    }

    /// How many daemon sets.
    pub fn daemon_sets(mut self, count: Range<usize>) -> Self {
        self.daemon_sets = count.into();
        self
    }

    /// Lets pods want something of each other: spread, affinity, anti-affinity, hard and soft.
    pub const fn with_topology(mut self) -> Self {
        self.has_topology = true;
        self
    }

    /// Lets pods and daemons take ports on the host.
    pub const fn with_host_ports(mut self) -> Self {
        self.has_host_ports = true;
        self
    }

    /// Lets pods in namespace `default` have volumes, sound and unsound, and nodes limits on them.
    pub const fn with_volumes(mut self) -> Self {
        self.has_volumes = true;
        self
    }

    /// Adds node overlays, which count where the policy's gate is on.
    pub const fn with_overlays(mut self) -> Self {
        self.has_overlays = true;
        self
    }

    /// Adds capacity buffers, which count where the policy's gate is on.
    pub const fn with_buffers(mut self) -> Self {
        self.has_buffers = true;
        self
    }

    fn strategy(&self) -> BoxedStrategy<Snapshot> {
        let company =
            if self.has_topology { company().boxed() } else { Just(Company::default()).boxed() };
        let ports =
            if self.has_host_ports { host_ports().boxed() } else { Just(Vec::new()).boxed() };
        let overlays = if self.has_overlays {
            vec(node_overlay(), 0..4).boxed()
        } else {
            Just(Vec::new()).boxed()
        };
        let room = if self.has_buffers { room(&company) } else { Just(Room::default()).boxed() };
        let (storage, volumes) = if self.has_volumes {
            (storage().boxed(), pod_volumes().boxed())
        } else {
            (Just(Storage::default()).boxed(), Just(Vec::new()).boxed())
        };
        let wants = (company, ports.clone(), volumes);
        let pods = (pod::namespace(), pod::body(), stand(), wants).prop_map(
            |(namespace, body, stand, (company, ports, volumes))| PodParts {
                namespace,
                body,
                stand,
                company,
                ports,
                volumes,
            },
        );
        let daemons = (daemon_set(), ports, vec(daemon_pod(), 0..3))
            .prop_map(|(set, ports, pods)| DaemonParts { set, ports, pods });
        let world = (
            vec(instance_type(), self.instance_types.clone()),
            vec(node_pool(), self.pools.clone()),
            vec(machine(), self.nodes.clone()),
            vec(daemons, self.daemon_sets.clone()),
            vec(pods, self.pods.clone()),
            vec(budget(), 0..3),
            (overlays, room),
            option::weighted(0.1, any::<Index>()),
            storage,
        );
        world
            .prop_map(
                |(
                    types,
                    pools,
                    machines,
                    daemons,
                    pods,
                    budgets,
                    (overlays, room),
                    picky,
                    storage,
                )| {
                    World {
                        types,
                        pools,
                        machines,
                        daemons,
                        pods,
                        budgets,
                        overlays,
                        room,
                        picky,
                        storage,
                    }
                },
            )
            .prop_filter_map("every name is given once", World::into_snapshot)
            .boxed()
    }
}

impl Strategy for SnapshotStrategy {
    type Tree = <BoxedStrategy<Snapshot> as Strategy>::Tree;
    type Value = Snapshot;

    fn new_tree(&self, runner: &mut TestRunner) -> NewTree<Self> {
        self.strategy().new_tree(runner)
    }
}
