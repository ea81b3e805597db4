//! The third stage of a claim (INI-1 to INI-18).

use karp_core::{
    lifecycle::{
        ClaimState, DriverSlice, Next,
        conditions::{INITIALIZED, READY},
    },
    model::{
        ConditionStatus::{False, True, Unknown},
        Effect, Node, NodeClaim, Resources, Taint, label,
    },
};

use crate::fixture::*;

fn wanting() -> NodeClaim {
    let mut claim = registered();
    claim.startup_taints = vec![Taint::new("startup", Effect::NoSchedule)];
    claim.requests = Resources::new().with("cpu", 100).with("example.com/gpu", 1);
    claim
}

fn complete() -> Node {
    let mut node = joining().label(label::REGISTERED, "true");
    node.taints.clear();
    node.allocatable = Resources::new().with("cpu", 2000).with("example.com/gpu", 1);
    node
}

fn initialize(claim: &NodeClaim, node: Node) -> (Next, NodeClaim, Node) {
    let nodes = arcs([node]);
    let next = advance(&ClaimState::new(claim).with_nodes(&nodes), now());
    let (claim, node) = written(&next, claim, &nodes[0], now());
    (next, claim, node)
}

// INI-1, INI-4, INI-7
#[test]
fn a_node_that_lacks_nothing_is_initialized() {
    let (_, claim, node) = initialize(&wanting(), complete());
    assert_eq!(standing(&claim, INITIALIZED), (True, INITIALIZED));
    assert_eq!(standing(&claim, READY).0, True);
    assert_eq!(node.labels[label::INITIALIZED], "true");
}

// INI-2
#[test]
fn claims_of_others_are_left_alone() {
    assert!(initialize(&foreign(wanting()), complete()).0.actions.is_empty());
}

// INI-3
#[test]
fn a_claim_that_has_not_joined_is_not_initialized() {
    let mut claim = launched();
    claim.requests = wanting().requests;
    let next = advance(&ClaimState::new(&claim), now());
    assert_eq!(standing(&claim_after(&next, &claim), INITIALIZED).0, Unknown);
}

/// What a change of the complete Node makes of the condition.
fn outcome(change: impl Fn(&mut Node)) -> (String, &'static str) {
    let mut node = complete();
    change(&mut node);
    let (next, claim, node) = initialize(&wanting(), node);
    let (status, reason) = standing(&claim, INITIALIZED);
    assert_eq!(status == True, node.labels.contains_key(label::INITIALIZED));
    (reason.to_owned(), waits(&next).first().copied().unwrap_or("nothing"))
}

// INI-5 to INI-12
#[test]
fn the_first_thing_that_is_missing_is_named() {
    let taint = |key: &str, effect| {
        let taint = Taint::new(key, effect);
        move |node: &mut Node| node.taints.push(taint.clone())
    };
    let named = |reason: &str, code| (reason.to_owned(), code);
    assert_eq!(outcome(|_| {}), named(INITIALIZED, "nothing"));
    for conditions in [vec![], vec![is(READY, False, now())], vec![is(READY, Unknown, now())]] {
        let outcome = outcome(|node| node.conditions.clone_from(&conditions));
        assert_eq!(outcome, named("NodeNotReady", "node-not-ready"));
    }
    assert_eq!(
        outcome(|node| node.allocatable.set("example.com/gpu", 0)),
        named("ResourceNotRegistered", "resource-not-registered")
    );
    assert_eq!(
        outcome(|node| {
            node.allocatable.remove("example.com/gpu");
        }),
        named("ResourceNotRegistered", "resource-not-registered")
    );
    assert_eq!(
        outcome(taint("startup", Effect::NoSchedule)),
        named("StartupTaintsExist", "startup-taints")
    );
    for key in [label::NOT_READY_TAINT, "readiness.k8s.io/network"] {
        assert_eq!(
            outcome(taint(key, Effect::NoSchedule)),
            named("KnownEphemeralTaintsExist", "ephemeral-taints")
        );
    }
    assert_eq!(outcome(taint("dedicated", Effect::NoSchedule)), named(INITIALIZED, "nothing"));
}

// INI-9 and INI-11: what is removed later lets the Node in.
#[test]
fn a_node_is_initialized_as_soon_as_the_obstacle_is_gone() {
    let mut node = complete();
    node.taints.push(Taint::new("startup", Effect::NoSchedule));
    let (_, claim, mut node) = initialize(&wanting(), node);
    node.taints.clear();
    let (_, claim, mut node) = initialize(&claim, node);
    assert_eq!(standing(&claim, INITIALIZED).0, True);
    // It never goes back.
    node.conditions.clear();
    let (next, claim, _) = initialize(&claim, node);
    assert_eq!(standing(&claim, INITIALIZED).0, True);
    assert!(next.is_quiet());
}

fn slice(driver: &str, generation: i64, slices: i64) -> DriverSlice {
    DriverSlice { driver: driver.into(), pool: "n1".into(), generation, slices }
}

// INI-13 to INI-18
#[test]
fn drivers_must_have_published_a_whole_pool() {
    let held = |drivers: Option<&str>, slices: Option<&[DriverSlice]>| {
        let mut claim = wanting();
        claim.annotations.extend(
            drivers.map(|drivers| (label::REQUESTED_DRA_DRIVERS.to_owned(), drivers.to_owned())),
        );
        let nodes = arcs([complete()]);
        let mut state = ClaimState::new(&claim).with_nodes(&nodes);
        state.driver_slices = slices;
        let after = claim_after(&advance(&state, now()), &claim);
        standing(&after, INITIALIZED) == (Unknown, "DRADriverPoolsNotPublished")
    };
    let (gpu, both) = (Some("gpu.example.com"), Some("gpu.example.com, nic.example.com"));
    let whole = |driver| [slice(driver, 2, 2), slice(driver, 2, 2)];
    assert!(held(gpu, Some(&[])));
    assert!(!held(gpu, Some(&whole("gpu.example.com"))));
    assert!(held(gpu, Some(&[slice("gpu.example.com", 2, 2)])));
    assert!(held(gpu, Some(&[slice("gpu.example.com", 2, 0)])));
    let old = [slice("gpu.example.com", 1, 1), slice("gpu.example.com", 2, 2)];
    assert!(held(gpu, Some(&old)));
    assert!(held(both, Some(&whole("gpu.example.com"))));
    let all = [whole("gpu.example.com"), whole("nic.example.com")].concat();
    assert!(!held(both, Some(&all)));
    assert!(!held(None, Some(&[])));
    assert!(!held(gpu, None));
}
