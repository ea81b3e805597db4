//! The status of a node class: what its selectors found.

use karp_core::k8s::validate::conditions;
use karp_core::k8s::validate::schema::{Schema, boolean, list, object, text, time};

use super::selector::{ACCOUNT, MATCH_CRITERIA, RESERVATION_ID};

/// Conditions are a plain list here: a type may repeat.
pub(super) fn status() -> Schema {
    object([
        ("subnets", subnets()),
        ("securityGroups", list(object([id(), ("name", text().into())])).into()),
        ("capacityReservations", capacity_reservations()),
        ("amis", amis()),
        ("instanceProfile", text().into()),
        ("conditions", conditions().into()),
    ])
}

fn id() -> (&'static str, Schema) {
    ("id", text().required())
}

fn subnets() -> Schema {
    list(object([id(), ("zone", text().required()), ("zoneID", text().into())])).into()
}

fn amis() -> Schema {
    let requirement = object([
        ("key", text().required()),
        ("operator", text().required()),
        ("values", list(text()).into()),
    ]);
    list(object([
        id(),
        ("deprecated", boolean()),
        ("name", text().into()),
        ("requirements", list(requirement).required()),
    ]))
    .into()
}

fn capacity_reservations() -> Schema {
    list(object([
        ("availabilityZone", text().required()),
        ("endTime", time().into()),
        ("id", text().like(&RESERVATION_ID).required()),
        ("instanceMatchCriteria", text().one_of(&MATCH_CRITERIA).required()),
        ("instanceType", text().required()),
        ("interruptible", boolean()),
        ("ownerID", text().like(&ACCOUNT).required()),
        ("reservationType", text().one_of(&["default", "capacity-block"]).default("default")),
        ("state", text().one_of(&["active", "expiring"]).default("active")),
    ]))
    .into()
}
