//! Claims about budgets, one by one and over random ones.

use proptest::prelude::*;

use super::{Allowed, Calendar, Decider, DisruptionReason, Ledger, PoolBudgets, PoolNodes};
use crate::model::{Budget, NodePoolName, Span, Timestamp};

/// A Thursday.
const JUNE: &str = "2000-06-15T12:30:30Z";

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn budget(nodes: &str, reasons: &[&str], window: Option<(&str, Span)>) -> Budget {
    Budget {
        reasons: (!reasons.is_empty()).then(|| reasons.iter().map(ToString::to_string).collect()),
        nodes: nodes.to_owned(),
        schedule: window.map(|(schedule, _)| schedule.to_owned()),
        duration: window.map(|(_, duration)| duration),
    }
}

/// What 100 nodes are allowed in June, for `[Drifted, Empty, Underutilized]`.
fn allowed(budgets: &[Budget]) -> [i64; 3] {
    let budgets = PoolBudgets::read(budgets);
    DisruptionReason::ALL.map(|reason| budgets.allowed(reason, 100, at(JUNE)).nodes)
}

/// Six budgets: five that hold in June, and one of the weekend that forbids everything.
fn fixture() -> Vec<Budget> {
    let minutely = Some(("* * * * *", Span::hours(1)));
    vec![
        budget("10", &[], minutely),
        budget("100", &[], minutely),
        budget("100%", &[], minutely),
        budget("15", &["Drifted", "Underutilized"], minutely),
        budget("5", &["Drifted"], minutely),
        budget("0", &["Drifted", "Empty", "Underutilized"], Some(("@weekly", Span::hours(1)))),
    ]
}

fn with_schedule(mut budgets: Vec<Budget>, index: usize, schedule: &str) -> Vec<Budget> {
    budgets[index].schedule = Some(schedule.to_owned());
    budgets
}

#[test]
fn the_smallest_budget_that_names_the_reason_decides() {
    assert_eq!(allowed(&fixture()), [5, 10, 10]);
    let mut with_empty = fixture();
    with_empty.push(budget("4", &["Empty"], None));
    assert_eq!(allowed(&with_empty), [5, 4, 10]);
    assert_eq!(allowed(&fixture()[..1]), [10; 3]);
    assert_eq!(allowed(&with_schedule(fixture(), 5, "* * * * *")), [0; 3]);
    let quiet = with_schedule(with_schedule(fixture(), 3, "@yearly"), 4, "@yearly");
    assert_eq!(allowed(&quiet), [10; 3]);
}

#[test]
fn nothing_limits_while_no_window_holds() {
    let yearly = (0..6).fold(fixture(), |budgets, index| with_schedule(budgets, index, "@yearly"));
    assert_eq!(allowed(&yearly), [Allowed::UNBOUNDED; 3]);
    assert_eq!(allowed(&[]), [Allowed::UNBOUNDED; 3]);
}

#[test]
fn the_decider_is_the_first_of_equals() {
    let budgets = PoolBudgets::read(&[
        budget("9", &[], None),
        budget("5%", &[], None),
        budget("5", &[], None),
    ]);
    let allowed = budgets.allowed(DisruptionReason::Empty, 100, at(JUNE));
    assert_eq!(allowed.decided_by, Decider::Budget(1));
}

#[test]
fn one_invalid_budget_forbids_all_reasons() {
    for bad in [
        budget("1000a%", &["Drifted"], None),
        budget("5", &["Drifted"], Some(("@wrongly", Span::hours(1)))),
        Budget { schedule: None, ..budget("5", &["Drifted"], Some(("", Span::hours(1)))) },
    ] {
        let budgets = PoolBudgets::read(&[budget("10", &[], None), bad]);
        for reason in DisruptionReason::ALL {
            let allowed = budgets.allowed(reason, 100, at(JUNE));
            assert_eq!(allowed, Allowed { nodes: 0, decided_by: Decider::Invalid(1) });
        }
        assert_eq!(budgets.errors().map(|(index, _)| index).collect::<Vec<_>>(), [1]);
    }
}

#[test]
fn a_backward_range_of_days_is_told() {
    let budgets = PoolBudgets::read(&[budget("1", &[], Some(("0 0 * * tue-mon", Span::hours(1))))]);
    let (_, error) = budgets.errors().next().unwrap();
    assert_eq!(
        error.to_string(),
        "`schedule`: `tue-mon` of the weekday field runs backwards (ranges do not wrap around)"
    );
}

#[test]
fn an_empty_list_of_reasons_limits_nothing() {
    let mut nothing = budget("0", &[], None);
    nothing.reasons = Some(Vec::new());
    assert_eq!(allowed(&[nothing]), [Allowed::UNBOUNDED; 3]);
}

#[test]
fn windows_hold_from_the_hit_up_to_the_end() {
    let holds = |schedule: &str, duration: Span, now: &str| {
        let budgets = PoolBudgets::read(&[budget("0", &[], Some((schedule, duration)))]);
        budgets.allowed(DisruptionReason::Empty, 1, at(now)).nodes == 0
    };
    // Midnight in Prague is 23:00 in UTC, which alone counts.
    assert!(!holds("@daily", Span::minutes(30), "2000-06-15T00:00:00+01:00"));
    assert!(holds("* * * * *", Span::hours(1), JUNE));
    assert!(!holds("@yearly", Span::hours(1), JUNE));
    assert!(holds("@yearly", Span::hours(24), "2000-01-01T12:00:00Z"));
    assert!(holds("@daily", Span::hours(48), "2000-06-15T00:00:00Z"));
    assert!(!holds("30 6 * * SUN", Span::hours(6), "2000-06-18T00:00:00Z"));
    assert!(!holds("@daily", Span::hours(1), "2000-06-15T01:00:00Z"));
    assert!(!holds("@daily", Span::ZERO, "2000-06-15T00:00:00Z"));
    assert!(holds("0 0 31 2 *", Span::hours(1), JUNE));
}

#[test]
fn hours_hold_the_least_and_the_most_of_their_slots() {
    let budgets = PoolBudgets::read(&[
        budget("10%", &[], None),
        budget("0", &[], Some(("30 9 * * *", Span::minutes(15)))),
    ]);
    let during = at("2026-01-15T08:20:00Z")..at("2026-01-15T10:10:00Z");
    let calendar = Calendar::new(&budgets, DisruptionReason::Drifted, 20, during).unwrap();
    let slots: Vec<(String, i64)> =
        calendar.slots().iter().map(|slot| (slot.from.to_string(), slot.allowed.nodes)).collect();
    let expected = [
        ("2026-01-15T08:20:00Z".to_owned(), 2),
        ("2026-01-15T09:30:00Z".to_owned(), 0),
        ("2026-01-15T09:45:00Z".to_owned(), 2),
    ];
    assert_eq!(slots, expected);
    let hours: Vec<(i64, i64)> =
        calendar.hours().map(|hour| (hour.least.nodes, hour.most.nodes)).collect();
    assert_eq!(hours, [(2, 2), (0, 2), (2, 2)]);
}

#[test]
fn a_leap_day_that_is_far_off_holds_until_it_is_within_five_years() {
    let budgets = PoolBudgets::read(&[budget("0", &[], Some(("0 0 29 2 *", Span::hours(1))))]);
    let during = at("2098-12-30T00:00:00Z")..at("2099-01-03T00:00:00Z");
    let calendar = Calendar::new(&budgets, DisruptionReason::Drifted, 20, during).unwrap();
    let slots: Vec<_> =
        calendar.slots().iter().map(|slot| (slot.from, slot.allowed.nodes)).collect();
    let opened = at("2099-01-01T01:00:00Z");
    assert_eq!(slots, [(at("2098-12-30T00:00:00Z"), 0), (opened, Allowed::UNBOUNDED)]);
    let before = Timestamp::from_unix_nanos(opened.unix_nanos() - 1);
    assert_eq!(budgets.allowed(DisruptionReason::Drifted, 20, before).nodes, 0);
}

#[test]
fn a_calendar_without_end_is_refused() {
    let (budgets, start) = (PoolBudgets::read(&[]), at(JUNE));
    let of = |during| Calendar::new(&budgets, DisruptionReason::Empty, 1, during);
    assert!(of(start..start).is_err());
    assert!(of(start..Timestamp::MAX).is_err());
}

fn schedules() -> impl Strategy<Value = String> {
    let field = |max: u32| {
        prop_oneof![
            3 => Just("*".to_owned()),
            2 => (0..max).prop_map(|number| number.to_string()),
            1 => (2..max).prop_map(|step| format!("*/{step}")),
        ]
    };
    let days =
        prop_oneof![4 => Just("*".to_owned()), 1 => (1..32_u32).prop_map(|day| day.to_string())];
    let fields = (field(60), field(24), days, field(7))
        .prop_map(|(minute, hour, day, weekday)| format!("{minute} {hour} {day} * {weekday}"));
    prop_oneof![8 => fields, 1 => Just("@daily".to_owned()), 1 => "[*@0-9a-z/, -]{0,12}"]
}

fn budgets() -> impl Strategy<Value = Vec<Budget>> {
    let nodes = prop_oneof![
        (0..30_u32).prop_map(|count| count.to_string()),
        (0..101_u32).prop_map(|percent| format!("{percent}%")),
        "[-+0-9%a]{0,4}",
    ];
    let reasons = prop::option::of(prop::sample::subsequence(
        vec!["Drifted", "Empty", "Underutilized"],
        0..4,
    ));
    let window = prop::option::of((schedules(), 0..3000_i64));
    let one = (nodes, reasons, window).prop_map(|(nodes, reasons, window)| Budget {
        reasons: reasons.map(|reasons| reasons.into_iter().map(str::to_owned).collect()),
        nodes,
        schedule: window.as_ref().map(|(schedule, _)| schedule.clone()),
        duration: window.map(|(_, minutes)| Span::minutes(minutes)),
    });
    prop::collection::vec(one, 0..5)
}

/// 2024 to 2034, to the second.
fn instants() -> impl Strategy<Value = Timestamp> {
    (1_704_067_200..2_019_686_400_i64).prop_map(Timestamp::from_unix_seconds)
}

fn reasons() -> impl Strategy<Value = DisruptionReason> {
    prop::sample::select(DisruptionReason::ALL.to_vec())
}

proptest! {
    /// Whatever is asked for in whatever order, those on their way out never exceed what the budgets of the reason allow.
    #[test]
    fn a_ledger_is_never_overdrawn(
        budgets in budgets(),
        now in instants(),
        total in 0..200_usize,
        disrupting in 0..20_usize,
        asked in prop::collection::vec(reasons(), 0..300),
    ) {
        let pool = NodePoolName::from("p");
        let budgets = PoolBudgets::read(&budgets);
        let mut ledger = Ledger::new(now);
        ledger.open(pool.clone(), &budgets, PoolNodes { total, disrupting });
        let mut gone = disrupting;
        for reason in asked {
            let allowed = budgets.allowed(reason, total, now);
            let granted = ledger.spend(&pool, reason);
            prop_assert_eq!(granted.is_ok(), i64::try_from(gone).unwrap() < allowed.nodes);
            match granted {
                Ok(()) => gone += 1,
                Err(refusal) => prop_assert_eq!(refusal.decided_by, allowed.decided_by),
            }
            prop_assert_eq!(ledger.left(&pool, reason), allowed.left(gone));
        }
    }

    /// The calendar has no gap, no equal neighbours, and gives at any instant what is given when asked for that instant.
    #[test]
    fn a_calendar_says_what_each_instant_says(
        budgets in budgets(),
        from in instants(),
        seconds in 1..1_000_000_i64,
        total in 0..200_usize,
        reason in reasons(),
        within in prop::collection::vec(0..1_000_000_i64, 20),
    ) {
        let budgets = PoolBudgets::read(&budgets);
        let to = from + Span::seconds(seconds);
        let calendar = Calendar::new(&budgets, reason, total, from..to).unwrap();
        let slots = calendar.slots();
        prop_assert_eq!(slots[0].from, from);
        prop_assert_eq!(slots[slots.len() - 1].to, to);
        for pair in slots.windows(2) {
            prop_assert_eq!(pair[0].to, pair[1].from);
            prop_assert_ne!(pair[0].allowed, pair[1].allowed);
        }
        for second in within {
            let instant = from + Span::seconds(second % seconds);
            let slot = slots.iter().find(|slot| slot.from <= instant && instant < slot.to).unwrap();
            prop_assert_eq!(slot.allowed, budgets.allowed(reason, total, instant));
            let hour = calendar.hours().filter(|hour| hour.start <= instant).last().unwrap();
            prop_assert!(instant < hour.start + Span::hours(1));
            prop_assert!((hour.least.nodes..=hour.most.nodes).contains(&slot.allowed.nodes));
        }
    }

    /// More nodes never mean that fewer may go, and another budget never means that more may.
    #[test]
    fn allowances_grow_with_nodes_and_shrink_with_budgets(
        list in budgets(),
        now in instants(),
        total in 0..200_usize,
        reason in reasons(),
    ) {
        let of = |list: &[Budget], total| PoolBudgets::read(list).allowed(reason, total, now);
        // Below zero it is the other way round: such a share is no budget that anybody can have.
        if of(&list, total).nodes >= 0 {
            prop_assert!(of(&list, total).nodes <= of(&list, total + 1).nodes);
            if let Some((_, fewer)) = list.split_last() {
                prop_assert!(of(&list, total).nodes <= of(fewer, total).nodes || of(fewer, total).nodes < 0);
            }
        }
    }
}
