//! Readers under objects that are almost right, and under every pod of a small language.

use std::{collections::BTreeMap, sync::LazyLock};

use karp_core::{
    k8s::{Manifests, documents},
    model::{Quantity, ResourceName},
};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::{FixedCatalog, now};

/// Objects of all kinds.
static OBJECTS: LazyLock<Vec<Value>> = LazyLock::new(objects);

/// The samples of the examples, and what they leave out.
fn objects() -> Vec<Value> {
    let samples = [
        include_str!("../../../examples/samples/pools.yaml"),
        include_str!("../../../examples/samples/cluster.yaml"),
        include_str!("../../../examples/samples/workloads.yaml"),
        include_str!("../testdata/kinds.yaml"),
    ];
    let read = samples.iter().flat_map(|text| documents("sample", text.as_bytes()));
    read.map(|document| document.value.unwrap()).collect()
}

/// Values that somebody might put anywhere.
fn arbitrary_value() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(Value::Null),
        Just(json!([])),
        Just(json!({})),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        Just(json!(1e300)),
        "[a-z0-9.:%/@-]{0,12}".prop_map(Value::from),
        Just(json!({"": {"": [null, "", -1]}})),
        Just(json!([[{"name": null}], "x"])),
    ]
}

/// Puts `with` in the place of the `at`-th value, counted through all of `value`; false if there are fewer.
fn put(value: &mut Value, at: &mut usize, with: &Value) -> bool {
    if *at == 0 {
        *value = with.clone();
        return true;
    }
    *at -= 1;
    match value {
        Value::Array(items) => items.iter_mut().any(|item| put(item, at, with)),
        Value::Object(members) => members.iter_mut().any(|(_, member)| put(member, at, with)),
        _ => false,
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    /// Nothing panics, and no object is lost without a word.
    #[test]
    fn an_object_that_is_almost_right_is_read_or_told(
        which in any::<prop::sample::Index>(),
        changes in prop::collection::vec((0_usize..80, arbitrary_value()), 1..4),
    ) {
        let mut object = OBJECTS[which.index(OBJECTS.len())].clone();
        for (at, with) in changes {
            put(&mut object, &mut at.clone(), &with);
        }
        let mut manifests = Manifests::new();
        manifests.add("test", object.clone());
        let told = manifests.errors().len();
        prop_assert!(told <= 1, "{:?}", manifests.errors());
        let is_foreign = manifests.findings().iter().any(|finding| finding.code.ends_with("kind"));
        let is_class = object["kind"] == "EC2NodeClass";
        prop_assert!(
            manifests.len() + told == 1 || is_foreign || is_class,
            "{object} is lost: {:?}", manifests.findings()
        );
        let replicas = object["spec"]["replicas"].as_u64().unwrap_or(0);
        let pods = object["spec"]["parallelism"].as_u64().unwrap_or(0).max(replicas);
        prop_assume!(pods < 10_000);
        prop_assert!(manifests.snapshot(&FixedCatalog, now()).is_ok());
    }

    /// Whatever the bytes, reading ends without a panic.
    #[test]
    fn any_bytes_are_read_or_told(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let manifests = Manifests::parse("test", &bytes);
        prop_assert!(manifests.len() <= bytes.len());
    }

    /// Requests, labels and node labels of a pod come through as they were written.
    #[test]
    fn a_pod_keeps_what_matters(
        requests in prop::collection::btree_map("[a-z]{1,8}", (0_i64..1_000_000, "(m|k|Ki|Mi|)"), 0..4),
        labels in prop::collection::btree_map("[a-z]{1,8}", "[a-z0-9]{0,8}", 0..4),
        priority in any::<i32>(),
        gates in prop::collection::vec("[a-z]{1,8}", 0..3),
    ) {
        let amounts: BTreeMap<&str, String> = requests
            .iter()
            .map(|(name, (amount, unit))| (name.as_str(), format!("{amount}{unit}")))
            .collect();
        let gates_json: Vec<Value> = gates.iter().map(|name| json!({"name": name})).collect();
        let mut manifests = Manifests::new();
        manifests.add("test", json!({
            "apiVersion": "v1",
            "kind": "Pod",
            "metadata": {"name": "web", "uid": "u", "labels": labels},
            "spec": {
                "priority": priority,
                "nodeSelector": labels,
                "schedulingGates": gates_json,
                "containers": [{"name": "c", "resources": {"requests": amounts}}],
            },
        }));
        prop_assert_eq!(manifests.errors(), []);
        let snapshot = manifests.snapshot(&FixedCatalog, now()).unwrap();
        let pod = &snapshot.pods[0];
        prop_assert_eq!(&*pod.labels, &labels);
        prop_assert_eq!(&pod.spec.node_selector, &labels);
        prop_assert_eq!(pod.spec.priority, priority);
        prop_assert_eq!(&pod.spec.scheduling_gates, &gates);
        for (name, text) in amounts {
            let quantity: Quantity = text.parse().unwrap();
            let expected = ResourceName::from(name).round_up(&quantity);
            prop_assert_eq!(pod.spec.requests.amount(name), expected);
        }
    }
}
