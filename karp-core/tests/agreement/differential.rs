//! The fast solver decides what the slow one decides.

use std::fmt::Write as _;

use karp_core::{
    arbitrary,
    decision::Plan,
    explain::Unplaced,
    model::{InstanceTypeName, Resources},
    policy::Policy,
    provision,
    snapshot::Snapshot,
};
use proptest::prelude::*;

use crate::{
    slow,
    worlds::{cases, claiming, controlled, policies, reserved, reserving, spreading},
};

/// All of a plan that both solvers must agree on, one line per fact; figures of reasons are looked at by the verifier.
fn facts(plan: &Plan, policy: &Policy) -> String {
    let mut text = String::new();
    for machine in &plan.machines {
        let list = |ids: &[karp_core::model::PodId]| {
            ids.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ")
        };
        let types: Vec<&str> =
            machine.instance_types.iter().map(InstanceTypeName::as_str).collect();
        writeln!(text, "{}: {}", machine.name, list(&machine.pods)).expect("text grows");
        writeln!(text, "  is {}", machine.requirements).expect("text grows");
        writeln!(text, "  types {}", types.join(" ")).expect("text grows");
        // Whether a request of nothing is listed is a matter of taste, and whether the least daemons are those of all types or of those that
        // are left when the list was cut: the verifier accepts both.
        if machine.instance_types.len() < policy.max_instance_types {
            let named = machine.requests.iter().filter(|(_, amount)| *amount != 0);
            let holds: Resources = named.map(|(name, amount)| (name.clone(), amount)).collect();
            writeln!(text, "  holds {holds}").expect("text grows");
        }
        writeln!(text, "  cheapest {:?}", machine.cheapest).expect("text grows");
    }
    for (node, pods) in &plan.existing {
        writeln!(text, "{node}: {pods:?}").expect("text grows");
    }
    for unplaced in &plan.unplaced {
        writeln!(text, "{} left", unplaced.pod).expect("text grows");
    }
    text
}

/// The codes of all refusals, one pod a line.
fn reasons(plan: &Plan) -> String {
    let line = |unplaced: &Unplaced| {
        let reasons = unplaced.reasons.iter();
        let codes = reasons.map(|one| format!(" {:?} {}", one.node_pool, one.reason.code()));
        format!("{}{}\n", unplaced.pod, codes.collect::<String>())
    };
    plan.unplaced.iter().map(line).collect()
}

/// Fails with both answers and the world as JSON.
fn compare(slow: &str, fast: &str, snapshot: &Snapshot) -> Result<(), TestCaseError> {
    if slow == fast {
        return Ok(());
    }
    let case = serde_json::to_string(snapshot).expect("snapshots are JSON");
    Err(TestCaseError::fail(format!("slow:\n{slow}fast:\n{fast}{case}")))
}

proptest! {
    #![proptest_config(cases(96))]

    #[test]
    fn both_solvers_put_the_same_pods_on_the_same_places(
        snapshot in arbitrary::snapshot().with_overlays().with_buffers().prop_map(claiming),
        policy in policies(),
    ) {
        let (slow, fast) = (slow::provision(&snapshot, &policy), provision(&snapshot, &policy));
        compare(&facts(&slow, &policy), &facts(&fast, &policy), &snapshot)?;
    }

    #[test]
    fn both_solvers_agree_on_topology_and_host_ports(
        snapshot in arbitrary::snapshot().with_topology().with_host_ports()
            .with_buffers(),
        policy in policies(),
    ) {
        let (slow, fast) = (slow::provision(&snapshot, &policy), provision(&snapshot, &policy));
        compare(&facts(&slow, &policy), &facts(&fast, &policy), &snapshot)?;
    }

    #[test]
    fn both_solvers_agree_on_volumes(
        snapshot in arbitrary::snapshot().with_topology().with_host_ports().with_volumes()
            ,
        policy in policies(),
    ) {
        let (slow, fast) = (slow::provision(&snapshot, &policy), provision(&snapshot, &policy));
        compare(&facts(&slow, &policy), &facts(&fast, &policy), &snapshot)?;
    }

    #[test]
    fn both_solvers_agree_on_default_spread(
        snapshot in arbitrary::snapshot().with_topology().with_buffers()
            .prop_map(controlled),
        policy in spreading(),
    ) {
        let (slow, fast) = (slow::provision(&snapshot, &policy), provision(&snapshot, &policy));
        compare(&facts(&slow, &policy), &facts(&fast, &policy), &snapshot)?;
    }

    #[test]
    fn both_solvers_agree_on_reservations(
        snapshot in arbitrary::snapshot().pools(1..4).prop_map(reserved),
        policy in reserving(),
    ) {
        let (slow, fast) = (slow::provision(&snapshot, &policy), provision(&snapshot, &policy));
        compare(&facts(&slow, &policy), &facts(&fast, &policy), &snapshot)?;
        compare(&reasons(&slow), &reasons(&fast), &snapshot)?;
    }

    #[test]
    fn both_solvers_give_the_same_reasons(
        snapshot in arbitrary::snapshot().with_volumes().with_buffers().prop_map(claiming),
        policy in policies(),
    ) {
        let (slow, fast) = (slow::provision(&snapshot, &policy), provision(&snapshot, &policy));
        compare(&reasons(&slow), &reasons(&fast), &snapshot)?;
    }
}
