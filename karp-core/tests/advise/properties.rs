//! What holds of advice on any cluster.

use karp_core::{
    advise::{Advisor, Effort},
    arbitrary,
    policy::Policy,
    provision,
    snapshot::Snapshot,
};
use proptest::{prelude::*, test_runner::RngSeed};

use super::fixture::keeps_its_promises;

/// As many as fit in a few seconds, or as many as the variable `PROPTEST_CASES` says.
fn cases(short: u32) -> ProptestConfig {
    let asked = ProptestConfig::default();
    let is_short = asked.cases == 256;
    let cases = if is_short { short } else { asked.cases };
    let rng_seed = if is_short { RngSeed::Fixed(1) } else { RngSeed::Random };
    ProptestConfig { cases, rng_seed, failure_persistence: None, max_shrink_iters: 500, ..asked }
}

fn clusters() -> impl Strategy<Value = Snapshot> {
    arbitrary::snapshot()
        .pods(0..14)
        .instance_types(0..7)
        .with_topology()
        .with_host_ports()
        .with_volumes()
        .with_buffers()
}

fn policies() -> impl Strategy<Value = Policy> {
    any::<bool>().prop_map(|buffers| {
        let mut policy = Policy::compat();
        policy.feature_gates.capacity_buffer = buffers;
        policy
    })
}

proptest! {
    #![proptest_config(cases(60))]

    #[test]
    fn every_remedy_helps_and_hurts_nobody_and_no_less_would_do(
        snapshot in clusters(), policy in policies(),
    ) {
        let plan = provision(&snapshot, &policy);
        let effort = Effort::new(24, 120);
        let all = Advisor::new(&snapshot, &policy, &plan).with_effort(effort).all();
        let kept = keeps_its_promises(&snapshot, &policy, (&plan, &all));
        prop_assert_eq!(kept, Ok(()));
    }
}
