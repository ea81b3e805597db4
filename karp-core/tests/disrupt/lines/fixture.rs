//! A pool, nodes and pods to change, and short ways to ask; not what is expected.

use std::sync::Arc;

use karp_core::{
    disrupt::{Command, Disruption, Found, Memory, Method, Stays},
    model::{
        Budget, CapacityType, CapacityType::OnDemand, Condition, ConditionStatus, InstanceType,
        LabelSelector, Node, NodeClaim, NodePool, ObjectId, Owner, Pod, PodDisruptionBudget, PodId,
        Timestamp, Uid, label, usd,
    },
    policy::Policy,
    snapshot::Snapshot,
};

pub(crate) fn now() -> Timestamp {
    "2026-01-15T12:00:00Z".parse().unwrap()
}

pub(crate) fn is(kind: &str, status: ConditionStatus) -> Condition {
    Condition { kind: kind.to_owned(), status, reason: String::new(), changed_at: None }
}

/// A cluster with the pool `general`, whose budget allows all, and types from `c1` (1 core, 5 cents) to `c32`.
pub(crate) struct World {
    pub(crate) pools: Vec<NodePool>,
    pub(crate) kinds: Vec<InstanceType>,
    pub(crate) nodes: Vec<Node>,
    pub(crate) claims: Vec<NodeClaim>,
    pub(crate) pods: Vec<Pod>,
    pub(crate) budgets: Vec<PodDisruptionBudget>,
    pub(crate) memory: Memory,
    pub(crate) policy: Policy,
    pub(crate) now: Timestamp,
}

pub(crate) fn pool(name: &str) -> NodePool {
    let mut pool = NodePool::new(name);
    pool.disruption.budgets[0].nodes = "100%".into();
    pool
}

pub(crate) fn kind(cores: i64, price: &str) -> InstanceType {
    InstanceType::new(format!("c{cores}"))
        .cpu(&cores.to_string())
        .memory(&format!("{}Gi", 4 * cores))
        .offering("z1", OnDemand, usd(price))
}

impl World {
    pub(crate) fn new() -> Self {
        let prices = [(1, "0.05"), (2, "0.1"), (4, "0.2"), (8, "0.4"), (16, "0.8"), (32, "1.6")];
        Self {
            pools: vec![pool("general")],
            kinds: prices.map(|(cores, price)| kind(cores, price)).into(),
            nodes: Vec::new(),
            claims: Vec::new(),
            pods: Vec::new(),
            budgets: Vec::new(),
            memory: Memory::new(),
            policy: Policy::compat(),
            now: now(),
        }
    }

    /// Adds a quiet node of the pool `general` with so many cores.
    pub(crate) fn node(self, name: &str, cores: i64) -> Self {
        self.node_of("general", name, cores)
    }

    pub(crate) fn node_of(mut self, pool: &str, name: &str, cores: i64) -> Self {
        let mut node = Node::new(name)
            .of_pool(pool)
            .label(label::INSTANCE_TYPE, format!("c{cores}"))
            .label(label::ZONE, "z1")
            .label(label::CAPACITY_TYPE, "on-demand")
            .resource("cpu", &cores.to_string())
            .resource("memory", &format!("{}Gi", 4 * cores));
        node.provider_id = format!("cloud://{name}");
        node.conditions.push(is("Ready", ConditionStatus::True));
        let mut claim = NodeClaim::new(format!("of-{name}"), &pool.into());
        claim.labels.extend(node.labels.clone());
        claim.labels.remove(label::HOSTNAME);
        claim.status.provider_id.clone_from(&node.provider_id);
        claim.status.node = Some(node.name.clone());
        claim.status.capacity.clone_from(&node.capacity);
        claim.status.allocatable.clone_from(&node.allocatable);
        claim.status.conditions.push(is("Initialized", ConditionStatus::True));
        claim.status.conditions.push(is("Consolidatable", ConditionStatus::True));
        self.nodes.push(node);
        self.claims.push(claim);
        self
    }

    /// Adds a pod of a controller on a node.
    pub(crate) fn pod(mut self, name: &str, node: &str, cpu: &str) -> Self {
        let mut pod = Pod::new(name).request("cpu", cpu).label("app", name).bound_to(node);
        pod.owners.push(owner("ReplicaSet"));
        self.pods.push(pod);
        self
    }

    pub(crate) fn with(mut self, change: impl FnOnce(&mut Self)) -> Self {
        change(&mut self);
        self
    }

    pub(crate) fn claim_of(&mut self, node: &str) -> &mut NodeClaim {
        self.claims.iter_mut().find(|claim| claim.name == *format!("of-{node}")).unwrap()
    }

    pub(crate) fn node_named(&mut self, name: &str) -> &mut Node {
        self.nodes.iter_mut().find(|node| node.name == *name).unwrap()
    }

    pub(crate) fn pod_named(&mut self, name: &str) -> &mut Pod {
        self.pods.iter_mut().find(|pod| pod.id.name() == name).unwrap()
    }

    /// Lets a claim say something, or no longer.
    pub(crate) fn says(mut self, node: &str, kind: &str, status: ConditionStatus) -> Self {
        let conditions = &mut self.claim_of(node).status.conditions;
        conditions.retain(|own| own.kind != kind);
        conditions.push(is(kind, status));
        self
    }

    pub(crate) fn drifted(self, node: &str) -> Self {
        self.says(node, "Drifted", ConditionStatus::True)
    }

    pub(crate) fn budget(mut self, nodes: &str) -> Self {
        for pool in &mut self.pools {
            pool.disruption.budgets = vec![Budget::default()];
            pool.disruption.budgets[0].nodes = nodes.into();
        }
        self
    }

    /// Protects pods of this name by a disruption budget that allows nothing.
    pub(crate) fn kept(mut self, app: &str) -> Self {
        let name = format!("b{}", self.budgets.len());
        let mut budget = PodDisruptionBudget::new(ObjectId::new("default", name));
        budget.selector = Some(LabelSelector::label("app", app));
        self.budgets.push(budget);
        self
    }

    pub(crate) fn snapshot(&self) -> Snapshot {
        Snapshot::builder(self.now)
            .node_pools(self.pools.clone())
            .instance_types(self.kinds.clone())
            .nodes(self.nodes.clone())
            .node_claims(self.claims.clone())
            .pods(self.pods.clone())
            .pod_disruption_budgets(self.budgets.clone())
            .build()
            .unwrap()
    }

    pub(crate) fn find(&self, method: Method) -> Found {
        let snapshot = self.snapshot();
        Disruption::new(&snapshot, &self.policy, &self.memory).find(method).unwrap()
    }

    /// Nodes of all commands of a method, in name order.
    pub(crate) fn chosen(&self, method: Method) -> Vec<String> {
        let found = self.find(method);
        let nodes = found.commands.iter().flat_map(|command| &command.nodes);
        let mut names: Vec<String> = nodes.map(ToString::to_string).collect();
        names.sort();
        names
    }

    /// The only command of a method.
    pub(crate) fn command(&self, method: Method) -> Command {
        let mut found = self.find(method);
        assert_eq!(found.commands.len(), 1, "{:?}", found.verdicts);
        found.commands.remove(0)
    }

    /// The code of the verdict on a node.
    pub(crate) fn verdict(&self, method: Method, node: &str) -> &'static str {
        self.find(method).verdicts[node].code()
    }

    /// Why a node is no candidate; `candidate` when it is one.
    pub(crate) fn stays(&self, method: Method, node: &str) -> &'static str {
        let snapshot = self.snapshot();
        let all = Disruption::new(&snapshot, &self.policy, &self.memory).candidates(method);
        assert!(all.accepted.contains_key(node) != all.left_out.contains_key(node), "{node}");
        all.left_out.get(node).map_or("candidate", Stays::code)
    }

    /// What is left of a command 15 s later, in this world as it is then.
    pub(crate) fn confirm(&self, command: &Command) -> Result<Command, String> {
        let snapshot = self.snapshot();
        let look = Disruption::new(&snapshot, &self.policy, &self.memory);
        look.confirm(command).map_err(|error| format!("{error:?}"))
    }
}

pub(crate) fn owner(kind: &str) -> Owner {
    Owner {
        api_version: if kind == "Node" { "v1".into() } else { "apps/v1".into() },
        kind: kind.to_owned(),
        name: "owner".to_owned(),
        uid: Uid::new(""),
        controller: true,
    }
}

pub(crate) fn annotate(pod: &mut Pod, value: &str) {
    let annotations = Arc::make_mut(&mut pod.annotations);
    annotations.insert(label::DO_NOT_DISRUPT.to_owned(), value.to_owned());
}

pub(crate) fn waiting(name: &str, cpu: &str) -> Pod {
    let mut pod = Pod::new(name).request("cpu", cpu);
    pod.id = PodId::new("default", name);
    pod
}

/// Lets a type be sold in more ways.
pub(crate) fn also(
    mut kind: InstanceType,
    zone: &str,
    capacity_type: CapacityType,
    price: &str,
) -> InstanceType {
    kind = kind.offering(zone, capacity_type, usd(price));
    kind
}
