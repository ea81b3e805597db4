//! What is found by taking removals back is what is found by reading everything again for each, in every method and verdict.

use karp_core::{
    arbitrary,
    disrupt::Method,
    policy::{EveryCandidate, Policy},
    snapshot::Snapshot,
};
use proptest::prelude::*;

use crate::{
    cluster::Cluster,
    worlds::{calm, cases, settled},
};

fn are_equal((snapshot, seed): (Snapshot, u64), policy: &Policy) -> Result<(), TestCaseError> {
    let mut cluster = Cluster::new(snapshot, policy, seed);
    for round in 0..2 {
        let (fast, slow) = (cluster.look(), cluster.look().recompiling());
        let mut first = None;
        for method in Method::ALL {
            let (found, expected) = (fast.find(method), slow.find(method));
            prop_assert_eq!(&found, &expected, "{} of pass {}", method, round);
            let Ok(found) = found else { continue };
            for command in &found.commands {
                prop_assert_eq!(fast.confirm(command), slow.confirm(command));
            }
            first = first.or_else(|| found.commands.into_iter().next());
        }
        drop((fast, slow));
        // A second pass while the command of the first is under way.
        let Some(command) = first else { return Ok(()) };
        cluster.start(&command);
    }
    Ok(())
}

fn policies() -> impl Strategy<Value = Policy> {
    (any::<bool>(), any::<bool>()).prop_map(|(every, spot)| {
        let mut policy = Policy::compat();
        policy.every_candidate = every.then(EveryCandidate::default);
        policy.feature_gates.spot_to_spot_consolidation = spot;
        policy
    })
}

proptest! {
    #![proptest_config(cases(12))]

    #[test]
    fn whole_passes_are_equal(
        world in calm(arbitrary::snapshot().pods(0..40).nodes(1..9).pools(1..4)),
        policy in policies(),
    ) {
        are_equal(world, &policy)?;
    }

    #[test]
    fn whole_passes_are_equal_where_pods_depend_on_others(
        world in settled(
            arbitrary::snapshot()
                .pods(0..40).nodes(1..9).pools(1..4).with_topology().with_host_ports().with_volumes(),
        ),
        policy in policies(),
    ) {
        are_equal(world, &policy)?;
    }
}
