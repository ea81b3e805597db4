//! Workloads become the pods that are not there yet.

use crate::{lines, pod, pod_ids, snapshot};

/// A workload of kind, name and further lines of its spec.
fn workload(kind: &str, name: &str, spec: &str) -> String {
    let version = match kind {
        "ReplicationController" => "v1",
        "Job" | "CronJob" => "batch/v1",
        _ => "apps/v1",
    };
    format!(
        "---
apiVersion: {version}
kind: {kind}
metadata: {{name: {name}, namespace: shop}}
spec:
{spec}
  template:
    metadata: {{labels: {{app: {name}}}}}
    spec: {{containers: [{{name: c, resources: {{requests: {{cpu: 1}}}}}}]}}
"
    )
}

/// A pod that `owner` (kind and name) controls.
fn owned(name: &str, owner: (&str, &str), further: &str) -> String {
    let (kind, owner) = owner;
    let version = if kind == "Job" { "batch/v1" } else { "apps/v1" };
    format!(
        "---
apiVersion: v1
kind: Pod
metadata:
  name: {name}
  namespace: shop
  uid: u-{name}
  ownerReferences: [{{apiVersion: {version}, kind: {kind}, name: {owner}, uid: \"\", controller: true}}]
{further}
spec: {{nodeName: n1, containers: [{{name: c}}]}}
"
    )
}

const RUNNING: &str = "  labels: {app: web, pod-template-hash: abc}";

fn ids(text: &str) -> Vec<String> {
    pod_ids(&snapshot(text))
}

#[test]
fn replicas_that_are_not_there_become_pods() {
    for kind in ["Deployment", "ReplicaSet", "ReplicationController"] {
        let snapshot = snapshot(&workload(kind, "web", "  replicas: 3"));
        assert_eq!(pod_ids(&snapshot), ["shop/web-1", "shop/web-2", "shop/web-3"], "{kind}");
        let first = pod(&snapshot, "shop/web-1");
        assert_eq!(first.labels.get("app").map(String::as_str), Some("web"));
        assert_eq!(first.controller().map(|owner| owner.kind.as_str()), Some(kind));
        assert_eq!(first.spec.requests.to_string(), "cpu 1");
        assert_eq!((first.uid.as_str(), first.status.node.as_ref()), ("", None));
    }
}

#[test]
fn pods_of_one_workload_share_their_spec() {
    let snapshot = snapshot(&workload("Deployment", "web", "  replicas: 2"));
    assert!(std::sync::Arc::ptr_eq(&snapshot.pods[0].spec, &snapshot.pods[1].spec));
}

#[test]
fn replicas_default_to_one_and_zero_is_none() {
    assert_eq!(ids(&workload("Deployment", "web", "")), ["shop/web-1"]);
    assert!(ids(&workload("Deployment", "web", "  replicas: 0")).is_empty());
}

#[test]
fn pods_of_the_replica_sets_of_a_deployment_count_and_the_sets_add_none() {
    let deployment = workload("Deployment", "web", "  replicas: 4");
    let set = workload("ReplicaSet", "web-abc", "  replicas: 4").replace(
        "namespace: shop}",
        "namespace: shop, labels: {pod-template-hash: abc}, ownerReferences: [{apiVersion: apps/v1, kind: Deployment, name: web, uid: x, controller: true}]}",
    );
    let pods = owned("web-abc-1", ("ReplicaSet", "web-abc"), RUNNING)
        + &owned("web-abc-2", ("ReplicaSet", "web-abc"), RUNNING);
    let snapshot = snapshot(&(deployment + &set + &pods));
    assert_eq!(
        pod_ids(&snapshot),
        ["shop/web-1", "shop/web-2", "shop/web-abc-1", "shop/web-abc-2"]
    );
    let added = pod(&snapshot, "shop/web-1");
    assert_eq!(added.controller().map(|owner| owner.name.as_str()), Some("web-abc"));
    assert_eq!(added.labels.get("pod-template-hash").map(String::as_str), Some("abc"));
}

#[test]
fn pods_of_a_replica_set_that_was_not_read_count_for_its_deployment() {
    let text =
        workload("Deployment", "web", "  replicas: 2\n  selector: {matchLabels: {app: web}}")
            + &owned("web-abc-1", ("ReplicaSet", "web-abc"), RUNNING);
    assert_eq!(ids(&text), ["shop/web-1", "shop/web-abc-1"]);
    let foreign = text.replace("labels: {app: web, pod", "labels: {app: other, pod");
    assert_eq!(ids(&foreign).len(), 3);
}

#[test]
fn pods_that_ended_or_are_going_do_not_count() {
    let text = workload("ReplicaSet", "web", "  replicas: 2")
        + &owned("a", ("ReplicaSet", "web"), "")
        + &owned("b", ("ReplicaSet", "web"), "").replace("spec:", "status: {phase: Failed}\nspec:")
        + &owned("c", ("ReplicaSet", "web"), "  deletionTimestamp: 2026-01-15T11:59:00Z");
    assert_eq!(ids(&text), ["shop/a", "shop/b", "shop/c", "shop/web-1"]);
}

#[test]
fn pods_of_an_earlier_workload_of_the_same_name_do_not_count() {
    let text = workload("ReplicaSet", "web", "  replicas: 1")
        .replace("namespace: shop}", "namespace: shop, uid: new}")
        + &owned("a", ("ReplicaSet", "web"), "").replace("uid: \"\"", "uid: old");
    assert_eq!(ids(&text), ["shop/a", "shop/web-1"]);
}

#[test]
fn names_that_are_taken_are_passed_over() {
    let text = workload("Deployment", "web", "  replicas: 2")
        + "---\n{apiVersion: v1, kind: Pod, metadata: {name: web-1, namespace: shop}, spec: {containers: [{name: c}]}}\n"
        + &workload("StatefulSet", "web", "  replicas: 1\n  ordinals: {start: 2}");
    assert_eq!(ids(&text), ["shop/web-1", "shop/web-2", "shop/web-3", "shop/web-4"]);
}

#[test]
fn stateful_sets_fill_their_ordinals_and_make_claims() {
    let spec = "
  replicas: 3
  volumeClaimTemplates:
  - {metadata: {name: data}, spec: {storageClassName: fast}}";
    let text = workload("StatefulSet", "db", spec)
        + &owned("db-1", ("StatefulSet", "db"), "")
        + "---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: data-db-0, namespace: shop}
spec: {storageClassName: old}
---
{apiVersion: storage.k8s.io/v1, kind: StorageClass, metadata: {name: fast}, provisioner: p}
---
{apiVersion: storage.k8s.io/v1, kind: StorageClass, metadata: {name: old}, provisioner: p}
---
{apiVersion: v1, kind: Node, metadata: {name: n1}}
";
    let snapshot = snapshot(&text);
    assert_eq!(lines(&snapshot.findings), [] as [&str; 0]);
    assert_eq!(pod_ids(&snapshot), ["shop/db-0", "shop/db-1", "shop/db-2"]);
    let db = pod(&snapshot, "shop/db-2");
    assert_eq!(db.spec.volumes[0].claim, "data-db-2");
    assert_eq!(db.labels.get("apps.kubernetes.io/pod-index").map(String::as_str), Some("2"));
    let claims: Vec<(String, Option<&str>)> = snapshot
        .volume_claims
        .iter()
        .map(|claim| (claim.id.to_string(), claim.storage_class.as_deref()))
        .collect();
    assert_eq!(
        claims,
        [("shop/data-db-0".to_owned(), Some("old")), ("shop/data-db-2".to_owned(), Some("fast"))]
    );
}

#[test]
fn a_pod_of_a_stateful_set_that_ended_makes_room_and_one_that_is_going_does_not() {
    let set = workload("StatefulSet", "db", "  replicas: 2");
    let ended =
        owned("db-0", ("StatefulSet", "db"), "").replace("spec:", "status: {phase: Failed}\nspec:");
    let going = owned("db-1", ("StatefulSet", "db"), "  deletionTimestamp: 2026-01-15T11:59:00Z");
    let snapshot = snapshot(&(set + &ended + &going));
    assert_eq!(pod_ids(&snapshot), ["shop/db-0", "shop/db-1"]);
    assert!(pod(&snapshot, "shop/db-0").status.node.is_none());
    assert!(pod(&snapshot, "shop/db-1").status.deleting_since.is_some());
}

#[test]
fn jobs_run_what_is_left_of_them() {
    let job = |spec: &str, status: &str| workload("Job", "sum", spec) + status;
    for (spec, status, expected) in [
        ("", "", 1),
        ("  parallelism: 3", "", 3),
        ("  parallelism: 3", "status: {succeeded: 1}", 0),
        ("  parallelism: 3\n  completions: 10", "", 3),
        ("  parallelism: 3\n  completions: 10", "status: {succeeded: 8}", 2),
        ("  completions: 4", "", 1),
        ("", "status: {succeeded: 1}", 0),
        ("  parallelism: 3\n  suspend: true", "", 0),
        ("", "status: {conditions: [{type: Failed, status: \"True\"}]}", 0),
        ("", "status: {conditions: [{type: Suspended, status: \"False\"}]}", 1),
    ] {
        assert_eq!(ids(&job(spec, status)).len(), expected, "{spec} {status}");
    }
    let text = job("  parallelism: 2", "") + &owned("sum-x", ("Job", "sum"), "");
    assert_eq!(ids(&text), ["shop/sum-1", "shop/sum-x"]);
}

#[test]
fn a_cron_job_has_no_pods() {
    let text = "
apiVersion: batch/v1
kind: CronJob
metadata: {name: nightly, namespace: shop}
spec: {schedule: '0 0 * * *', jobTemplate: {spec: {template: {spec: {containers: [{name: c}]}}}}}
";
    let snapshot = snapshot(text);
    assert!(snapshot.pods.is_empty());
    assert_eq!(
        lines(&snapshot.findings),
        ["info[no-pods] CronJob: 1 read; they have no pods, the jobs that they make have"]
    );
}

#[test]
fn claims_of_ephemeral_volumes_are_named_after_each_pod() {
    let text = workload("Deployment", "web", "  replicas: 2").replace(
        "spec: {containers:",
        "spec: {volumes: [{name: scratch, ephemeral: {volumeClaimTemplate: {spec: {storageClassName: fast}}}}, {name: s, secret: {}}], containers:",
    );
    let snapshot = snapshot(&text);
    let volume = &pod(&snapshot, "shop/web-2").spec.volumes[0];
    assert_eq!((volume.name.as_str(), volume.claim.as_str()), ("scratch", "web-2-scratch"));
    let class = volume.ephemeral.as_ref().and_then(|volume| volume.storage_class.as_deref());
    assert_eq!(class, Some("fast"));
    assert_eq!(pod(&snapshot, "shop/web-1").spec.volumes.len(), 1);
}

#[test]
fn a_mistyped_number_of_replicas_does_not_take_all_memory() {
    let snapshot = snapshot(&workload("Deployment", "web", "  replicas: 2000000000"));
    assert_eq!(snapshot.pods.len(), 200_000);
    assert_eq!(
        lines(&snapshot.findings),
        [
            "error[too-many-pods] Deployment shop/web: 1999800000 of 2000000000 pods are left out: all manifests together may add 200000"
        ]
    );
}

#[test]
fn workloads_keep_their_selector_and_size_for_those_who_count() {
    let text =
        workload("Deployment", "web", "  replicas: 2\n  selector: {matchLabels: {app: web}}")
            + &workload("ReplicationController", "old", "");
    let snapshot = snapshot(&text);
    let kinds: Vec<(&str, &str, Option<u32>, bool)> = snapshot
        .workloads
        .iter()
        .map(|it| {
            let group = it.group.as_str();
            (group, it.kind.as_str(), it.replicas, it.selector.is_some())
        })
        .collect();
    assert_eq!(
        kinds,
        [("", "ReplicationController", None, true), ("apps", "Deployment", Some(2), true)]
    );
}
