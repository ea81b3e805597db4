//! Pods without spread constraints get those of the cluster.

use karp_core::{
    check,
    decision::Plan,
    model::{
        CapacityType::OnDemand, InstanceType, LabelSelector, Node, ObjectId, Owner, Pod,
        PodTemplate, Service, TopologySpread, Uid, Workload, label, usd,
    },
    policy::Policy,
    provision,
    snapshot::SnapshotBuilder,
};

use super::fixture::*;

fn owned(name: &str, (kind, owner): (&str, &str), labels: &[(&str, &str)]) -> Pod {
    let mut pod = labels.iter().fold(pod(name), |pod, (key, value)| pod.label(*key, *value));
    pod.owners.push(Owner {
        api_version: if kind == "Job" { "batch/v1" } else { "apps/v1" }.to_owned(),
        kind: kind.to_owned(),
        name: owner.to_owned(),
        uid: Uid::new(""),
        controller: true,
    });
    pod
}

fn replica_set(name: &str, labels: &[(&str, &str)]) -> Workload {
    let template = PodTemplate::default();
    let mut set = Workload::new("ReplicaSet", ObjectId::new("default", name), template);
    let mut selector = LabelSelector::default();
    for (key, value) in labels {
        selector.match_labels.insert((*key).to_owned(), (*value).to_owned());
    }
    set.selector = Some(selector);
    set
}

/// `count` pods of the ReplicaSet `web`.
fn web(count: usize) -> impl Iterator<Item = Pod> {
    (0..count).map(|i| owned(&format!("web-{i}"), ("ReplicaSet", "web"), &[("app", "web")]))
}

fn with(defaults: impl IntoIterator<Item = TopologySpread>, builder: SnapshotBuilder) -> Plan {
    let mut policy = Policy::compat();
    policy.default_spread = defaults.into_iter().collect();
    let snapshot = builder.build().unwrap();
    let plan = provision(&snapshot, &policy);
    assert_eq!(check(&snapshot, &policy, &plan), Ok(()));
    plan
}

/// Three zones, one type of 32 pods, one pool, the ReplicaSet `web`.
fn cluster() -> SnapshotBuilder {
    let kind = InstanceType::new("only").cpu("32").memory("64Gi");
    let kind =
        ["z1", "z2", "z3"].iter().fold(kind, |kind, zone| kind.offering(zone, OnDemand, usd("1")));
    let set = replica_set("web", &[("app", "web")]);
    world().instance_types([kind]).node_pool(pool()).workloads([set])
}

fn zone() -> TopologySpread {
    TopologySpread::new(ZONE, 1)
}

fn host() -> TopologySpread {
    TopologySpread::new(label::HOSTNAME, 1)
}

/// Pods on each machine whose names start with `prefix`, fewest first.
fn counts(plan: &Plan, prefix: &str) -> Vec<usize> {
    let of = |pods: &[karp_core::model::PodId]| {
        pods.iter().filter(|pod| pod.name().starts_with(prefix)).count()
    };
    let mut counts: Vec<usize> = plan.machines.iter().map(|machine| of(&machine.pods)).collect();
    counts.retain(|count| *count > 0);
    counts.sort_unstable();
    counts
}

#[test]
fn pods_of_a_replica_set_are_spread() {
    // DEF-1, DEF-2
    assert_eq!(counts(&with([zone()], cluster().pods(web(4))), ""), [1, 1, 2]);
    assert_eq!(counts(&with([host()], cluster().pods(web(3))), ""), [1, 1, 1]);
    // DEF-3
    let own = TopologySpread::new(label::HOSTNAME, 3).selecting(selector("app", "web"));
    let pods = web(3).map(|pod| pod.spread(own.clone()));
    assert_eq!(counts(&with([host()], cluster().pods(pods)), ""), [3]);
    // DEF-6, DEF-7
    assert_eq!(counts(&with([], cluster().pods(web(3))), ""), [3]);
    let nobodys = (0..3).map(|i| pod(&format!("p-{i}")).label("app", "web"));
    assert_eq!(counts(&with([zone()], cluster().pods(nobodys)), ""), [3]);
}

#[test]
fn fewest_domains_of_a_default_count() {
    let two_zones = || {
        let pool = pool().requirement(is_in(ZONE, &["z1", "z2"]));
        let kind = InstanceType::new("only").cpu("32").memory("64Gi");
        let kind = kind.offering("z1", OnDemand, usd("1")).offering("z2", OnDemand, usd("1"));
        let set = replica_set("web", &[("app", "web")]);
        world().instance_types([kind]).node_pool(pool).workloads([set])
    };
    let mut three = zone();
    three.min_domains = Some(3);
    // DEF-4
    let plan = with([three.clone()], two_zones().pods(web(3)));
    assert_eq!((counts(&plan, ""), plan.unplaced.len()), (vec![1, 1], 1));
    assert_eq!(plan.unplaced[0].reasons[0].reason.code(), "topology-spread");
    // DEF-5a, DEF-5b
    let one_zone = || {
        let kind = InstanceType::new("only").cpu("32").offering("z1", OnDemand, usd("1"));
        let set = replica_set("web", &[("app", "web")]);
        world().instance_types([kind]).node_pool(pool()).workloads([set]).pods(web(3))
    };
    assert_eq!(with([three.clone()], one_zone()).unplaced.len(), 2);
    assert!(all_placed(&with([three.soft()], one_zone())));
}

#[test]
fn pods_that_run_count() {
    // DEF-8
    let node = Node::new("n").resource("cpu", "2").resource("pods", "2").label(ZONE, "z1");
    let there = (0..2).map(|i| {
        owned(&format!("old-{i}"), ("ReplicaSet", "web"), &[("app", "web")]).bound_to("n")
    });
    let plan = with([zone()], cluster().node(node).pods(there).pods(web(2)));
    assert_eq!(plan.machines.len(), 2);
    let zones: Vec<String> =
        ["web-0", "web-1"].iter().map(|pod| label_of(&plan, pod, ZONE)).collect();
    assert_ne!(zones[0], zones[1]);
    assert!(zones.iter().all(|zone| !zone.contains("z1")), "{zones:?}");
}

#[test]
fn workloads_and_revisions_are_spread_apart() {
    // DEF-9
    let sets = [replica_set("web", &[("app", "web")]), replica_set("api", &[("app", "api")])];
    let apis = (0..3).map(|i| owned(&format!("api-{i}"), ("ReplicaSet", "api"), &[("app", "api")]));
    let builder = cluster().workloads(sets.into_iter().skip(1)).pods(web(3)).pods(apis);
    let plan = with([zone()], builder);
    assert_eq!((counts(&plan, "web"), counts(&plan, "api")), (vec![1, 1, 1], vec![1, 1, 1]));
    // DEF-10
    let of = |revision: &'static str| {
        let labels = [("app", "web"), ("pod-template-hash", revision)];
        let set = replica_set(&format!("web-{revision}"), &labels);
        let pods = (0..3).map(move |i| {
            let owner = format!("web-{revision}");
            owned(&format!("r{revision}-{i}"), ("ReplicaSet", &owner), &labels)
        });
        (set, pods.collect::<Vec<Pod>>())
    };
    let ((one, first), (other, second)) = (of("1"), of("2"));
    let plan = with([zone()], cluster().workloads([one, other]).pods(first).pods(second));
    assert_eq!((counts(&plan, "r1"), counts(&plan, "r2")), (vec![1, 1, 1], vec![1, 1, 1]));
}

#[test]
fn a_service_tells_whom_to_count_too() {
    // DEF-11
    let service = Service {
        id: ObjectId::new("default", "batch"),
        selector: Some([("app".to_owned(), "batch".to_owned())].into()),
    };
    let pods = (0..4).map(|i| owned(&format!("job-{i}"), ("Job", "j"), &[("app", "batch")]));
    let plan = with([zone()], cluster().services([service]).pods(pods));
    assert_eq!(counts(&plan, ""), [1, 1, 2]);
}

#[test]
fn pods_of_leaving_nodes_are_spread_too() {
    let mut node = Node::new("n").resource("cpu", "8").resource("pods", "9").label(ZONE, "z1");
    node.deleting_since = Some(NOW.parse().unwrap());
    let pods = web(3).map(|pod| pod.bound_to("n"));
    assert_eq!(counts(&with([zone()], cluster().node(node).pods(pods)), ""), [1, 1, 1]);
}
