//! What `span` promises, as tests.

use proptest::prelude::*;

use super::{NillableSpan, ParseSpanError, Span};

#[test]
fn text_is_read_as_go_reads_it() {
    const MICRO: i64 = 1_000;
    const MILLI: i64 = 1_000_000;
    const SECOND: i64 = 1_000_000_000;
    const MINUTE: i64 = 60 * SECOND;
    const HOUR: i64 = 60 * MINUTE;
    for (text, nanos) in [
        ("0", 0),
        ("+0", 0),
        ("-0", 0),
        ("0s", 0),
        ("5s", 5 * SECOND),
        ("+5s", 5 * SECOND),
        ("-5s", -5 * SECOND),
        ("1478s", 1478 * SECOND),
        ("5.0s", 5 * SECOND),
        ("5.6s", 5 * SECOND + 600 * MILLI),
        ("5.s", 5 * SECOND),
        (".5s", 500 * MILLI),
        ("-.5s", -500 * MILLI),
        ("1.00s", SECOND),
        ("1.004s", SECOND + 4 * MILLI),
        ("100.00100s", 100 * SECOND + MILLI),
        ("10ns", 10),
        ("11us", 11 * MICRO),
        ("12\u{b5}s", 12 * MICRO),
        ("12\u{3bc}s", 12 * MICRO),
        ("13ms", 13 * MILLI),
        ("15m", 15 * MINUTE),
        ("16h", 16 * HOUR),
        ("3h30m", 3 * HOUR + 30 * MINUTE),
        ("30s1h", HOUR + 30 * SECOND),
        ("5m5m", 10 * MINUTE),
        ("10.5s4m", 4 * MINUTE + 10 * SECOND + 500 * MILLI),
        ("-2m3.4s", -(2 * MINUTE + 3 * SECOND + 400 * MILLI)),
        ("1h2m3s4ms5us6ns", HOUR + 2 * MINUTE + 3 * SECOND + 4 * MILLI + 5 * MICRO + 6),
        ("39h9m14.425s", 39 * HOUR + 9 * MINUTE + 14 * SECOND + 425 * MILLI),
        ("52763797000ns", 52_763_797_000),
        ("0.3333333333333333333h", 20 * MINUTE),
        ("0.100000000000000000000h", 6 * MINUTE),
        ("0.830103483285477580700h", 49 * MINUTE + 48 * SECOND + 372_539_827),
        ("0.9223372036854775807h", 3_320_413_933_267),
        ("0.1ns", 0),
        ("9007199254740993ns", 9_007_199_254_740_993),
        ("9223372036854775807ns", i64::MAX),
        ("9223372036854775.807us", i64::MAX),
        ("9223372036s854ms775us807ns", i64::MAX),
        ("-9223372036854775808ns", i64::MIN),
        ("-9223372036854775.808us", i64::MIN),
        ("-9223372036s854ms775us808ns", i64::MIN),
        ("-2562047h47m16.854775808s", i64::MIN),
        ("2562047h", 2_562_047 * HOUR),
        ("2562047h47m16.854775807s", i64::MAX),
    ] {
        assert_eq!(text.parse(), Ok(Span::nanos(nanos)), "{text}");
    }
}

#[test]
fn text_that_go_refuses_is_refused() {
    for text in [
        "",
        "3",
        "-",
        "s",
        ".",
        "-.",
        ".s",
        "+.s",
        "1d",
        "1w",
        "5M",
        " 5m",
        "5m ",
        "1h 30m",
        "--5s",
        "+-5s",
        "5",
        "1.5",
        "1h5",
        "PT1H",
        "1hour",
        "5S",
        "Never",
        "1..5s",
        "\u{85}\u{85}",
        "hello",
    ] {
        assert!(text.parse::<Span>().is_err(), "{text}");
    }
}

#[test]
fn spans_beyond_292_years_are_refused() {
    for text in [
        "2562048h",
        "3000000h",
        "99999999999999999999h",
        "9223372036854775808ns",
        "9223372036854775.808us",
        "9223372036854ms775us808ns",
        "-9223372036854775809ns",
        "2562047h47m16.854775808s",
    ] {
        let error = text.parse::<Span>().unwrap_err();
        assert_eq!(error, ParseSpanError::TooLong { text: text.to_owned() });
    }
}

#[test]
fn errors_say_what_is_wrong() {
    let error = |text: &str| text.parse::<Span>().unwrap_err().to_string();
    assert!(error("1d").starts_with("`d` in `1d` is not a unit"));
    assert!(error("90").starts_with("`90` lacks a unit"));
    assert!(error("x").starts_with("`x` is not a duration"));
}

#[test]
fn text_is_written_as_go_writes_it() {
    for (span, text) in [
        (Span::ZERO, "0s"),
        (Span::nanos(1), "1ns"),
        (Span::nanos(1100), "1.1\u{b5}s"),
        (Span::nanos(2_200_000), "2.2ms"),
        (Span::millis(3300), "3.3s"),
        (Span::seconds(30), "30s"),
        (Span::minutes(4) + Span::seconds(5), "4m5s"),
        (Span::minutes(4) + Span::millis(5001), "4m5.001s"),
        (Span::hours(5) + Span::minutes(6) + Span::millis(7001), "5h6m7.001s"),
        (Span::minutes(8) + Span::nanos(1), "8m0.000000001s"),
        (Span::hours(72), "72h0m0s"),
        (Span::minutes(90), "1h30m0s"),
        (Span::seconds(300), "5m0s"),
        (-Span::millis(1500), "-1.5s"),
        (Span::MAX, "2562047h47m16.854775807s"),
        (Span::MIN, "-2562047h47m16.854775808s"),
    ] {
        assert_eq!(span.to_string(), text);
        assert_eq!(text.parse(), Ok(span));
    }
    assert_eq!(format!("{:>6}", Span::seconds(5)), "    5s");
}

#[test]
fn arithmetic_stops_at_the_bounds() {
    assert_eq!(Span::hours(i64::MAX), Span::MAX);
    assert_eq!(Span::MAX + Span::nanos(1), Span::MAX);
    assert_eq!(Span::MIN - Span::nanos(1), Span::MIN);
    assert_eq!(-Span::MIN, Span::MAX);
    assert_eq!(Span::hours(1).saturating_mul(i64::MIN), Span::MIN);
    assert_eq!(Span::nanos(-1_500_000_000).as_seconds(), -1);
    assert_eq!(Span::seconds(2).as_millis(), 2000);
}

#[test]
fn never_is_not_a_long_span() {
    let never: NillableSpan = "Never".parse().unwrap();
    assert!(never.is_never());
    assert_eq!(never.as_span(), None);
    assert_ne!(never, NillableSpan::from(Span::MAX));
    assert_eq!(never.to_string(), "Never");
    assert!("never".parse::<NillableSpan>().is_err());
    assert!("".parse::<NillableSpan>().is_err());
}

#[test]
fn the_text_of_a_nillable_span_survives_json() {
    for text in ["720h", "5s1h", "1h1h", "0s", "Never", "60m"] {
        let json = format!("{text:?}");
        let span: NillableSpan = serde_json::from_str(&json).unwrap();
        assert_eq!(serde_json::to_string(&span).unwrap(), json);
    }
    assert_eq!("60m".parse::<NillableSpan>(), "1h".parse());
    assert!(serde_json::from_str::<NillableSpan>("null").is_err());
    assert!(serde_json::from_str::<Span>("5").is_err());
    let written = serde_json::to_string(&Span::minutes(90)).unwrap();
    assert_eq!(written, r#""1h30m0s""#);
}

proptest! {
    #[test]
    fn written_text_reads_back(nanos in any::<i64>()) {
        let span = Span::nanos(nanos);
        prop_assert_eq!(span.to_string().parse(), Ok(span));
    }

    #[test]
    fn small_spans_read_back(nanos in -10_000_000_000_i64..10_000_000_000) {
        let span = Span::nanos(nanos);
        prop_assert_eq!(span.to_string().parse(), Ok(span));
    }

    /// The integer arithmetic repeats the roundings of binary floating point bit for bit.
    #[test]
    #[expect(clippy::float_arithmetic, reason = "the reference is the floating point of Go")]
    #[expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, reason = "as in Go")]
    fn fractions_round_as_floats_do(
        digits in 0_u64..10_000_000_000_000_000_000,
        (unit, nanos) in prop::sample::select(vec![
            ("us", 1e3), ("ms", 1e6), ("s", 1e9), ("m", 6e10), ("h", 3.6e12),
        ]),
    ) {
        let text = digits.to_string();
        prop_assume!(digits < 1 << 63);
        let scale = 10_f64.powi(i32::try_from(text.len()).unwrap());
        let expected = (digits as f64 * (nanos / scale)) as i64;
        prop_assert_eq!(format!("0.{text}{unit}").parse(), Ok(Span::nanos(expected)));
    }

    #[test]
    fn no_text_panics(text in "\\PC*") {
        let _ = text.parse::<Span>();
    }

    #[test]
    fn no_text_that_resembles_a_span_panics(text in "[+-]?([0-9]{0,25}\\.?[0-9]{0,25}(h|m|s|ms|us|ns|µs|d)?){1,4}") {
        let _ = text.parse::<Span>();
    }
}
