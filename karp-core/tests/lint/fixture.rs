//! The stage: a pool that no lint complains about, types, and what one code says of a cluster.

use std::sync::Arc;

use karp_core::{
    lint::{RULES, Settings, lint},
    model::{
        Budget, CapacityType, Finding, InstanceType, LabelSelector, Labels, NodePool, ObjectId,
        Operator, Pod, PodTemplate, Requirement, RequirementEntry, Severity, Span, Workload, label,
        usd,
    },
    snapshot::{Snapshot, SnapshotBuilder},
};

/// A Thursday at noon.
pub(crate) const NOW: &str = "2026-01-15T12:00:00Z";

/// Snapshot of the usual instant.
pub(crate) fn cluster() -> SnapshotBuilder {
    Snapshot::builder(NOW.parse().unwrap())
}

/// Twenty types of two architectures and two zones, on demand and as spot.
pub(crate) fn types() -> Vec<InstanceType> {
    (0..20)
        .map(|index| {
            let arch = if index % 2 == 0 { label::ARCH_AMD64 } else { label::ARCH_ARM64 };
            InstanceType::new(format!("m{index:02}.large"))
                .cpu("4")
                .memory("16Gi")
                .requirement(Requirement::equals(label::ARCH, arch))
                .offering("z1", CapacityType::OnDemand, usd("0.2"))
                .offering("z2", CapacityType::OnDemand, usd("0.2"))
                .offering("z1", CapacityType::Spot, usd("0.08"))
        })
        .collect()
}

/// A pool about which nothing is to be said.
pub(crate) fn pool(name: &str) -> NodePool {
    let mut pool = NodePool::new(name).limit("cpu", "100");
    pool.template.expire_after = "Never".parse().unwrap();
    pool.disruption.budgets = vec![nodes("10%"), window("0", "0 8 * * mon-fri", 10)];
    pool
}

/// A budget that holds always.
pub(crate) fn nodes(count: &str) -> Budget {
    let mut budget = Budget::default();
    count.clone_into(&mut budget.nodes);
    budget
}

/// A budget with a window of some hours.
pub(crate) fn window(count: &str, schedule: &str, hours: i64) -> Budget {
    let mut budget = nodes(count);
    budget.schedule = Some(schedule.to_owned());
    budget.duration = Some(Span::hours(hours));
    budget
}

/// A budget for one reason.
pub(crate) fn for_reason(reason: &str, mut budget: Budget) -> Budget {
    budget.reasons = Some(vec![reason.to_owned()]);
    budget
}

/// A requirement with one value.
pub(crate) fn one_of(key: &str, values: &[&str]) -> RequirementEntry {
    RequirementEntry::new(key, Operator::In, values.iter().copied())
}

/// A workload of namespace `shop` whose pods are `pod`.
pub(crate) fn workload(kind: &str, name: &str, replicas: u32, pod: &Pod) -> Workload {
    let mut workload = Workload::new(kind, ObjectId::new("shop", name), template(pod));
    workload.replicas = Some(replicas);
    workload.selector = Some(LabelSelector {
        match_labels: Labels::clone(&pod.labels),
        ..LabelSelector::default()
    });
    workload
}

/// What makes pods like this one.
pub(crate) fn template(pod: &Pod) -> PodTemplate {
    PodTemplate {
        labels: Arc::clone(&pod.labels),
        annotations: Arc::clone(&pod.annotations),
        spec: Arc::clone(&pod.spec),
    }
}

/// Findings with this code, which must be one of the rules.
pub(crate) fn findings(snapshot: &Snapshot, code: &str) -> Vec<Finding> {
    let rule = RULES.iter().find(|rule| rule.code == code).unwrap();
    let all = lint(snapshot, &Settings::default());
    let found: Vec<Finding> = all.into_iter().filter(|finding| finding.code == code).collect();
    for finding in &found {
        assert!(finding.severity >= rule.severity, "{finding}");
        assert!(!finding.remedy.is_empty(), "{finding}");
    }
    found
}

/// The severity, object and field of the only finding with this code.
pub(crate) fn only(snapshot: &Snapshot, code: &str) -> (Severity, String, String) {
    let found = findings(snapshot, code);
    assert_eq!(found.len(), 1, "{code}: {found:?}");
    let Finding { severity, object, field, .. } = found.into_iter().next().unwrap();
    (severity, object, field)
}

/// A cluster of this pool and the usual types.
pub(crate) fn with_pool(pool: NodePool) -> Snapshot {
    cluster().node_pool(pool).instance_types(types()).build().unwrap()
}

/// Fails unless `code` says exactly this of the pool `bad`, and nothing of `good`.
pub(crate) fn tells_pools_apart(
    code: &str,
    (bad, severity, field): (NodePool, Severity, &str),
    good: NodePool,
) {
    let object = format!("NodePool {}", bad.name);
    assert_eq!(only(&with_pool(bad), code), (severity, object, field.to_owned()), "{code}");
    assert_eq!(findings(&with_pool(good), code), [], "{code}");
}
