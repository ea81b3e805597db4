//! The verifier catches each way in which a good plan can be spoilt.

use std::sync::Arc;

use karp_core::{
    check,
    check::Violation,
    decision::Plan,
    explain::{PoolRefusal, Reason},
    model::{
        CapacityType::{OnDemand, Spot},
        DaemonSet, Effect, InstanceType, Node, NodePool, ObjectId, Operator, Pod, PodId,
        PodTemplate, Price, Requirement, RequirementEntry, Resources, Taint, Timestamp, label, usd,
    },
    policy::Policy,
    snapshot::Snapshot,
};
use proptest::{prelude::*, sample::Index};

use crate::{slow, worlds::cases};

/// A cluster in which every kind of place is used and some pods are left.
fn cluster() -> Snapshot {
    let kind = |name: &str, cpu: &str, price: &str| {
        InstanceType::new(name)
            .cpu(cpu)
            .memory("16Gi")
            .offering("z1", OnDemand, usd(price))
            .offering("z2", Spot, usd(price))
    };
    let mut agent = Pod::new("agent").request("cpu", "100m");
    let template =
        PodTemplate { spec: Arc::new(agent.spec_mut().clone()), ..PodTemplate::default() };
    let in_zone = |zone: &str| [RequirementEntry::new(label::ZONE, Operator::In, [zone])];
    Snapshot::builder(Timestamp::EPOCH)
        .instance_types([kind("m2", "2", "0.1"), kind("m4", "4", "0.2"), kind("m8", "8", "0.4")])
        .node_pools([
            NodePool::new("general").limit("cpu", "24").label("team", "a").weighing(10),
            NodePool::new("guarded")
                .taint(Taint::new("dedicated", Effect::NoSchedule))
                .limit("nodes", "0"),
        ])
        .node(Node::new("n1").resource("cpu", "2").resource("memory", "4Gi").label("disk", "ssd"))
        .daemon_sets([DaemonSet::new(ObjectId::new("system", "agent"), template)])
        .pods([
            Pod::new("big").request("cpu", "3500m").require_any_of(in_zone("z1")),
            Pod::new("other").request("cpu", "3500m").require_any_of(in_zone("z2")),
            Pod::new("ssd").request("cpu", "1").on_nodes_with("disk", "ssd"),
            Pod::new("huge").request("cpu", "64"),
            Pod::new("lost").request("cpu", "1").on_nodes_with("disk", "tape"),
            Pod::new("busy").request("cpu", "100m").bound_to("n1"),
        ])
        .build()
        .expect("the cluster is well formed")
}

fn id(name: &str) -> PodId {
    PodId::new("default", name)
}

/// Checks the plan of [`cluster`] after a change of either.
fn spoilt(change: impl Fn(&mut Snapshot, &mut Plan)) -> Vec<Violation> {
    let (mut snapshot, policy) = (cluster(), Policy::compat());
    let mut plan = slow::provision(&snapshot, &policy);
    assert_eq!(check(&snapshot, &policy, &plan), Ok(()), "{plan}");
    assert_eq!(
        (plan.machines.len(), plan.existing.len(), plan.unplaced.len()),
        (2, 1, 2),
        "{plan}"
    );
    change(&mut snapshot, &mut plan);
    check(&snapshot, &policy, &plan).map_or_else(|found| found.as_slice().to_vec(), |()| Vec::new())
}

/// Asserts that a change is caught, by a violation of this shape.
macro_rules! caught {
    ($change:expr, $shape:pat) => {
        let found = spoilt($change);
        assert!(found.iter().any(|one| matches!(one, $shape)), "{found:?}");
    };
}

fn pod_mut<'s>(snapshot: &'s mut Snapshot, name: &str) -> &'s mut Pod {
    let pod = snapshot.pods.iter_mut().find(|pod| pod.id == id(name));
    Arc::make_mut(pod.expect("the pod is there"))
}

#[test]
fn a_pod_that_is_dropped_doubled_or_made_up_is_caught() {
    caught!(|_, plan| plan.machines[0].pods.clear(), Violation::PodLost { .. });
    caught!(|_, plan| plan.machines[1].pods.push(id("big")), Violation::PodTwice { .. });
    caught!(|_, plan| plan.machines[0].pods.push(id("busy")), Violation::PodNotWaiting { .. });
    caught!(
        |_, plan| {
            plan.unplaced.pop();
        },
        Violation::PodLost { .. }
    );
}

#[test]
fn a_pod_that_is_moved_is_caught() {
    let swap = |_: &mut Snapshot, plan: &mut Plan| {
        let (first, rest) = plan.machines.split_at_mut(1);
        std::mem::swap(&mut first[0].pods, &mut rest[0].pods);
    };
    caught!(swap, Violation::Demand { .. });
    let to_node = |_: &mut Snapshot, plan: &mut Plan| {
        let pods = plan.machines.remove(0).pods;
        plan.existing.get_mut("n1").expect("the node is used").extend(pods);
    };
    caught!(to_node, Violation::Overbooked { .. });
    caught!(to_node, Violation::Demand { .. });
    let nowhere = |_: &mut Snapshot, plan: &mut Plan| {
        let pods = plan.existing.remove("n1").expect("the node is used");
        plan.existing.insert("n9".into(), pods);
    };
    caught!(nowhere, Violation::UnusableNode { .. });
}

#[test]
fn a_changed_node_is_caught() {
    fn node(snapshot: &mut Snapshot) -> &mut Node {
        Arc::make_mut(&mut snapshot.nodes[0])
    }
    caught!(
        |s, _| {
            node(s).labels.remove("disk");
        },
        Violation::Demand { .. }
    );
    caught!(|s, _| node(s).allocatable.set("cpu", 1100), Violation::Overbooked { .. });
    caught!(|s, _| node(s).allocatable.set("pods", 1), Violation::Overbooked { .. });
    caught!(
        |s, _| node(s).taints.push(Taint::new("dedicated", Effect::NoExecute)),
        Violation::Taint { .. }
    );
    caught!(|s, _| node(s).deleting_since = Some(s.now), Violation::UnusableNode { .. });
}

#[test]
fn a_changed_pool_is_caught() {
    fn pool(snapshot: &mut Snapshot) -> &mut NodePool {
        Arc::make_mut(&mut snapshot.node_pools[0])
    }
    caught!(|s, _| pool(s).replicas = Some(3), Violation::UnusablePool { .. });
    caught!(
        |s, _| pool(s).template.taints.push(Taint::new("dedicated", Effect::NoSchedule)),
        Violation::Taint { .. }
    );
    caught!(
        |s, _| {
            pool(s).template.labels.insert("team".to_owned(), "b".to_owned());
        },
        Violation::Requirement { .. }
    );
    caught!(|s, _| *pool(s) = pool(s).clone().limit("cpu", "12"), Violation::Limit { .. });
    caught!(|s, _| *pool(s) = pool(s).clone().limit("nodes", "1"), Violation::Limit { .. });
}

#[test]
fn a_changed_demand_is_caught() {
    caught!(
        |s, _| {
            pod_mut(s, "big").spec_mut().node_affinity.required.clear();
            *pod_mut(s, "big") = pod_mut(s, "big").clone().on_nodes_with(label::ZONE, "z2");
        },
        Violation::Demand { .. }
    );
    caught!(
        |s, _| pod_mut(s, "big").spec_mut().requests.set("cpu", 5000),
        Violation::TypeOffering { .. }
    );
    caught!(
        |s, _| pod_mut(s, "huge").spec_mut().requests.set("cpu", 100),
        Violation::FalseRefusal { .. }
    );
    caught!(
        |s, _| {
            pod_mut(s, "lost").spec_mut().node_selector.clear();
        },
        Violation::FalseRefusal { .. }
    );
}

#[test]
fn a_changed_machine_is_caught() {
    caught!(
        |_, plan| {
            Arc::make_mut(&mut plan.machines[0].requirements).remove(label::ZONE);
        },
        Violation::Demand { .. }
    );
    caught!(
        |_, plan| {
            Arc::make_mut(&mut plan.machines[0].requirements).remove(label::NODE_POOL);
        },
        Violation::Requirement { .. }
    );
    caught!(|_, plan| plan.machines[0].requests.set("cpu", 3500), Violation::Requests { .. });
    caught!(
        |_, plan| plan.machines[0].node_pool = "guarded".into(),
        Violation::UnexpectedName { .. }
    );
    caught!(|_, plan| plan.machines[0].node_pool = "guarded".into(), Violation::Taint { .. });
    caught!(|_, plan| plan.machines[0].name = "general-7".into(), Violation::UnexpectedName { .. });
    caught!(|_, plan| plan.now = Timestamp::MAX, Violation::Instant { .. });
}

#[test]
fn changed_types_and_prices_are_caught() {
    let types = |names: &[&str]| names.iter().map(|name| (*name).into()).collect::<Arc<[_]>>();
    caught!(
        |_, plan| plan.machines[0].instance_types = types(&["m8", "m4"]),
        Violation::TypeOrder { .. }
    );
    caught!(
        |_, plan| plan.machines[0].instance_types = types(&["m2", "m4", "m8"]),
        Violation::TypeOffering { .. }
    );
    caught!(
        |_, plan| plan.machines[0].instance_types = types(&["m4", "m4"]),
        Violation::TypeLabels { .. }
    );
    caught!(
        |_, plan| plan.machines[0].instance_types = types(&["m4", "m9"]),
        Violation::TypeLabels { .. }
    );
    caught!(
        |_, plan| plan.machines[0].instance_types = types(&[]),
        Violation::NumberOfTypes { .. }
    );
    caught!(
        |_, plan| {
            plan.machines[0].cheapest.as_mut().expect("it has a price").price = Price::ZERO;
        },
        Violation::Cheapest { .. }
    );
    let offered = |snapshot: &mut Snapshot, kind: usize, available: bool, price: &str| {
        for types in snapshot.instance_types.values_mut() {
            let mut all = types.to_vec();
            for offering in &mut Arc::make_mut(&mut all[kind]).offerings {
                offering.available = available;
                offering.price = usd(price).expect("a price");
            }
            *types = all.into();
        }
    };
    caught!(|s, _| offered(s, 1, false, "0.2"), Violation::TypeOffering { .. });
    caught!(|s, _| offered(s, 1, true, "0.9"), Violation::TypeOrder { .. });
    caught!(|_, plan| plan.machines[0].overlaid.price = true, Violation::Overlaid { .. });
}

#[test]
fn a_false_refusal_is_caught() {
    fn set(plan: &mut Plan, pod: &str, pool: usize, reason: Reason) {
        let of = plan.unplaced.iter_mut().find(|one| one.pod == id(pod)).expect("it is left");
        Arc::make_mut(&mut of.reasons)[pool].reason = reason;
    }
    let taint = || Reason::TaintNotTolerated { taint: Taint::new("dedicated", Effect::NoSchedule) };
    caught!(|_, plan| set(plan, "huge", 0, taint()), Violation::FalseRefusal { .. });
    caught!(
        |_, plan| set(plan, "huge", 0, Reason::NodeLimitReached),
        Violation::FalseRefusal { .. }
    );
    caught!(|_, plan| set(plan, "huge", 0, Reason::NoTypesInPool), Violation::FalseRefusal { .. });
    caught!(
        |_, plan| set(plan, "huge", 0, Reason::LabelUnknown { key: "disk".to_owned(), hint: None }),
        Violation::FalseRefusal { .. }
    );
    caught!(
        |_, plan| set(
            plan,
            "lost",
            0,
            Reason::RequirementConflict {
                demanded: Requirement::equals("disk", "tape"),
                offered: Requirement::equals("disk", "ssd"),
            }
        ),
        Violation::FalseRefusal { .. }
    );
    caught!(
        |_, plan| {
            let reasons = Arc::make_mut(&mut plan.unplaced[0].reasons);
            if let Reason::NoInstanceType(detail) = &mut reasons[0].reason {
                detail.shortfalls[0].largest += 1;
            }
        },
        Violation::FalseRefusal { .. }
    );
    caught!(
        |_, plan| {
            let first = plan.unplaced[0].reasons[0].clone();
            plan.unplaced[0].reasons = [first].into();
        },
        Violation::MissingRefusal { .. }
    );
    caught!(
        |_, plan| Arc::make_mut(&mut plan.unplaced[0].reasons).swap(0, 1),
        Violation::MissingRefusal { .. }
    );
}

#[test]
fn a_pod_that_was_left_although_it_fits_is_caught() {
    let snapshot = Snapshot::builder(Timestamp::EPOCH)
        .node_pool(NodePool::new("general"))
        .instance_types([InstanceType::new("m2").cpu("2").offering("z1", OnDemand, usd("1"))])
        .node(Node::new("n1").resource("cpu", "1"))
        .pods([Pod::new("a").request("cpu", "3"), Pod::new("b").request("cpu", "1")])
        .build()
        .expect("the cluster is well formed");
    let mut plan = slow::provision(&snapshot, &Policy::compat());
    let mut left = plan.unplaced[0].clone();
    left.pod = id("b");
    plan.existing.clear();
    plan.unplaced.push(left);
    let found = check(&snapshot, &Policy::compat(), &plan).expect_err("b fits");
    assert!(matches!(found.as_slice(), [Violation::FalseRefusal { .. }]), "{found}");
    // Without a false reason, the place itself gives it away.
    plan.unplaced[1].reasons = [PoolRefusal::of_pod(Reason::WorkLimit)].into();
    assert_eq!(check(&snapshot, &Policy::compat(), &plan), Ok(()));
}

proptest! {
    #![proptest_config(cases(32))]

    #[test]
    fn any_pod_that_is_taken_off_a_place_is_missed(
        snapshot in karp_core::arbitrary::snapshot(),
        which in any::<Index>(),
    ) {
        let mut plan = slow::provision(&snapshot, &Policy::compat());
        let places = plan.machines.iter_mut().map(|machine| &mut machine.pods);
        let mut places: Vec<&mut Vec<PodId>> = places.chain(plan.existing.values_mut()).collect();
        if places.is_empty() {
            return Ok(());
        }
        let place = which.index(places.len());
        let pod = places[place].remove(0);
        let found = check(&snapshot, &Policy::compat(), &plan).expect_err("a pod is missing");
        let missed = found.as_slice().contains(&Violation::PodLost { pod });
        prop_assert!(missed, "{}", found);
    }

    #[test]
    fn any_node_that_shrinks_below_its_pods_is_overbooked(
        mut snapshot in karp_core::arbitrary::snapshot().nodes(1..6).pods(6..20),
    ) {
        let plan = slow::provision(&snapshot, &Policy::compat());
        for node in &mut snapshot.nodes {
            let node = Arc::make_mut(node);
            node.allocatable = Resources::new().with("pods", -1);
            node.labels.insert(label::INITIALIZED.to_owned(), "true".to_owned());
        }
        let verdict = check(&snapshot, &Policy::compat(), &plan);
        let found = verdict.map_or_else(|found| found.as_slice().to_vec(), |()| Vec::new());
        for name in plan.existing.keys().filter(|name| snapshot.nodes.iter().any(|n| n.name == **name)) {
            let overbooked = |one: &Violation| matches!(one, Violation::Overbooked { node, .. } if node == name);
            prop_assert!(found.iter().any(overbooked), "{:?}", found);
        }
    }
}
