//! The samples that ship with the examples.

use karp_core::k8s::Manifests;

use crate::{FixedCatalog, lines, now, pod, pod_ids};

#[test]
fn the_samples_are_read_without_an_error() {
    let samples = concat!(env!("CARGO_MANIFEST_DIR"), "/../examples/samples");
    let manifests = Manifests::read([samples]).unwrap();
    assert_eq!(manifests.errors(), []);
    let snapshot = manifests.snapshot(&FixedCatalog, now()).unwrap();
    println!("{:#?}", pod_ids(&snapshot));
    println!("{:#?}", lines(&snapshot.findings));
    println!("{:#?}", snapshot.pods[0]);
}
