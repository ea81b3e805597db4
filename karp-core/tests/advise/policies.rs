//! What only the policy can change, and room of capacity buffers.

use karp_core::{
    advise::NoRemedy,
    model::{
        CapacityBuffer, CapacityType, InstanceType, NamedPodTemplate, ObjectId, Offering, Operator,
        PodTemplate, Requirement, Vocabulary, label, usd,
    },
    policy::Policy,
};

use super::fixture::*;

const ID: &str = "example.com/reservation";

/// A type with one machine left of a reservation, and open capacity for more money.
fn reserved() -> InstanceType {
    let mut kind = kind("large", "2", "8Gi", "0.1");
    let mut offering = Offering::new("z1", CapacityType::Reserved, usd("0.00001").unwrap());
    offering.requirements.add(Requirement::equals(ID, "r"));
    offering.reservation_capacity = Some(1);
    kind.offerings.push(offering);
    kind.requirement(Requirement::new(
        label::CAPACITY_TYPE,
        Operator::In,
        ["on-demand", "reserved"],
    ))
    .requirement(Requirement::equals(ID, "r"))
}

#[test]
fn a_pod_that_waits_for_reserved_capacity_falls_back() {
    let found = helps(
        world()
            .vocabulary(Vocabulary::core().with_reservation_id(ID))
            .instance_types_of("general", [reserved()])
            .node_pool(pool())
            .pods(["p-1", "p-2"].map(|name| pod(name).request("cpu", "1500m"))),
    );
    let text = "let the policy fall back from reserved capacity (reservedOfferings)";
    assert_eq!(found, [text]);
}

#[test]
fn room_of_a_buffer_is_not_changed_itself() {
    let mut policy = Policy::compat();
    policy.feature_gates.capacity_buffer = true;
    let chunk = PodTemplate { spec: pod("spare").spec, ..PodTemplate::default() };
    let template = NamedPodTemplate { id: ObjectId::new("default", "spare"), template: chunk };
    let buffer = |pool_limit: &str| {
        let mut buffer = CapacityBuffer::new(ObjectId::new("default", "spare"));
        buffer.pod_template = Some("spare".to_owned());
        buffer.replicas = Some(1);
        world()
            .node_pool(pool().limit("cpu", pool_limit))
            .buffers([buffer])
            .pod_templates([template.clone()])
    };
    let found = helps_under(buffer("1"), &policy);
    assert_eq!(found, ["raise the cpu limit of node pool `general` from 1 to 2, by 1"]);
}

#[test]
fn where_there_is_no_pool_there_is_nothing_to_try() {
    let all = all(world().pod(pod("p")), &Policy::compat());
    assert_eq!(all[0].incomplete, Some(NoRemedy::NothingToTry));
    assert_eq!(all[0].to_string(), "there is no single change to try\n");
}

#[test]
fn a_round_that_was_ended_early_is_not_ended() {
    let mut policy = Policy::compat();
    policy.work_limit = Some(1);
    let found = helps_under(world().node_pool(pool()).pods(["a", "b", "c"].map(pod)), &policy);
    assert_eq!(found, ["lift the policy's limit on steps (workLimit)"]);
}
