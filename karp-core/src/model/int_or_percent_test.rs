//! What `int_or_percent` promises, as tests.

use proptest::prelude::*;

use super::{IntOrPercent, ParseIntOrPercentError};

#[test]
fn text_is_a_count_or_a_percentage() {
    for (text, value) in [
        ("0", IntOrPercent::Int(0)),
        ("10", IntOrPercent::Int(10)),
        ("010", IntOrPercent::Int(10)),
        ("2147483647", IntOrPercent::Int(2_147_483_647)),
        ("0%", IntOrPercent::Percent(0)),
        ("100%", IntOrPercent::Percent(100)),
    ] {
        assert_eq!(text.parse(), Ok(value), "{text}");
    }
    for text in ["", "%", "1000a%", "-1", "+1", "1.5", "10%%", " 1", "1 %", "-5%", "10 percent"] {
        let shape = ParseIntOrPercentError::Shape { text: text.to_owned() };
        assert_eq!(text.parse::<IntOrPercent>(), Err(shape));
    }
    for text in ["101%", "2147483648", "99999999999999999999", "99999999999999999999%"] {
        let error = ParseIntOrPercentError::OutOfRange { text: text.to_owned() };
        assert_eq!(text.parse::<IntOrPercent>(), Err(error));
    }
}

#[test]
fn shares_round_each_way() {
    for (text, total, up, down) in [
        ("10%", 25, 3, 2),
        ("10%", 20, 2, 2),
        ("0%", 7, 0, 0),
        ("1%", 1, 1, 0),
        ("100%", 7, 7, 7),
        ("50%", 0, 0, 0),
        ("3", 100, 3, 3),
    ] {
        let value: IntOrPercent = text.parse().unwrap();
        assert_eq!((value.scaled_up(total), value.scaled_down(total)), (up, down), "{text}");
    }
    assert_eq!(IntOrPercent::Percent(u32::MAX).scaled_up(usize::MAX), usize::MAX);
}

#[test]
fn json_is_a_number_or_text() {
    for json in ["3", r#""10%""#] {
        let value: IntOrPercent = serde_json::from_str(json).unwrap();
        assert_eq!(serde_json::to_string(&value).unwrap(), json);
    }
    assert_eq!(serde_json::from_str::<IntOrPercent>(r#""3""#).unwrap(), IntOrPercent::Int(3));
    for json in ["-1", "1.5", "null", r#""x""#] {
        assert!(serde_json::from_str::<IntOrPercent>(json).is_err(), "{json}");
    }
}

proptest! {
    #[test]
    fn the_two_roundings_enclose_the_share(percent in 0_u32..=100, total in 0_usize..100_000) {
        let value = IntOrPercent::Percent(percent);
        let exact = total * percent as usize;
        prop_assert!(value.scaled_down(total) * 100 <= exact && value.scaled_up(total) * 100 >= exact);
        prop_assert!(value.scaled_up(total) - value.scaled_down(total) <= 1);
        prop_assert_eq!(value.to_string().parse(), Ok(value));
    }

    #[test]
    fn no_text_panics(text in "\\PC*") {
        let _ = text.parse::<IntOrPercent>();
    }
}
