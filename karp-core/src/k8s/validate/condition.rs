//! Status conditions: the shape that most kinds have, and the looser one of `NodeClaim`.

use super::pattern::{CONDITION_REASON, CONDITION_REASON_OR_EMPTY, CONDITION_TYPE};
use super::schema::{ListBuilder, Schema, list, long, object, text, time};

/// Conditions of most kinds: all fields but the generation are required.
pub fn conditions() -> ListBuilder {
    list(object([
        ("type", text().at_most(316).like(&CONDITION_TYPE).required()),
        ("status", status()),
        ("reason", text().at_least(1).at_most(1024).like(&CONDITION_REASON).required()),
        ("message", text().at_most(32_768).required()),
        ("lastTransitionTime", time().required()),
        ("observedGeneration", long().at_least(0).into()),
    ]))
}

/// Conditions of a `NodeClaim`: reason and message may be missing, the reason may be empty.
pub(super) fn loose_conditions() -> ListBuilder {
    list(object([
        ("type", text().at_most(316).like(&CONDITION_TYPE).required()),
        ("status", status()),
        ("reason", text().at_most(1024).like(&CONDITION_REASON_OR_EMPTY).into()),
        ("message", text().at_most(32_768).into()),
        ("lastTransitionTime", time().required()),
        ("observedGeneration", long().at_least(0).into()),
    ]))
}

fn status() -> Schema {
    text().one_of(&["True", "False", "Unknown"]).required()
}
