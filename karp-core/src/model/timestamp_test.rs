//! What `timestamp` promises, as tests.

use proptest::prelude::*;

use super::{Civil, ParseTimestampError, Span, Timestamp, Weekday};

fn time(text: &str) -> Timestamp {
    text.parse().unwrap_or_else(|error| panic!("{error}"))
}

#[test]
fn known_instants_have_known_numbers() {
    for (text, seconds) in [
        ("1970-01-01T00:00:00Z", 0),
        ("1969-12-31T23:59:59Z", -1),
        ("2000-02-29T00:00:00Z", 951_782_400),
        ("2001-09-09T01:46:40Z", 1_000_000_000),
        ("2009-02-13T23:31:30Z", 1_234_567_890),
        ("2038-01-19T03:14:08Z", 2_147_483_648),
        ("1900-03-01T00:00:00Z", -2_203_891_200),
        ("2100-03-01T00:00:00Z", 4_107_542_400),
    ] {
        assert_eq!(time(text), Timestamp::from_unix_seconds(seconds), "{text}");
        assert_eq!(time(text).unix_seconds(), seconds);
        assert_eq!(time(text).to_string(), text);
    }
}

#[test]
fn offsets_and_fractions_are_read() {
    for (text, utc) in [
        ("2026-03-01T01:30:00+02:00", "2026-02-28T23:30:00Z"),
        ("2026-02-28T23:30:00-00:30", "2026-03-01T00:00:00Z"),
        ("2026-03-01T00:00:00-00:00", "2026-03-01T00:00:00Z"),
        ("2026-03-01t00:00:00z", "2026-03-01T00:00:00Z"),
        ("2026-03-01T00:00:00.000Z", "2026-03-01T00:00:00Z"),
        ("2026-03-01T00:00:00.120Z", "2026-03-01T00:00:00.12Z"),
        ("2026-03-01T00:00:00.123456789Z", "2026-03-01T00:00:00.123456789Z"),
        ("2026-03-01T00:00:00.1234567899Z", "2026-03-01T00:00:00.123456789Z"),
        ("1960-01-01T00:00:00.5Z", "1960-01-01T00:00:00.5Z"),
    ] {
        assert_eq!(time(text).to_string(), utc, "{text}");
    }
}

#[test]
fn malformed_text_is_refused() {
    for text in [
        "",
        "2026",
        "2026-03-01",
        "2026-03-01 00:00:00Z",
        "2026-03-01T00:00:00",
        "26-03-01T00:00:00Z",
        "2026-3-01T00:00:00Z",
        "2026-03-01T00:00Z",
        "2026-03-01T00:00:00.Z",
        "2026-03-01T00:00:00+0200",
        "2026-03-01T00:00:00Zx",
        "2026-03-01T00:00:00+02",
        "+026-03-01T00:00:00Z",
        "2026-03-01T00:00:00,5Z",
        "２026-03-01T00:00:00Z",
    ] {
        let shape = ParseTimestampError::Shape { text: text.to_owned() };
        assert_eq!(text.parse::<Timestamp>(), Err(shape));
    }
}

#[test]
fn times_that_no_calendar_has_are_refused() {
    for text in [
        "2026-02-29T00:00:00Z",
        "1900-02-29T00:00:00Z",
        "2026-13-01T00:00:00Z",
        "2026-00-01T00:00:00Z",
        "2026-01-00T00:00:00Z",
        "2026-04-31T00:00:00Z",
        "2026-01-01T24:00:00Z",
        "2026-01-01T00:60:00Z",
        "2026-12-31T23:59:60Z",
        "2026-01-01T00:00:00+24:00",
        "2026-01-01T00:00:00+00:60",
    ] {
        let error = ParseTimestampError::NoSuchTime { text: text.to_owned() };
        assert_eq!(text.parse::<Timestamp>(), Err(error));
    }
}

#[test]
fn the_range_is_that_of_64_bit_nanoseconds() {
    assert_eq!(Timestamp::MAX.to_string(), "2262-04-11T23:47:16.854775807Z");
    assert_eq!(Timestamp::MIN.to_string(), "1677-09-21T00:12:43.145224192Z");
    for bound in [Timestamp::MIN, Timestamp::MAX, Timestamp::EPOCH] {
        assert_eq!(time(&bound.to_string()), bound);
    }
    for text in ["2262-04-11T23:47:16.854775808Z", "0000-01-01T00:00:00Z", "9999-12-31T23:59:59Z"] {
        let error = ParseTimestampError::OutOfRange { text: text.to_owned() };
        assert_eq!(text.parse::<Timestamp>(), Err(error));
    }
}

#[test]
fn arithmetic_stops_at_the_bounds() {
    let noon = time("2026-03-01T12:00:00Z");
    assert_eq!(noon + Span::hours(12), time("2026-03-02T00:00:00Z"));
    assert_eq!(noon - Span::hours(12), time("2026-03-01T00:00:00Z"));
    assert_eq!(noon - time("2026-03-01T13:00:00Z"), -Span::hours(1));
    assert_eq!(Timestamp::MAX + Span::nanos(1), Timestamp::MAX);
    assert_eq!(Timestamp::MIN - Span::nanos(1), Timestamp::MIN);
    assert_eq!(Timestamp::MAX - Timestamp::MIN, Span::MAX);
    assert_eq!(Timestamp::from_unix_seconds(i64::MIN), Timestamp::MIN);
    assert_eq!(Timestamp::MIN.floor_second(), Timestamp::MIN);
}

#[test]
fn whole_seconds_are_cut_towards_the_past() {
    assert_eq!(time("1969-12-31T23:59:59.5Z").unix_seconds(), -1);
    let cut = time("1969-12-31T23:59:59.5Z").floor_second();
    assert_eq!(cut.to_string(), "1969-12-31T23:59:59Z");
}

#[test]
fn weekdays_are_those_of_the_calendar() {
    for (text, weekday) in [
        ("1970-01-01T00:00:00Z", Weekday::Thursday),
        ("2024-01-07T00:00:00Z", Weekday::Sunday),
        ("2000-06-15T12:30:30Z", Weekday::Thursday),
        ("1969-12-31T00:00:00Z", Weekday::Wednesday),
        ("2026-03-02T23:59:59Z", Weekday::Monday),
    ] {
        assert_eq!(time(text).civil().weekday, weekday, "{text}");
    }
}

#[test]
fn a_civil_time_that_does_not_exist_gives_nothing() {
    let civil = time("2024-02-29T12:00:00Z").civil();
    for broken in [
        Civil { year: 2023, ..civil },
        Civil { month: 13, ..civil },
        Civil { day: 0, ..civil },
        Civil { hour: 24, ..civil },
        Civil { nanosecond: 1_000_000_000, ..civil },
        Civil { year: i64::MAX, ..civil },
        Civil { year: i64::MIN, ..civil },
        Civil { hour: u32::MAX, minute: u32::MAX, second: u32::MAX, ..civil },
    ] {
        assert_eq!(Timestamp::from_civil(broken), None);
    }
}

#[test]
fn every_day_of_the_range_follows_the_one_before() {
    let day = Span::hours(24);
    let mut last = time("1678-01-01T00:00:00Z").civil();
    let mut instant = time("1678-01-02T00:00:00Z");
    while instant < time("2262-01-01T00:00:00Z") {
        let civil = instant.civil();
        let next_day =
            (civil.year, civil.month, civil.day) == (last.year, last.month, last.day + 1);
        let next_month = (civil.year, civil.month, civil.day) == (last.year, last.month + 1, 1);
        let next_year = (civil.year, civil.month, civil.day) == (last.year + 1, 1, 1);
        assert!(
            next_day || (last.day >= 28 && next_month) || (last.day == 31 && next_year),
            "{civil:?}"
        );
        assert_eq!(civil.weekday as u32, (last.weekday as u32 + 1) % 7);
        assert_eq!(Timestamp::from_civil(civil), Some(instant));
        last = civil;
        instant = instant + day;
    }
}

proptest! {
    #[test]
    fn text_json_and_civil_time_read_back(nanos in any::<i64>()) {
        let instant = Timestamp::from_unix_nanos(nanos);
        prop_assert_eq!(instant.to_string().parse(), Ok(instant));
        prop_assert_eq!(Timestamp::from_civil(instant.civil()), Some(instant));
        let json = serde_json::to_string(&instant).unwrap();
        prop_assert_eq!(serde_json::from_str::<Timestamp>(&json).unwrap(), instant);
    }

    #[test]
    fn an_offset_moves_the_instant(seconds in -5_000_000_000_i64..5_000_000_000, hours in 0_i64..24, west: bool) {
        let instant = Timestamp::from_unix_seconds(seconds);
        let text = instant.to_string().replace('Z', &format!("{}{hours:02}:00", if west { '-' } else { '+' }));
        let shift = Span::hours(if west { hours } else { -hours });
        prop_assert_eq!(text.parse(), Ok(instant + shift));
    }

    #[test]
    fn no_text_panics(text in "\\PC*") {
        let _ = text.parse::<Timestamp>();
    }

    #[test]
    fn no_text_that_resembles_a_time_panics(text in "[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\\.[0-9]{0,30})?(Z|[+-][0-9]{2}:[0-9]{2})") {
        let _ = text.parse::<Timestamp>();
    }
}
