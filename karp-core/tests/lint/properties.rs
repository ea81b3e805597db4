//! What holds of lints for every cluster.

use std::sync::Arc;

use karp_core::{
    Timestamp, arbitrary,
    lint::{RULES, Settings, lint},
    model::{Budget, Finding, InstanceType, NodePool, Pod, Span, label},
    snapshot::Snapshot,
};
use proptest::{collection::vec, option, prelude::*, sample::select};

use crate::fixture::workload;

/// A budget as somebody may have written it.
fn budget() -> impl Strategy<Value = Budget> {
    let nodes = select(&["10%", "0", "1", "100%", "-1", "3x", "110%", ""][..]);
    let schedules = [
        "@daily",
        "0 9 * * mon-fri",
        "*/15 * * * *",
        "0 0 31 2 *",
        "0 0 29 2 *",
        "@every 1h",
        "nonsense",
    ];
    let schedule = option::of(select(schedules.to_vec()));
    let hours = option::of(select(vec![-1_i64, 0, 1, 8, 24, 200]));
    let reasons = option::of(vec(select(vec!["Drifted", "Empty", "Underutilized", "Odd"]), 0..3));
    (nodes, schedule, hours, reasons).prop_map(|(nodes, schedule, hours, reasons)| {
        let mut budget = Budget::default();
        nodes.clone_into(&mut budget.nodes);
        budget.schedule = schedule.map(str::to_owned);
        budget.duration = hours.map(Span::hours);
        budget.reasons = reasons.map(|names| names.into_iter().map(str::to_owned).collect());
        budget
    })
}

/// What the strategies for plans leave out of a pool.
#[derive(Clone, Debug)]
struct Settled {
    budgets: Vec<Budget>,
    consolidate_after: &'static str,
    expire_after: &'static str,
    grace: Option<i64>,
}

fn settled() -> impl Strategy<Value = Settled> {
    let span = || select(vec!["Never", "0s", "720h", "1m"]);
    (vec(budget(), 0..4), span(), span(), option::of(select(vec![0_i64, 60, 3600]))).prop_map(
        |(budgets, consolidate_after, expire_after, grace)| Settled {
            budgets,
            consolidate_after,
            expire_after,
            grace,
        },
    )
}

impl Settled {
    fn apply(&self, pool: &NodePool) -> NodePool {
        let mut pool = pool.clone();
        pool.disruption.budgets.clone_from(&self.budgets);
        pool.disruption.consolidate_after = self.consolidate_after.parse().unwrap();
        pool.template.expire_after = self.expire_after.parse().unwrap();
        pool.template.termination_grace_period = self.grace.map(Span::seconds);
        pool
    }
}

/// A cluster with pools as people set them, and workloads made of some of its pods.
fn clusters() -> impl Strategy<Value = Snapshot> {
    let times = vec![i64::MIN, -1, 0, 1_768_478_400_000_000_000, i64::MAX];
    (arbitrary::snapshot(), vec(settled(), 4), select(times)).prop_map(
        |(snapshot, settled, nanos)| {
            let mut snapshot = snapshot;
            snapshot.now = Timestamp::from_unix_nanos(nanos);
            for (pool, settled) in snapshot.node_pools.iter_mut().zip(&settled) {
                *pool = Arc::new(settled.apply(pool));
            }
            let kinds = ["Deployment", "StatefulSet", "ReplicaSet"].into_iter().cycle();
            for (index, (pod, kind)) in snapshot.pods.iter().zip(kinds).enumerate().take(6) {
                let mut pod = Pod::clone(pod);
                let annotations = Arc::make_mut(&mut pod.annotations);
                annotations.insert(label::DO_NOT_DISRUPT.to_owned(), "true".to_owned());
                pod = pod.label("app.kubernetes.io/name", "karpenter");
                let made =
                    workload(kind, &format!("w{index}"), u32::try_from(index).unwrap(), &pod);
                snapshot.workloads.push(Arc::new(made));
            }
            snapshot
        },
    )
}

/// The snapshot with every list in another order.
fn turned(snapshot: &Snapshot, by: usize) -> Snapshot {
    fn turn<T: Clone>(list: &[T], by: usize) -> Vec<T> {
        let mut list: Vec<T> = list.iter().rev().cloned().collect();
        if !list.is_empty() {
            let by = by % list.len();
            list.rotate_left(by);
        }
        list
    }
    let mut builder = Snapshot::builder(snapshot.now).vocabulary(snapshot.vocabulary.clone());
    for (pool, types) in &snapshot.instance_types {
        let types = turn(types, by).into_iter().map(|kind| {
            let mut kind = InstanceType::clone(&kind);
            kind.offerings = turn(&kind.offerings, by);
            kind
        });
        builder = builder.instance_types_of(pool.clone(), types);
    }
    let pools = turn(&snapshot.node_pools, by).into_iter().map(|pool| {
        let mut pool = NodePool::clone(&pool);
        pool.template.taints = turn(&pool.template.taints, by);
        pool
    });
    builder
        .node_pools(pools)
        .nodes(turn(&snapshot.nodes, by))
        .node_claims(turn(&snapshot.node_claims, by))
        .pods(turn(&snapshot.pods, by))
        .daemon_sets(turn(&snapshot.daemon_sets, by))
        .workloads(turn(&snapshot.workloads, by))
        .pod_disruption_budgets(turn(&snapshot.pod_disruption_budgets, by))
        .build()
        .unwrap()
}

/// A finding that a tool can show: a known code, not milder codes than the table's, an object, texts on one line.
fn is_presentable(finding: &Finding) -> bool {
    let is_line = |text: &str| !text.is_empty() && !text.contains('\n') && !text.ends_with('.');
    RULES.iter().any(|rule| rule.code == finding.code && finding.severity >= rule.severity)
        && !finding.object.is_empty()
        && is_line(&finding.message)
        && is_line(&finding.remedy)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn every_cluster_has_findings_that_can_be_shown(snapshot in clusters()) {
        let found = lint(&snapshot, &Settings::default());
        for finding in &found {
            prop_assert!(is_presentable(finding), "{:?}", finding);
        }
        prop_assert!(found.is_sorted());
    }

    #[test]
    fn the_order_of_lists_reaches_no_finding(snapshot in clusters(), by in 0_usize..40) {
        let first = lint(&turned(&snapshot, 0), &Settings::default());
        prop_assert_eq!(first, lint(&turned(&snapshot, by), &Settings::default()));
    }
}

#[test]
fn codes_are_in_order_and_each_is_there_once() {
    let codes: Vec<&str> = RULES.iter().map(|rule| rule.code).collect();
    assert!(codes.is_sorted_by(|a, b| a < b), "{codes:?}");
    for rule in RULES {
        assert!(
            rule.code.bytes().all(|byte| byte == b'-' || byte.is_ascii_lowercase()),
            "{}",
            rule.code
        );
    }
}
