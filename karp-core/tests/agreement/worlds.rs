//! The snapshots on which solvers are compared, and how many of them.

use std::sync::Arc;

use karp_core::{
    policy::{Policy, PreferencePolicy},
    snapshot::Snapshot,
};
use proptest::{prelude::*, test_runner::RngSeed};

/// `short` cases, or as many as the variable `PROPTEST_CASES` says: `PROPTEST_CASES=10000 cargo test -p karp-core --test agreement` is the long
/// run.
pub(crate) fn cases(short: u32) -> ProptestConfig {
    let asked = ProptestConfig::default();
    let is_short = asked.cases == 256;
    let cases = if is_short { short } else { asked.cases };
    // The short run looks at the same worlds every time; the long one at new ones.
    let rng_seed = if is_short { RngSeed::Fixed(1) } else { RngSeed::Random };
    ProptestConfig { cases, rng_seed, failure_persistence: None, max_shrink_iters: 2_000, ..asked }
}

/// Policies that differ in what solvers look at.
pub(crate) fn policies() -> impl Strategy<Value = Policy> {
    let parts = (any::<bool>(), prop_oneof![Just(600_usize), 1_usize..3], any::<(bool, bool)>());
    parts.prop_map(|(ignore, most, (overlays, buffers))| {
        let mut policy = Policy::compat();
        policy.max_instance_types = most;
        policy.feature_gates.node_overlay = overlays;
        policy.feature_gates.capacity_buffer = buffers;
        if ignore {
            policy.preferences = PreferencePolicy::Ignore;
        }
        policy
    })
}

/// Snapshots with machines that stay: a domain that only a leaving machine has, with pods that a budget keeps there, is inhabited for
/// the slow solver and unknown to the fast one.
pub(crate) fn staying(mut snapshot: Snapshot) -> Snapshot {
    for node in &mut snapshot.nodes {
        Arc::make_mut(node).deleting_since = None;
    }
    for claim in &mut snapshot.node_claims {
        let claim = Arc::make_mut(claim);
        claim.deleting_since = None;
        claim.status.conditions.clear();
    }
    snapshot
}
