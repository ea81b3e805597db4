//! What the API server would fill in.

use karp_core::model::{HostPort, Protocol, Toleration};

use crate::{lines, pod, snapshot};

/// A pod that no server has seen, with these lines of its spec, beside other documents.
fn new_pod(spec: &str, others: &str) -> String {
    format!(
        "{others}\n---\napiVersion: v1\nkind: Pod\nmetadata: {{name: web, namespace: shop}}\nspec:\n{spec}"
    )
}

#[track_caller]
fn assert_requests(text: &str, expected: &str) {
    assert_eq!(pod(&snapshot(text), "shop/web").spec.requests.to_string(), expected);
}

const LIMIT_RANGE: &str = "
apiVersion: v1
kind: LimitRange
metadata: {name: defaults, namespace: shop}
spec:
  limits:
  - type: Container
    default: {cpu: 800m}
    defaultRequest: {cpu: 200m}
    min: {memory: 64Mi}
    max: {cpu: 2, memory: 2Gi}
";

#[test]
fn requests_default_to_limits_before_anything_else() {
    let spec = "  containers: [{name: a, resources: {limits: {cpu: 1}}}]";
    assert_requests(&new_pod(spec, ""), "cpu 1");
    assert_requests(&new_pod(spec, LIMIT_RANGE), "cpu 1, memory 2Gi");
}

#[test]
fn a_limit_range_fills_in_its_default_request_and_derives_what_it_does_not_say() {
    // Memory: the default limit is the maximum, the default request is the default limit.
    let text = new_pod("  containers: [{name: a}]", LIMIT_RANGE);
    assert_requests(&text, "cpu 200m, memory 2Gi");
    assert_eq!(lines(&snapshot(&text).findings), [] as [&str; 0]);
}

#[test]
fn a_limit_range_of_another_namespace_does_not_count() {
    let other = LIMIT_RANGE.replace("namespace: shop", "namespace: data");
    assert_requests(&new_pod("  containers: [{name: a}]", &other), "nothing");
}

#[test]
fn what_a_limit_range_forbids_is_told() {
    let spec = "  containers: [{name: a, resources: {limits: {cpu: 3, memory: 1Gi}}}]";
    assert_eq!(
        lines(&snapshot(&new_pod(spec, LIMIT_RANGE)).findings),
        [
            "error[limit-range] Pod shop/web spec.containers[0].resources: expected cpu of at most `2`, the limit is `3`"
        ]
    );
}

#[test]
fn bounds_of_a_limit_range_hold_for_a_pod_in_all() {
    let range = "
apiVersion: v1
kind: LimitRange
metadata: {name: pods, namespace: shop}
spec: {limits: [{type: Pod, max: {cpu: 3}, maxLimitRequestRatio: {memory: 2}}]}
";
    let spec = "
  containers:
  - {name: a, resources: {limits: {cpu: 2}}}
  - {name: b, resources: {limits: {cpu: 2}}}";
    assert_eq!(
        lines(&snapshot(&new_pod(spec, range)).findings),
        [
            "error[limit-range] Pod shop/web spec.containers: in all, expected cpu of at most `3`, the limit is `4`"
        ]
    );
    let spec = "
  containers:
  - {name: a, resources: {limits: {cpu: 1, memory: 5Gi}, requests: {memory: 2Gi}}}";
    assert_eq!(
        lines(&snapshot(&new_pod(spec, range)).findings),
        [
            "error[limit-range] Pod shop/web spec.containers: in all, expected a limit of memory of at most `2` times the request"
        ]
    );
}

#[test]
fn a_request_above_its_limit_is_told() {
    let spec = "  containers: [{name: a, resources: {limits: {cpu: 1}, requests: {cpu: 2}}}]";
    assert_eq!(
        lines(&snapshot(&new_pod(spec, "")).findings),
        [
            "error[request-above-limit] Pod shop/web spec.containers[0].resources.requests: expected cpu of at most its limit `1`, found `2`"
        ]
    );
}

#[test]
fn limits_of_a_pod_in_all_become_its_requests_unless_its_containers_ask_for_something() {
    let spec = "  resources: {limits: {cpu: 4, memory: 4Gi}}\n  containers: [{name: a, resources: {requests: {cpu: 1}}}]";
    assert_requests(&new_pod(spec, ""), "cpu 1, memory 4Gi");
}

#[test]
fn a_runtime_class_adds_overhead_labels_and_tolerations() {
    let class = "
apiVersion: node.k8s.io/v1
kind: RuntimeClass
metadata: {name: sandboxed}
handler: sandbox
overhead: {podFixed: {cpu: 250m, memory: 160Mi}}
scheduling:
  nodeSelector: {sandbox: \"yes\"}
  tolerations: [{key: sandbox, operator: Exists}]
";
    let spec =
        "  runtimeClassName: sandboxed\n  containers: [{name: a, resources: {requests: {cpu: 1}}}]";
    let snapshot = snapshot(&new_pod(spec, class));
    let spec = &pod(&snapshot, "shop/web").spec;
    assert_eq!(spec.requests.to_string(), "cpu 1250m, memory 160Mi");
    assert_eq!(spec.node_selector.get("sandbox").map(String::as_str), Some("yes"));
    assert_eq!(spec.tolerations, [Toleration::exists("sandbox")]);
}

#[test]
fn a_runtime_class_that_wants_another_label_than_the_pod_is_told() {
    let class = "{apiVersion: node.k8s.io/v1, kind: RuntimeClass, metadata: {name: r}, scheduling: {nodeSelector: {a: one}}}";
    let spec = "  runtimeClassName: r\n  nodeSelector: {a: two}\n  containers: [{name: a}]";
    assert_eq!(
        lines(&snapshot(&new_pod(spec, class)).findings),
        [
            "error[runtime-class-conflict] Pod shop/web spec.nodeSelector: `a` is `two`, but runtime class `r` wants `one`"
        ]
    );
}

#[test]
fn priorities_come_from_their_class_or_the_global_default() {
    let classes = "
{apiVersion: scheduling.k8s.io/v1, kind: PriorityClass, metadata: {name: high}, value: 1000}
---
{apiVersion: scheduling.k8s.io/v1, kind: PriorityClass, metadata: {name: usual}, value: 10, globalDefault: true}
---
{apiVersion: scheduling.k8s.io/v1, kind: PriorityClass, metadata: {name: usual-too}, value: 7, globalDefault: true}
";
    for (class, expected) in [
        ("", 7),
        ("  priorityClassName: high\n", 1000),
        ("  priorityClassName: system-node-critical\n", 2_000_001_000),
    ] {
        let text = new_pod(&format!("{class}  containers: [{{name: a}}]"), classes);
        assert_eq!(pod(&snapshot(&text), "shop/web").spec.priority, expected, "{class}");
    }
}

#[test]
fn classes_that_are_not_there_are_told() {
    let spec = "  priorityClassName: p\n  runtimeClassName: r\n  containers: [{name: a}]";
    assert_eq!(
        lines(&snapshot(&new_pod(spec, "")).findings),
        [
            "error[missing-priority-class] Pod shop/web spec.priorityClassName: priority class `p` is not there, priority 0 is taken",
            "error[missing-runtime-class] Pod shop/web spec.runtimeClassName: runtime class `r` is not there, no overhead is added",
        ]
    );
}

#[test]
fn a_pod_that_a_server_has_seen_is_left_as_it_is() {
    let text = new_pod("  containers: [{name: a}]", LIMIT_RANGE).replace(
        "namespace: shop}\nspec:\n  containers",
        "namespace: shop, uid: u1}\nspec:\n  containers",
    );
    assert_requests(&text, "nothing");
}

#[test]
fn ports_are_the_hosts_where_they_are_asked_for_and_in_its_network() {
    let spec = "  containers: [{name: a, ports: [{containerPort: 80}, {containerPort: 81, hostPort: 8081, protocol: UDP, hostIP: 10.0.0.1}]}]";
    let udp = HostPort::on("10.0.0.1", 8081, Protocol::Udp).unwrap();
    assert_eq!(pod(&snapshot(&new_pod(spec, "")), "shop/web").spec.host_ports, [udp]);
    let spec = format!("  hostNetwork: true\n{spec}");
    assert_eq!(
        pod(&snapshot(&new_pod(&spec, "")), "shop/web").spec.host_ports,
        [HostPort::new(80, Protocol::Tcp), udp]
    );
}

#[test]
fn daemon_sets_and_templates_are_completed_like_pods() {
    let text = format!(
        "{LIMIT_RANGE}
---
apiVersion: apps/v1
kind: DaemonSet
metadata: {{name: agent, namespace: shop}}
spec: {{selector: {{}}, template: {{spec: {{containers: [{{name: a}}]}}}}}}
---
apiVersion: v1
kind: PodTemplate
metadata: {{name: chunk, namespace: shop}}
template: {{spec: {{containers: [{{name: a, resources: {{requests: {{cpu: 3}}}}}}]}}}}
"
    );
    let snapshot = snapshot(&text);
    let expected = "cpu 200m, memory 2Gi";
    assert_eq!(snapshot.daemon_sets[0].template.spec.requests.to_string(), expected);
    let chunk = &snapshot.pod_templates[0];
    assert_eq!(chunk.id.to_string(), "shop/chunk");
    assert_eq!(chunk.template.spec.requests.to_string(), "cpu 3, memory 2Gi");
    assert!(snapshot.pods.is_empty());
}
