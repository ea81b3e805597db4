//! What `cron` promises, as tests.

use proptest::prelude::*;

use super::{Cron, ParseCronError, Timestamp};

fn cron(text: &str) -> Cron {
    text.parse().unwrap_or_else(|error| panic!("{error}"))
}

fn next(schedule: &str, after: &str) -> Option<String> {
    cron(schedule).next_after(after.parse().unwrap()).map(|hit| hit.to_string())
}

#[test]
fn the_next_hit_is_strictly_later() {
    // 2026-03-06 is a Friday.
    for (schedule, after, hit) in [
        ("* * * * *", "2026-03-06T12:00:00Z", "2026-03-06T12:01:00Z"),
        ("* * * * *", "2026-03-06T11:59:59.999999999Z", "2026-03-06T12:00:00Z"),
        ("*/15 * * * *", "2026-03-06T12:45:00Z", "2026-03-06T13:00:00Z"),
        ("5/15 * * * *", "2026-03-06T12:00:00Z", "2026-03-06T12:05:00Z"),
        ("5/15 * * * *", "2026-03-06T12:50:00Z", "2026-03-06T13:05:00Z"),
        ("10-20/5 * * * *", "2026-03-06T12:20:00Z", "2026-03-06T13:10:00Z"),
        ("0 9 * * mon-fri", "2026-03-06T09:00:00Z", "2026-03-09T09:00:00Z"),
        ("0 9 * * MON-Fri", "2026-03-06T08:59:00Z", "2026-03-06T09:00:00Z"),
        ("30 6 * * SUN", "2026-03-06T00:00:00Z", "2026-03-08T06:30:00Z"),
        ("0 0 * * 0", "2026-03-06T00:00:00Z", "2026-03-08T00:00:00Z"),
        ("0 0 31 * *", "2026-03-31T00:00:00Z", "2026-05-31T00:00:00Z"),
        ("0 0 29 2 *", "2026-03-06T00:00:00Z", "2028-02-29T00:00:00Z"),
        ("0 0 1 jan *", "2026-03-06T00:00:00Z", "2027-01-01T00:00:00Z"),
        ("59 23 31 12 *", "2026-12-31T23:59:00Z", "2027-12-31T23:59:00Z"),
        ("0 22 * * *", "2026-03-06T22:30:00Z", "2026-03-07T22:00:00Z"),
        ("30 10,14 * * *", "2026-03-06T10:30:00Z", "2026-03-06T14:30:00Z"),
        ("15 10 * * *", "2026-03-06T10:45:00Z", "2026-03-07T10:15:00Z"),
        ("? ? ? ? ?", "2026-03-06T12:00:00Z", "2026-03-06T12:01:00Z"),
        ("1,,2 * * * *", "2026-03-06T12:01:00Z", "2026-03-06T12:02:00Z"),
        ("+5 * * * *", "2026-03-06T12:00:00Z", "2026-03-06T12:05:00Z"),
        ("0  0\t*  *\n*", "2026-03-06T12:00:00Z", "2026-03-07T00:00:00Z"),
        (" 0 0 * * * ", "2026-03-06T12:00:00Z", "2026-03-07T00:00:00Z"),
        ("*-9 * * * *", "2026-03-06T12:00:00Z", "2026-03-06T12:01:00Z"),
        ("*/100 * * * *", "2026-03-06T12:01:00Z", "2026-03-06T13:00:00Z"),
        ("0 0 1 1 *", "1960-01-01T00:00:00Z", "1961-01-01T00:00:00Z"),
    ] {
        assert_eq!(next(schedule, after).as_deref(), Some(hit), "{schedule} after {after}");
    }
}

#[test]
fn two_restricted_day_fields_are_alternatives() {
    for (schedule, hit) in [
        // The 13th, or a Friday.
        ("0 0 13 * 5", "2026-03-06T00:00:00Z"),
        // A star makes the other decide alone; with a step of 1 it still is a star.
        ("0 0 13 * *", "2026-03-13T00:00:00Z"),
        ("0 0 13 * */1", "2026-03-13T00:00:00Z"),
        ("0 0 13 * ?", "2026-03-13T00:00:00Z"),
        ("0 0 * * 5", "2026-03-06T00:00:00Z"),
        ("0 0 */1 * 5", "2026-03-06T00:00:00Z"),
        // A star inside a list is one too.
        ("0 0 *,5 * 5", "2026-03-06T00:00:00Z"),
        // A star with a step above 1 is a restriction: odd days, or a Friday.
        ("0 0 */2 * 5", "2026-03-03T00:00:00Z"),
        // Sunday, Tuesday, Thursday and Saturday, or the 13th.
        ("0 0 13 * */2", "2026-03-03T00:00:00Z"),
    ] {
        // A Monday.
        assert_eq!(next(schedule, "2026-03-02T00:00:00Z").as_deref(), Some(hit), "{schedule}");
    }
}

#[test]
fn macros_stand_for_five_fields() {
    for (name, fields) in [
        ("@yearly", "0 0 1 1 *"),
        ("@annually", "0 0 1 1 *"),
        ("@monthly", "0 0 1 * *"),
        ("@weekly", "0 0 * * 0"),
        ("@daily", "0 0 * * *"),
        ("@midnight", "0 0 * * *"),
        ("@hourly", "0 * * * *"),
    ] {
        assert_eq!(cron(name), cron(fields), "{name}");
        assert_eq!(cron(name).to_string(), name);
    }
}

#[test]
fn a_schedule_that_never_fires_has_no_next_hit() {
    for schedule in ["0 0 30 2 *", "0 0 31 4,6,9,11 *", "0 0 , * *", ", * * * *"] {
        assert_eq!(next(schedule, "2026-03-06T00:00:00Z"), None, "{schedule}");
    }
    // 2100 is no leap year: from 2096 it takes eight years to the next 29 February.
    assert_eq!(next("0 0 29 2 *", "2096-02-29T00:00:00Z"), None);
    // The fifth year after is still searched, whole.
    assert_eq!(next("0 0 29 2 *", "2099-01-01T00:00:00Z").as_deref(), Some("2104-02-29T00:00:00Z"));
    assert_eq!(next("* * * * *", "2262-04-11T23:47:00Z"), None);
}

#[test]
fn every_counts_from_the_instant_asked_about_in_whole_seconds() {
    assert_eq!(
        next("@every 1h", "2026-01-01T00:30:00.5Z").as_deref(),
        Some("2026-01-01T01:30:00Z")
    );
    assert_eq!(
        next("@every 10ms", "2026-01-01T00:00:00Z").as_deref(),
        Some("2026-01-01T00:00:01Z")
    );
}

#[test]
fn malformed_schedules_are_refused() {
    for text in [
        "",
        " ",
        "*",
        "* * * *",
        "* * * * * *",
        "TZ=UTC * * * * *",
        "CRON_TZ=UTC @daily",
        "@Daily",
        "@dailyfoo",
        "@wrongly",
        "@every",
        "@every 1d",
        "@every1h",
        "@",
        "60 * * * *",
        "* 24 * * *",
        "* * 0 * *",
        "* * 32 * *",
        "* * * 0 *",
        "* * * 13 *",
        "* * * * 7",
        "* * * * 5-7",
        "* * * * sat-sun",
        "* * * * tue-mon",
        "5-1 * * * *",
        "*/0 * * * *",
        "1/0 * * * *",
        "*/-1 * * * *",
        "-1 * * * *",
        "1-2-3 * * * *",
        "1/2/3 * * * *",
        "a * * * *",
        "* * * january *",
        "* * * * sunday",
        "jan * * * *",
        "* * * * L",
        "* * L * *",
        "1W * * * *",
        "* * * * 5#1",
        "1- * * * *",
        "/5 * * * *",
        "1.5 * * * *",
        "1/ * * * *",
        "mon * * * *",
        "* * * mon *",
    ] {
        assert!(text.parse::<Cron>().is_err(), "{text}");
    }
}

#[test]
fn errors_say_which_field_is_wrong() {
    let error = |text: &str| text.parse::<Cron>().unwrap_err();
    assert_eq!(error("* * * * 7").to_string(), "`7` of the weekday field lies outside 0 to 6");
    assert_eq!(
        error("* * * * tue-mon").to_string(),
        "`tue-mon` of the weekday field runs backwards (ranges do not wrap around)"
    );
    assert_eq!(error("*/0 * * * *").to_string(), "`*/0` of the minute field has a step of zero");
    let six = ParseCronError::FieldCount { text: "TZ=UTC * * * * *".into(), found: 6 };
    assert_eq!(error("TZ=UTC * * * * *"), six);
    assert!(matches!(error("@dailyfoo"), ParseCronError::UnknownMacro { .. }));
    assert!(matches!(error("x * * * *"), ParseCronError::Item { field: "minute", .. }));
}

#[test]
fn json_keeps_the_text() {
    let json = r#""0  9 * * MON""#;
    let schedule: Cron = serde_json::from_str(json).unwrap();
    assert_eq!(serde_json::to_string(&schedule).unwrap(), json);
    assert_eq!(schedule, cron("0 9 * * 1"));
    assert!(serde_json::from_str::<Cron>(r#""x""#).is_err());
}

/// Whether a schedule of plain numbers or stars fires at a minute, by the letter of the rules.
fn fires(fields: [Option<u32>; 5], instant: Timestamp) -> bool {
    let civil = instant.civil();
    let [minute, hour, day, month, weekday] = fields;
    let is = |field: Option<u32>, value: u32| field.is_none_or(|only| only == value);
    let (by_day, by_week) = (is(day, civil.day), is(weekday, civil.weekday as u32));
    let on_day =
        if day.is_some() && weekday.is_some() { by_day || by_week } else { by_day && by_week };
    is(minute, civil.minute) && is(hour, civil.hour) && is(month, civil.month) && on_day
}

proptest! {
    /// Hour by hour and minute by minute over a fortnight.
    #[test]
    fn the_next_hit_is_the_first_minute_that_fires(
        minute in prop::option::of(0_u32..60),
        hour in prop::option::of(0_u32..24),
        day in prop::option::of(1_u32..=31),
        month in prop::option::of(2_u32..=4),
        weekday in prop::option::of(0_u32..=6),
        start in 29_500_000_i64..29_700_000,
    ) {
        let fields = [minute, hour, day, month, weekday];
        let text = fields.map(|field| field.map_or_else(|| "*".to_owned(), |n| n.to_string())).join(" ");
        let minute_at = |n: i64| Timestamp::from_unix_seconds(n * 60);
        let hit = cron(&text).next_after(minute_at(start));
        let naive = (start + 1..start + 14 * 1440).map(minute_at).find(|at| fires(fields, *at));
        match naive {
            Some(naive) => prop_assert_eq!(hit, Some(naive), "{}", text),
            None => prop_assert!(hit.is_none_or(|hit| hit >= minute_at(start + 14 * 1440) && fires(fields, hit))),
        }
    }

    #[test]
    fn no_text_panics(text in "\\PC*") {
        let _ = text.parse::<Cron>();
    }

    #[test]
    fn no_schedule_panics(text in "([0-9*?/,a-z+-]{1,6} ){4}[0-9*?/,a-z-]{1,6}", nanos in any::<i64>()) {
        if let Ok(schedule) = text.parse::<Cron>() {
            let now = Timestamp::from_unix_nanos(nanos);
            prop_assert!(schedule.next_after(now).is_none_or(|hit| hit > now));
        }
    }
}
