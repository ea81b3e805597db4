//! Solves that are ended early: what was placed stands, and what was not decided is said so.

use std::collections::BTreeMap;

use karp_core::{
    arbitrary, check,
    decision::{Plan, provision_while},
    explain::Reason,
    model::ObjectId,
    policy::Policy,
    provision,
    snapshot::Snapshot,
};
use proptest::prelude::*;

use crate::worlds::{cases, policies};

/// For every placed pod, those that were on its machine or node before it.
fn company(plan: &Plan) -> BTreeMap<&ObjectId, &[ObjectId]> {
    let machines = plan.machines().iter().map(|machine| &machine.pods[..]);
    let lists = machines.chain(plan.existing.values().map(|pods| &pods[..]));
    lists.flat_map(|pods| pods.iter().enumerate().map(|(at, pod)| (pod, &pods[..at]))).collect()
}

fn undecided(plan: &Plan) -> usize {
    let says_so = |reasons: &[karp_core::explain::PoolRefusal]| {
        reasons.iter().any(|refusal| refusal.reason == Reason::WorkLimit)
    };
    plan.unplaced().iter().filter(|pod| says_so(&pod.reasons)).count()
}

fn limited(policy: &Policy, steps: u64) -> Policy {
    let mut policy = policy.clone();
    policy.work_limit = Some(steps);
    // A list of types that is cut may drop a whole machine in the end, in one plan and not in the other.
    policy.max_instance_types = 600;
    policy
}

fn world() -> impl Strategy<Value = Snapshot> {
    arbitrary::snapshot().with_topology().with_host_ports().with_volumes()
}

proptest! {
    #![proptest_config(cases(64))]

    #[test]
    fn what_was_placed_before_the_limit_is_placed_as_without_one(
        snapshot in world(),
        policy in policies(),
        steps in 0_u64..120,
    ) {
        let full = provision(&snapshot, &limited(&policy, u64::MAX));
        let policy = limited(&policy, steps);
        let cut = provision(&snapshot, &policy);
        prop_assert_eq!(check(&snapshot, &policy, &cut), Ok(()));
        let (of_full, of_cut) = (company(&full), company(&cut));
        for (pod, before) in of_cut {
            prop_assert_eq!(of_full.get(pod), Some(&before), "{}", pod);
        }
        let (some, all) = (cut.totals(), full.totals());
        prop_assert_eq!(some.placed + some.unplaced, all.placed + all.unplaced);
        prop_assert_eq!(undecided(&full), 0);
    }

    #[test]
    fn more_steps_never_place_fewer_pods(
        snapshot in world(),
        policy in policies(),
        (steps, more) in (0_u64..60, 0_u64..60),
    ) {
        let (few, many) = (limited(&policy, steps), limited(&policy, steps + more));
        let (few, many) = (provision(&snapshot, &few), provision(&snapshot, &many));
        prop_assert!(few.totals().placed <= many.totals().placed);
    }

    #[test]
    fn whoever_said_no_is_not_asked_again(snapshot in world(), answers in 0_usize..3) {
        for policy in [Policy::compat(), Policy::cheapest()] {
            let mut asked = 0;
            let plan = provision_while(&snapshot, &policy, &mut |_| {
                asked += 1;
                asked <= answers
            });
            prop_assert!(asked <= answers + 1, "{} questions", asked);
            prop_assert_eq!(check(&snapshot, &policy, &plan), Ok(()));
            if answers == 0 {
                prop_assert_eq!(plan.totals().placed, 0);
            }
        }
    }
}
