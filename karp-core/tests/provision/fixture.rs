//! The six instance types that most tests use, and short ways to ask for a plan.

use karp_core::{
    decision::{Plan, PlannedMachine},
    model::{
        CapacityType, InstanceType, LabelSelector, Labels, NodePool, Offering, Operator, Pod,
        Price, Requirement, RequirementEntry, ResourceName, Resources, Vocabulary, label,
    },
    policy::Policy,
    provision,
    snapshot::{Snapshot, SnapshotBuilder},
};

pub(crate) const NOW: &str = "2026-01-15T12:00:00Z";
pub(crate) const ZONE: &str = label::ZONE;

/// A type with the labels that the fake provider gives: `size`, `special`, `integer`; 5 pods.
pub(crate) fn kind(name: &str, cpu: i64, gibibytes: i64) -> InstanceType {
    let memory = gibibytes << 30;
    let price = Price::from_pico(cpu * 100_000_000_000 + memory * 100);
    let is_large = cpu > 4 && gibibytes > 8;
    let mut kind = InstanceType::new(name)
        .cpu(&cpu.to_string())
        .memory(&format!("{gibibytes}Gi"))
        .capacity("pods", "5")
        .requirement(Requirement::new(label::OS, Operator::In, ["linux", "windows", "darwin"]))
        .requirement(Requirement::equals("size", if is_large { "large" } else { "small" }))
        .requirement(if is_large {
            Requirement::equals("special", "optional")
        } else {
            Requirement::does_not_exist("special")
        })
        .requirement(Requirement::equals("integer", cpu.to_string()))
        .requirement(Requirement::new(ZONE, Operator::In, ["z1", "z2", "z3"]))
        .requirement(Requirement::new(label::CAPACITY_TYPE, Operator::In, ["spot", "on-demand"]));
    kind.overhead.kube_reserved =
        Resources::new().with(ResourceName::CPU, 100).with(ResourceName::MEMORY, 10 << 20);
    kind.offerings = [
        ("z1", CapacityType::Spot),
        ("z2", CapacityType::Spot),
        ("z1", CapacityType::OnDemand),
        ("z2", CapacityType::OnDemand),
        ("z3", CapacityType::OnDemand),
    ]
    .map(|(zone, capacity_type)| Offering::new(zone, capacity_type, price))
    .to_vec();
    kind
}

/// The six types.
pub(crate) fn types() -> Vec<InstanceType> {
    vec![
        kind("default-instance-type", 4, 4),
        kind("small-instance-type", 2, 2),
        kind("gpu-vendor-instance-type", 4, 4).capacity("fake.com/vendor-a", "2"),
        kind("gpu-vendor-b-instance-type", 4, 4).capacity("fake.com/vendor-b", "2"),
        kind("arm-instance-type", 16, 128)
            .requirement(Requirement::equals(label::ARCH, "arm64"))
            .requirement(Requirement::new(
                label::OS,
                Operator::In,
                ["ios", "linux", "windows", "darwin"],
            )),
        kind("single-pod-instance-type", 4, 4).capacity("pods", "1"),
    ]
}

/// `count` types: the i-th has i+1 CPU, 2(i+1) Gi and 10(i+1) pods.
pub(crate) fn numbered(count: i64) -> Vec<InstanceType> {
    (0..count)
        .map(|i| {
            kind(&format!("fake-it-{i}"), i + 1, 2 * (i + 1))
                .capacity("pods", &(10 * (i + 1)).to_string())
        })
        .collect()
}

pub(crate) fn world() -> SnapshotBuilder {
    Snapshot::builder(NOW.parse().unwrap())
        .vocabulary(Vocabulary::core().with_well_known(["size", "special", "integer"]))
}

pub(crate) fn pool() -> NodePool {
    NodePool::new("default").limit("cpu", "2000")
}

pub(crate) fn entry(key: &str, operator: Operator, values: &[&str]) -> RequirementEntry {
    RequirementEntry::new(key, operator, values.iter().copied())
}

pub(crate) fn is_in(key: &str, values: &[&str]) -> RequirementEntry {
    entry(key, Operator::In, values)
}

pub(crate) fn not_in(key: &str, values: &[&str]) -> RequirementEntry {
    entry(key, Operator::NotIn, values)
}

pub(crate) fn exists(key: &str) -> RequirementEntry {
    entry(key, Operator::Exists, &[])
}

pub(crate) fn absent(key: &str) -> RequirementEntry {
    entry(key, Operator::DoesNotExist, &[])
}

pub(crate) fn pod(name: &str) -> Pod {
    Pod::new(name)
}

/// A pod that prefers nodes with `entries`.
pub(crate) fn prefer(mut pod: Pod, weight: i32, entries: &[RequirementEntry]) -> Pod {
    use karp_core::model::{NodeSelectorTerm, PreferredNodeTerm};
    let preference = NodeSelectorTerm { match_expressions: entries.to_vec(), match_fields: vec![] };
    pod.spec_mut().node_affinity.preferred.push(PreferredNodeTerm { weight, preference });
    pod
}

pub(crate) fn plan_of(snapshot: &Snapshot) -> Plan {
    let plan = provision(snapshot, &Policy::compat());
    assert_eq!(plan, provision(snapshot, &Policy::compat()), "two runs differ");
    plan
}

/// The plan for these pods with one pool and the six types.
pub(crate) fn plan(pool: NodePool, pods: impl IntoIterator<Item = Pod>) -> Plan {
    let snapshot = world().instance_types(types()).node_pool(pool).pods(pods).build().unwrap();
    plan_of(&snapshot)
}

/// The machine of a pod in namespace `default`.
pub(crate) fn machine_of<'p>(plan: &'p Plan, pod: &str) -> &'p PlannedMachine {
    plan.machines
        .iter()
        .find(|machine| machine.pods.iter().any(|id| id.name() == pod))
        .unwrap_or_else(|| panic!("{pod} is on no machine:\n{plan}"))
}

/// What the machine of a pod must have for a label, `-` for anything.
pub(crate) fn label_of(plan: &Plan, pod: &str, key: &str) -> String {
    let machine = machine_of(plan, pod);
    let values = |requirement: &Requirement| requirement.to_string();
    machine.requirements.get(key).map_or_else(|| "-".to_owned(), values)
}

/// Instance types of the machine of a pod, cheapest first.
pub(crate) fn types_of(plan: &Plan, pod: &str) -> Vec<String> {
    machine_of(plan, pod).instance_types.iter().map(ToString::to_string).collect()
}

/// Codes of the reasons for which a pod has no place; empty when it has one.
pub(crate) fn codes(plan: &Plan, pod: &str) -> Vec<&'static str> {
    plan.unplaced
        .iter()
        .filter(|unplaced| unplaced.pod.name() == pod)
        .flat_map(|unplaced| unplaced.reasons.iter())
        .map(|refusal| refusal.reason.code())
        .collect()
}

/// Whether every pod has a place.
pub(crate) fn all_placed(plan: &Plan) -> bool {
    plan.unplaced.is_empty()
}

/// Selects pods with this label.
pub(crate) fn selector(key: &str, value: &str) -> LabelSelector {
    LabelSelector {
        match_labels: Labels::from([(key.to_owned(), value.to_owned())]),
        ..Default::default()
    }
}
