//! From manifests to a snapshot: what is read, what it becomes, and what is said about the rest.
#![expect(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test that can't go on stops"
)]

mod defaults;
mod devices;
mod expansion;
#[cfg(feature = "fs")]
mod files;
mod fixed_catalog;
mod input;
mod large;
mod mutation;
mod pod_fields;
mod pools;
mod references;
mod requests;
#[cfg(feature = "fs")]
mod samples;

use karp_core::{
    Timestamp,
    k8s::Manifests,
    model::{Finding, Pod},
    snapshot::Snapshot,
};

use crate::fixed_catalog::FixedCatalog;

/// The instant of all snapshots here.
fn now() -> Timestamp {
    "2026-01-15T12:00:00Z".parse().unwrap()
}

/// What the manifests in `text` describe.
fn snapshot(text: &str) -> Snapshot {
    Manifests::parse("test.yaml", text).snapshot(&FixedCatalog, now()).unwrap()
}

/// The pod of this id.
fn pod<'a>(snapshot: &'a Snapshot, id: &str) -> &'a Pod {
    snapshot
        .pods
        .iter()
        .find(|pod| pod.id.to_string() == id)
        .unwrap_or_else(|| panic!("no pod {id} among {:?}", pod_ids(snapshot)))
}

/// Ids of all pods, in order.
fn pod_ids(snapshot: &Snapshot) -> Vec<String> {
    let mut ids: Vec<String> = snapshot.pods.iter().map(|pod| pod.id.to_string()).collect();
    ids.sort();
    ids
}

/// Findings as lines, without those that say which kinds decide nothing.
fn lines(findings: &[Finding]) -> Vec<String> {
    let told = findings.iter().filter(|finding| finding.code != "unused-kind");
    told.map(Finding::to_string).collect()
}
