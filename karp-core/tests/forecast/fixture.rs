//! A small shop: four sizes of one family in two zones, pools, nodes with pods; not what is claimed about it.

use std::sync::Arc;

use karp_core::{
    Timestamp,
    model::{
        Budget,
        CapacityType::{self, OnDemand, Spot},
        Condition, ConditionStatus, InstanceType, Labels, Node, NodeClaim, NodePool, Pod, Span,
        label, usd,
    },
    snapshot::{Snapshot, SnapshotBuilder},
};

/// Name, cores and price on demand; as spot they cost three tenths.
pub(crate) const TYPES: [(&str, &str, &str); 4] = [
    ("m.small", "2", "0.10"),
    ("m.medium", "4", "0.20"),
    ("m.large", "8", "0.38"),
    ("m.huge", "16", "0.80"),
];

/// A Thursday at noon.
pub(crate) fn noon() -> Timestamp {
    "2026-01-15T12:00:00Z".parse().unwrap()
}

pub(crate) fn types() -> Vec<InstanceType> {
    let kind = |(name, cores, price): (&str, &str, &str)| {
        let price = usd(price).unwrap();
        let mut kind = InstanceType::new(name).cpu(cores).memory("64Gi");
        for zone in ["z1", "z2"] {
            kind = kind.offering(zone, OnDemand, Ok(price)).offering(
                zone,
                Spot,
                Ok(price.scaled(3, 10)),
            );
        }
        kind
    };
    TYPES.into_iter().map(kind).collect()
}

/// A pool whose nodes may all go at once, as soon as they have been quiet for a minute.
pub(crate) fn pool(name: &str) -> NodePool {
    let mut pool = NodePool::new(name);
    pool.disruption.consolidate_after = Span::minutes(1).into();
    pool.disruption.budgets = vec![budget("100%")];
    pool
}

pub(crate) fn budget(nodes: &str) -> Budget {
    let mut budget = Budget::default();
    nodes.clone_into(&mut budget.nodes);
    budget
}

pub(crate) fn scheduled(nodes: &str, schedule: &str, duration: Span) -> Budget {
    let mut budget = budget(nodes);
    budget.schedule = Some(schedule.to_owned());
    budget.duration = Some(duration);
    budget
}

pub(crate) fn is(kind: &str, at: Timestamp) -> Condition {
    let (status, reason) = (ConditionStatus::True, kind.to_owned());
    Condition { kind: kind.to_owned(), status, reason, changed_at: Some(at) }
}

/// A machine that joined a day ago, as Node and claim.
pub(crate) fn machine(
    (name, pool): (&str, &NodePool),
    kind: &str,
    capacity_type: CapacityType,
) -> (Node, NodeClaim) {
    let joined = noon() - Span::hours(24);
    let (_, cores, _) = TYPES.into_iter().find(|(own, ..)| *own == kind).unwrap();
    let mut node =
        Node::new(name).of_pool(&pool.name).resource("cpu", cores).resource("memory", "64Gi");
    for (key, value) in [
        (label::INSTANCE_TYPE, kind),
        (label::ZONE, "z1"),
        (label::CAPACITY_TYPE, capacity_type.as_str()),
        (label::ARCH, "amd64"),
        (label::OS, "linux"),
    ] {
        node = node.label(key, value);
    }
    node.created_at = joined;
    node.provider_id = format!("cloud:///{name}");
    node.conditions.push(is("Ready", joined));
    let mut claim = NodeClaim::new(format!("{name}-claim"), &pool.name);
    claim.created_at = joined;
    claim.labels = node.labels.clone();
    claim.status.node = Some(node.name.clone());
    claim.status.provider_id.clone_from(&node.provider_id);
    claim.status.capacity.clone_from(&node.capacity);
    claim.status.allocatable.clone_from(&node.allocatable);
    for kind in ["Launched", "Registered", "Initialized"] {
        claim.status.conditions.push(is(kind, joined));
    }
    (node, claim)
}

pub(crate) fn pod(name: &str, cpu: &str) -> Pod {
    Pod::new(name).request("cpu", cpu)
}

pub(crate) fn protected(mut pod: Pod, text: &str) -> Pod {
    let own = Labels::from([(label::DO_NOT_DISRUPT.to_owned(), text.to_owned())]);
    pod.annotations = Arc::new(own);
    pod.status.started_at = Some(noon());
    pod
}

/// A cluster with everything for sale.
pub(crate) fn cluster(
    pools: impl IntoIterator<Item = NodePool>,
    machines: impl IntoIterator<Item = (Node, NodeClaim)>,
) -> SnapshotBuilder {
    let (nodes, claims): (Vec<_>, Vec<_>) = machines.into_iter().unzip();
    Snapshot::builder(noon())
        .instance_types(types())
        .node_pools(pools)
        .nodes(nodes)
        .node_claims(claims)
}
