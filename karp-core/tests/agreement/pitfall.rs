//! Cases in which a tempting shortcut gives another answer, each as small as it can be; the numbers are those of the project's list.

use karp_core::{
    check,
    decision::Plan,
    model::{
        CapacityType::OnDemand, InstanceType, Node, NodePool, Operator, Pod, Requirement,
        RequirementEntry, Timestamp, Vocabulary, usd,
    },
    policy::Policy,
    snapshot::{Snapshot, SnapshotBuilder},
};

use crate::solvers;

fn cluster() -> SnapshotBuilder {
    Snapshot::builder(Timestamp::EPOCH)
}

fn machine(name: &str, cpu: &str) -> InstanceType {
    InstanceType::new(name).cpu(cpu).memory("8Gi").offering("z1", OnDemand, usd("0.1"))
}

fn pod(name: &str, cpu: &str) -> Pod {
    Pod::new(name).request("cpu", cpu)
}

fn entry(key: &str, operator: Operator, values: &[&str]) -> RequirementEntry {
    RequirementEntry::new(key, operator, values.iter().copied())
}

/// Every solver's plan, accepted by the verifier.
fn plans(builder: SnapshotBuilder) -> Vec<Plan> {
    let snapshot = builder.build().expect("the case is well formed");
    let policy = Policy::compat();
    solvers()
        .into_iter()
        .map(|(name, provision)| {
            let plan = provision(&snapshot, &policy);
            check(&snapshot, &policy, &plan).unwrap_or_else(|error| panic!("{name}: {error}"));
            plan
        })
        .collect()
}

fn names(pods: &[karp_core::model::PodId]) -> Vec<&str> {
    pods.iter().map(karp_core::model::ObjectId::name).collect()
}

#[test]
fn p1_a_label_that_no_type_has_is_not_brought_by_a_pod_that_avoids_values() {
    let kind = machine("plain", "4").requirement(Requirement::does_not_exist("special"));
    let builder = cluster()
        .vocabulary(Vocabulary::core().with_well_known(["special"]))
        .instance_types([kind])
        .node_pool(NodePool::new("general"))
        .pods([
            pod("a", "300m"),
            pod("b", "200m").require_any_of([entry("special", Operator::Exists, &[])]),
            pod("c", "100m").require_any_of([entry("special", Operator::NotIn, &["optional"])]),
        ]);
    for plan in plans(builder) {
        assert_eq!(names(&plan.machines[0].pods), ["a", "c"], "{plan}");
        assert_eq!(plan.unplaced.len(), 1, "{plan}");
    }
}

#[test]
fn p2_a_label_that_a_node_lacks_is_not_brought_by_a_pod_that_avoids_values() {
    let a = pod("a", "300m").require_any_of([entry("rack", Operator::Exists, &[])]);
    let b = pod("b", "200m").require_any_of([entry("rack", Operator::NotIn, &["r9"])]);
    // Without any pool that could make machines nothing is placed at all.
    let pool = NodePool::new("empty");
    let node = || Node::new("n1").resource("cpu", "4");
    let alone = cluster().node(node()).node_pool(pool.clone()).pods([a.clone()]);
    for plan in plans(alone) {
        assert_eq!(plan.unplaced.len(), 1, "{plan}");
    }
    for plan in plans(cluster().node(node()).node_pool(pool).pods([a, b])) {
        assert_eq!(names(&plan.existing["n1"]), ["b"], "{plan}");
    }
}

#[test]
fn p3_types_that_limits_left_out_do_not_come_back() {
    let builder = cluster()
        .instance_types([machine("large", "4"), machine("small", "2")])
        .node_pool(NodePool::new("general").limit("cpu", "2"))
        .pods([pod("a", "500m"), pod("b", "400m")]);
    for plan in plans(builder) {
        assert_eq!(plan.machines.len(), 1, "{plan}");
        let listed: Vec<&str> = plan.machines[0]
            .instance_types
            .iter()
            .map(karp_core::model::InstanceTypeName::as_str)
            .collect();
        assert_eq!(listed, ["small"]);
        assert_eq!(names(&plan.machines[0].pods), ["a", "b"]);
    }
}

#[test]
fn p7_a_pod_that_failed_once_is_tried_again() {
    // The larger pod needs a label that only the smaller one's machine gets.
    let pool = NodePool::new("general").requirement(entry("team", Operator::In, &["a", "b"]));
    let builder = cluster()
        .node(Node::new("n1").resource("cpu", "1"))
        .instance_types([machine("small", "1")])
        .node_pool(pool.limit("nodes", "1"))
        .pods([
            pod("late", "300m").require_any_of([entry("rack", Operator::Exists, &[])]),
            pod("early", "200m").require_any_of([entry("rack", Operator::DoesNotExist, &[])]),
            pod("avoiding", "100m").require_any_of([entry("rack", Operator::NotIn, &["r1"])]),
        ]);
    for plan in plans(builder) {
        // `rack DoesNotExist` stands on the node once `early` is there, so that `late` is refused for good.
        assert_eq!(names(&plan.existing["n1"]), ["early", "avoiding"], "{plan}");
        assert_eq!(plan.unplaced.len(), 1);
    }
}

#[test]
fn p9_the_best_amount_of_each_resource_is_not_a_type() {
    let wide =
        InstanceType::new("wide").cpu("16").memory("16Gi").offering("z1", OnDemand, usd("1"));
    let deep = InstanceType::new("deep").cpu("4").memory("64Gi").offering("z1", OnDemand, usd("1"));
    let builder = cluster()
        .instance_types([wide, deep])
        .node_pool(NodePool::new("general"))
        .pods([pod("both", "8").request("memory", "32Gi")]);
    for plan in plans(builder) {
        assert_eq!(plan.unplaced.len(), 1, "{plan}");
    }
}

#[test]
fn p13_machines_with_equally_many_pods_are_tried_in_the_order_of_opening() {
    let pool = NodePool::new("general").requirement(entry("team", Operator::In, &["a", "b"]));
    let of = |name: &str, cpu: &str, team: &str| {
        pod(name, cpu).require_any_of([entry("team", Operator::In, &[team])])
    };
    let builder = cluster().instance_types([machine("small", "4")]).node_pool(pool).pods([
        of("a1", "1500m", "a"),
        of("b1", "1400m", "b"),
        of("b2", "300m", "b"),
        of("a2", "200m", "a"),
        pod("last", "100m"),
    ]);
    for plan in plans(builder) {
        assert_eq!(names(&plan.machines[0].pods), ["a1", "a2", "last"], "{plan}");
        assert_eq!(names(&plan.machines[1].pods), ["b1", "b2"]);
    }
}
