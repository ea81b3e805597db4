//! Requirements as manifests write them, on the few keys; not whose they are.

use proptest::{
    collection::vec,
    prelude::*,
    sample::{select, subsequence},
    strategy::Union,
};

use super::word::{self, CORES, LEVEL, RACK, SIZE, SPECIAL, TEAM};
use crate::model::{NodeSelectorTerm, Operator, PreferredNodeTerm, RequirementEntry, label};

/// Keys that pools and pods may ask for.
const KEYS: [&str; 11] = [
    label::ZONE,
    label::CAPACITY_TYPE,
    TEAM,
    label::ARCH,
    label::INSTANCE_TYPE,
    SIZE,
    SPECIAL,
    CORES,
    LEVEL,
    RACK,
    "failure-domain.beta.kubernetes.io/zone",
];

/// An entry of a pool.
pub(super) fn pool_entry() -> impl Strategy<Value = RequirementEntry> {
    Union::new(KEYS.map(entry_on))
}

/// An entry of a node overlay: pools can be told apart by name.
pub(super) fn overlay_entry() -> impl Strategy<Value = RequirementEntry> {
    prop_oneof![
        6 => Union::new(KEYS.map(entry_on)),
        1 => entry_of(label::NODE_POOL, &[Operator::In, Operator::NotIn]),
    ]
}

/// An entry of a pod: pools can be asked for by name, too.
pub(super) fn pod_entry() -> impl Strategy<Value = RequirementEntry> {
    prop_oneof![
        30 => Union::new(KEYS.map(entry_on)),
        2 => entry_of(label::NODE_POOL, &[Operator::In, Operator::NotIn]),
        1 => Just(RequirementEntry::new(label::NODE_POOL, Operator::DoesNotExist, [""; 0])),
    ]
}

/// A label that a pod asks for.
pub(super) fn selected_label() -> impl Strategy<Value = (String, String)> {
    let of_key = |key: &'static str| {
        select(word::values_of(key)).prop_map(move |value| (key.to_owned(), value.to_owned()))
    };
    prop_oneof![
        30 => Union::new(KEYS.map(of_key)),
        2 => of_key(label::NODE_POOL),
        1 => of_key(label::HOSTNAME),
    ]
}

/// A term with one or two conditions.
pub(super) fn term() -> impl Strategy<Value = NodeSelectorTerm> {
    vec(pod_entry(), 1..3).prop_map(|match_expressions| NodeSelectorTerm {
        match_expressions,
        match_fields: Vec::new(),
    })
}

/// A wish; equal weights are common, and host names may be wished for.
pub(super) fn preferred_term() -> impl Strategy<Value = PreferredNodeTerm> {
    let host = entry_of(label::HOSTNAME, &[Operator::In, Operator::NotIn]).prop_map(|entry| {
        NodeSelectorTerm { match_expressions: vec![entry], match_fields: Vec::new() }
    });
    let preference = prop_oneof![12 => term(), 1 => host];
    (select(&[1, 50, 100][..]), preference)
        .prop_map(|(weight, preference)| PreferredNodeTerm { weight, preference })
}

fn entry_on(key: &'static str) -> BoxedStrategy<RequirementEntry> {
    use Operator::{DoesNotExist, Exists, Gt, Gte, In, Lt, Lte, NotIn};
    if word::is_integer(key) {
        entry_of(key, &[In, In, NotIn, Gt, Lt, Gte, Lte, Exists, DoesNotExist])
    } else {
        entry_of(key, &[In, In, In, NotIn, NotIn, Exists, DoesNotExist])
    }
}

fn entry_of(key: &'static str, operators: &'static [Operator]) -> BoxedStrategy<RequirementEntry> {
    let values = word::values_of(key);
    let few = 1..=values.len().min(2);
    (select(operators), subsequence(values, few), select(values))
        .prop_map(move |(operator, some, one)| match operator {
            Operator::In | Operator::NotIn => RequirementEntry::new(key, operator, some),
            Operator::Gt | Operator::Gte | Operator::Lt | Operator::Lte => {
                RequirementEntry::new(key, operator, [one])
            }
            Operator::Exists | Operator::DoesNotExist => {
                RequirementEntry::new(key, operator, [""; 0])
            }
        })
        .boxed()
}
