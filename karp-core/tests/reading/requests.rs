//! What a pod asks for in all: figures of the inventory, cpu and memory in GiB.

use std::fmt::Write as _;

use karp_core::model::Resources;

use crate::{pod, snapshot};

/// A container: `I` runs and ends before the others, `S` runs beside them, `C` is a regular one. Requests and limits are equal.
type Container = (char, &'static str, &'static str);

/// A pod of `containers`, with further lines of its spec; it was on a server, so that nothing is filled in.
fn manifest(containers: &[Container], further: &str) -> String {
    let mut init = String::new();
    let mut regular = String::new();
    for (index, (kind, cpu, memory)) in containers.iter().enumerate() {
        let amounts = format!("{{cpu: \"{cpu}\", memory: {memory}Gi}}");
        let restart = if *kind == 'S' { "restartPolicy: Always, " } else { "" };
        let list = if *kind == 'C' { &mut regular } else { &mut init };
        write!(
            list,
            "\n  - {{name: c{index}, {restart}resources: {{requests: {amounts}, limits: {amounts}}}}}"
        )
        .unwrap();
    }
    let init = if init.is_empty() { String::new() } else { format!("  initContainers:{init}\n") };
    format!(
        "apiVersion: v1\nkind: Pod\nmetadata: {{name: web, uid: u1}}\nspec:\n{init}  \
         containers:{regular}\n{further}\n"
    )
}

fn requests(manifest: &str) -> Resources {
    let snapshot = snapshot(manifest);
    pod(&snapshot, "default/web").spec.requests.clone()
}

#[track_caller]
fn assert_requests(containers: &[Container], further: &str, expected: &str) {
    assert_eq!(requests(&manifest(containers, further)).to_string(), expected);
}

/// RES-1 to RES-12.
#[test]
fn containers_sidecars_and_init_containers_add_up_as_in_the_scheduler() {
    let cases: [(&[Container], &str); 11] = [
        (&[('C', "2", "1"), ('S', "1", "2")], "cpu 3, memory 3Gi"),
        (&[('C', "2", "1"), ('S', "4", "2"), ('I', "10", "2")], "cpu 14, memory 4Gi"),
        (&[('C', "2", "2"), ('S', "4", "2"), ('I', "1", "1")], "cpu 6, memory 4Gi"),
        (
            &[
                ('C', "3", "3"),
                ('S', "2", "2"),
                ('S', "1", "1"),
                ('S', "3", "3"),
                ('S', "5", "5"),
                ('I', "20", "20"),
            ],
            "cpu 31, memory 31Gi",
        ),
        (
            &[
                ('C', "3", "3"),
                ('S', "2", "2"),
                ('S', "1", "1"),
                ('S', "3", "3"),
                ('S', "5", "5"),
                ('I', "1", "1"),
            ],
            "cpu 14, memory 14Gi",
        ),
        (
            &[
                ('C', "3", "3"),
                ('I', "25", "25"),
                ('S', "1", "1"),
                ('I', "3", "3"),
                ('I', "1", "1"),
                ('S', "5", "5"),
                ('I', "1", "1"),
                ('I', "1", "1"),
                ('S', "1", "1"),
            ],
            "cpu 25, memory 25Gi",
        ),
        (
            &[
                ('C', "3", "3"),
                ('I', "2", "2"),
                ('S', "1", "1"),
                ('I', "3", "3"),
                ('I', "1", "1"),
                ('S', "5", "5"),
                ('I', "1", "1"),
                ('I', "1", "1"),
                ('S', "1", "1"),
                ('I', "2", "1"),
            ],
            "cpu 10, memory 10Gi",
        ),
        (
            &[('C', "3", "3"), ('I', "25", "4"), ('S', "1", "1"), ('S', "5", "5")],
            "cpu 25, memory 9Gi",
        ),
        (
            &[('C', "3", "3"), ('I', "4", "25"), ('S', "1", "1"), ('S', "5", "5")],
            "cpu 9, memory 25Gi",
        ),
        (&[('C', "2", "4"), ('S', "4", "2"), ('I', "10", "2")], "cpu 14, memory 6Gi"),
        (&[('C', "10", "2"), ('S', "4", "2"), ('I', "2", "4")], "cpu 14, memory 6Gi"),
    ];
    for (containers, expected) in cases {
        assert_requests(containers, "", expected);
    }
}

/// RES-2.
#[test]
fn overhead_comes_on_top() {
    assert_requests(
        &[('C', "2", "1"), ('I', "4", "2"), ('S', "3", "3")],
        "  overhead: {cpu: 5, memory: 1Gi}",
        "cpu 10, memory 5Gi",
    );
}

/// RES-13 and RES-15.
#[test]
fn resources_of_the_pod_take_the_place_of_those_of_its_containers() {
    let further = "  resources: {requests: {cpu: 2, memory: 2Gi}, limits: {cpu: 4, memory: 4Gi}}";
    assert_requests(&[('C', "1", "1")], further, "cpu 2, memory 2Gi");
    let further =
        "  resources: {requests: {cpu: 10, memory: 10Gi}, limits: {cpu: 10, memory: 10Gi}}";
    assert_requests(&[('C', "1", "1"), ('C', "1", "1")], further, "cpu 10, memory 10Gi");
}

/// RES-14.
#[test]
fn requests_of_the_pod_alone_count_too() {
    let further = "  resources: {requests: {cpu: 2, memory: 2Gi}}";
    assert_requests(&[('C', "1", "1"), ('S', "1", "1")], further, "cpu 2, memory 2Gi");
}

#[test]
fn resources_that_a_pod_cannot_carry_stay_those_of_its_containers() {
    let text = "
apiVersion: v1
kind: Pod
metadata: {name: web, uid: u1}
spec:
  resources: {requests: {cpu: 1, hugepages-2Mi: 4Mi, example.com/slot: 9}}
  containers:
  - {name: a, resources: {requests: {cpu: 3, hugepages-2Mi: 2Mi, example.com/slot: 2}}}
";
    assert_eq!(requests(text).to_string(), "cpu 1, example.com/slot 2, hugepages-2Mi 4Mi");
}

/// The pod of RES-16 to RES-18, with a status of its one container.
fn resized(spec: (&str, &str), status: &str) -> String {
    manifest(&[], "").replace("  containers:\n", "")
        + &format!(
            "  containers:\n  - {{name: c, resources: {{requests: {{cpu: \"{}\", memory: {}}}}}}}\nstatus:\n{status}",
            spec.0, spec.1
        )
}

/// RES-16.
#[test]
fn a_container_that_shrinks_keeps_what_it_has_until_the_kubelet_took_it() {
    let status = "  containerStatuses: [{name: c, allocatedResources: {cpu: 6, memory: 2Gi}, resources: {requests: {cpu: 6, memory: 2Gi}}}]";
    assert_eq!(requests(&resized(("2", "0.5Gi"), status)).to_string(), "cpu 6, memory 2Gi");
}

/// RES-17.
#[test]
fn a_container_that_grows_counts_with_what_it_will_have() {
    let status = "  containerStatuses: [{name: c, allocatedResources: {cpu: 2, memory: 1Gi}, resources: {requests: {cpu: 2, memory: 1Gi}}}]";
    assert_eq!(requests(&resized(("8", "4Gi"), status)).to_string(), "cpu 8, memory 4Gi");
}

/// RES-18.
#[test]
fn a_container_without_a_grant_counts_with_its_spec() {
    let status = "  containerStatuses: [{name: c}]";
    assert_eq!(requests(&resized(("4", "2Gi"), status)).to_string(), "cpu 4, memory 2Gi");
}

#[test]
fn a_resize_that_can_never_be_granted_does_not_count() {
    let status = "
  conditions: [{type: PodResizePending, status: \"True\", reason: Infeasible}]
  containerStatuses: [{name: c, allocatedResources: {cpu: 2, memory: 1Gi}, resources: {requests: {cpu: 2, memory: 1Gi}}}]";
    assert_eq!(requests(&resized(("80", "4Gi"), status)).to_string(), "cpu 2, memory 1Gi");
}

#[test]
fn sums_are_exact_and_rounded_once() {
    let text = "
apiVersion: v1
kind: Pod
metadata: {name: web, uid: u1}
spec:
  containers:
  - {name: a, resources: {requests: {cpu: 0.0005, memory: 1.5}}}
  - {name: b, resources: {requests: {cpu: 500u, memory: 500m}}}
";
    let requests = requests(text);
    assert_eq!((requests.amount("cpu"), requests.amount("memory")), (1, 2));
}
