//! The requirement algebra against plain sets over a small universe of values.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::{Operator, Requirement};

/// Every integer that a generated bound can tell apart, and a few words.
fn universe() -> Vec<String> {
    let words = ["a", "b", "spot", "7x", "007"];
    (-5..=14).map(|n: i64| n.to_string()).chain(words.map(String::from)).collect()
}

/// The set that an operator means, computed value by value.
fn naive(operator: Operator, values: &[String]) -> BTreeSet<String> {
    let operand = values.first().and_then(|v| v.parse::<i128>().ok()).unwrap_or(0);
    let compared = |value: &str, test: &dyn Fn(i128) -> bool| value.parse().is_ok_and(test);
    universe()
        .into_iter()
        .filter(|value| match operator {
            Operator::In => values.contains(value),
            Operator::NotIn => !values.contains(value),
            Operator::Exists => true,
            Operator::DoesNotExist => false,
            Operator::Gt => compared(value, &|n| n > operand),
            Operator::Gte => compared(value, &|n| n >= operand),
            Operator::Lt => compared(value, &|n| n < operand),
            Operator::Lte => compared(value, &|n| n <= operand),
        })
        .collect()
}

fn members(requirement: &Requirement) -> BTreeSet<String> {
    universe().into_iter().filter(|value| requirement.has(value)).collect()
}

/// An operator with values, and the set that it means.
fn case() -> impl Strategy<Value = (Requirement, BTreeSet<String>)> {
    let values = prop::collection::vec(prop::sample::select(universe()), 0..5);
    (prop::sample::select(&Operator::ALL[..]), values, -3_i64..=12, prop::option::of(1_u32..4))
        .prop_map(|(operator, mut values, operand, min_values)| {
            if operator.is_bound() {
                values = vec![operand.to_string()];
            }
            let set = naive(operator, &values);
            (Requirement::new("key", operator, values).with_min_values(min_values), set)
        })
}

/// Several requirements narrowed to one, and the set that remains.
fn narrowed() -> impl Strategy<Value = (Requirement, BTreeSet<String>)> {
    prop::collection::vec(case(), 1..4).prop_map(|cases| {
        let start = (Requirement::exists("key"), universe().into_iter().collect());
        cases.into_iter().fold(
            start,
            |(joint, set): (Requirement, BTreeSet<String>), (next, other)| {
                (joint.intersect(&next), set.intersection(&other).cloned().collect())
            },
        )
    })
}

proptest! {
    #[test]
    fn an_operator_admits_what_it_says((requirement, set) in case()) {
        prop_assert_eq!(members(&requirement), set);
    }

    #[test]
    fn intersection_is_that_of_sets((a, left) in narrowed(), (b, right) in narrowed()) {
        let both: BTreeSet<String> = left.intersection(&right).cloned().collect();
        prop_assert_eq!(members(&a.intersect(&b)), both);
    }

    #[test]
    fn intersection_commutes((a, _) in narrowed(), (b, _) in narrowed()) {
        prop_assert_eq!(a.intersect(&b), b.intersect(&a));
    }

    #[test]
    fn intersection_associates((a, _) in narrowed(), (b, _) in narrowed(), (c, _) in narrowed()) {
        let left = a.intersect(&b).intersect(&c);
        let right = a.intersect(&b.intersect(&c));
        prop_assert_eq!(left, right);
    }

    #[test]
    fn intersection_with_itself_changes_nothing((a, _) in narrowed()) {
        prop_assert_eq!(a.intersect(&a), a);
    }

    #[test]
    fn anything_is_neutral_and_nothing_absorbs((a, _) in narrowed()) {
        prop_assert!(a.intersect(&Requirement::does_not_exist("key")).is_empty());
        prop_assert_eq!(a.intersect(&Requirement::exists("key")), a);
    }

    #[test]
    fn the_larger_demand_is_kept((a, _) in narrowed(), (b, _) in narrowed()) {
        prop_assert_eq!(a.intersect(&b).min_values(), a.min_values().max(b.min_values()));
    }

    /// The one exception is two complements whose bounds leave only excluded integers.
    #[test]
    fn a_common_value_is_claimed_when_there_is_one((a, _) in narrowed(), (b, _) in narrowed()) {
        let joint = a.intersect(&b);
        let claims = a.has_intersection(&b);
        prop_assert_eq!(claims, !joint.is_empty());
        if claims && !(a.is_complement() && b.is_complement()) {
            prop_assert!(!members(&joint).is_empty());
        }
    }

    #[test]
    fn any_value_is_a_member((a, set) in narrowed()) {
        match a.any() {
            Some(value) => prop_assert!(a.has(&value)),
            // Nothing at or above zero is left within the bounds.
            None => prop_assert!(
                !a.is_complement() || (0..=14).all(|n: i64| !set.contains(&n.to_string()))
            ),
        }
    }

    #[test]
    fn extreme_bounds_do_not_overflow(
        a in prop::sample::select(vec![i64::MIN, i64::MIN + 1, -1, 0, 1, i64::MAX - 1, i64::MAX]),
        b in any::<i64>(),
        left in prop::sample::select(&Operator::ALL[..]),
        right in prop::sample::select(&Operator::ALL[..]),
    ) {
        let a = Requirement::new("key", left, [a.to_string()]);
        let joint = a.intersect(&Requirement::new("key", right, [b.to_string()]));
        prop_assert!(joint.any().is_none_or(|value| joint.has(&value)));
        prop_assert!(!joint.to_entries().is_empty());
    }
}
