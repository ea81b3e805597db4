//! The order of input lists never reaches a plan, and every pod is in it exactly once.

use std::collections::BTreeMap;

use karp_core::{
    decision::Plan,
    model::{Effect, Node, NodePool, Pod, Taint, Timestamp, Toleration, Uid},
    policy::Policy,
    provision,
};
use proptest::prelude::*;

use super::fixture::*;

fn arbitrary_pod(index: usize) -> impl Strategy<Value = Pod> {
    let zone = prop::option::of(prop::sample::select(vec!["z1", "z2", "z3", "nowhere"]));
    let terms = prop::collection::vec(prop::sample::select(vec!["z1", "z2", "x"]), 0..3);
    let wish = prop::option::of(prop::sample::select(vec!["z1", "z3", "x"]));
    let cpu = prop::sample::select(vec!["100m", "500m", "1", "3", "20"]);
    let key = prop::option::of(prop::sample::select(vec!["a", "b"]));
    (zone, terms, wish, cpu, key, any::<bool>(), 0..3_i64).prop_map(
        move |(zone, terms, wish, cpu, key, tolerates, age)| {
            let mut pod = pod(&format!("p-{index}")).request("cpu", cpu);
            pod.uid = Uid::from(format!("uid-{}", 97 * index % 13));
            pod.created_at = Timestamp::from_unix_seconds(age);
            if let Some(zone) = zone {
                pod = pod.on_nodes_with(ZONE, zone);
            }
            for term in terms {
                pod = pod.require_any_of([is_in(ZONE, &[term])]);
            }
            if let Some(wish) = wish {
                pod = prefer(pod, 1, &[is_in(ZONE, &[wish])]);
            }
            if let Some(key) = key {
                pod = pod.require_any_of([is_in("k", &[key])]);
            }
            if tolerates { pod.tolerate(Toleration::exists("t")) } else { pod }
        },
    )
}

fn arbitrary_pool(index: usize) -> impl Strategy<Value = NodePool> {
    let values = prop::collection::vec(prop::sample::select(vec!["a", "b"]), 0..2);
    (values, 0..2_u32, prop::option::of(10..40_u32), 0..3_u8).prop_map(
        move |(values, weight, limit, taint)| {
            let mut pool = NodePool::new(format!("pool-{index}")).weighing(weight);
            if !values.is_empty() {
                pool = pool.requirement(is_in("k", &values));
            }
            if let Some(limit) = limit {
                pool = pool.limit("cpu", &limit.to_string());
            }
            match taint {
                0 => pool.taint(Taint::new("t", Effect::NoSchedule)),
                1 => pool.taint(Taint::new("t", Effect::PreferNoSchedule)),
                _ => pool,
            }
        },
    )
}

type World = (Vec<Pod>, Vec<NodePool>, Vec<Node>);

fn arbitrary_world() -> impl Strategy<Value = World> {
    let pods = (0..14).map(arbitrary_pod).collect::<Vec<_>>();
    let pools = (0..3).map(arbitrary_pool).collect::<Vec<_>>();
    let node = (prop::sample::select(vec!["z1", "z2"]), prop::sample::select(vec!["1", "4"]));
    let nodes = prop::collection::vec(node, 0..4).prop_map(|nodes| {
        let node = |(index, (zone, cpu)): (usize, (&str, &str))| {
            Node::new(format!("n-{index}"))
                .resource("cpu", cpu)
                .label(ZONE, zone)
                .of_pool(&format!("pool-{}", index % 3))
        };
        nodes.into_iter().enumerate().map(node).collect()
    });
    (pods, pools, nodes)
}

fn plan_for((pods, pools, nodes): World) -> Plan {
    let snapshot =
        world().instance_types(types()).node_pools(pools).nodes(nodes).pods(pods).build().unwrap();
    provision(&snapshot, &Policy::compat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn shuffled_input_gives_the_same_bytes(
        (world, shuffled) in arbitrary_world().prop_flat_map(|world| {
            let (pods, pools, nodes) = world.clone();
            let shuffled = (
                Just(pods).prop_shuffle(),
                Just(pools).prop_shuffle(),
                Just(nodes).prop_shuffle(),
            );
            (Just(world), shuffled)
        }),
    ) {
        let bytes = |world| serde_json::to_string(&plan_for(world)).unwrap();
        let first = bytes(world.clone());
        prop_assert_eq!(&first, &bytes(shuffled));
        prop_assert_eq!(&first, &bytes(world));
    }

    #[test]
    fn every_pod_is_in_the_plan_exactly_once(world in arbitrary_world()) {
        let count = world.0.len();
        let plan = plan_for(world);
        let mut seen: BTreeMap<String, usize> = BTreeMap::new();
        let on_machines = plan.machines.iter().flat_map(|machine| &machine.pods);
        let on_nodes = plan.existing.values().flatten();
        let left = plan.unplaced.iter().map(|unplaced| &unplaced.pod);
        for pod in on_machines.chain(on_nodes).chain(left) {
            *seen.entry(pod.to_string()).or_default() += 1;
        }
        prop_assert_eq!(seen.len(), count);
        prop_assert!(seen.values().all(|times| *times == 1));
        prop_assert!(plan.unplaced.iter().all(|unplaced| !unplaced.reasons.is_empty()));
    }
}
