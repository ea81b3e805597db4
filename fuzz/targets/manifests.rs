//! Whatever the manifests say, they become a snapshot without a panic, the same one every time, and lints get through it.
#![no_main]

use std::sync::Arc;

use karp_core::{
    Timestamp,
    k8s::{Catalog, CatalogAnswer, CatalogError, CatalogRequest, Manifests},
    lint::{Settings, lint},
    model::{CapacityType, InstanceType, Vocabulary, usd},
};
use libfuzzer_sys::fuzz_target;

/// Has one type for every pool.
struct OneType;

impl Catalog for OneType {
    fn vocabulary(&self) -> Vocabulary {
        Vocabulary::core()
    }

    fn knows_node_class(&self, _group: &str, _kind: &str) -> bool {
        true
    }

    fn instance_types(&self, _request: &CatalogRequest<'_>) -> Result<CatalogAnswer, CatalogError> {
        let large = InstanceType::new("m.large").cpu("2").memory("8Gi").offering(
            "z1",
            CapacityType::OnDemand,
            usd("0.096"),
        );
        Ok(CatalogAnswer::new(vec![Arc::new(large)]))
    }
}

fuzz_target!(|bytes: &[u8]| {
    let manifests = Manifests::parse("fuzz", bytes);
    let told = manifests.findings().len();
    assert!(told >= manifests.errors().len());
    // Replicas are bounded, but hundreds of thousands of pods per input would make fuzzing slow.
    if bytes.windows(5).any(|window| window.iter().all(u8::is_ascii_digit)) {
        return;
    }
    let snapshot = || manifests.snapshot(&OneType, Timestamp::EPOCH);
    assert_eq!(snapshot(), snapshot());
    let snapshot = snapshot().expect("one type has one name");
    assert!(lint(&snapshot, &Settings::default()).is_sorted());
});
