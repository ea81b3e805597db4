//! Random clusters in which something can be disrupted, and how many of them; not what must hold.

use std::sync::Arc;

use karp_core::{
    arbitrary::SnapshotStrategy,
    model::{
        Budget, CapacityType, InstanceType, NillableSpan, Node, NodeAffinity, NodeClaim, NodePool,
        Owner, Pod, Price, Span, Uid, label,
    },
    snapshot::Snapshot,
};
use proptest::{prelude::*, test_runner::RngSeed};

use crate::{cluster::is, dice::Dice};

/// `short` cases, or as many as the variable `PROPTEST_CASES` says.
pub(crate) fn cases(short: u32) -> ProptestConfig {
    let asked = ProptestConfig::default();
    let is_short = asked.cases == 256;
    let cases = if is_short { short } else { asked.cases };
    // The short run looks at the same worlds every time; the long one at new ones.
    let rng_seed = if is_short { RngSeed::Fixed(1) } else { RngSeed::Random };
    ProptestConfig { cases, rng_seed, failure_persistence: None, max_shrink_iters: 2_000, ..asked }
}

/// Clusters most of whose nodes are of pools, complete, quiet and of a type that is sold.
pub(crate) fn settled(strategy: SnapshotStrategy) -> impl Strategy<Value = (Snapshot, u64)> {
    (strategy, any::<u64>()).prop_map(|(snapshot, seed)| (settle(snapshot, seed), seed))
}

/// Calm ones, in which much can be moved: no limits, one generous budget, nothing is protected or on its way out, few pods are particular.
pub(crate) fn calm(strategy: SnapshotStrategy) -> impl Strategy<Value = (Snapshot, u64)> {
    settled(strategy).prop_map(|(mut snapshot, seed)| {
        let mut dice = Dice(seed.wrapping_add(1));
        for pool in &mut snapshot.node_pools {
            let pool = Arc::make_mut(pool);
            (pool.limits, pool.replicas, pool.deleting_since) = (None, None, None);
            pool.conditions.clear();
            pool.template.taints.clear();
            if dice.one_in(2) {
                pool.template.requirements.clear();
            }
            pool.disruption = NodePool::new("any").disruption;
            pool.disruption.budgets[0].nodes = "100%".into();
        }
        for claim in &mut snapshot.node_claims {
            let claim = Arc::make_mut(claim);
            claim.status.conditions.retain(|own| own.kind != "Drifted");
        }
        // What has not joined keeps others from moving there.
        snapshot.node_claims.retain(|claim| claim.status.node.is_some());
        snapshot.pod_disruption_budgets.clear();
        snapshot.pods.retain(|pod| {
            pod.status.deleting_since.is_none()
                && !pod.annotations.contains_key(label::DO_NOT_DISRUPT)
        });
        for pod in snapshot.pods.iter_mut().filter(|_| !dice.one_in(4)) {
            let spec = Arc::make_mut(pod).spec_mut();
            spec.node_selector.clear();
            spec.node_affinity = NodeAffinity::default();
            spec.requests.remove("example.com/device");
        }
        for node in &mut snapshot.nodes {
            let node = Arc::make_mut(node);
            node.taints.clear();
            node.annotations.clear();
        }
        for types in snapshot.instance_types.values_mut() {
            // Ties of four prices leave little to gain.
            *types = types.iter().map(|kind| repriced(kind, &mut dice)).collect();
        }
        (snapshot, seed)
    })
}

/// A type whose prices follow its size, more or less.
fn repriced(kind: &InstanceType, dice: &mut Dice) -> Arc<InstanceType> {
    let mut kind = kind.clone();
    let cores = kind.capacity.amount("cpu").max(500) / 500;
    for offer in &mut kind.offerings {
        let share = i64::try_from(6 + dice.roll(8)).unwrap();
        let is_spot = offer.capacity_type() == Some(CapacityType::Spot);
        let pico = cores * share * 2_000_000_000;
        offer.price = Price::from_pico(if is_spot { pico / 3 } else { pico });
    }
    Arc::new(kind)
}

fn settle(mut snapshot: Snapshot, seed: u64) -> Snapshot {
    let mut dice = Dice(seed);
    for pool in &mut snapshot.node_pools {
        shape(Arc::make_mut(pool), &mut dice);
    }
    let pools: Vec<Arc<NodePool>> =
        snapshot.node_pools.iter().filter(|pool| pool.deleting_since.is_none()).cloned().collect();
    let nodes = std::mem::take(&mut snapshot.nodes);
    for mut node in nodes {
        let pool = dice.pick(&pools).filter(|_| !dice.one_in(6)).cloned();
        let types = pool.as_ref().and_then(|pool| snapshot.instance_types.get(&pool.name));
        let kind = types.and_then(|types| dice.pick(types)).cloned();
        if let (Some(pool), Some(kind)) = (pool, kind) {
            let claims = &mut snapshot.node_claims;
            claims.retain(|claim| claim.status.provider_id != node.provider_id);
            let claim = adopt(Arc::make_mut(&mut node), (&pool, &kind), &mut dice);
            claims.push(Arc::new(claim));
        }
        snapshot.nodes.push(node);
    }
    snapshot.node_claims.sort_by(|a, b| (a.created_at, &a.name).cmp(&(b.created_at, &b.name)));
    for budget in &mut snapshot.pod_disruption_budgets {
        let allowed = dice.roll(4);
        Arc::make_mut(budget).disruptions_allowed = i32::try_from(allowed).unwrap();
    }
    for pod in &mut snapshot.pods {
        own(Arc::make_mut(pod), &mut dice);
    }
    snapshot
}

/// Most pods have a controller; a few are worth less or more than others.
fn own(pod: &mut Pod, dice: &mut Dice) {
    if pod.owners.is_empty() && !dice.one_in(5) {
        pod.owners.push(Owner {
            api_version: "apps/v1".to_owned(),
            kind: "ReplicaSet".to_owned(),
            name: format!("r{}", dice.roll(3)),
            uid: Uid::new(""),
            controller: true,
        });
    }
    if dice.one_in(8) {
        let costs = ["-2147483648", "-134217728", "134217728", "1000000"];
        let cost = dice.pick(&costs).map_or("", |cost| *cost).to_owned();
        let annotations = Arc::make_mut(&mut pod.annotations);
        annotations.insert("controller.kubernetes.io/pod-deletion-cost".to_owned(), cost);
    }
    pod.status.ready = [None, Some(true), Some(true), Some(false)][dice.roll(4)];
}

/// How a pool lets its nodes be disrupted.
fn shape(pool: &mut NodePool, dice: &mut Dice) {
    let counts = ["0", "1", "1", "2", "10", "0%", "10%", "50%", "100%", "100%", "broken"];
    let mut budgets = Vec::new();
    for _ in 0..dice.roll(4) {
        let mut budget = Budget::default();
        budget.nodes = dice.pick(&counts).copied().unwrap_or_default().into();
        if dice.one_in(3) {
            let reasons = ["Underutilized", "Empty", "Drifted"];
            let some = reasons.iter().filter(|_| dice.one_in(2));
            budget.reasons = Some(some.map(|&reason| reason.to_owned()).collect());
        }
        let window = match dice.roll(6) {
            0 => Some(("@hourly", Span::minutes(30))),
            1 => Some(("0 9 * * *", Span::hours(4))),
            _ => None,
        };
        if let Some((schedule, duration)) = window {
            budget.schedule = Some(schedule.to_owned());
            budget.duration = Some(duration);
        }
        budgets.push(budget);
    }
    pool.disruption.budgets = budgets;
    let policies =
        ["WhenEmpty", "Balanced", "WhenEmptyOrUnderutilized", "WhenEmptyOrUnderutilized"];
    pool.disruption.consolidation_policy = policies[dice.roll(4)].into();
    pool.disruption.consolidate_after = match dice.roll(8) {
        0 => NillableSpan::NEVER,
        1 => NillableSpan::new(Span::minutes(5)),
        _ => NillableSpan::new(Span::ZERO),
    };
    pool.template.termination_grace_period = dice.one_in(4).then_some(Span::minutes(10));
}

/// Makes a node one of a pool, of a type in a zone.
fn adopt(node: &mut Node, (pool, kind): (&NodePool, &InstanceType), dice: &mut Dice) -> NodeClaim {
    let mut claim = NodeClaim::new(format!("of-{}", node.name), &pool.name);
    claim.labels.insert(label::INSTANCE_TYPE.to_owned(), kind.name.to_string());
    if let Some(offer) = dice.pick(&kind.offerings) {
        for key in [label::ZONE, label::CAPACITY_TYPE] {
            claim.labels.insert(key.to_owned(), offer.single(key).unwrap_or_default().to_owned());
        }
    }
    claim.status.provider_id = format!("cloud://{}", node.name);
    claim.status.node = Some(node.name.clone());
    claim.status.capacity.clone_from(&kind.capacity);
    claim.status.allocatable = kind.allocatable();
    claim.termination_grace_period = pool.template.termination_grace_period;
    claim.status.conditions.push(is("Initialized"));
    if !dice.one_in(6) {
        claim.status.conditions.push(is("Consolidatable"));
    }
    if dice.one_in(5) {
        claim.status.conditions.push(is("Drifted"));
    }
    node.provider_id.clone_from(&claim.status.provider_id);
    node.capacity.clone_from(&kind.capacity);
    node.allocatable = kind.allocatable();
    node.labels.extend(claim.labels.clone());
    node.labels.insert(label::REGISTERED.to_owned(), "true".to_owned());
    node.labels.insert(label::INITIALIZED.to_owned(), "true".to_owned());
    node.taints.retain(|taint| taint.key != label::NOT_READY_TAINT && taint.key != "startup");
    node.deleting_since = None;
    if !dice.one_in(12) {
        node.conditions.push(is("Ready"));
    }
    if dice.one_in(12) {
        node.annotations.insert(label::DO_NOT_DISRUPT.to_owned(), "true".to_owned());
    }
    claim
}
