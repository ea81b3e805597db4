//! A further way to buy machines never makes the least price higher.

use karp_core::{
    bound::lower_bound,
    compile::compile,
    model::{
        CapacityType::{OnDemand, Spot},
        InstanceType, NodePool, Pod, Price, usd,
    },
    policy::Policy,
    snapshot::Snapshot,
};
use proptest::{collection::vec, prelude::*};

use crate::cluster::cases;

/// A type by its cores, memory and price in cents; what it is sold as, and where.
type Kind = (u8, u8, u16, bool, bool);

/// A pod by its tenths of cores and of GiB, and whether it wants zone `z1`.
type Wish = (u8, u8, bool);

fn snapshot(kinds: &[Kind], pods: &[Wish]) -> Snapshot {
    let kind = |(at, (cpu, memory, cents, is_spot, is_far)): (usize, &Kind)| {
        InstanceType::new(format!("t{at}"))
            .cpu(&cpu.to_string())
            .memory(&format!("{memory}Gi"))
            .offering(
                if *is_far { "z2" } else { "z1" },
                if *is_spot { Spot } else { OnDemand },
                usd(&format!("{}.{:02}", cents / 100, cents % 100)),
            )
    };
    // Every pod fits on it, so that what is added lets no further pod in.
    let large =
        InstanceType::new("large").cpu("64").memory("64Gi").offering("z1", OnDemand, usd("9"));
    Snapshot::builder("2026-01-15T12:00:00Z".parse().expect("an instant"))
        .instance_types(kinds.iter().enumerate().map(kind).chain([large]))
        .node_pool(NodePool::new("general"))
        .pods(pods.iter().enumerate().map(|(at, (cpu, memory, is_picky))| {
            let pod = Pod::new(format!("pod-{at}"))
                .request("cpu", format!("{}m", u32::from(*cpu) * 100))
                .request("memory", format!("{}Mi", u32::from(*memory) * 100));
            if *is_picky { pod.on_nodes_with("topology.kubernetes.io/zone", "z1") } else { pod }
        }))
        .build()
        .expect("a snapshot")
}

fn bound(snapshot: &Snapshot) -> Price {
    lower_bound(&compile(snapshot, &Policy::compat())).price().expect("every type has a price")
}

proptest! {
    #![proptest_config(cases(200))]

    #[test]
    fn a_further_type_makes_no_plan_dearer(
        kinds in vec((1_u8..16, 1_u8..32, 1_u16..300, any::<bool>(), any::<bool>()), 1..6),
        pods in vec((1_u8..40, 1_u8..80, any::<bool>()), 1..20),
    ) {
        let before = bound(&snapshot(&kinds[1..], &pods));
        let after = bound(&snapshot(&kinds, &pods));
        // Programs are solved in floating point: exact but for a millionth.
        let allowed = before.saturating_add(before.scaled(1, 1_000_000));
        prop_assert!(after <= allowed, "{before} became {after}");
        prop_assert!(after > Price::ZERO);
    }
}
