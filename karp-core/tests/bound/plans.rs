//! No plan that is accepted costs less than its bound.

use karp_core::{
    arbitrary,
    bound::{LowerBound, certify, lower_bound},
    check,
    compile::compile,
    model::{CapacityType::OnDemand, InstanceType, NodePool, Pod, Price, usd},
    policy::Policy,
    provision,
    snapshot::Snapshot,
};
use proptest::prelude::*;

use crate::cluster::cases;

/// What the plan of a snapshot costs, and its bound.
fn costs(snapshot: &Snapshot) -> (Price, LowerBound) {
    let policy = Policy::compat();
    let plan = provision(snapshot, &policy);
    assert_eq!(check(snapshot, &policy, &plan), Ok(()), "the plan is accepted");
    let certificate = certify(&compile(snapshot, &policy), &plan);
    (certificate.usd_per_hour(), certificate.lower_bound().clone())
}

fn holds(snapshot: &Snapshot) -> Result<(), TestCaseError> {
    let (price, bound) = costs(snapshot);
    let is_below = bound.price().is_none_or(|bound| bound <= price);
    prop_assert!(is_below, "{price} but {bound}");
    Ok(())
}

proptest! {
    #![proptest_config(cases(96))]

    #[test]
    fn plans_cost_at_least_their_bound(snapshot in arbitrary::snapshot()) {
        holds(&snapshot)?;
    }

    #[test]
    fn plans_without_nodes_cost_at_least_their_bound(snapshot in arbitrary::snapshot().nodes(0..1).pods(1..24)) {
        holds(&snapshot)?;
    }

    #[test]
    fn plans_for_pods_that_want_company_cost_at_least_their_bound(
        snapshot in arbitrary::snapshot().with_topology().with_host_ports(),
    ) {
        holds(&snapshot)?;
    }
}

/// Pods that all differ are looked at in bundles.
#[test]
fn many_different_pods_are_bounded_closely() {
    let kind = |name: &str, cpu: &str, memory: &str, price: &str| {
        InstanceType::new(name).cpu(cpu).memory(memory).offering("z1", OnDemand, usd(price))
    };
    let snapshot = Snapshot::builder("2026-01-15T12:00:00Z".parse().expect("an instant"))
        .instance_types([
            kind("c.large", "8", "16Gi", "0.34"),
            kind("m.large", "8", "32Gi", "0.40"),
            kind("r.large", "8", "64Gi", "0.52"),
        ])
        .node_pool(NodePool::new("general"))
        .pods((0..600_u64).map(|i| {
            let (cpu, memory) = (100 + i * 7919 % 1900, 128 + i * 104_729 % 6000);
            Pod::new(format!("pod-{i}"))
                .request("cpu", format!("{cpu}m"))
                .request("memory", format!("{memory}Mi"))
        }))
        .build()
        .expect("a snapshot");
    let bound = lower_bound(&compile(&snapshot, &Policy::compat())).price().expect("prices");
    // What resources alone cost at least.
    let plan = provision(&snapshot, &Policy::compat()).totals();
    assert_eq!(plan.unplaced, 0);
    assert!(bound <= plan.price, "{bound} above {}", plan.price);
    assert!(plan.price.pico() < bound.pico() * 2, "{bound} far below {}", plan.price);
}
