//! Capacity buffers: how many virtual pods they are, what these ask for, and what the plan says of them.

use std::sync::Arc;

use karp_core::{
    check,
    decision::Plan,
    model::{
        CapacityBuffer, Condition, ConditionStatus, InstanceType, LabelSelector, NamedPodTemplate,
        Node, ObjectId, Pod, PodAffinityTerm, PodId, PodTemplate, PodVolume, Quantity, Resources,
        ScalableRef, Taint, Toleration, Uid, Workload, label, usd,
    },
    policy::Policy,
    provision,
    snapshot::{Snapshot, SnapshotBuilder},
};

use super::fixture::*;

fn policy() -> Policy {
    let mut policy = Policy::compat();
    policy.feature_gates.capacity_buffer = true;
    policy
}

fn decide(builder: SnapshotBuilder) -> (Snapshot, Plan) {
    let snapshot = builder.build().unwrap();
    let plan = provision(&snapshot, &policy());
    assert_eq!(check(&snapshot, &policy(), &plan), Ok(()));
    (snapshot, plan)
}

fn id(name: &str) -> ObjectId {
    ObjectId::new("default", name)
}

/// The pod as a template.
fn template_of(pod: Pod) -> PodTemplate {
    PodTemplate { labels: pod.labels, annotations: pod.annotations, spec: pod.spec }
}

fn named(pod: Pod) -> NamedPodTemplate {
    NamedPodTemplate { id: id("chunk"), template: template_of(pod) }
}

/// A buffer `spare` of the template `chunk`.
fn of_template(change: impl FnOnce(&mut CapacityBuffer)) -> CapacityBuffer {
    let mut buffer = CapacityBuffer::new(id("spare"));
    buffer.uid = Uid::new("uid");
    buffer.pod_template = Some("chunk".to_owned());
    change(&mut buffer);
    buffer
}

/// A buffer `spare` of the workload `web`.
fn of_workload(kind: &str, change: impl FnOnce(&mut CapacityBuffer)) -> CapacityBuffer {
    let mut buffer = CapacityBuffer::new(id("spare"));
    buffer.scalable = Some(ScalableRef {
        group: "apps".to_owned(),
        kind: kind.to_owned(),
        name: "web".to_owned(),
    });
    change(&mut buffer);
    buffer
}

fn workload(kind: &str, replicas: Option<u32>) -> Workload {
    let template = template_of(pod("any").request("cpu", "1").label("app", "web"));
    let mut workload = Workload::new(kind, id("web"), template);
    workload.replicas = replicas;
    workload
}

fn limits(amounts: &[(&str, &str)]) -> Resources {
    let read = |text: &str| text.parse::<Quantity>().unwrap();
    let amounts: Vec<(&str, Quantity)> =
        amounts.iter().map(|(name, text)| (*name, read(text))).collect();
    Resources::capacity(amounts.iter().map(|(name, quantity)| (*name, quantity)))
}

/// The six types and one pool.
fn cluster() -> SnapshotBuilder {
    world().instance_types(types()).node_pool(pool())
}

/// How many pods a buffer of a template of `requests` is.
fn count(requests: &[(&str, &str)], change: impl FnOnce(&mut CapacityBuffer)) -> usize {
    let chunk = requests.iter().fold(pod("any"), |pod, (name, text)| pod.request(name, text));
    let builder = cluster().pod_templates([named(chunk)]).buffers([of_template(change)]);
    decide(builder).1.virtual_pods.len()
}

/// How many pods a buffer of a Deployment of these replicas is.
fn share(replicas: Option<u32>, change: impl FnOnce(&mut CapacityBuffer)) -> usize {
    let builder = cluster()
        .workloads([workload("Deployment", replicas)])
        .buffers([of_workload("Deployment", change)]);
    decide(builder).1.virtual_pods.len()
}

fn codes_of(plan: &Plan) -> Vec<&str> {
    plan.findings.iter().map(|finding| finding.code.as_str()).collect()
}

#[test]
fn a_buffer_is_the_wanted_number_within_its_limits() {
    let one_cpu: &[_] = &[("cpu", "1")];
    // CB-3a, CB-3b, CB-3c, CB-3d
    assert_eq!(count(one_cpu, |own| own.replicas = Some(7)), 7);
    let limited = |replicas: Option<u32>, cpu: &str| {
        count(one_cpu, |own| {
            own.replicas = replicas;
            own.limits = limits(&[("cpu", cpu)]);
        })
    };
    assert_eq!((limited(Some(10), "3"), limited(Some(3), "10"), limited(None, "5")), (3, 3, 5));
    // VP-5a and no size at all
    assert_eq!(count(one_cpu, |_| {}), 0);
    assert_eq!(count(one_cpu, |own| own.replicas = Some(0)), 0);
}

#[test]
fn limits_are_counted_in_whole_pods() {
    let within = |requests: &[(&str, &str)], of: &[(&str, &str)]| {
        count(requests, |own| own.limits = limits(of))
    };
    // CB-4a, CB-4b, CB-4c, CB-4i, CB-4j, CB-4k
    assert_eq!(within(&[("cpu", "1")], &[("cpu", "4")]), 4);
    assert_eq!(within(&[("memory", "512Mi")], &[("memory", "2Gi")]), 4);
    let both = [("cpu", "1"), ("memory", "1Gi")];
    assert_eq!(within(&both, &[("cpu", "8"), ("memory", "4Gi")]), 4);
    assert_eq!(within(&[("cpu", "3")], &[("cpu", "10")]), 3);
    assert_eq!(within(&[("cpu", "250m")], &[("cpu", "1")]), 4);
    assert_eq!(within(&[("cpu", "2")], &[("cpu", "1")]), 0);
    // CB-4g, CB-4h: nothing that is asked for is limited.
    for requests in [&[][..], &[("memory", "1Gi")], &[("cpu", "0"), ("memory", "1Gi")]] {
        let two = count(requests, |own| {
            own.replicas = Some(2);
            own.limits = limits(&[("cpu", "1")]);
        });
        assert_eq!((two, within(requests, &[("cpu", "1")])), (2, 0));
    }
}

#[test]
fn a_share_of_a_workload_is_rounded_up() {
    let percent = |percentage: u32, replicas: Option<u32>| {
        share(replicas, |own| own.percentage = Some(percentage))
    };
    // CB-3e, CB-3i, CB-2f, CB-6
    assert_eq!((percent(20, Some(10)), percent(10, Some(1)), percent(100, None)), (2, 1, 1));
    assert_eq!((percent(25, Some(5)), percent(100, Some(3)), percent(150, Some(3))), (2, 3, 5));
    assert_eq!((percent(0, Some(10)), percent(20, Some(0)), percent(1, Some(101))), (0, 0, 2));
    // CB-3f, CB-3g, CB-3h: the greater of the two, then limits.
    let both = |percentage: u32, cpu: Option<&str>| {
        share(Some(10), |own| {
            (own.replicas, own.percentage) = (Some(5), Some(percentage));
            own.limits = cpu.map(|cpu| limits(&[("cpu", cpu)])).unwrap_or_default();
        })
    };
    assert_eq!((both(20, None), both(80, None), both(80, Some("4"))), (5, 8, 4));
    // A percentage of no workload says nothing.
    assert_eq!(count(&[("cpu", "1")], |own| own.percentage = Some(50)), 0);
}

#[test]
fn what_can_not_be_resolved_is_a_finding() {
    let told = |buffer: CapacityBuffer, more: &dyn Fn(SnapshotBuilder) -> SnapshotBuilder| {
        let (_, plan) = decide(more(cluster()).buffers([buffer]));
        assert!(plan.virtual_pods.is_empty());
        codes_of(&plan).join(" ")
    };
    let nothing: &dyn Fn(SnapshotBuilder) -> SnapshotBuilder = &|builder| builder;
    let one = |own: &mut CapacityBuffer| own.replicas = Some(1);
    // CB-1, CB-2c, CB-2d, CB-2e, VP-4, VP-5g
    assert_eq!(told(of_template(one), nothing), "buffer-unresolved");
    assert_eq!(told(of_workload("Deployment", one), nothing), "buffer-unresolved");
    let other_kind: &dyn Fn(SnapshotBuilder) -> SnapshotBuilder =
        &|builder| builder.workloads([workload("Job", Some(1))]);
    assert_eq!(told(of_workload("Job", one), other_kind), "buffer-unresolved");
    let deployment: &dyn Fn(SnapshotBuilder) -> SnapshotBuilder =
        &|builder| builder.workloads([workload("Deployment", Some(1))]);
    let mut other_group = of_workload("Deployment", one);
    other_group.scalable.as_mut().unwrap().group = "example.com".to_owned();
    assert_eq!(told(other_group, deployment), "buffer-unresolved");
    let mut neither = CapacityBuffer::new(id("spare"));
    neither.replicas = Some(1);
    assert_eq!(told(neither, nothing), "buffer-unresolved");
    let mut elsewhere = of_workload("Deployment", one);
    elsewhere.id = ObjectId::new("shop", "spare");
    assert_eq!(told(elsewhere, deployment), "buffer-unresolved");
    let mut other_strategy = of_workload("Deployment", one);
    other_strategy.provisioning_strategy = "example.com/cold".to_owned();
    assert_eq!(told(other_strategy, deployment), "buffer-strategy");
    assert_eq!(
        told(of_workload("Deployment", |own| own.replicas = Some(4_000_000_000)), deployment),
        "too-many-pods"
    );
    // BUF-4c, VP-4, VP-5e: what somebody else says of the buffer counts.
    let unready = of_workload("Deployment", |own| {
        own.replicas = Some(1);
        own.conditions.push(Condition {
            kind: "ReadyForProvisioning".to_owned(),
            status: ConditionStatus::False,
            reason: String::new(),
            changed_at: None,
        });
    });
    assert_eq!(told(unready, deployment), "buffer-not-ready");
}

#[test]
fn workloads_of_three_kinds_and_known_sizes_count() {
    // CB-2a, CB-2b
    for kind in ["Deployment", "ReplicaSet", "StatefulSet"] {
        for group in ["apps", ""] {
            let mut buffer = of_workload(kind, |own| own.percentage = Some(50));
            buffer.scalable.as_mut().unwrap().group = group.to_owned();
            let (_, plan) =
                decide(cluster().workloads([workload(kind, Some(4))]).buffers([buffer]));
            assert_eq!(plan.virtual_pods.len(), 2, "{kind} {group}");
        }
    }
    // A size that the buffer's status tells is taken.
    let told = |replicas| {
        count(&[("cpu", "1")], |own| {
            (own.replicas, own.status_replicas) = (Some(5), Some(replicas));
        })
    };
    assert_eq!((told(2), told(0)), (2, 0));
}

#[test]
fn virtual_pods_are_told_by_name_and_are_the_same_every_time() {
    // VP-1
    let chunk = pod("any").request("cpu", "1").label("app", "web");
    let buffer = of_template(|own| own.replicas = Some(3));
    let (_, plan) = decide(cluster().pod_templates([named(chunk)]).buffers([buffer.clone()]));
    let names: Vec<String> = plan.virtual_pods.keys().map(ToString::to_string).collect();
    assert_eq!(names, ["1", "2", "3"].map(|i| format!("default/capacity-buffer-spare-{i}")));
    let of = |room: &karp_core::decision::VirtualPod| room.buffer == buffer.id;
    assert!(plan.virtual_pods.values().all(of));
    assert_eq!(plan.virtual_pods.values().next().unwrap().requests.to_string(), "cpu 1");
    assert_eq!(plan.machines.len(), 1);
    assert_eq!(plan.totals().placed, 3);
    // With the gate off there is no room, and that is said.
    let chunk = named(pod("any").request("cpu", "1"));
    let snapshot = cluster().pod_templates([chunk]).buffers([buffer]).build().unwrap();
    let plan = plan_of(&snapshot);
    assert!(plan.machines.is_empty() && plan.virtual_pods.is_empty());
    assert_eq!(codes_of(&plan), ["gate-off"]);
}

#[test]
fn virtual_pods_have_no_volumes_and_no_gates() {
    // VP-2
    let mut chunk = pod("any").request("cpu", "1");
    let volume =
        |name: &str| PodVolume { name: name.to_owned(), claim: name.to_owned(), ephemeral: None };
    chunk.spec_mut().volumes = vec![volume("data"), volume("scratch")];
    chunk.spec_mut().scheduling_gates = vec!["example.com/wait".to_owned()];
    let buffer = of_template(|own| own.replicas = Some(1));
    let (_, plan) = decide(cluster().pod_templates([named(chunk)]).buffers([buffer]));
    assert!(all_placed(&plan));
    assert_eq!(plan.machines.len(), 1);
}

#[test]
fn virtual_pods_keep_what_decides_where_they_can_be() {
    // VP-3
    let near = PodAffinityTerm::new(ZONE, LabelSelector::label("app", "db"));
    let tolerant = Toleration::equal("dedicated", "a");
    let chunk = pod("any").on_nodes_with("size", "large").tolerate(tolerant).near(near);
    let tainted =
        pool().taint(Taint::new("dedicated", karp_core::model::Effect::NoSchedule).with_value("a"));
    let builder = world().instance_types(types()).node_pool(tainted);
    let there = Node::new("n").resource("cpu", "1").resource("pods", "1").label(ZONE, "z2");
    let db = pod("db").label("app", "db").bound_to("n");
    let buffer = of_template(|own| own.replicas = Some(1));
    let builder = builder.node(there).pod(db).pod_templates([named(chunk)]).buffers([buffer]);
    let (_, plan) = decide(builder);
    assert_eq!(label_of(&plan, "capacity-buffer-spare-1", "size"), "size In [large]");
    assert_eq!(label_of(&plan, "capacity-buffer-spare-1", ZONE), format!("{ZONE} In [z2]"));
}

/// A node of two CPU and a buffer of pods of one CPU.
fn beside_a_node(replicas: u32, buffer: &dyn Fn(u32) -> CapacityBuffer) -> Plan {
    let node = Node::new("n").resource("cpu", "2").resource("memory", "4Gi").resource("pods", "9");
    let builder = cluster()
        .node(node)
        .workloads([workload("Deployment", Some(1))])
        .pod_templates([named(pod("any").request("cpu", "1"))])
        .buffers([buffer(replicas)]);
    decide(builder).1
}

#[test]
fn a_buffer_says_whether_its_room_is_there() {
    let template = |replicas| of_template(|own| own.replicas = Some(replicas));
    let scalable = |replicas| of_workload("Deployment", |own| own.replicas = Some(replicas));
    let of: [&dyn Fn(u32) -> CapacityBuffer; 2] = [&template, &scalable];
    for buffer in of {
        // BUF-4a
        let plan = beside_a_node(2, buffer);
        let condition = plan.buffers()[&id("spare")].condition();
        assert_eq!(
            (condition.status, &*condition.reason),
            (ConditionStatus::True, "FitsExistingCapacity")
        );
        // BUF-4b
        let plan = beside_a_node(3, buffer);
        let spare = plan.buffers()[&id("spare")];
        assert_eq!((spare.on_nodes, spare.on_machines, spare.unplaced), (2, 1, 0));
        assert_eq!(spare.condition().reason, "RequiresNewCapacity");
        // BUF-4d, BUF-4e: nothing is said of a buffer without pods.
        assert!(beside_a_node(0, buffer).buffers().is_empty());
    }
}

#[test]
fn buffers_are_counted_apart_from_real_pods_and_from_each_other() {
    // BUF-3, BUF-5, BUF-6
    let buffer = |namespace: &str, replicas| {
        let mut buffer = CapacityBuffer::new(ObjectId::new(namespace, "spare"));
        buffer.pod_template = Some("chunk".to_owned());
        buffer.replicas = Some(replicas);
        buffer
    };
    let template = |namespace: &str, cpu: &str| NamedPodTemplate {
        id: ObjectId::new(namespace, "chunk"),
        template: template_of(pod("any").request("cpu", cpu)),
    };
    let node = Node::new("n").resource("cpu", "4").resource("memory", "4Gi").resource("pods", "9");
    let busy = Node::new("o").resource("cpu", "1").resource("memory", "4Gi").resource("pods", "9");
    let builder = cluster()
        .nodes([node, busy])
        .pods([pod("big").request("cpu", "2"), pod("huge").request("cpu", "99")])
        .pods([pod("small").request("cpu", "100m")])
        .pod_templates([template("default", "1"), template("shop", "64")])
        .buffers([buffer("default", 3), buffer("shop", 2)]);
    let (_, plan) = decide(builder);
    let (here, there) = (id("spare"), ObjectId::new("shop", "spare"));
    let all = plan.buffers();
    assert_eq!((all[&here].on_nodes, all[&here].on_machines, all[&here].unplaced), (3, 0, 0));
    assert_eq!((all[&there].on_nodes, all[&there].on_machines, all[&there].unplaced), (0, 0, 2));
    let room: Vec<(String, usize)> =
        plan.kept_room().into_iter().map(|(node, count)| (node.to_string(), count)).collect();
    assert_eq!(room, [("n".to_owned(), 2), ("o".to_owned(), 1)]);
    let real: Vec<&PodId> = plan
        .unplaced
        .iter()
        .map(|unplaced| &unplaced.pod)
        .filter(|pod| !plan.virtual_pods.contains_key(*pod))
        .collect();
    assert_eq!(real, [&id("huge")]);
    let text = plan.to_string();
    assert!(
        text.contains("buffer default/spare: room for 3 pods on nodes, 0 on machines to buy"),
        "{text}"
    );
}

#[test]
fn real_pods_that_could_never_be_admitted_are_refused_virtual_ones_are_tried() {
    // As the reference: virtual pods are added behind validation.
    let restricted = pod("any").on_nodes_with("karpenter.sh/unheard-of", "x");
    let builder = cluster().pod(restricted.clone());
    let buffer = of_template(|own| own.replicas = Some(1));
    let (_, plan) = decide(builder.pod_templates([named(restricted)]).buffers([buffer]));
    assert_eq!(codes(&plan, "any"), ["restricted-label"]);
    assert_eq!(codes(&plan, "capacity-buffer-spare-1"), ["label-unknown"]);
}

#[test]
fn a_name_that_is_taken_is_not_given_again() {
    let buffer = of_template(|own| own.replicas = Some(2));
    let builder = cluster()
        .pod(pod("capacity-buffer-spare-1").request("cpu", "1"))
        .pod_templates([named(pod("any").request("cpu", "1"))])
        .buffers([buffer]);
    let (_, plan) = decide(builder);
    let names: Vec<&str> = plan.virtual_pods.keys().map(ObjectId::name).collect();
    assert_eq!(names, ["capacity-buffer-spare-2"]);
    assert_eq!(codes_of(&plan), ["buffer-name-taken"]);
    assert_eq!(plan.totals().placed, 2);
}

#[test]
fn a_pod_says_whose_room_it_stands_for() {
    let with = |annotations: &[(&str, &str)]| {
        let mut pod = pod("p");
        let all = Arc::make_mut(&mut pod.annotations);
        all.extend(annotations.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())));
        pod.buffer().map(|id| id.to_string())
    };
    let (marker, name, namespace) = (
        (label::CAPACITY_BUFFER_FAKE_POD, "true"),
        (label::CAPACITY_BUFFER_NAME, "spare"),
        (label::CAPACITY_BUFFER_NAMESPACE, "shop"),
    );
    // BUF-1, BUF-2
    assert_eq!(with(&[marker, name, namespace]).as_deref(), Some("shop/spare"));
    assert_eq!(with(&[]), None);
    assert_eq!(with(&[("other", "true")]), None);
    assert_eq!(with(&[marker, name]), None);
    assert_eq!(with(&[marker, namespace]), None);
    assert_eq!(with(&[name, namespace]), None);
    assert_eq!(with(&[(marker.0, "false"), name, namespace]), None);
}

#[test]
fn one_template_serves_many_buffers() {
    // CB-11
    let buffer = |name: &str| {
        let mut buffer = of_template(|own| own.replicas = Some(1));
        buffer.id = id(name);
        buffer
    };
    let chunk = named(pod("any").request("cpu", "1"));
    let (_, plan) = decide(cluster().pod_templates([chunk]).buffers([buffer("a"), buffer("b")]));
    assert_eq!(plan.buffers().len(), 2);
}

#[test]
fn kept_room_is_bought_like_room_for_pods() {
    // A buffer of the workload's own template shares the machine of its pods.
    let kind = InstanceType::new("only").cpu("4").memory("8Gi");
    let kind = kind.offering("z1", karp_core::model::CapacityType::OnDemand, usd("1"));
    let builder = world()
        .instance_types([kind])
        .node_pool(pool())
        .workloads([workload("Deployment", Some(2))])
        .pods((0..2).map(|i| pod(&format!("web-{i}")).request("cpu", "1").label("app", "web")))
        .buffers([of_workload("Deployment", |own| own.percentage = Some(100))]);
    let (_, plan) = decide(builder);
    assert_eq!(plan.machines.len(), 1);
    assert_eq!(plan.machines[0].requests.to_string(), "cpu 4, pods 4");
}
