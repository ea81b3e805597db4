//! How to property-test a policy: what must hold whatever the cluster, on snapshots that proptest makes and shrinks.

use karp_core::{arbitrary, check, policy::Policy, provision};
use proptest::{prelude::*, test_runner::RngSeed};

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, rng_seed: RngSeed::Fixed(7), ..ProptestConfig::with_cases(64) })]

    /// A plan is bought with real money: nothing that it says is believed before other code has looked at it.
    #[test]
    fn whatever_the_cluster_every_plan_holds(
        cluster in arbitrary::snapshot().nodes(0..5).pools(1..4),
    ) {
        let policy = Policy::compat();
        let plan = provision(&cluster, &policy);
        prop_assert_eq!(check(&cluster, &policy, &plan), Ok(()));
        for pool in &cluster.node_pools {
            let machines = plan.machines().iter().filter(|machine| machine.node_pool == pool.name);
            prop_assert!(machines.count() <= cluster.pods.len());
        }
    }
}
