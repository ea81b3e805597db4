//! Whom default constraints count, pod by pod.

use std::{borrow::Cow, sync::Arc};

use super::derive;
use crate::{
    model::{
        InclusionPolicy, LabelSelector, Labels, ObjectId, Owner, Pod, PodTemplate,
        SelectorExpression, SelectorOperator, Service, Timestamp, TopologySpread, Uid, Workload,
        label,
    },
    policy::Policy,
    snapshot::Snapshot,
};

fn labels(pairs: &[(&str, &str)]) -> Labels {
    pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
}

fn pod(name: &str, own: &[(&str, &str)]) -> Pod {
    own.iter().fold(Pod::new(name), |pod, (key, value)| pod.label(*key, *value))
}

fn owned(mut pod: Pod, kind: &str, name: &str) -> Pod {
    let api_version = match kind {
        "ReplicationController" => "v1",
        "Job" => "batch/v1",
        _ => "apps/v1",
    };
    pod.owners.push(Owner {
        api_version: api_version.to_owned(),
        kind: kind.to_owned(),
        name: name.to_owned(),
        uid: Uid::new(""),
        controller: true,
    });
    pod
}

fn workload(kind: &str, name: &str, selector: &[(&str, &str)]) -> Workload {
    let mut workload = Workload::new(kind, ObjectId::new("default", name), PodTemplate::default());
    if kind == "ReplicationController" {
        workload.group.clear();
    }
    let match_labels = labels(selector);
    workload.selector = Some(LabelSelector { match_labels, match_expressions: Vec::new() });
    workload
}

fn service(namespace: &str, name: &str, selector: Option<&[(&str, &str)]>) -> Service {
    Service { id: ObjectId::new(namespace, name), selector: selector.map(labels) }
}

fn policy() -> Policy {
    let mut policy = Policy::compat();
    policy.default_spread = vec![TopologySpread::new(label::ZONE, 1)];
    policy
}

struct World {
    services: Vec<Service>,
    workloads: Vec<Workload>,
}

impl World {
    fn derived(&self, pods: impl IntoIterator<Item = Pod>, policy: &Policy) -> Vec<Arc<Pod>> {
        let builder = Snapshot::builder(Timestamp::EPOCH).pods(pods);
        let builder = builder.services(self.services.clone()).workloads(self.workloads.clone());
        let snapshot = builder.build().unwrap();
        derive(Cow::Borrowed(&snapshot), policy, &mut Vec::new()).pods.clone()
    }

    /// Whom the constraint of a pod counts, as `key=value` for labels and `key In value` for expressions; none when it has none.
    fn counted(&self, pod: Pod) -> Option<String> {
        let pods = self.derived([pod], &policy());
        let spread = pods[0].spec.topology_spread.first()?;
        let selector = spread.label_selector.clone().unwrap();
        let equal = selector.match_labels.iter().map(|(key, value)| format!("{key}={value}"));
        let expressions = selector
            .match_expressions
            .iter()
            .map(|own| format!("{} {:?} {}", own.key, own.operator, own.values.join(" ")));
        Some(equal.chain(expressions).collect::<Vec<_>>().join(", "))
    }
}

fn with_workload(workload: Workload) -> World {
    World { services: Vec::new(), workloads: vec![workload] }
}

fn with_services(services: impl IntoIterator<Item = Service>) -> World {
    World { services: services.into_iter().collect(), workloads: Vec::new() }
}

const WEB: &[(&str, &str)] = &[("app", "web"), ("revision", "7")];

#[test]
fn the_selector_of_a_controller_counts_as_expressions() {
    // DEF-12, DEF-13
    for kind in ["ReplicaSet", "StatefulSet", "Deployment"] {
        let world = with_workload(workload(kind, "web", &[("app", "web")]));
        let counted = world.counted(owned(pod("p", WEB), kind, "web"));
        assert_eq!(counted.as_deref(), Some("app In web"), "{kind}");
    }
    // DEF-14
    let mut set = workload("ReplicaSet", "web", &[("app", "web")]);
    set.selector.as_mut().unwrap().match_expressions.push(SelectorExpression {
        key: "tier".to_owned(),
        operator: SelectorOperator::NotIn,
        values: vec!["db".to_owned()],
    });
    let counted = with_workload(set).counted(owned(pod("p", WEB), "ReplicaSet", "web"));
    assert_eq!(counted.as_deref(), Some("app In web, tier NotIn db"));
    // DEF-15
    let world = with_workload(workload("ReplicationController", "web", &[("app", "web")]));
    let counted = world.counted(owned(pod("p", WEB), "ReplicationController", "web"));
    assert_eq!(counted.as_deref(), Some("app=web"));
}

#[test]
fn without_a_known_controller_or_service_a_pod_is_left_alone() {
    // DEF-16a, DEF-16b, DEF-16c
    let world = with_workload(workload("Job", "web", &[("app", "web")]));
    assert_eq!(world.counted(owned(pod("p", WEB), "Job", "web")), None);
    let world = with_workload(workload("ReplicaSet", "web", &[("app", "web")]));
    let mut uncontrolled = owned(pod("p", WEB), "ReplicaSet", "web");
    uncontrolled.owners[0].controller = false;
    assert_eq!(world.counted(uncontrolled), None);
    assert_eq!(world.counted(owned(pod("p", WEB), "ReplicaSet", "gone")), None);
    let mut foreign = owned(pod("p", WEB), "ReplicaSet", "web");
    foreign.owners[0].api_version = "example.com/v1".to_owned();
    assert_eq!(world.counted(foreign), None);
    // A controller without a selector, and one whose selector is empty.
    let mut set = workload("ReplicaSet", "web", &[]);
    assert_eq!(with_workload(set.clone()).counted(owned(pod("p", WEB), "ReplicaSet", "web")), None);
    set.selector = None;
    assert_eq!(with_workload(set).counted(owned(pod("p", WEB), "ReplicaSet", "web")), None);
    // DEF-19a, DEF-19b, DEF-19c, DEF-19d
    for other in [
        service("default", "s", Some(&[("app", "db")])),
        service("default", "s", None),
        service("default", "s", Some(&[])),
        service("shop", "s", Some(&[("app", "web")])),
    ] {
        assert_eq!(with_services([other.clone()]).counted(pod("p", WEB)), None, "{other:?}");
    }
}

#[test]
fn selectors_of_services_and_controller_come_together() {
    // DEF-17, DEF-18
    let of_app = || service("default", "a", Some(&[("app", "web")]));
    let of_revision = service("default", "b", Some(&[("revision", "7")]));
    assert_eq!(with_services([of_app()]).counted(pod("p", WEB)).as_deref(), Some("app=web"));
    let both = with_services([of_app(), of_revision]);
    assert_eq!(both.counted(pod("p", WEB)).as_deref(), Some("app=web, revision=7"));
    // DEF-20, DEF-22
    for (value, expected) in [("web", "app=web, app In web"), ("db", "app=web, app In db")] {
        let mut world = with_services([of_app()]);
        world.workloads.push(workload("ReplicaSet", "web", &[("app", value)]));
        let counted = world.counted(owned(pod("p", WEB), "ReplicaSet", "web"));
        assert_eq!(counted.as_deref(), Some(expected));
    }
    // DEF-21
    let mut world = with_services([of_app()]);
    world.workloads.push(workload("ReplicationController", "web", &[("app", "db")]));
    let counted = world.counted(owned(pod("p", WEB), "ReplicationController", "web"));
    assert_eq!(counted.as_deref(), Some("app=db"));
}

#[test]
fn each_pod_is_looked_at_by_its_own_labels_namespace_and_owner() {
    // DEF-23, DEF-27
    let mut world = with_services([
        service("default", "a", Some(&[("app", "web")])),
        service("default", "b", Some(&[("app", "db")])),
    ]);
    world.workloads.push(workload("ReplicaSet", "web", &[("tier", "x")]));
    let pods = [
        owned(pod("a", &[("app", "web")]), "ReplicaSet", "web"),
        owned(pod("b", &[("app", "db")]), "ReplicaSet", "web"),
        pod("c", &[("app", "web")]),
        pod("d", &[("app", "web")]).in_namespace("shop"),
        pod("e", &[]),
    ];
    let counted = pods.clone().map(|pod| world.counted(pod).unwrap_or_default());
    assert_eq!(counted, ["app=web, tier In x", "app=db, tier In x", "app=web", "", ""]);
    // All at once, the answers are the same.
    let together = world.derived(pods.clone(), &policy());
    for pod in pods {
        let alone = world.derived([pod.clone()], &policy());
        let among = together.iter().find(|other| other.id == pod.id).unwrap();
        assert_eq!(alone[0].spec, among.spec);
    }
}

#[test]
fn constraints_are_carried_as_they_are_to_pods_without_their_own() {
    // DEF-26
    let mut wanted = TopologySpread::new(label::HOSTNAME, 4).soft();
    wanted.min_domains = Some(3);
    wanted.node_taints_policy = InclusionPolicy::Honor;
    let mut policy = policy();
    policy.default_spread.push(wanted.clone());
    let world = with_services([service("default", "a", Some(&[("app", "web")]))]);
    let pods = world.derived([pod("p", WEB)], &policy);
    let [zone, host] = pods[0].spec.topology_spread.as_slice() else { panic!("{pods:?}") };
    assert_eq!(zone.topology_key, label::ZONE);
    assert_eq!(*host, wanted.selecting(LabelSelector::label("app", "web")));
    // DEF-24
    let own = TopologySpread::new("rack", 2);
    let pods = world.derived([pod("p", WEB).spread(own.clone())], &policy);
    assert_eq!(pods[0].spec.topology_spread, [own]);
}

#[test]
fn pods_that_are_alike_share_their_specs_and_the_snapshot_stays_as_it_was() {
    // DEF-25
    let snapshot = Snapshot::builder(Timestamp::EPOCH)
        .pods((0..3).map(|i| pod(&format!("p-{i}"), WEB)))
        .services([service("default", "a", Some(&[("app", "web")]))])
        .build()
        .unwrap();
    let derived = derive(Cow::Borrowed(&snapshot), &policy(), &mut Vec::new());
    assert!(derived.pods.iter().all(|pod| Arc::ptr_eq(&pod.spec, &derived.pods[0].spec)));
    assert!(snapshot.pods.iter().all(|pod| pod.spec.topology_spread.is_empty()));
    // Nothing is copied for nobody.
    let alone = Snapshot::builder(Timestamp::EPOCH).pod(pod("p", WEB)).build().unwrap();
    assert!(matches!(derive(Cow::Borrowed(&alone), &policy(), &mut Vec::new()), Cow::Borrowed(_)));
}

#[test]
fn constraints_against_the_rules_are_reported_and_none_is_used() {
    let of = |change: &dyn Fn(&mut TopologySpread)| {
        let mut policy = policy();
        let mut other = TopologySpread::new(label::HOSTNAME, 1);
        change(&mut other);
        policy.default_spread.push(other);
        let mut findings = Vec::new();
        let snapshot = Snapshot::builder(Timestamp::EPOCH)
            .pod(pod("p", WEB))
            .services([service("default", "a", Some(&[("app", "web")]))])
            .build()
            .unwrap();
        let derived = derive(Cow::Borrowed(&snapshot), &policy, &mut findings);
        assert_eq!(derived.pods[0].spec.topology_spread.is_empty(), !findings.is_empty());
        findings.iter().map(|own| format!("{} {}", own.code, own.field)).collect::<Vec<_>>()
    };
    assert!(of(&|_| {}).is_empty());
    let wrong: [&dyn Fn(&mut TopologySpread); 5] = [
        &|own| own.max_skew = 0,
        &|own| own.topology_key = String::new(),
        &|own| own.label_selector = Some(LabelSelector::default()),
        &|own| own.match_label_keys.push("app".to_owned()),
        &|own| own.topology_key = label::ZONE.to_owned(),
    ];
    for change in wrong {
        assert_eq!(of(change), ["default-spread-invalid defaultSpread[1]"]);
    }
}
