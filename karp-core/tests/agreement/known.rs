//! Mistakes that random worlds have shown, each with its smallest case.

use karp_core::{
    check,
    explain::Reason,
    model::{
        CapacityType::OnDemand, DaemonSet, InstanceType, IntOrPercent, LabelSelector, Node,
        NodePool, NodeSelectorTerm, ObjectId, Operator, Pod, PodAffinityTerm, PodDisruptionBudget,
        PodTemplate, PreferredNodeTerm, RequirementEntry, Resources, Timestamp, Vocabulary, label,
        usd,
    },
    policy::Policy,
    provision,
    snapshot::Snapshot,
};

fn kind(name: &str, cpu: &str, memory: &str) -> InstanceType {
    InstanceType::new(name).cpu(cpu).memory(memory).offering("z1", OnDemand, usd("0.1"))
}

#[test]
fn daemons_larger_than_every_type_leave_no_type_that_holds_the_pod() {
    // DS-4: the reference names the instance types here, not the pool.
    let mut agent = Pod::new("agent").request("cpu", "10");
    let template = PodTemplate { spec: agent.spec_mut().clone().into(), ..PodTemplate::default() };
    let snapshot = Snapshot::builder(Timestamp::EPOCH)
        .instance_types([kind("small", "2", "2Gi")])
        .node_pool(NodePool::new("general"))
        .daemon_sets([DaemonSet::new(ObjectId::new("system", "agent"), template)])
        .pod(Pod::new("web").request("cpu", "1"))
        .build()
        .expect("the case is well formed");
    let plan = provision(&snapshot, &Policy::compat());
    assert_eq!(plan.unplaced[0].reasons[0].reason.code(), "no-instance-type");
    assert_eq!(check(&snapshot, &Policy::compat(), &plan), Ok(()));
}

#[test]
fn limits_that_exclude_all_types_only_together_name_one_that_is_exceeded() {
    let pool = NodePool::new("general").limit("cpu", "2").limit("memory", "2Gi");
    let snapshot = Snapshot::builder(Timestamp::EPOCH)
        .instance_types([kind("fast", "4", "1Gi"), kind("deep", "1", "4Gi")])
        .node_pool(pool)
        .pod(Pod::new("web").request("cpu", "100m"))
        .build()
        .expect("the case is well formed");
    let plan = provision(&snapshot, &Policy::compat());
    let Reason::LimitExceeded { remaining, needed, .. } = &plan.unplaced[0].reasons[0].reason
    else {
        panic!("{plan}");
    };
    assert!(needed > remaining, "{plan}");
    assert_eq!(check(&snapshot, &Policy::compat(), &plan), Ok(()));
}

/// A node without labels and a pod that asks for one.
fn beside_a_bare_node(pod: Pod) -> Snapshot {
    Snapshot::builder(Timestamp::EPOCH)
        .node_pool(NodePool::new("general"))
        .node(Node::new("n1").resource("cpu", "4"))
        .pod(pod)
        .build()
        .expect("the case is well formed")
}

#[test]
fn a_wish_that_contradicts_the_selector_puts_the_pod_on_no_node_without_the_label() {
    // Kubernetes would never let the pod run on n1: its selector asks for a label that n1 lacks.
    let wish = NodeSelectorTerm {
        match_expressions: vec![RequirementEntry::new("level", Operator::In, ["2"])],
        match_fields: Vec::new(),
    };
    let mut pod = Pod::new("web").request("cpu", "1").on_nodes_with("level", "1");
    let preferred = &mut pod.spec_mut().node_affinity.preferred;
    preferred.push(PreferredNodeTerm { weight: 1, preference: wish });
    let snapshot = beside_a_bare_node(pod);
    let plan = provision(&snapshot, &Policy::compat());
    assert_eq!(check(&snapshot, &Policy::compat(), &plan), Ok(()));
    assert_eq!(plan.unplaced.len(), 1, "{plan}");
}

#[test]
fn a_label_that_must_exist_without_some_values_must_exist() {
    let entry =
        |operator, values: &[&str]| RequirementEntry::new("team", operator, values.iter().copied());
    let both = [entry(Operator::Exists, &[]), entry(Operator::NotIn, &["b"])];
    let snapshot = beside_a_bare_node(Pod::new("web").request("cpu", "1").require_any_of(both));
    let plan = provision(&snapshot, &Policy::compat());
    assert_eq!(check(&snapshot, &Policy::compat(), &plan), Ok(()));
    assert_eq!(plan.unplaced.len(), 1, "{plan}");
}

#[test]
fn a_well_known_label_that_must_and_must_not_have_a_value_is_had_by_no_machine() {
    let entry = RequirementEntry::new("size", Operator::NotIn, ["large"]);
    let pod = Pod::new("web").request("cpu", "1").on_nodes_with("size", "large");
    let snapshot = Snapshot::builder(Timestamp::EPOCH)
        .vocabulary(Vocabulary::core().with_well_known(["size"]))
        .instance_types([kind("plain", "2", "2Gi")])
        .node_pool(NodePool::new("general"))
        .pod(pod.require_any_of([entry]))
        .build()
        .expect("the case is well formed");
    let plan = provision(&snapshot, &Policy::compat());
    assert_eq!(plan.unplaced.len(), 1, "{plan}");
}

#[test]
fn a_pod_that_a_budget_keeps_on_a_leaving_node_still_counts_there() {
    let app = || LabelSelector::label("app", "web");
    let mut node = Node::new("n1").resource("cpu", "4").label(label::ZONE, "z1");
    node.deleting_since = Some(Timestamp::EPOCH);
    let mut budget = PodDisruptionBudget::new(ObjectId::new("default", "none"));
    budget.selector = Some(app());
    budget.max_unavailable = Some(IntOrPercent::Int(0));
    let snapshot = Snapshot::builder(Timestamp::EPOCH)
        .instance_types([kind("plain", "2", "2Gi")])
        .node_pool(NodePool::new("general"))
        .node(node)
        .pod_disruption_budgets([budget])
        .pods([
            Pod::new("old").label("app", "web").bound_to("n1"),
            Pod::new("new").label("app", "web").away_from(PodAffinityTerm::new(label::ZONE, app())),
        ])
        .build()
        .expect("the case is well formed");
    // The only zone that can be bought is z1, where `old` still is.
    let plan = provision(&snapshot, &Policy::compat());
    assert_eq!(plan.unplaced.len(), 1, "{plan}");
}

#[test]
fn an_offering_that_daemons_fill_stays_out_when_a_machine_narrows() {
    // In z2 the type has 100m left, less than the daemon takes; the first pod may be in z1, the second may not.
    let mut kind = InstanceType::new("plain")
        .cpu("1")
        .memory("1Gi")
        .offering("z1", OnDemand, usd("0.1"))
        .offering("z2", OnDemand, usd("0.1"));
    kind.offerings[1].overhead_override = Some(Resources::new().with("cpu", 900));
    let mut agent = Pod::new("agent").request("cpu", "1");
    let template = PodTemplate { spec: agent.spec_mut().clone().into(), ..PodTemplate::default() };
    let snapshot = Snapshot::builder(Timestamp::EPOCH)
        .instance_types([kind])
        .node_pool(NodePool::new("general"))
        .daemon_sets([DaemonSet::new(ObjectId::new("system", "agent"), template)])
        .pods([Pod::new("anywhere"), Pod::new("there").on_nodes_with(label::ZONE, "z2")])
        .build()
        .expect("the case is well formed");
    let plan = provision(&snapshot, &Policy::compat());
    assert_eq!(check(&snapshot, &Policy::compat(), &plan), Ok(()));
    assert_eq!(plan.unplaced.len(), 1, "{plan}");
}
