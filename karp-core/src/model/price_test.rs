//! What `price` promises, as tests.

use proptest::prelude::*;

use super::{ParsePriceAdjustmentError, ParsePriceError, Price, PriceAdjustment, usd};

#[test]
fn decimal_text_is_read_exactly() {
    for (text, pico) in [
        ("0", 0),
        ("-0", 0),
        ("0.096", 96_000_000_000),
        (".5", 500_000_000_000),
        ("1.", 1_000_000_000_000),
        ("0032.7726", 32_772_600_000_000),
        ("1e-7", 100_000),
        ("1.5E+2", 150_000_000_000_000),
        ("25e-1", 2_500_000_000_000),
        ("0.0000000000004", 0),
        ("0.0000000000005", 1),
        ("0.00000000000149999999999999999999", 1),
        ("0.0960000000000000000000000000000000001", 96_000_000_000),
        ("1e-999999999", 0),
        ("0e999999999", 0),
    ] {
        assert_eq!(usd(text), Ok(Price::from_pico(pico)), "{text}");
    }
}

#[test]
fn text_that_is_no_price_is_refused() {
    for text in [
        "",
        ".",
        "e5",
        "1e",
        "1e1.5",
        "NaN",
        "inf",
        "-inf",
        "$1",
        "1,5",
        " 1",
        "1 ",
        "+1",
        "1x",
        "--1",
        "1e99999999999",
        "١",
    ] {
        assert_eq!(usd(text), Err(ParsePriceError::Shape { text: text.to_owned() }));
    }
    for text in ["-1", "-0.000001", "-1e-12"] {
        assert_eq!(usd(text), Err(ParsePriceError::Negative { text: text.to_owned() }));
    }
    for text in [
        "1e7",
        "9223372.036854775807",
        "9223372.0368547758069",
        "1e999999999",
        "99999999999999999999999999999999999999999",
    ] {
        assert_eq!(usd(text), Err(ParsePriceError::TooHigh { text: text.to_owned() }), "{text}");
    }
    assert_eq!(usd("9223372.036854775806"), Ok(Price::from_pico(i64::MAX - 1)));
}

#[test]
fn text_has_at_least_cents() {
    for (text, written) in [
        ("0", "0.00"),
        ("1", "1.00"),
        ("0.5", "0.50"),
        ("0.096", "0.096"),
        ("32.77260", "32.7726"),
        ("1e-12", "0.000000000001"),
        ("none", "none"),
    ] {
        assert_eq!(usd(text).unwrap().to_string(), written);
    }
    assert_eq!(format!("{:>8}", Price::ZERO), "    0.00");
}

#[test]
fn no_price_is_dearer_than_any_price() {
    assert!(Price::from_pico(i64::MAX - 1) < Price::MAX);
    assert!(!Price::MAX.is_known());
    assert_eq!(Price::MAX.saturating_add(usd("1").unwrap()), Price::MAX);
    assert_eq!(Price::MAX.saturating_sub(usd("1").unwrap()), Price::MAX);
    assert_eq!(Price::MAX.scaled(1, 2), Price::MAX);
    assert_eq!(usd("9000000").unwrap().times(2), Price::MAX);
    assert_eq!(Price::MAX.times(0), Price::ZERO);
}

#[test]
fn prices_are_never_negative() {
    assert_eq!(Price::from_pico(-1), Price::ZERO);
    assert_eq!(usd("1").unwrap().saturating_sub(usd("2").unwrap()), Price::ZERO);
}

#[test]
fn sums_products_and_shares() {
    let dime = usd("0.1").unwrap();
    assert_eq!([dime; 3].into_iter().sum::<Price>(), usd("0.3").unwrap());
    assert_eq!(dime.times(3), usd("0.3").unwrap());
    assert_eq!(dime.scaled(1, 3), Price::from_pico(33_333_333_333));
    assert_eq!(dime.scaled(2, 3), Price::from_pico(66_666_666_667));
    assert_eq!(Price::from_pico(1).scaled(1, 2), Price::from_pico(1));
    assert_eq!(dime.scaled(1, 0), dime);
    assert_eq!(dime.scaled(u64::MAX, 1), Price::MAX);
}

#[test]
fn json_takes_numbers_and_text_and_gives_text() {
    for (json, text) in [
        ("0.096", "0.096"),
        ("1e-7", "0.0000001"),
        ("3", "3.00"),
        (r#""0.5""#, "0.50"),
        ("0.1", "0.10"),
    ] {
        let price: Price = serde_json::from_str(json).unwrap();
        assert_eq!(serde_json::to_string(&price).unwrap(), format!("{text:?}"));
    }
    for json in ["-1", "true", "null", r#""NaN""#, "1e300"] {
        assert!(serde_json::from_str::<Price>(json).is_err(), "{json}");
    }
}

#[test]
fn adjustments_add_subtract_and_scale() {
    for (price, adjustment, adjusted) in [
        ("0.08", "-12.5%", "0.07"),
        ("0.08", "+12.5%", "0.09"),
        ("0.08", "+0.01", "0.09"),
        ("0.08", "-0.01", "0.07"),
        ("0.08", "-.01", "0.07"),
        ("0.08", "-1", "0"),
        ("0.08", "-100%", "0"),
        ("0.08", "-0%", "0.08"),
        ("0.08", "+1000%", "0.88"),
        ("1", "-33.333333333333%", "0.666666666667"),
        ("0.000000000001", "-50%", "0.000000000001"),
        ("0.000000000001", "-51%", "0"),
        ("9000000", "+100%", "none"),
        ("none", "-50%", "none"),
        ("none", "-1", "none"),
        ("1", "+99999999999999999999999999999999999999999%", "none"),
    ] {
        let change: PriceAdjustment = adjustment.parse().unwrap();
        assert_eq!(
            change.apply(usd(price).unwrap()),
            usd(adjusted).unwrap(),
            "{price} {adjustment}"
        );
        assert_eq!(change.to_string(), adjustment);
    }
}

#[test]
fn adjustments_need_a_sign_and_stop_at_everything() {
    for text in
        ["", "5", "5%", "+", "-%", "+x", "+1e3", "+1.", "+-1", "++1", "1+", "+1%%", " +1", "+1 %"]
    {
        let shape = ParsePriceAdjustmentError::Shape { text: text.to_owned() };
        assert_eq!(text.parse::<PriceAdjustment>(), Err(shape));
    }
    for text in ["-101%", "-100.000000000001%", "-1000%"] {
        let error = ParsePriceAdjustmentError::BelowZero { text: text.to_owned() };
        assert_eq!(text.parse::<PriceAdjustment>(), Err(error));
    }
    let json = r#""-12.50%""#;
    let change: PriceAdjustment = serde_json::from_str(json).unwrap();
    assert_eq!(serde_json::to_string(&change).unwrap(), json);
}

proptest! {
    #[test]
    fn written_text_reads_back(pico in 0..i64::MAX) {
        let price = Price::from_pico(pico);
        prop_assert_eq!(usd(&price.to_string()), Ok(price));
        let json = serde_json::to_string(&price).unwrap();
        prop_assert_eq!(serde_json::from_str::<Price>(&json).unwrap(), price);
    }

    #[test]
    fn a_discount_never_raises_a_price(pico in 0..i64::MAX, percent in 0_u32..=100) {
        let price = Price::from_pico(pico);
        let discount: PriceAdjustment = format!("-{percent}%").parse().unwrap();
        prop_assert!(discount.apply(price) <= price);
        prop_assert_eq!(discount.apply(price), price.scaled(u64::from(100 - percent), 100));
    }

    #[test]
    fn no_text_panics(text in "\\PC*") {
        let _ = usd(&text);
        let _ = text.parse::<PriceAdjustment>();
    }

    #[test]
    fn no_number_panics(text in "-?[0-9]{0,40}\\.?[0-9]{0,40}([eE][+-]?[0-9]{0,10})?") {
        let _ = usd(&text);
    }
}
