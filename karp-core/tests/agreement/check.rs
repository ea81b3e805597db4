//! The verifier accepts what every solver decides, whatever the cluster.

use karp_core::{arbitrary, check};
use proptest::prelude::*;

use crate::{
    solvers,
    worlds::{cases, claiming, controlled, policies, reserved, reserving, spreading},
};

proptest! {
    #![proptest_config(cases(96))]

    #[test]
    fn every_plan_is_accepted(
        snapshot in arbitrary::snapshot().with_overlays().with_buffers().prop_map(claiming),
        policy in policies(),
    ) {
        for (name, provision) in solvers() {
            let plan = provision(&snapshot, &policy);
            let verdict = check(&snapshot, &policy, &plan);
            prop_assert!(verdict == Ok(()), "{}: {:?}", name, verdict);
        }
    }

    #[test]
    fn every_plan_with_topology_is_accepted(
        snapshot in arbitrary::snapshot().with_topology().with_host_ports().with_volumes().with_buffers(),
        policy in policies(),
    ) {
        for (name, provision) in solvers() {
            let plan = provision(&snapshot, &policy);
            let verdict = check(&snapshot, &policy, &plan);
            prop_assert!(verdict == Ok(()), "{}: {:?}", name, verdict);
        }
    }

    #[test]
    fn every_plan_with_default_spread_is_accepted(
        snapshot in arbitrary::snapshot().with_topology().with_buffers().prop_map(controlled),
        policy in spreading(),
    ) {
        for (name, provision) in solvers() {
            let plan = provision(&snapshot, &policy);
            let verdict = check(&snapshot, &policy, &plan);
            prop_assert!(verdict == Ok(()), "{}: {:?}", name, verdict);
        }
    }

    #[test]
    fn every_plan_with_reservations_is_accepted(
        snapshot in arbitrary::snapshot().pools(1..4).prop_map(reserved),
        policy in reserving(),
    ) {
        for (name, provision) in solvers() {
            let plan = provision(&snapshot, &policy);
            let verdict = check(&snapshot, &policy, &plan);
            prop_assert!(verdict == Ok(()), "{}: {:?}", name, verdict);
        }
    }

    #[test]
    fn every_plan_with_reservations_and_topology_is_accepted(
        snapshot in arbitrary::snapshot().pools(1..4).with_topology().prop_map(reserved),
        policy in reserving(),
    ) {
        let plan = karp_core::provision(&snapshot, &policy);
        let verdict = check(&snapshot, &policy, &plan);
        prop_assert!(verdict == Ok(()), "{:?}", verdict);
    }
}
