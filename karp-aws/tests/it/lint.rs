//! Lints that only EC2 has: each fires on what is bad and stays silent on the good one next to it.

use std::sync::Arc;

use karp_aws::lint::{RULES, lint};
use karp_core::{
    lint::Settings,
    model::{
        DaemonSet, Finding, NodePool, ObjectId, Operator, Pod, PodTemplate, RequirementEntry,
        Severity::{Info, Warning},
        Toleration, Workload, label as core,
    },
    snapshot::{Snapshot, SnapshotBuilder},
};
use serde_json::{Value, json};

use crate::ec2::{class, pool};

fn stage(pool: NodePool) -> SnapshotBuilder {
    Snapshot::builder("2026-01-15T12:00:00Z".parse().unwrap()).node_pool(pool)
}

fn found(snapshot: SnapshotBuilder, objects: &[Value]) -> Vec<Finding> {
    let found = lint(&snapshot.build().unwrap(), objects, &Settings::default());
    for finding in &found {
        let rule = RULES.iter().find(|rule| rule.code == finding.code).unwrap();
        assert!(finding.severity >= rule.severity && !finding.remedy.is_empty(), "{finding}");
    }
    found
}

fn with_aliases(terms: &Value) -> Vec<Finding> {
    found(stage(pool()), &[class(&json!({ "amiSelectorTerms": terms }))])
}

#[test]
fn an_alias_that_follows_every_release_is_told() {
    for (family, severity) in
        [("al2", Warning), ("al2023", Warning), ("bottlerocket", Warning), ("windows2022", Info)]
    {
        let told = with_aliases(&json!([{ "alias": format!("{family}@latest") }]));
        assert_eq!(told.len(), 1, "{family}");
        assert_eq!((told[0].code.as_str(), told[0].severity), ("floating-image-alias", severity));
        assert_eq!(told[0].object, "EC2NodeClass default");
        assert_eq!(told[0].field, "spec.amiSelectorTerms[0].alias");
    }
    for pinned in
        [json!([{ "alias": "al2023@v20260107" }]), json!([{ "id": "ami-1" }]), json!(null)]
    {
        assert_eq!(with_aliases(&pinned), [], "{pinned}");
    }
}

/// The controller's deployment with a container of these members.
fn controller(members: &Value) -> Value {
    let mut container = json!({ "name": "controller" });
    container.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
    json!({
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": { "name": "karpenter", "namespace": "kube-system" },
        "spec": { "template": {
            "metadata": { "labels": { "app.kubernetes.io/name": "karpenter" } },
            "spec": { "containers": [container] },
        }},
    })
}

#[test]
fn a_controller_without_a_queue_is_told() {
    for silent in [
        json!({}),
        json!({ "env": [{ "name": "INTERRUPTION_QUEUE", "value": "" }] }),
        json!({ "env": [{ "name": "INTERRUPTION_QUEUE" }], "args": ["--interruption-queue="] }),
        json!({ "args": ["--interruption-queue-of-somebody-else=q"] }),
    ] {
        let told = found(stage(pool()), &[controller(&silent)]);
        assert_eq!(told.len(), 1, "{silent}");
        assert_eq!((told[0].code.as_str(), told[0].severity), ("no-interruption-queue", Warning));
        assert_eq!(told[0].object, "Deployment kube-system/karpenter");
        assert_eq!(told[0].field, "spec.template.spec.containers");
    }
    for hearing in [
        json!({ "env": [{ "name": "INTERRUPTION_QUEUE", "value": "q" }] }),
        json!({ "env": [{ "name": "INTERRUPTION_QUEUE", "valueFrom": { "configMapKeyRef": {} } }] }),
        json!({ "envFrom": [{ "configMapRef": { "name": "settings" } }] }),
        json!({ "args": ["--interruption-queue=q"] }),
        json!({ "command": ["controller", "--interruption-queue", "q"] }),
    ] {
        assert_eq!(found(stage(pool()), &[controller(&hearing)]), [], "{hearing}");
    }
}

#[test]
fn a_queue_matters_less_without_spot() {
    let entry = RequirementEntry::new(core::CAPACITY_TYPE, Operator::In, ["on-demand"]);
    let told = found(stage(pool().requirement(entry)), &[controller(&json!({}))]);
    assert_eq!(told[0].severity, Info);
}

#[test]
fn others_need_no_queue_and_pods_speak_through_their_deployment() {
    let mut other = controller(&json!({}));
    other["spec"]["template"]["metadata"]["labels"] = json!({ "app": "web" });
    assert_eq!(found(stage(pool()), &[other]), []);
    let mut set = controller(&json!({}));
    set["kind"] = json!("ReplicaSet");
    set["metadata"]["ownerReferences"] = json!([{ "kind": "Deployment", "name": "karpenter" }]);
    assert_eq!(found(stage(pool()), &[set]), []);
}

fn template(pod: &Pod) -> PodTemplate {
    PodTemplate {
        labels: Arc::clone(&pod.labels),
        annotations: Arc::clone(&pod.annotations),
        spec: Arc::clone(&pod.spec),
    }
}

fn handler() -> Pod {
    Pod::new("h")
        .label("app.kubernetes.io/name", "aws-node-termination-handler")
        .tolerate(Toleration::everything())
}

#[test]
fn a_termination_handler_on_managed_machines_is_told() {
    let agent = |pod: &Pod| DaemonSet::new(ObjectId::new("kube-system", "nth"), template(pod));
    let told = found(stage(pool()).daemon_sets([agent(&handler())]), &[]);
    assert_eq!(told.len(), 1);
    assert_eq!((told[0].code.as_str(), told[0].severity), ("node-termination-handler", Warning));
    assert_eq!(told[0].object, "DaemonSet kube-system/nth");
    let absent = RequirementEntry::new(core::NODE_POOL, Operator::DoesNotExist, [""; 0]);
    let apart = handler().require_any_of([absent]);
    assert_eq!(found(stage(pool()).daemon_sets([agent(&apart)]), &[]), []);
    let nobody = Snapshot::builder("2026-01-15T12:00:00Z".parse().unwrap());
    assert_eq!(found(nobody.daemon_sets([agent(&handler())]), &[]), []);
}

#[test]
fn a_termination_handler_with_a_queue_is_worth_knowing() {
    let id = ObjectId::new("kube-system", "aws-node-termination-handler");
    let workload = Workload::new("Deployment", id, template(&Pod::new("h")));
    let told = found(stage(pool()).workloads([workload]), &[]);
    assert_eq!((told.len(), told[0].severity), (1, Info));
}

#[test]
fn objects_of_any_form_are_passed_over() {
    for odd in [
        json!(null),
        json!([]),
        json!({ "kind": 1 }),
        json!({ "apiVersion": "karpenter.k8s.aws/v1", "kind": "EC2NodeClass", "spec": [] }),
        json!({ "apiVersion": "karpenter.k8s.aws/v1", "kind": "EC2NodeClass", "spec": { "amiSelectorTerms": { "alias": 3 } } }),
        json!({ "kind": "Deployment", "spec": { "template": { "metadata": { "labels": "app" } } } }),
    ] {
        assert_eq!(found(stage(pool()), &[odd]), []);
    }
}
