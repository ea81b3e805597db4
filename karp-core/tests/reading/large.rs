//! What a large cluster prints.

use std::{fmt::Write as _, sync::Arc};

use karp_core::k8s::Manifests;

use crate::{FixedCatalog, now};

/// What `kubectl get pods -A -o yaml` prints for `count` pods, shortened to about 330 bytes each.
fn list(count: usize) -> String {
    let mut text = "apiVersion: v1\nitems:\n".to_owned();
    for index in 0..count {
        let workload = index / 50;
        write!(
            text,
            "- apiVersion: v1
  kind: Pod
  metadata:
    creationTimestamp: \"2026-01-15T11:00:00Z\"
    labels:
      app: web-{workload}
    name: web-{workload}-{index}
    namespace: shop
    uid: 00000000-0000-0000-0000-{index:012}
  spec:
    containers:
    - image: example/web:1
      name: web
      resources:
        requests:
          cpu: 500m
          memory: 512Mi
    nodeName: node-{}
  status:
    phase: Running
",
            index % 500
        )
        .unwrap();
    }
    text + "kind: List\n"
}

#[test]
fn a_list_of_thirty_thousand_pods_is_read_and_shares_what_is_equal() {
    let text = list(30_000);
    assert!(text.len() > 10_000_000);
    let manifests = Manifests::parse("-", &text);
    assert_eq!((manifests.len(), manifests.errors().len()), (30_000, 0));
    let snapshot = manifests.snapshot(&FixedCatalog, now()).unwrap();
    assert_eq!(snapshot.pods.len(), 30_000);
    assert!(snapshot.pods.iter().all(|pod| Arc::ptr_eq(&pod.spec, &snapshot.pods[0].spec)));
    let (first, last) = (&snapshot.pods[0], &snapshot.pods[29_999]);
    assert!(Arc::ptr_eq(&first.labels, &snapshot.pods[1].labels));
    assert!(!Arc::ptr_eq(&first.labels, &last.labels));
}
