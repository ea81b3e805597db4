//! Several rounds, one after the other: what a round buys is there in the next.

use karp_core::{
    check,
    decision::Plan,
    model::{InstanceType, Node, Pod, TopologySpread, label},
    policy::Policy,
    provision,
    snapshot::Snapshot,
};

use super::{fixture::*, topology::spread};

/// A cluster in which whatever is planned happens.
struct Cluster {
    types: Vec<InstanceType>,
    nodes: Vec<Node>,
    pods: Vec<Pod>,
}

impl Cluster {
    fn of(types: Vec<InstanceType>) -> Self {
        Self { types, nodes: Vec::new(), pods: Vec::new() }
    }

    fn snapshot(&self) -> Snapshot {
        let world = world().instance_types(self.types.clone()).node_pool(pool());
        world.nodes(self.nodes.clone()).pods(self.pods.clone()).build().unwrap()
    }

    /// Plans for further pods, launches the cheapest offering of every machine and binds the pods.
    fn round(&mut self, pods: impl IntoIterator<Item = Pod>) -> Plan {
        self.pods.extend(pods);
        let snapshot = self.snapshot();
        let plan = provision(&snapshot, &Policy::compat());
        check(&snapshot, &Policy::compat(), &plan).unwrap();
        assert!(all_placed(&plan), "{plan}");
        for (node, pods) in &plan.existing {
            for pod in pods {
                self.bind(pod.name(), node.as_str());
            }
        }
        for machine in plan.machines() {
            let name = format!("node-{}", self.nodes.len());
            let cheapest = machine.cheapest.as_ref().unwrap();
            let kind = self.types.iter().find(|kind| kind.name == cheapest.instance_type).unwrap();
            let mut node = Node::new(name.as_str())
                .of_pool(machine.node_pool.as_str())
                .label(label::HOSTNAME, name.as_str())
                .label(label::INSTANCE_TYPE, kind.name.as_str())
                .label(label::ZONE, cheapest.zone.as_str())
                .label(label::CAPACITY_TYPE, cheapest.capacity_type.as_str());
            for (resource, amount) in kind.allocatable().iter() {
                node.allocatable.set(resource.clone(), amount);
                node.capacity.set(resource.clone(), amount);
            }
            self.nodes.push(node);
            for pod in &machine.pods {
                self.bind(pod.name(), &name);
            }
        }
        plan
    }

    fn bind(&mut self, pod: &str, node: &str) {
        let found = self.pods.iter_mut().find(|own| own.id.name() == pod).unwrap();
        *found = found.clone().bound_to(node);
    }

    /// Pods per value of a label of their nodes, least first.
    fn counts(&self, key: &str) -> Vec<usize> {
        let mut counts = std::collections::BTreeMap::new();
        for pod in &self.pods {
            let node = pod.status.node.as_ref().unwrap();
            let node = self.nodes.iter().find(|own| own.name == *node).unwrap();
            *counts.entry(node.labels.get(key).cloned().unwrap_or_default()).or_default() += 1;
        }
        let mut counts: Vec<usize> = counts.into_values().collect();
        counts.sort_unstable();
        counts
    }
}

/// `count` pods of the app `web`, numbered from `from`.
fn webs(from: usize, count: usize, constraint: &TopologySpread) -> Vec<Pod> {
    (from..from + count)
        .map(|i| pod(&format!("web-{i}")).label("app", "web").spread(constraint.clone()))
        .collect()
}

#[test]
fn what_was_bought_for_one_pod_takes_the_next() {
    // INF-1
    let mut cluster = Cluster::of(types());
    assert_eq!(cluster.round([pod("a").request("cpu", "10m")]).machines().len(), 1);
    assert_eq!(cluster.round([pod("b").request("cpu", "10m")]).machines().len(), 0);
}

#[test]
fn a_node_that_was_deleted_takes_nobody() {
    // INF-5
    let mut cluster = Cluster::of(types());
    cluster.round([pod("a").request("cpu", "10m")]);
    (cluster.nodes, cluster.pods) = (Vec::new(), Vec::new());
    assert_eq!(cluster.round([pod("b").request("cpu", "10m")]).machines().len(), 1);
}

#[test]
fn zones_are_filled_evenly_over_several_rounds() {
    // INF-6
    let mut cluster = Cluster::of(types());
    cluster.round(webs(0, 4, &spread(ZONE, 1)));
    assert_eq!(cluster.counts(ZONE), [1, 1, 2]);
    let second = cluster.round(webs(4, 5, &spread(ZONE, 1)));
    assert_eq!(cluster.counts(ZONE), [3, 3, 3]);
    assert_eq!(second.machines().len(), 0, "{second}");
}

#[test]
fn hosts_are_filled_evenly_over_several_rounds() {
    // INF-7: skew 1 over hosts is a node per pod as long as a new one can be bought.
    let mut cluster = Cluster::of(types());
    cluster.round(webs(0, 4, &spread(label::HOSTNAME, 1)));
    assert_eq!(cluster.counts(label::HOSTNAME), [1; 4]);
    cluster.round(webs(4, 5, &spread(label::HOSTNAME, 1)));
    assert_eq!(cluster.counts(label::HOSTNAME), [1; 9]);
}

#[test]
fn a_node_whose_pods_are_gone_is_used_again() {
    // INF-8
    let mut cluster = Cluster::of(types());
    cluster.round([pod("a").request("cpu", "1500m")]);
    cluster.pods.clear();
    assert_eq!(cluster.round([pod("b").request("cpu", "1500m")]).machines().len(), 0);
}

#[test]
fn batches_of_any_size_leave_at_most_one_node_with_room() {
    // INF-17, with every sequence that this generator of batch sizes gives.
    for seed in 1..20_u32 {
        let only = vec![kind("only", 5, 16).capacity("cpu", "4250m").capacity("pods", "4")];
        let mut cluster = Cluster::of(only);
        let (mut state, mut bought) = (seed, 0);
        for _ in 0..10 {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let size = 1 + (state >> 16) as usize % 10;
            cluster
                .round((bought..bought + size).map(|i| pod(&format!("p-{i}")).request("cpu", "1")));
            bought += size;
        }
        let counts = cluster.counts(label::HOSTNAME);
        assert!(counts.iter().filter(|count| **count < 4).count() <= 1, "seed {seed}: {counts:?}");
    }
}
