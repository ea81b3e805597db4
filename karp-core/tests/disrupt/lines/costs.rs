//! What it costs to move a pod.

use std::sync::Arc;

use karp_core::{disrupt::Cost, model::Pod};

fn cost(deletion: &str, priority: i32) -> Cost {
    let mut pod = Pod::new("web");
    if !deletion.is_empty() {
        let annotations = Arc::make_mut(&mut pod.annotations);
        let key = "controller.kubernetes.io/pod-deletion-cost";
        annotations.insert(key.to_owned(), deletion.to_owned());
    }
    pod.spec_mut().priority = priority;
    Cost::of_pod(&pod)
}

#[test]
fn an_ordinary_pod_costs_one() {
    // inventory-033
    assert_eq!(cost("", 0), Cost::ONE);
    assert_eq!(cost("dear", 0), Cost::ONE);
}

#[test]
fn deletion_costs_and_priorities_make_a_pod_dearer_or_cheaper() {
    // inventory-034, inventory-035
    assert!(cost("100", 0) > Cost::ONE);
    assert!(cost("-100", 0) < Cost::ONE);
    // inventory-036
    let rising = ["-2000000000", "-100", "-1", "0", "1", "100", "2000000000"];
    assert!(rising.map(|deletion| cost(deletion, 0)).is_sorted_by(|a, b| a < b));
    // inventory-037
    assert!(cost("", 1000) > Cost::ONE && cost("", -1000) < Cost::ONE);
    assert_eq!(cost("", i32::MAX).to_string(), "10");
    assert_eq!(cost("", i32::MIN).to_string(), "-10");
}
