//! Reads the text of a quantity: number, suffix, and whether Kubernetes would send it back as it is.
//!
//! Not here: writing quantities; see [`Quantity`](super::Quantity).

use super::quantity::{NANOS_PER_UNIT, ParseQuantityError, QuantityFormat};

/// The largest amount that a binary suffix can express, as in Kubernetes: 2^63 − 1 units.
const BINARY_UNITS_MAX: u128 = i64::MAX as u128;
/// Most digits that Kubernetes reads without arbitrary precision; longer numbers lose their text.
const KEPT_DIGITS_MAX: usize = 18;
/// Fraction digits of a binary amount that are read exactly; the rest only rounds up.
const BINARY_FRACTION_DIGITS_MAX: usize = 24;

/// What a text says.
pub(super) struct Reading {
    pub(super) nanos: i128,
    pub(super) format: QuantityFormat,
    /// Whether the text is to be written back unchanged.
    pub(super) is_reemitted: bool,
}

/// Reads a quantity.
pub(super) fn read(text: &str) -> Result<Reading, ParseQuantityError> {
    if text.is_empty() {
        return Err(ParseQuantityError::Empty);
    }
    let parts = split(text).ok_or_else(|| ParseQuantityError::Number { text: text.to_owned() })?;
    let (scale, mut format) = read_suffix(parts.suffix).ok_or_else(|| {
        ParseQuantityError::Suffix { text: text.to_owned(), suffix: parts.suffix.to_owned() }
    })?;
    let magnitude = match scale {
        Scale::Binary(power) => binary_nanos(&parts, power),
        Scale::Decimal(power) => decimal_nanos(&parts, power),
    };
    // An amount beyond the range of the type keeps its text, so that it is not lost.
    let is_reemitted = magnitude == i128::MAX || keeps_text(&parts, scale);
    if format == QuantityFormat::BinarySi && magnitude < NANOS_PER_UNIT {
        format = QuantityFormat::DecimalSi;
    }
    let nanos = if parts.negative { -magnitude } else { magnitude };
    Ok(Reading { nanos, format, is_reemitted })
}

/// What follows the number.
#[derive(Clone, Copy)]
enum Scale {
    /// Times 2 to this power.
    Binary(u32),
    /// Times 10 to this power.
    Decimal(i32),
}

/// A quantity cut into its parts.
struct Parts<'a> {
    negative: bool,
    /// Digits before the point, without leading zeros.
    whole: &'a str,
    /// Digits after the point.
    fraction: &'a str,
    suffix: &'a str,
}

fn split(text: &str) -> Option<Parts<'_>> {
    let (negative, unsigned) = match text.as_bytes().first() {
        Some(b'-') => (true, text.get(1..)?),
        Some(b'+') => (false, text.get(1..)?),
        _ => (false, text),
    };
    let (digits, rest) = split_digits(unsigned);
    let (fraction, suffix) = rest.strip_prefix('.').map_or(("", rest), split_digits);
    if digits.is_empty() && fraction.is_empty() {
        return None;
    }
    Some(Parts { negative, whole: digits.trim_start_matches('0'), fraction, suffix })
}

fn split_digits(text: &str) -> (&str, &str) {
    let end = text.bytes().position(|b| !b.is_ascii_digit()).unwrap_or(text.len());
    text.split_at_checked(end).unwrap_or((text, ""))
}

fn read_suffix(suffix: &str) -> Option<(Scale, QuantityFormat)> {
    let decimal = |power| Some((Scale::Decimal(power), QuantityFormat::DecimalSi));
    let binary = |power| Some((Scale::Binary(power), QuantityFormat::BinarySi));
    match suffix {
        "" => decimal(0),
        "n" => decimal(-9),
        "u" => decimal(-6),
        "m" => decimal(-3),
        "k" => decimal(3),
        "M" => decimal(6),
        "G" => decimal(9),
        "T" => decimal(12),
        "P" => decimal(15),
        "E" => decimal(18),
        "Ki" => binary(10),
        "Mi" => binary(20),
        "Gi" => binary(30),
        "Ti" => binary(40),
        "Pi" => binary(50),
        "Ei" => binary(60),
        _ => {
            let exponent = suffix.strip_prefix(['e', 'E'])?.parse().ok()?;
            Some((Scale::Decimal(exponent), QuantityFormat::DecimalExponent))
        }
    }
}

/// Whether Kubernetes sends the text back as it is.
///
/// It does so for numbers that it can read in 64 bits and that are canonical by a cheap test:
/// decimal exponents in steps of three without trailing thousands, binary mantissas that 8 does
/// not divide.
fn keeps_text(parts: &Parts<'_>, scale: Scale) -> bool {
    let whole = if parts.whole.is_empty() { "0" } else { parts.whole };
    match scale {
        Scale::Decimal(power) => {
            let digits = whole.len().saturating_add(parts.fraction.len());
            let Ok(fraction_digits) = i32::try_from(parts.fraction.len()) else { return false };
            let exponent = power.saturating_sub(fraction_digits);
            let last_three = whole.bytes().chain(parts.fraction.bytes()).rev().take(3);
            let trailing_zeros = last_three.filter(|digit| *digit == b'0').count();
            digits <= KEPT_DIGITS_MAX
                && exponent >= -9
                && exponent % 3 == 0
                && trailing_zeros < 3
                && !whole.starts_with('0')
        }
        Scale::Binary(power) => {
            let room = 14_usize.checked_sub((power * 3 / 10) as usize);
            parts.fraction.is_empty()
                && room.is_some_and(|room| whole.len() <= room)
                && whole.parse::<u64>().is_ok_and(|mantissa| !mantissa.is_multiple_of(8))
        }
    }
}

/// The magnitude in nano-units of a number with a decimal scale, at most `i128::MAX`.
fn decimal_nanos(parts: &Parts<'_>, power: i32) -> i128 {
    let mantissa = read_mantissa(parts);
    if mantissa.digits == 0 {
        return 0;
    }
    let shift = i64::from(power) + 9 + mantissa.exponent;
    let distance = u32::try_from(shift.unsigned_abs()).unwrap_or(u32::MAX);
    let Some(factor) = 10_u128.checked_pow(distance) else {
        return if shift > 0 { i128::MAX } else { 1 };
    };
    let nanos = if shift >= 0 {
        mantissa.digits.saturating_mul(factor)
    } else {
        let inexact = mantissa.is_cut || !mantissa.digits.is_multiple_of(factor);
        mantissa.digits / factor + u128::from(inexact)
    };
    i128::try_from(nanos).unwrap_or(i128::MAX)
}

/// The leading digits of a number as an integer, times 10 to the exponent.
struct Mantissa {
    digits: u128,
    exponent: i64,
    /// Whether digits other than zero did not fit into the integer.
    ///
    /// By then the integer is so large that any digit at or above one nano-unit makes the
    /// amount saturate, so that the lost ones decide about rounding alone.
    is_cut: bool,
}

fn read_mantissa(parts: &Parts<'_>) -> Mantissa {
    let digits = parts.whole.bytes().chain(parts.fraction.bytes()).map(|digit| digit - b'0');
    let fraction_len = i64::try_from(parts.fraction.len()).unwrap_or(i64::MAX);
    if parts.whole.len() + parts.fraction.len() <= KEPT_DIGITS_MAX {
        let digits = digits.fold(0_u64, |sum, digit| sum * 10 + u64::from(digit));
        return Mantissa { digits: digits.into(), exponent: -fraction_len, is_cut: false };
    }
    let mut sum: u128 = 0;
    let mut lost: i64 = 0;
    let mut is_cut = false;
    for digit in digits {
        let longer = sum.checked_mul(10).and_then(|tens| tens.checked_add(u128::from(digit)));
        match longer {
            Some(longer) if lost == 0 => sum = longer,
            _ => {
                lost += 1;
                is_cut |= digit != 0;
            }
        }
    }
    Mantissa { digits: sum, exponent: lost - fraction_len, is_cut }
}

/// The magnitude in nano-units of a number with a binary scale, at most [`BINARY_UNITS_MAX`] units.
fn binary_nanos(parts: &Parts<'_>, power: u32) -> i128 {
    let cap = BINARY_UNITS_MAX * NANOS_PER_UNIT.unsigned_abs();
    let whole = if parts.whole.is_empty() { Ok(0) } else { parts.whole.parse::<u64>() };
    let kept = parts.fraction.len().min(BINARY_FRACTION_DIGITS_MAX);
    let (head, tail) = parts.fraction.split_at_checked(kept).unwrap_or((parts.fraction, ""));
    let head_value = head.bytes().fold(0_u128, |sum, digit| sum * 10 + u128::from(digit - b'0'));
    let fraction = head_value + u128::from(tail.bytes().any(|digit| digit != b'0'));
    // 2^power · 10^9 / 10^digits, with the common powers of two and five taken out so that the
    // product of at most 24 digits stays below 2^127.
    let digits = u32::try_from(kept).unwrap_or(0);
    let twos = power + 9;
    let (up, down) = (twos.saturating_sub(digits), digits.saturating_sub(twos));
    let (fives_up, fives_down) = (9_u32.saturating_sub(digits), digits.saturating_sub(9));
    let numerator = (fraction << up) * 5_u128.pow(fives_up);
    let fraction_nanos = numerator.div_ceil(5_u128.pow(fives_down) << down);
    let nanos = whole.ok().and_then(|whole| {
        let units = u128::from(whole) << power;
        (units <= BINARY_UNITS_MAX).then(|| units * NANOS_PER_UNIT.unsigned_abs() + fraction_nanos)
    });
    i128::try_from(nanos.map_or(cap, |nanos| nanos.min(cap))).unwrap_or(i128::MAX)
}
