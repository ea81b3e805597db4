//! Reserved capacity: who holds what, who waits, and what a machine says of it.

use karp_core::{
    check,
    decision::Plan,
    model::{
        CapacityType, InstanceType, LabelSelector, NodePool, Offering, Operator, Pod,
        PodAffinityTerm, Requirement, Vocabulary, label, usd,
    },
    policy::{Policy, ReservedOfferingMode},
    provision,
    snapshot::SnapshotBuilder,
};

use super::fixture::*;

const ID: &str = "example.com/reservation";

/// A type with machines left of some reservations in z1.
fn with(mut kind: InstanceType, reservations: &[(&str, u32)]) -> InstanceType {
    let mut ids = Vec::new();
    for (id, left) in reservations {
        let mut offering = Offering::new("z1", CapacityType::Reserved, usd("0.00001").unwrap());
        offering.requirements.add(Requirement::equals(ID, *id));
        offering.reservation_capacity = Some(*left);
        // A provider takes offerings away of which nothing is left.
        offering.available = *left > 0;
        kind.offerings.push(offering);
        ids.push(*id);
    }
    let ways = ["spot", "on-demand", "reserved"];
    kind.requirement(Requirement::new(label::CAPACITY_TYPE, Operator::In, ways))
        .requirement(Requirement::new(ID, Operator::In, ids))
}

/// Types large, medium and small, of which so many machines are reserved.
fn cluster(medium: u32, small: u32) -> SnapshotBuilder {
    world()
        .vocabulary(
            Vocabulary::core()
                .with_well_known(["size", "special", "integer"])
                .with_reservation_id(ID),
        )
        .instance_types([
            kind("large", 6, 6),
            with(kind("medium", 3, 3), &[("r-medium", medium)]),
            with(kind("small", 2, 2), &[("r-small", small)]),
        ])
}

fn decide(builder: SnapshotBuilder, mode: ReservedOfferingMode) -> Plan {
    let mut policy = Policy::compat();
    policy.reserved_offerings = mode;
    let snapshot = builder.build().unwrap();
    let plan = provision(&snapshot, &policy);
    assert_eq!(check(&snapshot, &policy, &plan), Ok(()));
    plan
}

fn strict(builder: SnapshotBuilder) -> Plan {
    decide(builder, ReservedOfferingMode::Strict)
}

/// Pods of 1.8 CPU.
fn pods(count: usize) -> impl Iterator<Item = Pod> {
    (0..count).map(|i| pod(&format!("p-{i}")).request("cpu", "1800m").label("app", "a"))
}

/// Pods that must each be on a machine of their own.
fn apart(count: usize) -> impl Iterator<Item = Pod> {
    pods(count).map(|pod| {
        pod.away_from(PodAffinityTerm::new(label::HOSTNAME, LabelSelector::label("app", "a")))
    })
}

/// What each machine says of its reservations, and its cheapest type.
fn said(plan: &Plan) -> Vec<String> {
    let said = |machine: &karp_core::decision::PlannedMachine| {
        let of = |key: &str| machine.requirements.get(key).map(ToString::to_string);
        let cheapest = machine.cheapest.as_ref().unwrap();
        let of_reserved = of(ID).unwrap_or_else(|| cheapest.capacity_type.clone());
        format!("{} {of_reserved}", cheapest.instance_type)
    };
    plan.machines.iter().map(said).collect()
}

fn waiting(plan: &Plan) -> usize {
    let waits = |code: &str| code == "reservation";
    plan.unplaced
        .iter()
        .filter(|own| own.reasons.iter().any(|one| waits(one.reason.code())))
        .count()
}

#[test]
fn one_machine_holds_all_that_it_may_become_and_the_others_wait() {
    // RSC-1, RSV-1, RSV-3
    let rounds = [(1, 1), (1, 0), (0, 0)];
    let [first, second, third] = rounds
        .map(|(medium, small)| strict(cluster(medium, small).node_pool(pool()).pods(apart(3))));
    // Both cost the same: the name decides.
    assert_eq!(said(&first), [format!("medium {ID} In [r-medium r-small]")]);
    assert_eq!(waiting(&first), 2);
    assert_eq!(said(&second), [format!("medium {ID} In [r-medium]")]);
    assert_eq!(waiting(&second), 2);
    assert_eq!(said(&third).len(), 3);
    assert!(third.machines.iter().all(|machine| !machine.requirements.has(ID)));
    // What is not of the reservations that are held is not listed: nobody could launch it.
    assert_eq!(types_of(&first, "p-0"), ["medium", "small"]);
    let sold = &first.machines[0].requirements.get(label::CAPACITY_TYPE).unwrap();
    assert_eq!(sold.to_string(), format!("{} In [reserved]", label::CAPACITY_TYPE));
}

#[test]
fn pools_share_a_reservation_and_each_has_its_own() {
    let two = |of_p: &[(&str, u32)], of_q: &[(&str, u32)]| {
        let builder = cluster(0, 0)
            .node_pools([NodePool::new("p"), NodePool::new("q")])
            .instance_types_of("p", [with(kind("small", 2, 2), of_p)])
            .instance_types_of("q", [with(kind("small", 2, 2), of_q)]);
        let pods = apart(2).zip(["p", "q"]);
        strict(builder.pods(pods.map(|(pod, pool)| pod.on_nodes_with(label::NODE_POOL, pool))))
    };
    // RSC-2: the least that any pool says is what there is.
    let shared = two(&[("r", 5)], &[("r", 1)]);
    assert_eq!((said(&shared).len(), waiting(&shared)), (1, 1));
    // RSC-3
    let own = two(&[("r1", 1)], &[("r2", 1)]);
    assert_eq!(said(&own), [format!("small {ID} In [r1]"), format!("small {ID} In [r2]")]);
}

#[test]
fn as_many_machines_as_a_reservation_has_left() {
    // RSC-4, RSV-8, RSV-16
    let of = |one: u32, two: u32| {
        let kinds = [with(kind("small", 2, 2), &[("r1", one), ("r2", two)])];
        let builder = cluster(0, 0).instance_types_of("default", kinds);
        strict(builder.node_pool(pool()).pods(apart(4)))
    };
    // The first holds one of each, the second what is left of r2.
    let plan = of(1, 2);
    assert_eq!(said(&plan), [format!("small {ID} In [r1 r2]"), format!("small {ID} In [r2]")]);
    assert_eq!(waiting(&plan), 2);
    assert_eq!(said(&of(0, 1)).len(), 1);
    assert_eq!(said(&of(0, 0)).len(), 4);
}

#[test]
fn nobody_falls_back_while_reserved_capacity_may_come_free() {
    // RSC-5: the lighter pool's reservation is not looked at.
    let pools = [NodePool::new("p").weighing(10), NodePool::new("q")];
    let builder = || {
        cluster(0, 0)
            .node_pools(pools.clone())
            .instance_types_of("p", [with(kind("small", 2, 2), &[("r1", 1)])])
            .instance_types_of("q", [with(kind("small", 2, 2), &[("r2", 1)])])
    };
    let plan = strict(builder().pods(apart(2)));
    assert_eq!(said(&plan), [format!("small {ID} In [r1]")]);
    assert_eq!(waiting(&plan), 1);
    // RSC-6: nor is a wish given up.
    let wishing = apart(2).map(|pod| prefer(pod, 1, &[is_in(label::NODE_POOL, &["p"])]));
    let plan = strict(builder().pods(wishing));
    assert_eq!((said(&plan).len(), waiting(&plan)), (1, 1));
}

#[test]
fn who_holds_a_reservation_goes_on_holding_it() {
    // RSC-7, RSV-2, RSV-4
    let demanding = pods(2).map(|pod| {
        let pod = pod.request("cpu", "500m").on_nodes_with(label::CAPACITY_TYPE, "reserved");
        pod.on_nodes_with(ZONE, "z1").on_nodes_with(label::INSTANCE_TYPE, "small")
    });
    let plan = strict(cluster(1, 1).node_pool(pool()).pods(demanding));
    assert_eq!(said(&plan), [format!("small {ID} In [r-small]")]);
    assert!(all_placed(&plan));
}

#[test]
fn what_a_machine_can_no_longer_be_of_others_may_have() {
    // RSV-12, RSV-15: the second pod leaves the first machine medium alone, so that the third pod gets small.
    let builder = cluster(1, 1).node_pool(pool()).pods([
        pod("a").request("cpu", "1500m").request("memory", "1Gi"),
        pod("b").request("cpu", "1").request("memory", "100Mi"),
        pod("c").request("cpu", "900m").on_nodes_with(label::INSTANCE_TYPE, "small"),
    ]);
    let plan = strict(builder);
    assert!(all_placed(&plan), "{plan}");
    assert_eq!(
        said(&plan),
        [format!("medium {ID} In [r-medium]"), format!("small {ID} In [r-small]")]
    );
}

#[test]
fn where_other_capacity_is_bought_reservations_are_not_overdrawn() {
    let fallback = |builder| decide(builder, ReservedOfferingMode::Fallback);
    let plan = fallback(cluster(1, 1).node_pool(pool()).pods(apart(3)));
    assert!(all_placed(&plan));
    assert_eq!(said(&plan).iter().filter(|machine| machine.contains("r-small")).count(), 1);
    for machine in plan.machines.iter().filter(|machine| !machine.requirements.has(ID)) {
        assert_ne!(machine.cheapest.as_ref().unwrap().capacity_type, "reserved");
    }
    // Who can only be on reserved capacity is refused, and told why.
    let only = pool().requirement(is_in(label::CAPACITY_TYPE, &["reserved"]));
    let plan = fallback(cluster(1, 1).node_pool(only).pods(apart(2)));
    assert_eq!((said(&plan).len(), waiting(&plan)), (1, 1));
}

#[test]
fn with_the_gate_off_reserved_capacity_is_like_any_other() {
    let mut policy = Policy::compat();
    policy.feature_gates.reserved_capacity = false;
    let snapshot = cluster(1, 1).node_pool(pool()).pods(apart(3)).build().unwrap();
    let plan = provision(&snapshot, &policy);
    assert_eq!(check(&snapshot, &policy, &plan), Ok(()));
    assert!(all_placed(&plan));
    assert_eq!(plan.machines[0].cheapest.as_ref().unwrap().capacity_type, "reserved");
}

#[test]
fn reserved_capacity_that_names_no_reservation_is_left_unused() {
    let mut kind = kind("small", 2, 2);
    let price = usd("0.00001").unwrap();
    kind.offerings.push(Offering::new("z1", CapacityType::Reserved, price));
    let builder = cluster(0, 0).node_pool(pool()).instance_types_of("default", [kind]);
    let plan = strict(builder.pods(pods(1)));
    assert_ne!(plan.machines[0].cheapest.as_ref().unwrap().capacity_type, "reserved");
    let codes: Vec<&str> = plan.findings.iter().map(|own| own.code.as_str()).collect();
    assert_eq!(codes, ["reservation-nameless"]);
}
