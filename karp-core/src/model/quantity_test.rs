//! What `quantity` promises, as tests.

use proptest::prelude::*;

use super::{ParseQuantityError, Quantity, QuantityFormat};

fn quantity(text: &str) -> Quantity {
    text.parse().unwrap_or_else(|error| panic!("{error}"))
}

fn reemitted(text: &str) -> String {
    quantity(text).to_string()
}

#[test]
fn text_is_sent_back_as_kubernetes_does() {
    for (text, expected) in [
        ("1000", "1k"),
        ("1000m", "1"),
        ("1500m", "1500m"),
        ("0.5", "500m"),
        (".5", "500m"),
        ("1.5", "1500m"),
        ("1.500", "1.500"),
        ("1.0", "1"),
        ("1.", "1."),
        ("1.G", "1.G"),
        ("128974848", "128974848"),
        ("1024Gi", "1Ti"),
        ("100Gi", "100Gi"),
        ("1025Ki", "1025Ki"),
        ("8Gi", "8Gi"),
        ("20480Gi", "20Ti"),
        ("16384Mi", "16Gi"),
        ("1000G", "1T"),
        ("1024G", "1024G"),
        ("1.5Gi", "1536Mi"),
        ("0.1Gi", "107374182400m"),
        ("0Gi", "0"),
        ("0", "0"),
        ("-0", "0"),
        ("000", "0"),
        ("0m", "0"),
        ("1e3", "1e3"),
        ("1E3", "1E3"),
        ("1.5e6", "1500e3"),
        ("1.5e3", "1500"),
        ("1e-9", "1e-9"),
        ("+5", "+5"),
        ("+5Gi", "+5Gi"),
        ("+500Ti", "500Ti"),
        ("-5", "-5"),
        ("-1024Mi", "-1Gi"),
        ("007", "007"),
        ("12E", "12E"),
        ("1000E", "1e21"),
        ("0.5Ki", "512"),
        ("0.0001Ki", "102400u"),
        ("1024Ei", "9223372036854775807"),
    ] {
        assert_eq!(reemitted(text), expected, "{text}");
    }
}

#[test]
fn sending_back_twice_changes_nothing() {
    for text in ["1.500", "1000", "0.1Gi", "1024Gi", "1.5e6", "+5", "1000E", "007", "3.001n"] {
        let once = quantity(text);
        let twice = quantity(&once.to_string());
        assert_eq!(once, twice, "{text}");
        assert_eq!(once.to_string(), twice.to_string(), "{text}");
    }
}

#[test]
fn every_suffix_has_its_weight() {
    const NANO: i128 = 1;
    for (text, nanos) in [
        ("1n", NANO),
        ("1u", 1_000),
        ("1m", 1_000_000),
        ("1", 1_000_000_000),
        ("1k", 10_i128.pow(12)),
        ("1M", 10_i128.pow(15)),
        ("1G", 10_i128.pow(18)),
        ("1T", 10_i128.pow(21)),
        ("1P", 10_i128.pow(24)),
        ("1E", 10_i128.pow(27)),
        ("1E3", 10_i128.pow(12)),
        ("1e+3", 10_i128.pow(12)),
        ("1e-3", 1_000_000),
        ("1E-9", NANO),
        ("1Ki", 1024 * 10_i128.pow(9)),
        ("1Mi", 1024_i128.pow(2) * 10_i128.pow(9)),
        ("1Gi", 1024_i128.pow(3) * 10_i128.pow(9)),
        ("1Ti", 1024_i128.pow(4) * 10_i128.pow(9)),
        ("1Pi", 1024_i128.pow(5) * 10_i128.pow(9)),
        ("1Ei", 1024_i128.pow(6) * 10_i128.pow(9)),
        ("1.5Ei", 3 * 1024_i128.pow(6) * 10_i128.pow(9) / 2),
    ] {
        assert_eq!(quantity(text).nanos(), nanos, "{text}");
        assert_eq!(quantity(&format!("-{text}")).nanos(), -nanos, "-{text}");
        assert_eq!(quantity(&format!("+{text}")).nanos(), nanos, "+{text}");
    }
}

#[test]
fn less_than_a_billionth_rounds_away_from_zero() {
    for (text, nanos) in [
        ("3.001n", 4),
        ("0.5e-9", 1),
        ("1e-400", 1),
        ("1e-2147483648", 1),
        ("-3.001n", -4),
        ("0.0000000001", 1),
        ("0e-400", 0),
        ("0.0000000000000000000000000000000000000000000000000000001", 1),
        ("1.0000000000000000000000000000000000000000000000000000001", 1_000_000_001),
        ("0.000000000000000000000001Ei", 1153),
        // Binary fractions are exact to 24 digits; more of them count as one in the last place.
        ("0.00000000000000000000000001Ei", 1153),
    ] {
        assert_eq!(quantity(text).nanos(), nanos, "{text}");
    }
}

#[test]
fn binary_amounts_stop_at_the_largest_integer_and_decimal_ones_do_not() {
    let cap = i128::from(i64::MAX) * 1_000_000_000;
    for text in ["9Ei", "8Ei", "9223372036854775807Ki", "99999999999999999999999Ki", "8.1Ei"] {
        assert_eq!(quantity(text).nanos(), cap, "{text}");
    }
    assert!(quantity("7.99Ei").nanos() < cap);
    assert_eq!(quantity("12E").nanos(), 12 * 10_i128.pow(27));
    assert_eq!(quantity("12E").units_floor(), i64::MAX);
    assert_eq!(quantity("-12E").units_floor(), i64::MIN);
}

#[test]
fn an_amount_beyond_the_type_keeps_its_text() {
    for text in ["1e50", "1e2147483647", "999999999999999999999999999999999999999999999999"] {
        assert_eq!(quantity(text).nanos(), i128::MAX);
        assert_eq!(reemitted(text), text);
        assert_eq!(quantity(text).milli_ceil(), i64::MAX);
    }
    assert_eq!(quantity("-1e50").nanos(), -i128::MAX);
    assert_eq!(reemitted("-1e50"), "-1e50");
    // The largest amount that fits, one digit longer than what a 128-bit integer takes with ease.
    let most = "170141183460469231731687303715.884105726";
    assert_eq!(quantity(most).nanos(), i128::MAX - 1);
}

#[test]
fn malformed_text_is_refused() {
    for text in [
        "",
        " ",
        " 1",
        "1 ",
        "1.1.M",
        "1+1.0M",
        "0.1mi",
        "0.1am",
        "aoeu",
        ".5i",
        "1i",
        "-3.01i",
        "-3.01e-",
        "1K",
        "1ki",
        "1e",
        "1E+",
        "1e3.5",
        "1e99999999999",
        "1Kim",
        "--1",
        "+-1",
        "NaN",
        "inf",
        "1,5",
        "0x10",
        "١",
        ".",
        "+",
        "-",
        "Ki",
        "+.",
        "1_000",
        "1e 3",
    ] {
        assert!(text.parse::<Quantity>().is_err(), "{text}");
    }
}

#[test]
fn errors_name_the_text_and_what_is_wrong() {
    let error = |text: &str| text.parse::<Quantity>().unwrap_err();
    assert_eq!(error(""), ParseQuantityError::Empty);
    let suffix = ParseQuantityError::Suffix { text: "10gb".into(), suffix: "gb".into() };
    assert_eq!(error("10gb"), suffix);
    assert!(error("10gb").to_string().starts_with("`gb` in `10gb` is not a unit"));
    assert!(error("abc").to_string().contains("`abc` does not start with a number"));
}

#[test]
fn rounding_goes_up_for_requests_and_down_for_capacity() {
    for (text, milli, units) in [
        ("0.0001", (0, 1), (0, 1)),
        ("1500m", (1500, 1500), (1, 2)),
        ("2", (2000, 2000), (2, 2)),
        ("-1500m", (-1500, -1500), (-2, -1)),
        ("-1n", (-1, 0), (-1, 0)),
        ("0", (0, 0), (0, 0)),
    ] {
        let amount = quantity(text);
        assert_eq!((amount.milli_floor(), amount.milli_ceil()), milli, "{text}");
        assert_eq!((amount.units_floor(), amount.units_ceil()), units, "{text}");
    }
}

#[test]
fn order_and_equality_look_at_the_value() {
    for (a, b) in [("1024", "1Ki"), ("1", "1000m"), ("1e3", "1k"), ("0", "-0"), ("+5", "5")] {
        assert_eq!(quantity(a), quantity(b));
    }
    assert!(quantity("1k") < quantity("1Ki"));
    assert!(quantity("-1") < Quantity::ZERO);
}

#[test]
fn sums_keep_the_notation_of_the_left_side() {
    let add = |a: &str, b: &str| quantity(a).saturating_add(&quantity(b)).to_string();
    assert_eq!(add("1Gi", "100m"), "1073741824100m");
    assert_eq!(add("512Mi", "512Mi"), "1Gi");
    assert_eq!(add("1024", "1Ki"), "2048");
    assert_eq!(add("0", "1Ki"), "1Ki");
    assert_eq!(add("1e3", "1k"), "2e3");
    let sub = |a: &str, b: &str| quantity(a).saturating_sub(&quantity(b)).to_string();
    assert_eq!(sub("1Gi", "512Mi"), "512Mi");
    assert_eq!(sub("1", "2500m"), "-1500m");
    let most = Quantity::from_nanos(i128::MAX, QuantityFormat::DecimalSi);
    let one = Quantity::from_units(1);
    assert_eq!(most.checked_add(&one), None);
    assert_eq!(most.saturating_add(&one), most);
    assert_eq!(one.checked_sub(&quantity("400m")), Some(quantity("600m")));
    assert_eq!(Quantity::from_nanos(i128::MIN, QuantityFormat::DecimalSi).checked_sub(&one), None);
}

#[test]
fn the_extremes_can_be_written_and_rounded() {
    for format in
        [QuantityFormat::BinarySi, QuantityFormat::DecimalExponent, QuantityFormat::DecimalSi]
    {
        for nanos in [i128::MIN, i128::MIN + 1, -1, 0, 1, i128::MAX] {
            let amount = Quantity::from_nanos(nanos, format);
            assert_eq!(quantity(&amount.canonical()).nanos(), nanos.max(-i128::MAX));
            assert!(amount.units_floor() <= amount.units_ceil());
            assert!(amount.milli_floor() <= amount.milli_ceil());
        }
    }
}

#[test]
fn json_takes_text_and_numbers_and_gives_text() {
    for (json, text) in [
        (r#""1.5Gi""#, "1536Mi"),
        ("1000", "1k"),
        ("-3", "-3"),
        ("1.5", "1500m"),
        ("1e3", "1k"),
        ("18446744073709551615", "18446744073709551615"),
    ] {
        let amount: Quantity = serde_json::from_str(json).unwrap();
        assert_eq!(serde_json::to_string(&amount).unwrap(), format!("{text:?}"), "{json}");
    }
    for json in ["true", "null", r#""""#, "[]", r#""1x""#] {
        assert!(serde_json::from_str::<Quantity>(json).is_err(), "{json}");
    }
}

/// A number as digits before and after the point, with a suffix and its weight in nano-units.
fn decimal_case() -> impl Strategy<Value = (String, i128)> {
    const SUFFIXES: [(&str, i128); 9] = [
        ("m", 1_000_000),
        ("", 1_000_000_000),
        ("k", 1_000_000_000_000),
        ("M", 1_000_000_000_000_000),
        ("e3", 1_000_000_000_000),
        ("Ki", 1024 * 1_000_000_000),
        ("Mi", (1 << 20) * 1_000_000_000),
        ("Gi", (1 << 30) * 1_000_000_000),
        ("Ti", (1 << 40) * 1_000_000_000),
    ];
    let number = (any::<bool>(), 0_i128..1_000_000, 0_u32..=6, 0_i128..1_000_000);
    (number, prop::sample::select(&SUFFIXES[..])).prop_map(
        |((negative, whole, width, rest), suffix)| {
            let scale = 10_i128.pow(width);
            let rest = rest % scale;
            let fraction =
                if width == 0 { String::new() } else { format!(".{rest:0w$}", w = width as usize) };
            let sign = if negative { "-" } else { "" };
            let scaled = (whole * scale + rest) * suffix.1;
            let magnitude = scaled / scale + i128::from(scaled % scale != 0);
            let text = format!("{sign}{whole}{fraction}{}", suffix.0);
            (text, if negative { -magnitude } else { magnitude })
        },
    )
}

proptest! {
    #[test]
    fn values_agree_with_plain_fractions((text, nanos) in decimal_case()) {
        prop_assert_eq!(quantity(&text).nanos(), nanos);
    }

    #[test]
    fn canonical_text_has_the_same_value((text, nanos) in decimal_case()) {
        let amount = quantity(&text);
        prop_assert_eq!(quantity(&amount.canonical()).nanos(), nanos);
        prop_assert_eq!(quantity(&amount.to_string()).nanos(), nanos);
        prop_assert_eq!(quantity(&amount.canonical()).canonical(), amount.canonical());
    }

    #[test]
    fn sums_are_exact((a, left) in decimal_case(), (b, right) in decimal_case()) {
        let (a, b) = (quantity(&a), quantity(&b));
        prop_assert_eq!(a.saturating_add(&b).nanos(), left + right);
        prop_assert_eq!(a.saturating_sub(&b).nanos(), left - right);
        prop_assert_eq!(a.cmp(&b), left.cmp(&right));
    }

    #[test]
    fn rounding_encloses_the_value(nanos in any::<i64>()) {
        let amount = Quantity::from_nanos(nanos.into(), QuantityFormat::DecimalSi);
        let (low, high) = (i128::from(amount.milli_floor()), i128::from(amount.milli_ceil()));
        prop_assert!(low * 1_000_000 <= nanos.into() && high * 1_000_000 >= nanos.into());
        prop_assert!(high - low <= 1);
    }

    #[test]
    fn no_text_panics(text in "\\PC*") {
        let _ = text.parse::<Quantity>();
    }

    #[test]
    fn no_text_that_resembles_a_quantity_panics(text in "[+-]?[0-9]{0,50}\\.?[0-9]{0,50}([eE][+-]?[0-9]{0,11}|[numkMGTPE]i?)?") {
        if let Ok(amount) = text.parse::<Quantity>() {
            prop_assert_eq!(&quantity(&amount.to_string()), &amount);
        }
    }
}
