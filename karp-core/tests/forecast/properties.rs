//! What holds in every week, on random clusters. Long run: `PROPTEST_CASES=20000 cargo test -p karp-core --test forecast properties`.

use std::collections::{BTreeMap, BTreeSet};

use karp_core::{
    budget::PoolBudgets,
    disrupt::Method,
    forecast::{Assumptions, Forecast, Happening, forecast},
    model::{
        CapacityType::{OnDemand, Spot},
        LabelSelector, Node, NodeName, NodePool, NodePoolName, ObjectId, Pod, PodDisruptionBudget,
        Price, Span, Timestamp,
    },
    policy::Policy,
    snapshot::Snapshot,
};
use proptest::{collection::vec, option, prelude::*, sample::select, test_runner::RngSeed};

use crate::fixture::*;

#[derive(Clone, Debug)]
struct PoolParts {
    quiet: &'static str,
    policy: &'static str,
    budgets: Vec<usize>,
}

#[derive(Clone, Debug)]
struct PodParts {
    millis: u16,
    protection: Option<&'static str>,
    app: &'static str,
}

#[derive(Clone, Debug)]
struct MachineParts {
    pool: usize,
    kind: usize,
    is_spot: bool,
    is_drifted: bool,
    life: Option<i64>,
    grace: Option<i64>,
    pods: Vec<PodParts>,
}

fn pool_parts() -> impl Strategy<Value = PoolParts> {
    let quiet = select(&["0s", "5m", "1h", "Never"][..]);
    let policy = select(
        &["WhenEmpty", "WhenEmptyOrUnderutilized", "WhenEmptyOrUnderutilized", "Balanced"][..],
    );
    (quiet, policy, vec(0_usize..6, 0..3)).prop_map(|(quiet, policy, budgets)| PoolParts {
        quiet,
        policy,
        budgets,
    })
}

fn pod_parts() -> impl Strategy<Value = PodParts> {
    let protection = option::weighted(0.1, select(&["true", "3h"][..]));
    (
        select(&[100_u16, 250, 500, 1000, 1900][..]),
        protection,
        select(&["web", "api", "guarded"][..]),
    )
        .prop_map(|(millis, protection, app)| PodParts { millis, protection, app })
}

fn machine_parts(disturbed: bool) -> impl Strategy<Value = MachineParts> {
    let hours = |hours: &'static [i64]| {
        if disturbed { option::weighted(0.2, select(hours)).boxed() } else { Just(None).boxed() }
    };
    let (life, grace) = (hours(&[30, 72, 120]), hours(&[1, 12]));
    let drifted = any::<u8>().prop_map(move |chance| disturbed && chance < 50);
    (0_usize..2, 0_usize..4, any::<bool>(), drifted, life, grace, vec(pod_parts(), 0..5)).prop_map(
        |(pool, kind, is_spot, is_drifted, life, grace, pods)| MachineParts {
            pool,
            kind,
            is_spot,
            is_drifted,
            life,
            grace,
            pods,
        },
    )
}

fn budget_at(index: usize) -> karp_core::model::Budget {
    let mut drifted = budget("1");
    drifted.reasons = Some(vec!["Drifted".to_owned()]);
    match index {
        0 => budget("100%"),
        1 => budget("1"),
        2 => budget("30%"),
        3 => scheduled("0", "0 8 * * *", Span::hours(10)),
        4 => scheduled("1", "0 */6 * * *", Span::minutes(90)),
        _ => drifted,
    }
}

fn snapshot_of(pools: &[PoolParts], machines: &[MachineParts], waiting: &[PodParts]) -> Snapshot {
    let pools: Vec<NodePool> = pools
        .iter()
        .enumerate()
        .map(|(index, parts)| {
            let mut own = pool(&format!("p{index}"));
            own.disruption.consolidate_after = parts.quiet.parse().unwrap();
            parts.policy.clone_into(&mut own.disruption.consolidation_policy);
            own.disruption.budgets = parts.budgets.iter().map(|index| budget_at(*index)).collect();
            own
        })
        .collect();
    let mut all = Vec::new();
    let mut pods = Vec::new();
    for (index, parts) in machines.iter().enumerate() {
        let name = format!("n{index}");
        let (kind, cores, _) = TYPES[parts.kind];
        let capacity = if parts.is_spot { Spot } else { OnDemand };
        let own_pool = &pools[parts.pool % pools.len()];
        let (node, mut claim) = machine((&name, own_pool), kind, capacity);
        claim.expire_after = match parts.life {
            Some(hours) => Span::hours(hours).into(),
            None => "Never".parse().unwrap(),
        };
        claim.termination_grace_period = parts.grace.map(Span::hours);
        if parts.is_drifted {
            claim.status.conditions.push(is("Drifted", noon() - Span::hours(1)));
        }
        let mut free: u32 = cores.parse::<u32>().unwrap() * 1000;
        for (at, pod) in parts.pods.iter().enumerate() {
            if let Some(left) = free.checked_sub(pod.millis.into()) {
                free = left;
                pods.push(pod_of(&format!("{name}-{at}"), pod).bound_to(name.as_str()));
            }
        }
        all.push((node, claim));
    }
    pods.extend(waiting.iter().enumerate().map(|(at, pod)| pod_of(&format!("waiting-{at}"), pod)));
    let mut pdb = PodDisruptionBudget::new(ObjectId::new("default", "guarded"));
    pdb.selector = Some(LabelSelector::label("app", "guarded"));
    let own = Node::new("by-hand").resource("cpu", "2").resource("memory", "4Gi");
    cluster(pools, all).node(own).pods(pods).pod_disruption_budgets([pdb]).build().unwrap()
}

fn pod_of(name: &str, parts: &PodParts) -> Pod {
    let own = pod(name, &format!("{}m", parts.millis)).label("app", parts.app);
    match parts.protection {
        Some(text) => protected(own, text),
        None => own,
    }
}

fn a_cluster(disturbed: bool) -> impl Strategy<Value = Snapshot> {
    let waiting = vec(pod_parts(), if disturbed { 0..3 } else { 0..1 });
    (vec(pool_parts(), 1..3), vec(machine_parts(disturbed), 0..8), waiting)
        .prop_map(|(pools, machines, waiting)| snapshot_of(&pools, &machines, &waiting))
}

fn cases() -> ProptestConfig {
    let asked = ProptestConfig::default();
    let is_short = asked.cases == 256;
    let rng_seed = if is_short { RngSeed::Fixed(1) } else { RngSeed::Random };
    let cases = if is_short { 48 } else { asked.cases };
    ProptestConfig { cases, rng_seed, failure_persistence: None, max_shrink_iters: 500, ..asked }
}

fn week(snapshot: &Snapshot) -> Forecast {
    forecast(snapshot, &Policy::compat(), &Assumptions::default())
}

/// Nodes of each pool that budgets count, and those on their way out, as the events tell.
#[derive(Default)]
struct Census {
    /// Pool of each node, and from when on it counts.
    nodes: BTreeMap<NodeName, (NodePoolName, Timestamp)>,
    leaving: BTreeSet<NodeName>,
}

impl Census {
    fn total(&self, pool: &NodePoolName, now: Timestamp) -> usize {
        self.nodes.values().filter(|(own, from)| own == pool && *from <= now).count()
    }

    fn leaving(&self, pool: &NodePoolName) -> usize {
        self.leaving
            .iter()
            .filter(|node| self.nodes.get(*node).is_some_and(|(own, _)| own == pool))
            .count()
    }
}

/// No command takes more nodes of a pool than its budgets allow at that instant, those on their way out counted.
fn budgets_hold(snapshot: &Snapshot, week: &Forecast) -> Result<(), TestCaseError> {
    let mut census = Census::default();
    for claim in &snapshot.node_claims {
        let node = claim.status.node.clone().unwrap();
        census.nodes.insert(node, (claim.pool().unwrap(), week.from));
    }
    for event in &week.events {
        let joins = event.at + week.assumptions.boot;
        let mut join = |machines: &[karp_core::forecast::Purchase]| {
            for own in machines {
                let name = NodeName::from(own.claim.as_str());
                census.nodes.insert(name, (own.node_pool.clone(), joins));
            }
        };
        match &event.what {
            Happening::Bought { machines } => join(machines),
            Happening::Disrupted { command, replacements } => {
                join(replacements);
                census.leaving.extend(command.nodes.iter().cloned());
                for pool in &snapshot.node_pools {
                    let touches =
                        command.nodes.iter().any(|node| census.nodes[node].0 == pool.name);
                    let budgets = PoolBudgets::read(&pool.disruption.budgets);
                    let total = census.total(&pool.name, event.at);
                    let allowed = budgets.allowed(command.method.reason(), total, event.at);
                    let leaving = i64::try_from(census.leaving(&pool.name)).unwrap();
                    prop_assert!(
                        !touches || leaving <= allowed.nodes,
                        "{} at {}: {leaving} of {total} leave",
                        pool.name,
                        event.at
                    );
                }
            }
            Happening::Expired { node } => _ = census.leaving.insert(node.clone()),
            Happening::Removed { node, .. } => {
                census.leaving.remove(node);
                census.nodes.remove(node);
            }
            _ => {}
        }
    }
    Ok(())
}

/// Pods that nobody may move are where they were, unless the deadline of their node forced them off.
fn protected_pods_stay(snapshot: &Snapshot, week: &Forecast) -> Result<(), TestCaseError> {
    for pod in &snapshot.pods {
        let is_guarded = pod.labels.get("app").is_some_and(|app| app == "guarded");
        let is_protected = pod.annotations.values().any(|value| value == "true");
        let Some(node) = pod.status.node.as_ref().filter(|_| is_guarded || is_protected) else {
            continue;
        };
        let mut claims = snapshot.node_claims.iter();
        let claim = claims.find(|claim| claim.status.node.as_ref() == Some(node));
        if claim.is_some_and(|claim| claim.termination_grace_period.is_none()) {
            let now = week.cluster.pods.iter().find(|own| own.id == pod.id).unwrap();
            prop_assert_eq!(now.status.node.as_ref(), Some(node), "{}", pod.id);
        }
    }
    Ok(())
}

/// Moves that are to save money do, replacements as launched.
fn consolidation_saves(week: &Forecast) -> Result<(), TestCaseError> {
    for event in &week.events {
        if let Happening::Disrupted { command, replacements } = &event.what
            && command.method.is_consolidation()
        {
            let bought: Price = replacements.iter().map(|own| own.price).sum();
            prop_assert!(bought < command.price_before, "{}", event);
            prop_assert!(event.after.price < event.before.price, "{}", event);
        }
    }
    Ok(())
}

/// At the end nothing is left that could be done at once.
fn the_end_is_quiet(week: &Forecast) -> Result<(), TestCaseError> {
    prop_assert!(!week.end.ended_early);
    if !week.end.is_settled {
        return Ok(());
    }
    let rest = week.to.since(week.cluster.now());
    let mut assumptions = Assumptions::default();
    assumptions.horizon = rest.min(Span::seconds(30));
    let again = forecast(&week.cluster, &Policy::compat(), &assumptions);
    let story = |week: &Forecast| {
        let line = |event: &karp_core::forecast::Event| format!("{} {event}", event.at);
        week.events.iter().map(line).collect::<Vec<_>>().join("\n")
    };
    prop_assert_eq!(again.commands().count(), 0, "{}\nthen\n{}", story(week), story(&again));
    Ok(())
}

fn pod_ids(snapshot: &Snapshot) -> BTreeSet<String> {
    snapshot.pods.iter().map(|pod| pod.id.to_string()).collect()
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn a_week_breaks_no_promise(snapshot in a_cluster(true)) {
        let week = week(&snapshot);
        budgets_hold(&snapshot, &week)?;
        protected_pods_stay(&snapshot, &week)?;
        consolidation_saves(&week)?;
        the_end_is_quiet(&week)?;
        prop_assert_eq!(pod_ids(&week.cluster), pod_ids(&snapshot), "no pod is lost");
        prop_assert!(week.events.windows(2).all(|pair| pair[0].at <= pair[1].at));
        prop_assert!(week.curve.windows(2).all(|pair| pair[0].at < pair[1].at));
    }

    #[test]
    fn without_drift_and_age_a_week_costs_no_more_than_before(snapshot in a_cluster(false)) {
        let week = week(&snapshot);
        let (first, last) = (week.curve[0].fleet, week.curve.last().unwrap().fleet);
        prop_assert!(last.price <= first.price, "{} rose to {}: {:?}", first.price, last.price, week.events);
        prop_assert!(week.commands().all(|(_, command)| command.method != Method::Drift));
        prop_assert!(week.end.is_settled, "{:?}", week.end);
        prop_assert_eq!(week.end.pods_waiting, 0);
    }

    #[test]
    fn the_same_cluster_has_the_same_week(snapshot in a_cluster(true)) {
        let (one, other) = (week(&snapshot), week(&snapshot));
        prop_assert_eq!(serde_json::to_string(&one).unwrap(), serde_json::to_string(&other).unwrap());
    }
}
