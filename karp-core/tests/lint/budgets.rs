//! What is said of disruption budgets.

use karp_core::{
    lint::{Settings, lint},
    model::{
        Budget, NodePool,
        Severity::{Error, Info, Warning},
        Span,
    },
};

use crate::fixture::{findings, for_reason, nodes, pool, tells_pools_apart, window, with_pool};

fn with(budgets: Vec<Budget>) -> NodePool {
    let mut pool = pool("general");
    pool.disruption.budgets = budgets;
    pool
}

#[test]
fn what_can_not_be_read_is_told_by_member() {
    let mut no_schedule = nodes("1");
    no_schedule.duration = Some(Span::hours(1));
    for (bad, member) in [
        (window("1", "0 22 * * fri-mon", 6), "schedule"),
        (window("1", "CRON_TZ=Europe/Berlin 0 9 * * *", 1), "schedule"),
        (nodes("some"), "nodes"),
        (no_schedule, "duration"),
    ] {
        let field = format!("spec.disruption.budgets[1].{member}");
        let bad = with(vec![nodes("0"), bad]);
        tells_pools_apart(
            "budget-invalid",
            (bad, Error, &field),
            with(vec![window("1", "@daily", 1)]),
        );
    }
}

#[test]
fn a_window_without_end_is_told() {
    for (schedule, hours, good_hours) in
        [("@daily", 24, 23), ("0 * * * *", 1, 0), ("@every 1h", 1, 0), ("0 0 * * mon", 168, 167)]
    {
        let budgets = |hours| with(vec![nodes("10%"), window("0", schedule, hours)]);
        let field = "spec.disruption.budgets[1].duration";
        tells_pools_apart(
            "budget-always-holds",
            (budgets(hours), Warning, field),
            budgets(good_hours),
        );
    }
}

#[test]
fn a_gap_that_comes_once_a_year_is_a_gap() {
    // Holds around the clock from January to November.
    let budgets = with(vec![window("0", "0 0 * 1-11 *", 24)]);
    assert_eq!(findings(&with_pool(budgets), "budget-always-holds"), []);
}

#[test]
fn a_budget_without_any_time_or_reason_is_told() {
    let field = "spec.disruption.budgets[0].duration";
    let good = || with(vec![window("0", "@daily", 1)]);
    tells_pools_apart(
        "budget-never-holds",
        (with(vec![window("0", "@daily", 0)]), Warning, field),
        good(),
    );
    let every = window("0", "@every 2h", 1);
    tells_pools_apart("budget-never-holds", (with(vec![every]), Warning, field), good());
    let mut no_reason = nodes("0");
    no_reason.reasons = Some(Vec::new());
    let field = "spec.disruption.budgets[0].reasons";
    for bad in [no_reason, for_reason("drifted", nodes("0"))] {
        let good = with(vec![for_reason("Drifted", nodes("0"))]);
        tells_pools_apart("budget-never-holds", (with(vec![bad]), Warning, field), good);
    }
}

#[test]
fn a_day_that_does_not_exist_is_told() {
    let field = "spec.disruption.budgets[0].schedule";
    let bad = with(vec![window("0", "0 0 31 2 *", 1)]);
    // 29 February comes again.
    let good = with(vec![window("0", "0 0 29 2 *", 1)]);
    tells_pools_apart("schedule-never-fires", (bad, Warning, field), good);
}

#[test]
fn a_window_beside_which_nothing_limits_is_told() {
    let (code, field) = ("unlimited-outside-window", "spec.disruption.budgets[0].schedule");
    let night = || window("2", "0 22 * * *", 6);
    let good = with(vec![night(), nodes("1")]);
    tells_pools_apart(code, (with(vec![night()]), Warning, field), good);
    // What limits the rest of the time limits one reason only.
    let bad = with(vec![night(), for_reason("Drifted", nodes("1"))]);
    let told = findings(&with_pool(bad.clone()), code);
    assert!(told[0].message.contains("nothing limits Empty, Underutilized"), "{}", told[0]);
    let good = with(vec![for_reason("Drifted", night()), for_reason("Drifted", nodes("1"))]);
    tells_pools_apart(code, (bad, Warning, field), good);
    // A window that forbids is what it looks like.
    assert_eq!(findings(&with_pool(with(vec![window("0", "@daily", 8)])), code), []);
}

#[test]
fn no_less_by_day_than_by_night_is_told() {
    let (code, field) = ("no-business-hours-budget", "spec.disruption.budgets");
    let by_day = |count| with(vec![nodes("10%"), window(count, "0 9 * * mon-fri", 2)]);
    tells_pools_apart(code, (with(vec![nodes("10%")]), Info, field), by_day("0"));
    tells_pools_apart(code, (with(Vec::new()), Info, field), by_day("1"));
    // Weekends are no business hours; a tenth is no less than a tenth.
    let weekend = with(vec![nodes("10%"), window("0", "0 9 * * sat", 12)]);
    tells_pools_apart(code, (weekend, Info, field), by_day("9%"));
    // Nothing is ever allowed, or only that empty nodes go.
    let empty_only =
        vec![for_reason("Drifted", nodes("0")), for_reason("Underutilized", nodes("0"))];
    tells_pools_apart(code, (by_day("10%"), Info, field), with(empty_only));
}

#[test]
fn who_never_works_hears_nothing_of_business_hours() {
    let mut settings = Settings::default();
    settings.business_hours = None;
    assert_eq!(lint(&with_pool(with(vec![nodes("10%")])), &settings), []);
}
