//! The order in which objects are listed reaches no decision.

use std::sync::Arc;

use karp_core::{arbitrary, model::InstanceType, policy::Policy, snapshot::Snapshot};
use proptest::prelude::*;

use crate::{
    solvers,
    worlds::{cases, policies},
};

/// The snapshot built again from its objects in another order; offerings are in another order, too.
pub(crate) fn shuffled(snapshot: &Snapshot, seed: u64) -> Snapshot {
    let mut random = Random(seed);
    let mut builder = Snapshot::builder(snapshot.now).vocabulary(snapshot.vocabulary.clone());
    for (pool, types) in &snapshot.instance_types {
        let types = types.iter().map(|kind| {
            let mut kind = InstanceType::clone(kind);
            random.shuffle(&mut kind.offerings);
            Arc::new(kind)
        });
        let mut types: Vec<Arc<InstanceType>> = types.collect();
        random.shuffle(&mut types);
        builder = builder.instance_types_of(pool.clone(), types);
    }
    builder
        .node_pools(random.shuffled(&snapshot.node_pools))
        .nodes(random.shuffled(&snapshot.nodes))
        .node_claims(random.shuffled(&snapshot.node_claims))
        .pods(random.shuffled(&snapshot.pods))
        .daemon_sets(random.shuffled(&snapshot.daemon_sets))
        .volume_claims(random.shuffled(&snapshot.volume_claims))
        .volumes(random.shuffled(&snapshot.volumes))
        .storage_classes(random.shuffled(&snapshot.storage_classes))
        .csi_nodes(random.shuffled(&snapshot.csi_nodes))
        .namespaces(random.shuffled(&snapshot.namespaces))
        .pod_disruption_budgets(random.shuffled(&snapshot.pod_disruption_budgets))
        .overlays(random.shuffled(&snapshot.overlays))
        .buffers(random.shuffled(&snapshot.buffers))
        .pod_templates(random.shuffled(&snapshot.pod_templates))
        .workloads(random.shuffled(&snapshot.workloads))
        .build()
        .expect("the objects make a snapshot")
}

/// A small generator of pseudo-random numbers: splitmix64.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut bits = self.0;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        let bound = u64::try_from(bound).expect("lists are short");
        usize::try_from((bits ^ (bits >> 31)) % bound).expect("lists are short")
    }

    fn shuffle<T>(&mut self, list: &mut [T]) {
        for last in (1..list.len()).rev() {
            let other = self.below(last + 1);
            list.swap(last, other);
        }
    }

    fn shuffled<T: Clone>(&mut self, list: &[T]) -> Vec<T> {
        let mut list = list.to_vec();
        self.shuffle(&mut list);
        list
    }
}

proptest! {
    #![proptest_config(cases(48))]

    #[test]
    fn shuffling_the_input_changes_no_byte_of_the_plan(
        snapshot in arbitrary::snapshot().with_volumes().with_overlays().with_buffers(),
        policy in policies(),
        seed in any::<u64>(),
    ) {
        let again = shuffled(&snapshot, seed);
        for (name, provision) in solvers() {
            let text = |snapshot| serde_json::to_string(&provision(snapshot, &policy));
            let (first, second) = (text(&snapshot), text(&again));
            prop_assert_eq!(first.expect("plans are JSON"), second.expect("plans are JSON"), "{}", name);
        }
    }

    #[test]
    fn two_runs_give_the_same_bytes(snapshot in arbitrary::snapshot()) {
        for (name, provision) in solvers() {
            let text = || serde_json::to_string(&provision(&snapshot, &Policy::compat()));
            prop_assert_eq!(text().expect("plans are JSON"), text().expect("plans are JSON"), "{}", name);
        }
    }
}
