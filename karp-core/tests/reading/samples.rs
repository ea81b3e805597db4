//! The samples that ship with the examples.

use karp_core::k8s::Manifests;

use crate::{FixedCatalog, now, pod, pod_ids};

#[test]
fn the_samples_become_the_pods_that_they_describe() {
    let samples = concat!(env!("CARGO_MANIFEST_DIR"), "/../examples/samples");
    let manifests = Manifests::read([samples]).unwrap();
    assert_eq!(manifests.errors(), []);
    let snapshot = manifests.snapshot(&FixedCatalog, now()).unwrap();
    let told = snapshot.findings.iter().map(|finding| finding.code.as_str());
    let (cron_job, unknown) = ("no-pods", "unknown-node-class-kind");
    assert_eq!(told.collect::<Vec<_>>(), [cron_job, unknown, unknown]);
    assert_eq!(pod_ids(&snapshot).len(), 37);
    assert_eq!((snapshot.node_pools.len(), snapshot.daemon_sets.len()), (2, 2));
    let web = pod(&snapshot, "shop/web-1");
    assert_eq!(
        (web.spec.priority, web.spec.requests.to_string().as_str()),
        (100_000, "cpu 500m, memory 512Mi")
    );
    let flags = pod(&snapshot, "shop/feature-flags-1");
    assert_eq!(flags.spec.requests.to_string(), "cpu 100m, memory 128Mi");
    let plugins = pod(&snapshot, "shop/plugins-1");
    assert!(plugins.spec.requests.amount("cpu") > 250);
}
