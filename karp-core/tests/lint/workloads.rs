//! What is said of workloads and their pod disruption budgets.

use std::sync::Arc;

use karp_core::{
    model::{
        DaemonSet, Effect, IntOrPercent, LabelSelector, Labels, ObjectId, Operator, Owner, Pod,
        PodDisruptionBudget, RequirementEntry,
        Severity::{Error, Warning},
        Span, Taint, Toleration, Uid, Workload, label,
    },
    snapshot::{Snapshot, SnapshotBuilder},
};

use crate::fixture::{cluster, findings, one_of, only, pool, template, types, workload};

/// A cluster with one pool that takes all pods.
fn stage() -> SnapshotBuilder {
    cluster().node_pool(pool("general")).instance_types(types())
}

fn with(workload: Workload) -> Snapshot {
    stage().workloads([workload]).build().unwrap()
}

fn tells_apart(code: &str, (bad, field): (Workload, &str), good: Workload) {
    let object = format!("{} {}", bad.kind, bad.id);
    assert_eq!(only(&with(bad), code), (Warning, object, field.to_owned()), "{code}");
    assert_eq!(findings(&with(good), code), [], "{code}");
}

fn web() -> Pod {
    Pod::new("web").label("app", "web").request("cpu", "1")
}

fn kept(value: &str) -> Pod {
    let mut pod = web();
    pod.annotations =
        Arc::new(Labels::from([(label::DO_NOT_DISRUPT.to_owned(), value.to_owned())]));
    pod
}

const ANNOTATION: &str = "spec.template.metadata.annotations[karpenter.sh/do-not-disrupt]";

#[test]
fn pods_that_keep_their_nodes_for_ever_are_told() {
    let code = "blocks-consolidation";
    let bad = workload("Deployment", "web", 3, &kept("true"));
    tells_apart(code, (bad, ANNOTATION), workload("Deployment", "web", 3, &kept("30m")));
    // Without pods it keeps nothing; away from all pools it keeps no machine of theirs.
    assert_eq!(findings(&with(workload("Deployment", "web", 0, &kept("true"))), code), []);
    let elsewhere = kept("true").on_nodes_with("example.com/rack", "r1");
    assert_eq!(findings(&with(workload("Deployment", "web", 3, &elsewhere)), code), []);
}

#[test]
fn a_daemon_that_keeps_every_node_is_told() {
    let set = |pod: &Pod| DaemonSet::new(ObjectId::new("shop", "agent"), template(pod));
    let bad = stage().daemon_sets([set(&kept("true"))]).build().unwrap();
    let told = findings(&bad, "blocks-consolidation");
    assert!(told[0].message.contains("on every node"), "{}", told[0]);
    let good = stage().daemon_sets([set(&kept("1h"))]).build().unwrap();
    assert_eq!(findings(&good, "blocks-consolidation"), []);
}

/// A pod of an owner that is not among the objects.
fn owned(name: &str, kind: &str, owner: &str) -> Pod {
    let mut pod = kept("true").in_namespace("shop");
    pod.id = ObjectId::new("shop", name);
    let owner = Owner {
        api_version: "batch/v1".to_owned(),
        kind: kind.to_owned(),
        name: owner.to_owned(),
        uid: Uid::new(""),
        controller: true,
    };
    pod.owners = vec![owner];
    pod
}

#[test]
fn pods_whose_owner_is_not_there_are_told_once_for_the_owner() {
    let pods = |kind| ["a", "b"].map(|name| owned(name, kind, "web-5d4f"));
    let bad = stage().pods(pods("ReplicaSet")).build().unwrap();
    let (_, object, _) = only(&bad, "blocks-consolidation");
    assert_eq!(object, "ReplicaSet shop/web-5d4f");
    // A job ends, and its pods with it.
    let good = stage().pods(pods("Job")).build().unwrap();
    assert_eq!(findings(&good, "blocks-consolidation"), []);
    // A deployment speaks for its replica sets and their pods.
    let deployment = workload("Deployment", "web", 2, &kept("true"));
    let set = workload("ReplicaSet", "web-5d4f", 2, &kept("true"));
    let all = stage().pods(pods("ReplicaSet")).workloads([deployment, set]).build().unwrap();
    assert_eq!(only(&all, "blocks-consolidation").1, "Deployment shop/web");
}

fn budget(name: &str, selector: LabelSelector) -> PodDisruptionBudget {
    let mut budget = PodDisruptionBudget::new(ObjectId::new("shop", name));
    budget.selector = Some(selector);
    budget
}

fn guarded(replicas: u32, limits: (Option<&str>, Option<&str>)) -> Snapshot {
    let read = |text: Option<&str>| text.map(|text| text.parse::<IntOrPercent>().unwrap());
    let mut budget = budget("web", LabelSelector::label("app", "web"));
    (budget.min_available, budget.max_unavailable) = (read(limits.0), read(limits.1));
    stage()
        .workloads([workload("Deployment", "web", replicas, &web())])
        .pod_disruption_budgets([budget])
        .build()
        .unwrap()
}

#[test]
fn a_budget_that_never_lets_a_pod_go_is_told() {
    for (replicas, bad, good, field) in [
        (3, (None, Some("0")), (None, Some("1")), "spec.maxUnavailable"),
        (3, (None, Some("0%")), (None, Some("1%")), "spec.maxUnavailable"),
        (3, (Some("100%"), None), (Some("66%"), None), "spec.minAvailable"),
        (3, (Some("3"), None), (Some("2"), None), "spec.minAvailable"),
        // Shares are rounded up: three quarters of three are all.
        (3, (Some("75%"), None), (Some("50%"), None), "spec.minAvailable"),
        (1, (Some("1"), None), (None, Some("1")), "spec.minAvailable"),
    ] {
        let told = only(&guarded(replicas, bad), "pdb-allows-none");
        let object = "PodDisruptionBudget shop/web".to_owned();
        assert_eq!(told, (Warning, object, field.to_owned()), "{bad:?}");
        assert_eq!(findings(&guarded(replicas, good), "pdb-allows-none"), [], "{good:?}");
    }
}

#[test]
fn pods_of_two_budgets_are_told() {
    let stage = |selectors: [LabelSelector; 2]| {
        let [first, second] = selectors;
        stage()
            .workloads([workload("Deployment", "web", 2, &web().label("tier", "front"))])
            .pod_disruption_budgets([budget("a", first), budget("b", second)])
            .build()
            .unwrap()
    };
    let (app, tier) = (LabelSelector::label("app", "web"), LabelSelector::label("tier", "front"));
    let bad = stage([app.clone(), tier]);
    assert_eq!(only(&bad, "several-pdbs").1, "Deployment shop/web");
    assert_eq!(findings(&stage([app, LabelSelector::label("app", "db")]), "several-pdbs"), []);
}

#[test]
fn a_controller_that_may_land_on_its_own_machines_is_told() {
    let code = "controller-on-managed-nodes";
    let controller =
        || Pod::new("c").label("app.kubernetes.io/name", "karpenter").request("cpu", "1");
    let deployment = |pod: &Pod| workload("Deployment", "karpenter", 2, pod);
    let field = "spec.template.spec.affinity";
    let absent = || RequirementEntry::new(label::NODE_POOL, Operator::DoesNotExist, [""; 0]);
    let apart = controller().require_any_of([absent()]);
    tells_apart(code, (deployment(&controller()), field), deployment(&apart));
    // One alternative that lets it in is enough.
    let half =
        controller().require_any_of([absent()]).require_any_of([one_of(label::ARCH, &["amd64"])]);
    let on_group = controller().on_nodes_with("eks.amazonaws.com/nodegroup", "system");
    tells_apart(code, (deployment(&half), field), deployment(&on_group));
    // Others may be where they like.
    assert_eq!(findings(&with(deployment(&web())), code), []);
}

#[test]
fn taints_keep_a_controller_off() {
    let code = "controller-on-managed-nodes";
    let taint = Taint::new("batch", Effect::NoSchedule);
    let stage = |pod: &Pod| {
        cluster()
            .node_pool(pool("batch").taint(taint.clone()))
            .instance_types(types())
            .workloads([workload("Deployment", "karpenter", 2, pod)])
            .build()
            .unwrap()
    };
    let controller = Pod::new("c").label("app.kubernetes.io/name", "karpenter");
    assert_eq!(findings(&stage(&controller), code), []);
    let careless = controller.tolerate(Toleration::everything());
    assert_eq!(only(&stage(&careless), code).1, "Deployment shop/karpenter");
}

#[test]
fn pods_that_need_longer_than_a_spot_machine_has_are_told() {
    let code = "grace-outlives-spot-notice";
    let slow = |seconds, kind: Option<&str>| {
        let mut pod = web();
        if let Some(kind) = kind {
            pod = pod.on_nodes_with(label::CAPACITY_TYPE, kind);
        }
        pod.spec_mut().termination_grace_period = Some(Span::seconds(seconds));
        workload("StatefulSet", "db", 1, &pod)
    };
    let field = "spec.template.spec.terminationGracePeriodSeconds";
    tells_apart(code, (slow(121, None), field), slow(120, None));
    tells_apart(code, (slow(600, Some("spot")), field), slow(600, Some("on-demand")));
}

#[test]
fn a_stateful_set_whose_revision_label_is_too_long_is_told() {
    let code = "name-too-long";
    let named = |length| workload("StatefulSet", &"s".repeat(length), 3, &web());
    let (severity, _, field) = only(&with(named(53)), code);
    assert_eq!((severity, field.as_str()), (Error, "metadata.name"));
    assert_eq!(findings(&with(named(52)), code), []);
    assert_eq!(findings(&with(workload("Deployment", &"d".repeat(60), 3, &web())), code), []);
}

#[test]
fn pods_that_choose_by_a_key_of_the_system_are_told() {
    let choosing = |key| workload("Deployment", "web", 1, &web().on_nodes_with(key, "x"));
    let (bad, good) = (choosing("karpenter.sh/registered"), choosing("example.com/registered"));
    tells_apart("restricted-key", (bad, "spec.template.spec.nodeSelector"), good);
    let term = |key| web().require_any_of([one_of(key, &["x"])]);
    let bad = workload("Deployment", "web", 1, &term(label::HOSTNAME));
    let good = workload("Deployment", "web", 1, &term(label::ZONE));
    tells_apart("restricted-key", (bad, "spec.template.spec.affinity.nodeAffinity"), good);
}
