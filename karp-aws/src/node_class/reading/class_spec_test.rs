//! The reader against arbitrary objects: it answers or names a field, and never gives up otherwise.

use proptest::prelude::*;
use serde_json::{Map, Value, json};

use super::class_spec::ClassReading;

/// Texts that mean something somewhere in a class, and some that don't.
const TEXTS: [&str; 14] = [
    "AL2023",
    "al2023@latest",
    "al2023@a@b",
    "RAID0",
    "efa-only",
    "interface",
    "20Gi",
    "-1",
    "1e400",
    "101%",
    "5%",
    "max_pods + 1",
    "enabled",
    "\u{0}ü%",
];

const KEYS: [&str; 22] = [
    "amiFamily",
    "amiSelectorTerms",
    "alias",
    "blockDeviceMappings",
    "ebs",
    "volumeSize",
    "rootVolume",
    "kubelet",
    "maxPods",
    "podsPerCore",
    "kubeReserved",
    "cpu",
    "evictionHard",
    "memory.available",
    "evictionSoftGracePeriod",
    "networkInterfaces",
    "networkCardIndex",
    "interfaceType",
    "instanceStorePolicy",
    "subnets",
    "zone",
    "capacityReservations",
];

fn arb_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(|number| json!(number)),
        prop::sample::select(&TEXTS[..]).prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 40, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::vec((prop::sample::select(&KEYS[..]), inner), 0..6).prop_map(
                |entries| {
                    let entries = entries.into_iter().map(|(key, value)| (key.to_owned(), value));
                    Value::Object(entries.into_iter().collect::<Map<_, _>>())
                }
            ),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    /// Manifests come from anywhere.
    #[test]
    fn any_object_is_read_or_refused_by_a_field(spec in arb_json(), status in arb_json(), kubelet in arb_json()) {
        for object in [
            json!({ "spec": spec, "status": status }),
            json!({ "spec": { "kubelet": kubelet } }),
            spec,
        ] {
            if let Err(error) = ClassReading::read(&object) {
                prop_assert!(!error.problem.is_empty() && !error.problem.contains('\n'));
                prop_assert!(!object.is_object() || !error.field.is_empty(), "{error}");
            }
        }
    }
}
