//! What `requirements` promises, as tests.

use super::requirement_table_test::{FORMS, form};
use super::{
    Conflict, Incompatible, Operator, Requirement, RequirementEntry, Requirements, Undefined,
    Vocabulary, label,
};

const OLD_NAMES: [&str; 5] = [
    "failure-domain.beta.kubernetes.io/zone",
    "failure-domain.beta.kubernetes.io/region",
    "beta.kubernetes.io/arch",
    "beta.kubernetes.io/os",
    "beta.kubernetes.io/instance-type",
];
const NEW_NAMES: [&str; 5] =
    [label::ARCH, label::OS, label::INSTANCE_TYPE, label::REGION, label::ZONE];

// REQ-1
#[test]
fn sets_hold_the_current_names_alone() {
    let from_labels = Requirements::from_labels(OLD_NAMES.map(|key| (key, "v")));
    let entries = OLD_NAMES.map(|key| RequirementEntry::new(key, Operator::In, ["v"]));
    let from_entries = Requirements::from_entries(&entries);
    for set in [from_labels, from_entries] {
        assert_eq!(set.keys().collect::<Vec<_>>(), NEW_NAMES);
    }
}

// REQ-2
#[test]
fn look_up_goes_by_the_current_name() {
    let set = Requirements::from_labels([(OLD_NAMES[0], "z1")]);
    assert!(!set.has(OLD_NAMES[0]));
    assert_eq!(set.get(OLD_NAMES[0]), None);
    assert!(set.get(label::ZONE).unwrap().has("z1"));
}

#[test]
fn a_key_that_is_missing_admits_everything() {
    let set = Requirements::new();
    assert_eq!(*set.get_or_exists("key"), Requirement::exists("key"));
    assert!(set.is_empty() && !set.has("key"));
}

#[test]
fn adding_narrows_and_order_is_irrelevant() {
    let (a, b) = (form("key", "!12"), form("key", ">1"));
    let set = Requirements::from_iter([a.clone(), b.clone()]);
    assert_eq!(set, Requirements::from_iter([b.clone(), a.clone()]));
    assert_eq!(set.get("key"), Some(&a.intersect(&b)));
    let mut replaced = set;
    replaced.replace(b.clone());
    assert_eq!(replaced.get("key"), Some(&b));
    assert_eq!(replaced.remove("key"), Some(b));
    assert!(replaced.is_empty());
}

/// The fourteen forms, each on a key of its own.
fn all_forms(min_values: Option<u32>) -> Requirements {
    let keyed = FORMS.into_iter().enumerate();
    keyed.map(|(n, name)| form(&format!("key{n:02}"), name).with_min_values(min_values)).collect()
}

// REQ-23
#[test]
fn each_of_fourteen_requirements_gives_one_entry() {
    for min_values in [None, Some(2)] {
        let set = all_forms(min_values);
        assert_eq!(set.has_min_values(), min_values.is_some());
        let entries = set.to_entries();
        assert_eq!(entries.len(), 14);
        let single: Vec<_> = set.iter().flat_map(Requirement::to_entries).collect();
        assert_eq!(entries, single);
        assert_eq!(Requirements::from_entries(&entries), set);
    }
}

// REQ-24
#[test]
fn two_bounds_give_two_entries() {
    let bounds = [("key", Operator::Lte), ("key", Operator::Gte)]
        .map(|(key, operator)| Requirement::new(key, operator, ["8"]));
    let entries = Requirements::from_iter(bounds).to_entries();
    let expected = [Operator::Gte, Operator::Lte]
        .map(|operator| RequirementEntry::new("key", operator, ["8"]));
    assert_eq!(entries, expected);
}

// REQ-25
#[test]
fn text_is_sorted_and_stable() {
    let mut forwards = all_forms(None);
    let reversed = forwards.iter().cloned().collect::<Vec<_>>().into_iter().rev();
    let backwards: Requirements = reversed.collect();
    forwards.add(Requirement::equals(label::HOSTNAME, "node-1"));
    let text = forwards.to_string();
    assert_eq!(text, backwards.to_string());
    assert!(text.starts_with("key00 Exists, key01 DoesNotExist, key02 In [A], "), "{text}");
    assert!(text.ends_with(", key12 Exists <=0, key13 Exists <=8"), "{text}");
    let mut parts: Vec<_> = text.split(", ").collect();
    parts.sort_unstable();
    assert_eq!(parts.join(", "), text);
}

fn refusal(key: &str, undefined: Undefined<'_>) -> String {
    let demand = Requirements::from_iter([Requirement::equals(key, "v")]);
    Requirements::new().compatible(&demand, undefined).unwrap_err().to_string()
}

// REQ-28, REQ-29
#[test]
fn a_misspelled_key_names_the_known_one() {
    let words = Vocabulary::core();
    for (typo, meant) in [
        ("zone", label::ZONE),
        ("region", label::REGION),
        ("nodepool", label::NODE_POOL),
        ("instance-type", label::INSTANCE_TYPE),
        ("arch", label::ARCH),
        ("capacity-type", label::CAPACITY_TYPE),
        ("topology.kubernetesio/zone", label::ZONE),
        ("node.io/zone", label::ZONE),
        ("topology.kubernetes.io/regio", label::REGION),
        ("node.kubernetes.io/region", label::REGION),
        ("karpenter/nodepool", label::NODE_POOL),
    ] {
        assert_eq!(
            refusal(typo, Undefined::WellKnown(&words)),
            format!("label \"{typo}\" does not have known values (typo of \"{meant}\"?)")
        );
    }
}

// REQ-30
#[test]
fn an_unknown_key_has_no_hint() {
    let text = "label \"deployment\" does not have known values";
    assert_eq!(refusal("deployment", Undefined::Strict), text);
    assert_eq!(refusal("deployment", Undefined::WellKnown(&Vocabulary::core())), text);
}

#[test]
fn own_keys_are_hinted_at_too() {
    let own = Requirements::from_labels([("example.com/team", "a"), ("other.com/team", "b")]);
    let demand = Requirements::from_labels([("exmple.com/team", "a")]);
    let error = own.compatible(&demand, Undefined::Strict).unwrap_err();
    let Incompatible::UndefinedLabel { incoming, hint } = error else { panic!("{error}") };
    assert_eq!(hint.as_deref(), Some("example.com/team"));
    assert_eq!(incoming.key(), "exmple.com/team");
}

// Bounds are reported as `Exists`, which an absent label does not satisfy.
#[test]
fn a_bound_on_an_undefined_label_is_refused() {
    let demand = Requirements::from_iter([Requirement::new("custom", Operator::Gt, ["3"])]);
    assert!(!Requirements::new().is_compatible(&demand, Undefined::WellKnown(&Vocabulary::core())));
}

#[test]
fn every_conflict_is_reported_in_key_order() {
    let own = Requirements::from_labels([("a", "1"), ("b", "1"), ("c", "1")]);
    let demand = Requirements::from_labels([("c", "2"), ("b", "1"), ("a", "2")]);
    let conflicts = own.intersects(&demand).unwrap_err();
    assert_eq!(conflicts.iter().map(Conflict::key).collect::<Vec<_>>(), ["a", "c"]);
    let error = own.compatible(&demand, Undefined::Strict).unwrap_err();
    let text = "key a, a In [2] not in a In [1]; key c, c In [2] not in c In [1]";
    assert_eq!(error.to_string(), text);
    assert_eq!(error, Incompatible::Conflicts(conflicts));
}

#[test]
fn keys_on_one_side_never_conflict() {
    let own = Requirements::from_labels([("a", "1")]);
    assert_eq!(own.intersects(&Requirements::from_labels([("b", "1")])), Ok(()));
}
