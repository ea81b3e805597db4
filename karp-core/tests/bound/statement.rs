//! What is written beside a plan.

use karp_core::{
    bound::{LowerBound, certify},
    compile::compile,
    model::{CapacityType::OnDemand, InstanceType, NodePool, Pod, usd},
    policy::Policy,
    provision,
    snapshot::Snapshot,
};

/// Two pods of one core, on types of one core and of four.
fn snapshot(small: &str, large: &str) -> Snapshot {
    let kind = |name: &str, cpu: &str, price: &str| {
        InstanceType::new(name).cpu(cpu).offering("z1", OnDemand, usd(price))
    };
    Snapshot::builder("2026-01-15T12:00:00Z".parse().expect("an instant"))
        .instance_types([kind("small", "1", small), kind("large", "4", large)])
        .node_pool(NodePool::new("general"))
        .pods((0..2).map(|i| Pod::new(format!("web-{i}")).request("cpu", "1")))
        .build()
        .expect("a snapshot")
}

fn statement(snapshot: &Snapshot) -> (serde_json::Value, LowerBound) {
    let policy = Policy::compat();
    let certificate = certify(&compile(snapshot, &policy), &provision(snapshot, &policy));
    let bound = certificate.lower_bound().clone();
    (serde_json::to_value(certificate).expect("JSON"), bound)
}

#[test]
fn price_bound_and_gap_are_stated() {
    let (json, bound) = statement(&snapshot("0.1", "0.5"));
    assert_eq!(json["usdPerHour"], "0.50");
    let bound = bound.price().expect("prices");
    // Two small machines, or two quarters of a large one that holds no more than the two pods there are.
    assert!(bound <= usd("0.2").expect("a price") && bound > usd("0.1999").expect("a price"));
    assert_eq!(json["lowerBound"], bound.to_string());
    let gap = json["gapPercent"].as_f64().expect("a number");
    assert!((150.0..150.1).contains(&gap), "{gap}");
    assert_eq!(json.get("unknown"), None);
}

#[test]
fn pods_that_only_machines_without_a_price_take_make_the_bound_unknown() {
    let (json, bound) = statement(&snapshot("none", "none"));
    assert!(matches!(bound, LowerBound::NoPrice { .. }));
    assert!(json["lowerBound"].is_null() && json["gapPercent"].is_null(), "{json}");
    let why = json["unknown"].as_str().expect("a text");
    assert!(why.contains("pod `default/web-0` fits only on machines without a price"), "{why}");
}

#[test]
fn a_machine_without_a_price_is_dearer_than_any_and_hides_no_bound() {
    let (_, bound) = statement(&snapshot("0.1", "none"));
    assert!(bound.price().is_some_and(|bound| bound > usd("0.1999").expect("a price")));
}

#[test]
fn what_is_free_bounds_nothing() {
    let (json, bound) = statement(&snapshot("0", "0.5"));
    assert_eq!(bound.price(), usd("0").ok());
    assert!(json["gapPercent"].is_null() || json["usdPerHour"] == "0.00", "{json}");
}
