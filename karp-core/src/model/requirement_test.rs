//! What `requirement` promises, as tests.

use super::requirement_table_test::{FORMS, form};
use super::{Operator, Requirement, RequirementEntry, Vocabulary, label};

fn bound(operator: Operator, operand: i64) -> Requirement {
    Requirement::new("key", operator, [operand.to_string()])
}

fn admits(requirement: &Requirement, yes: &[&str], no: &[&str]) {
    for value in yes {
        assert!(requirement.has(value), "{requirement} has {value}");
    }
    for value in no {
        assert!(!requirement.has(value), "{requirement} lacks {value}");
    }
}

// REQ-1, REQ-2; see also `requirements_test`.
#[test]
fn an_old_name_of_a_label_is_replaced() {
    for (old, new) in [
        ("failure-domain.beta.kubernetes.io/zone", label::ZONE),
        ("failure-domain.beta.kubernetes.io/region", label::REGION),
        ("beta.kubernetes.io/arch", label::ARCH),
        ("beta.kubernetes.io/os", label::OS),
        ("beta.kubernetes.io/instance-type", label::INSTANCE_TYPE),
    ] {
        for operator in Operator::ALL {
            assert_eq!(Requirement::new(old, operator, ["1"]).key(), new);
        }
    }
}

// REQ-3
#[test]
fn bounds_beyond_the_integers_admit_nothing() {
    for requirement in [bound(Operator::Gt, i64::MAX), bound(Operator::Lt, i64::MIN)] {
        assert_eq!(requirement.operator(), Operator::DoesNotExist);
        assert_eq!(requirement.len(), 0);
        assert!(requirement.is_empty());
    }
    let entry = RequirementEntry::new("key", Operator::Gt, [i64::MAX.to_string()]);
    assert_eq!(Requirement::from(&entry.with_min_values(2)).min_values(), None);
    let entry = RequirementEntry::new("key", Operator::DoesNotExist, [""; 0]);
    assert_eq!(Requirement::from(&entry.with_min_values(2)).min_values(), Some(2));
}

#[test]
fn bounds_at_the_ends_of_the_integers_are_exact() {
    admits(&bound(Operator::Gte, i64::MAX), &["9223372036854775807"], &["9223372036854775806"]);
    admits(&bound(Operator::Lte, i64::MIN), &["-9223372036854775808"], &["-9223372036854775807"]);
    assert_eq!(bound(Operator::Gte, i64::MAX).any().as_deref(), Some("9223372036854775807"));
    assert_eq!(bound(Operator::Lte, i64::MIN).any(), None);
    let all_but_last = bound(Operator::Gte, i64::MAX).intersect(&Requirement::new(
        "key",
        Operator::NotIn,
        [i64::MAX.to_string()],
    ));
    assert_eq!(all_but_last.any(), None);
}

#[test]
fn an_operand_that_is_no_integer_counts_as_zero() {
    for text in ["", "x", "1.5", "99999999999999999999"] {
        assert_eq!(Requirement::new("key", Operator::Gt, [text]), bound(Operator::Gt, 0));
    }
    assert_eq!(Requirement::new("key", Operator::Lte, [""; 0]), bound(Operator::Lte, 0));
    assert_eq!(Requirement::new("key", Operator::Gte, ["+07"]), bound(Operator::Gte, 7));
}

// REQ-7 to REQ-9, REQ-16
#[test]
fn inclusive_bounds_admit_their_operand() {
    admits(&bound(Operator::Gte, 2), &["2", "3", "100"], &["1", "0", "A"]);
    admits(&bound(Operator::Lte, 8), &["8", "7", "0", "-3"], &["9", "10", "A"]);
    let between = bound(Operator::Gte, 2).intersect(&bound(Operator::Lte, 8));
    admits(&between, &["2", "5", "8"], &["1", "9"]);
    admits(&bound(Operator::Gte, 0), &["0"], &["-1"]);
    admits(&bound(Operator::Lte, 0), &["0"], &["1"]);
}

// REQ-10
#[test]
fn exclusive_bounds_are_inclusive_ones_moved_by_one() {
    assert_eq!(bound(Operator::Gte, 2), bound(Operator::Gt, 1));
    assert_eq!(bound(Operator::Lte, 8), bound(Operator::Lt, 9));
}

// REQ-11 to REQ-15
#[test]
fn the_tighter_of_two_bounds_wins() {
    use Operator::{Gt, Gte, Lt, Lte};
    for (a, b, operator, operand) in [
        ((Gt, 4), (Gte, 5), Gte, "5"),
        ((Gt, 5), (Gte, 5), Gte, "6"),
        ((Gt, 3), (Gte, 6), Gte, "6"),
        ((Lt, 5), (Lte, 5), Lte, "4"),
        ((Lt, 9), (Lte, 5), Lte, "5"),
    ] {
        let joint = bound(a.0, a.1).intersect(&bound(b.0, b.1));
        assert_eq!(joint.to_entries(), [RequirementEntry::new("key", operator, [operand])]);
    }
    admits(&bound(Gt, 4).intersect(&bound(Gte, 5)), &["5"], &["4"]);
    admits(&bound(Gt, 3).intersect(&bound(Gte, 6)), &["6"], &["5"]);
}

// REQ-18
#[test]
fn bounds_are_reported_as_exists() {
    for (name, operator) in FORMS.into_iter().zip([
        Operator::Exists,
        Operator::DoesNotExist,
        Operator::In,
        Operator::In,
        Operator::In,
        Operator::NotIn,
        Operator::In,
        Operator::In,
        Operator::In,
        Operator::NotIn,
        Operator::Exists,
        Operator::Exists,
        Operator::Exists,
        Operator::Exists,
    ]) {
        assert_eq!(form("key", name).operator(), operator, "{name}");
    }
}

// REQ-19
#[test]
fn length_counts_values_and_ignores_bounds() {
    const MAX: u64 = i64::MAX as u64;
    let lengths = [MAX, 0, 1, 1, 2, MAX - 1, 1, 1, 2, MAX - 2, MAX, MAX, MAX, MAX];
    for (name, len) in FORMS.into_iter().zip(lengths) {
        assert_eq!(form("key", name).len(), len, "{name}");
        assert_eq!(form("key", name).is_empty(), len == 0, "{name}");
    }
    assert_eq!(Requirement::new("key", Operator::In, ["a", "a"]).len(), 1);
}

// REQ-20
#[test]
fn any_value_is_the_first_permitted_one() {
    let values = ["0", "", "A", "B", "A", "0", "1", "9", "1", "0", "2", "10", "0", "0"];
    for (name, value) in FORMS.into_iter().zip(values) {
        assert_eq!(form("key", name).any().unwrap_or_default(), value, "{name}");
    }
    assert_eq!(bound(Operator::Gte, 5).any().as_deref(), Some("5"));
    assert_eq!(bound(Operator::Lte, 10).any().as_deref(), Some("0"));
    assert_eq!(bound(Operator::Lt, 0).any(), None);
    let not_0_1 = Requirement::new("key", Operator::NotIn, ["0", "1"]);
    assert_eq!(not_0_1.any().as_deref(), Some("2"));
}

// REQ-21
#[test]
fn text_names_operator_values_and_bounds() {
    for (name, text) in FORMS.into_iter().zip([
        "key Exists",
        "key DoesNotExist",
        "key In [A]",
        "key In [B]",
        "key In [A B]",
        "key NotIn [A]",
        "key In [1]",
        "key In [9]",
        "key In [1 9]",
        "key NotIn [1 2]",
        "key Exists >=2",
        "key Exists >=10",
        "key Exists <=0",
        "key Exists <=8",
    ]) {
        assert_eq!(form("key", name).to_string(), text);
    }
    let joint = |a, b| form("key", a).intersect(&form("key", b));
    assert_eq!(joint(">1", "<9").to_string(), "key Exists >=2 <=8");
    assert_eq!(joint(">9", "<9").to_string(), "key DoesNotExist");
    assert_eq!(joint("!12", ">1").with_min_values(3).to_string(), "key NotIn [2] >=2 minValues 3");
    let seven = Requirement::new("key", Operator::In, ["g", "f", "e", "d", "c", "b", "a"]);
    assert_eq!(seven.to_string(), "key In [a b c d e and 2 others]");
}

// REQ-22
#[test]
fn entries_hold_inclusive_bounds_and_sorted_values() {
    use Operator::{DoesNotExist, Exists, Gte, In, Lte, NotIn};
    let expected: [(Operator, &[&str]); 14] = [
        (Exists, &[]),
        (DoesNotExist, &[]),
        (In, &["A"]),
        (In, &["B"]),
        (In, &["A", "B"]),
        (NotIn, &["A"]),
        (In, &["1"]),
        (In, &["9"]),
        (In, &["1", "9"]),
        (NotIn, &["1", "2"]),
        (Gte, &["2"]),
        (Gte, &["10"]),
        (Lte, &["0"]),
        (Lte, &["8"]),
    ];
    for (name, (operator, values)) in FORMS.into_iter().zip(expected) {
        let entry = RequirementEntry::new("key", operator, values.iter().copied());
        let demanding = entry.clone().with_min_values(2);
        assert_eq!(form("key", name).to_entries(), [entry], "{name}");
        assert_eq!(form("key", name).with_min_values(2).to_entries(), [demanding], "{name}");
    }
}

#[test]
fn entries_read_back_as_the_same_requirement() {
    for name in FORMS {
        let requirement = form("key", name).with_min_values(1);
        let [entry] = requirement.to_entries().try_into().unwrap();
        assert_eq!(Requirement::from(&entry), requirement, "{name}");
        let json = serde_json::to_string(&entry).unwrap();
        assert_eq!(serde_json::from_str::<RequirementEntry>(&json).unwrap(), entry);
    }
}

// Excluded values do not survive next to a bound: no manifest can say both.
#[test]
fn entries_drop_exclusions_next_to_bounds() {
    let both = form("key", "!12").intersect(&form("key", "<9"));
    assert_eq!(both.to_entries(), [RequirementEntry::new("key", Operator::Lte, ["8"])]);
}

// A common value is claimed although every integer within the bounds is excluded.
#[test]
fn two_complements_always_have_a_common_value_within_bounds() {
    let only_2 = bound(Operator::Gte, 2).intersect(&bound(Operator::Lte, 2));
    let not_2 = Requirement::new("key", Operator::NotIn, ["2"]);
    assert!(only_2.has_intersection(&not_2));
    let joint = only_2.intersect(&not_2);
    assert_eq!(joint.operator(), Operator::NotIn);
    assert_eq!(joint.any(), None);
}

#[test]
fn an_intersection_keeps_the_key_of_the_left_side() {
    assert_eq!(form("left", "A").intersect(&form("right", "AB")).key(), "left");
}

#[test]
fn a_vocabulary_renames_keys_and_values() {
    let words = Vocabulary::core().with_alias("old/zone", label::ZONE).with_value_alias(
        label::ZONE,
        "a",
        "region-1a",
    );
    let zones = Requirement::new("old/zone", Operator::NotIn, ["z", "a"]).with_min_values(1);
    let expected =
        Requirement::new(label::ZONE, Operator::NotIn, ["region-1a", "z"]).with_min_values(1);
    assert_eq!(zones.normalized(&words), expected);
    assert_eq!(bound(Operator::Gt, 3).normalized(&words), bound(Operator::Gt, 3));
}

#[test]
fn operators_read_back_and_others_are_refused() {
    for operator in Operator::ALL {
        assert_eq!(operator.to_string().parse(), Ok(operator));
    }
    let error = "in".parse::<Operator>().unwrap_err();
    assert!(error.to_string().starts_with("`in` is not an operator"));
}
