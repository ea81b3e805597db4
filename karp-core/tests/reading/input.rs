//! Bad input: every error names its place, and nothing else is lost.

use std::fmt::Write as _;

use karp_core::k8s::{ManifestError, Manifests};

use crate::{FixedCatalog, now};

fn errors(text: impl AsRef<[u8]>) -> Vec<String> {
    Manifests::parse("in.yaml", text).errors().iter().map(ToString::to_string).collect()
}

fn pod(spec: &str) -> String {
    format!("apiVersion: v1\nkind: Pod\nmetadata: {{name: web}}\nspec: {spec}\n")
}

#[track_caller]
fn assert_error(text: &str, expected: &str) {
    assert_eq!(errors(text), [format!("in.yaml, document 1 (line 1): {expected}")]);
}

#[test]
fn fields_that_cannot_be_understood_are_named() {
    for (spec, expected) in [
        (
            "{containers: [{name: a, resources: {requests: {cpu: plenty}}}]}",
            "`spec.containers[0].resources.requests.cpu`: `plenty` does not start with a number",
        ),
        (
            "{containers: [{name: a, resources: {requests: {nvidia.com/gpu: -1}}}]}",
            "`spec.containers[0].resources.requests[nvidia.com/gpu]`: expected at least 0, found `-1`",
        ),
        (
            "{containers: [{name: a, resources: {requests: {cpu: NaN}}}]}",
            "`spec.containers[0].resources.requests.cpu`: `NaN` does not start with a number",
        ),
        (
            "{containers: [{name: a, resources: {requests: [cpu]}}]}",
            "`spec.containers[0].resources.requests`: expected an object, found a list",
        ),
        ("{containers: null}", "`spec.containers`: required, but not there"),
        ("{containers: []}", "`spec.containers`: expected at least one container"),
        ("{containers: 3}", "`spec.containers`: expected a list, found integer `3`"),
        ("null", "`spec`: required, but not there"),
        (
            "{containers: [{name: a}], nodeSelector: {disk: true}}",
            "`spec.nodeSelector.disk`: expected a string, found boolean `true`",
        ),
        (
            "{containers: [{name: a}], tolerations: [{effect: Never}]}",
            "`spec.tolerations[0].effect`: ",
        ),
        (
            "{containers: [{name: a}], topologySpreadConstraints: [{maxSkew: 0, topologyKey: z, whenUnsatisfiable: DoNotSchedule}]}",
            "`spec.topologySpreadConstraints[0].maxSkew`: expected at least 1, found 0",
        ),
        (
            "{containers: [{name: a}], topologySpreadConstraints: [{maxSkew: 1, topologyKey: z, whenUnsatisfiable: Perhaps}]}",
            "`spec.topologySpreadConstraints[0].whenUnsatisfiable`: unknown variant `Perhaps`",
        ),
        (
            "{containers: [{name: a}], affinity: {podAntiAffinity: {requiredDuringSchedulingIgnoredDuringExecution: [{labelSelector: {}}]}}}",
            "`spec.affinity.podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution[0].topologyKey`: expected a node label",
        ),
        (
            "{containers: [{name: a, ports: [{containerPort: 1, hostPort: 70000}]}]}",
            "`spec.containers[0].ports[0].hostPort`: expected a whole number of at least 0, found integer `70000`",
        ),
        (
            "{containers: [{name: a, ports: [{hostPort: 1, hostIP: here}]}]}",
            "`spec.containers[0].ports[0].hostIP`: `here` is not an IP address",
        ),
    ] {
        let errors = errors(pod(spec));
        assert_eq!(errors.len(), 1, "{spec}");
        let start = format!("in.yaml, document 1 (line 1): Pod web: {expected}");
        assert!(errors[0].starts_with(&start), "{}\nexpected\n{start}", errors[0]);
    }
}

#[test]
fn objects_that_do_not_say_what_they_are_are_told() {
    assert_error("kind: Pod\nmetadata: {name: a}", "Pod a: `apiVersion`: expected a text");
    assert_error("apiVersion: v1\nkind: 3", "object: `kind`: expected a text");
    assert_error(
        "apiVersion: v1\nkind: Node\nmetadata: null",
        "Node: `metadata.name`: required, but not there",
    );
    assert_error(
        "apiVersion: v1\nkind: Node\nmetadata: 3",
        "Node: `metadata`: expected an object, found integer `3`",
    );
    assert_error("just text", "expected an object, found a string");
}

#[test]
fn other_versions_of_a_known_kind_are_told() {
    assert_error(
        "apiVersion: karpenter.sh/v1beta1\nkind: NodePool\nmetadata: {name: a}",
        "NodePool a: version `karpenter.sh/v1beta1` is not supported, expected karpenter.sh/v1",
    );
    assert_error(
        "apiVersion: v2\nkind: Pod\nmetadata: {name: a}",
        "Pod a: version `v2` is not supported, expected v1",
    );
}

#[test]
fn kinds_that_decide_nothing_are_counted() {
    let text = "
{apiVersion: v1, kind: Secret, metadata: {name: b, namespace: ns}}
---
{apiVersion: v1, kind: Secret, metadata: {name: c, namespace: ns}}
---
{apiVersion: example.org/v1, kind: Widget, metadata: {name: w}}
";
    let manifests = Manifests::parse("in.yaml", text);
    assert_eq!((manifests.errors().len(), manifests.len()), (0, 0));
    assert!(manifests.is_empty());
    let told: Vec<String> = manifests.findings().iter().map(ToString::to_string).collect();
    assert_eq!(
        told,
        [
            "info[unused-kind] Secret: 2 objects of this kind, `Secret ns/b` for one, decide nothing",
            "info[unused-kind] Widget.example.org: 1 objects of this kind, `Widget w` for one, decide nothing",
        ]
    );
}

#[test]
fn the_later_of_two_objects_of_one_name_is_used_and_both_places_are_told() {
    let text = format!(
        "{}---\n{}",
        pod("{containers: [{name: a}]}"),
        pod("{containers: [{name: a, resources: {requests: {cpu: 2}}}]}")
    );
    let manifests = Manifests::parse("in.yaml", &text);
    let told: Vec<String> = manifests.errors().iter().map(ToString::to_string).collect();
    assert_eq!(
        told,
        [
            "in.yaml, document 2 (line 5): Pod web takes the place of the one at in.yaml, document 1 (line 1)"
        ]
    );
    assert!(!manifests.errors()[0].is_loss());
    let snapshot = manifests.snapshot(&FixedCatalog, now()).unwrap();
    assert_eq!(crate::pod(&snapshot, "default/web").spec.requests.to_string(), "cpu 2");
}

#[test]
fn generated_names_are_numbered() {
    let text = "{apiVersion: batch/v1, kind: Job, metadata: {generateName: sum-}, spec: {template: {spec: {containers: [{name: c}]}}}}\n---\n";
    let manifests = Manifests::parse("in.yaml", text.repeat(2));
    let snapshot = manifests.snapshot(&FixedCatalog, now()).unwrap();
    assert_eq!(crate::pod_ids(&snapshot), ["default/sum-1-1", "default/sum-2-1"]);
}

#[test]
fn lists_are_read_item_by_item() {
    let text = "
apiVersion: v1
kind: List
items:
- {apiVersion: v1, kind: Node, metadata: {name: a}}
- {apiVersion: v1, kind: Node}
- apiVersion: v1
  kind: List
  items: [{apiVersion: v1, kind: Node, metadata: {name: b}}]
---
{apiVersion: v1, kind: NodeList, items: [{metadata: {name: c}}]}
";
    let manifests = Manifests::parse("in.yaml", text);
    assert_eq!(manifests.len(), 3);
    let told: Vec<String> = manifests.errors().iter().map(ToString::to_string).collect();
    assert_eq!(
        told,
        ["in.yaml, document 1, item 2 (line 1): Node: `metadata.name`: required, but not there"]
    );
}

#[test]
fn nulls_are_as_good_as_absent_but_not_where_users_name_things() {
    let text = "
apiVersion: v1
kind: Pod
metadata: {name: web, labels: {a: null, b: x}, annotations: null, creationTimestamp: null, ownerReferences: null}
spec:
  initContainers: null
  nodeName: null
  tolerations: null
  affinity: null
  nodeSelector: {disk: null}
  containers: [{name: a, resources: null, ports: null}]
status: null
";
    let manifests = Manifests::parse("in.yaml", text);
    assert_eq!(manifests.errors(), []);
    let snapshot = manifests.snapshot(&FixedCatalog, now()).unwrap();
    let web = crate::pod(&snapshot, "default/web");
    assert_eq!(web.labels["a"], "");
    assert_eq!(web.spec.node_selector["disk"], "");
    let nothing = pod("{containers: [{name: a, resources: {requests: {cpu: null}}}]}");
    assert!(errors(nothing)[0].contains("resources.requests.cpu"));
}

#[test]
fn a_number_that_is_none_costs_its_document() {
    let told = errors(pod("{containers: [{name: a, resources: {requests: {cpu: .nan}}}]}"));
    assert_eq!(told.len(), 1);
    assert!(told[0].ends_with("value `.nan` is not a finite number"), "{}", told[0]);
}

#[test]
fn text_that_is_no_yaml_no_utf8_or_a_bomb_costs_one_document() {
    let bomb = {
        let mut text = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n".to_owned();
        for level in 1..9 {
            let before = format!("*a{}, ", level - 1).repeat(9);
            writeln!(text, "a{level}: &a{level} [{before}]").unwrap();
        }
        text.into_bytes()
    };
    for broken in [b"kind: [".to_vec(), b"kind: \xFF\xFE".to_vec(), bomb] {
        let mut text = pod("{containers: [{name: a}]}").into_bytes();
        text.extend(b"---\n");
        text.extend(broken);
        text.extend(b"\n---\n{apiVersion: v1, kind: Node, metadata: {name: n1}}\n");
        let manifests = Manifests::parse("in.yaml", &text);
        assert_eq!(manifests.len(), 2);
        let [ManifestError::Document { place, .. }] = manifests.errors() else {
            panic!("{:?}", manifests.errors());
        };
        assert_eq!((place.document, place.line), (2, 5));
    }
}

#[test]
fn nothing_is_no_error() {
    for text in ["", "\n", "---\n---\n", "# comment\n", "null\n"] {
        let manifests = Manifests::parse("in.yaml", text);
        assert!(manifests.is_empty(), "{text:?}");
        assert!(text == "null\n" || manifests.errors().is_empty(), "{text:?}");
    }
}

#[test]
fn errors_become_findings_with_object_and_field() {
    let manifests = Manifests::parse("in.yaml", pod("{containers: 3}") + "---\nx: [\n");
    let findings = manifests.findings();
    assert_eq!(findings[0].code, "invalid-field");
    assert_eq!(
        (findings[0].object.as_str(), findings[0].field.as_str()),
        ("Pod web", "spec.containers")
    );
    assert_eq!(
        (findings[1].code.as_str(), findings[1].object.as_str()),
        ("unreadable-document", "in.yaml, document 2 (line 5)")
    );
    let snapshot = manifests.snapshot(&FixedCatalog, now()).unwrap();
    assert_eq!(snapshot.findings.len(), 2);
}
