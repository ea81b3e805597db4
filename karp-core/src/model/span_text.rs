//! Reads and writes the text of a duration exactly as Go's `time` package does.
//!
//! Not here: the type; see [`Span`](super::Span).

use std::fmt;

use super::ParseSpanError;

/// One more than the largest number of nanoseconds: the magnitude of the most negative span.
const MAGNITUDE_MAX: u64 = 1 << 63;
const NANOS_PER_SECOND: u64 = 1_000_000_000;

/// The nanoseconds that a text stands for.
pub(super) fn read(text: &str) -> Result<i64, ParseSpanError> {
    let shape = || ParseSpanError::Shape { text: text.to_owned() };
    let too_long = || ParseSpanError::TooLong { text: text.to_owned() };
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    if unsigned == "0" {
        return Ok(0);
    }
    if unsigned.is_empty() {
        return Err(shape());
    }
    let mut rest = unsigned;
    let mut total: u64 = 0;
    while !rest.is_empty() {
        let (whole_text, after_whole) = split_digits(rest);
        let (fraction, after_number) =
            after_whole.strip_prefix('.').map_or(("", after_whole), split_digits);
        if whole_text.is_empty() && fraction.is_empty() {
            return Err(shape());
        }
        let whole = read_whole(whole_text).ok_or_else(too_long)?;
        let unit_end = after_number
            .bytes()
            .position(|byte| byte == b'.' || byte.is_ascii_digit())
            .unwrap_or(after_number.len());
        let (unit, after_unit) = after_number.split_at_checked(unit_end).unwrap_or(("", ""));
        if unit.is_empty() {
            return Err(ParseSpanError::MissingUnit { text: text.to_owned() });
        }
        let unit_nanos = unit_nanos(unit).ok_or_else(|| ParseSpanError::UnknownUnit {
            text: text.to_owned(),
            unit: unit.to_owned(),
        })?;
        total = whole
            .checked_mul(unit_nanos)
            .and_then(|nanos| nanos.checked_add(fraction_nanos(fraction, unit_nanos)))
            .filter(|nanos| *nanos <= MAGNITUDE_MAX)
            .and_then(|nanos| nanos.checked_add(total))
            .filter(|nanos| *nanos <= MAGNITUDE_MAX)
            .ok_or_else(too_long)?;
        rest = after_unit;
    }
    if text.starts_with('-') {
        return Ok(0_i64.saturating_sub_unsigned(total));
    }
    i64::try_from(total).map_err(|_beyond| too_long())
}

fn split_digits(text: &str) -> (&str, &str) {
    let end = text.bytes().position(|byte| !byte.is_ascii_digit()).unwrap_or(text.len());
    text.split_at_checked(end).unwrap_or((text, ""))
}

fn read_whole(digits: &str) -> Option<u64> {
    let whole = if digits.is_empty() { 0 } else { digits.parse().ok()? };
    (whole <= MAGNITUDE_MAX).then_some(whole)
}

fn unit_nanos(unit: &str) -> Option<u64> {
    match unit {
        "ns" => Some(1),
        // The micro sign, and the Greek letter that looks like it.
        "us" | "\u{b5}s" | "\u{3bc}s" => Some(1_000),
        "ms" => Some(1_000_000),
        "s" => Some(NANOS_PER_SECOND),
        "m" => Some(60 * NANOS_PER_SECOND),
        "h" => Some(3600 * NANOS_PER_SECOND),
        _ => None,
    }
}

/// The nanoseconds of a fraction of a unit.
///
/// Go computes `digits · (unit / 10^n)` in binary floating point, so that `0.3333333333333333333h`
/// is twenty minutes and not a nanosecond less. This does the same roundings on integers.
fn fraction_nanos(fraction: &str, unit_nanos: u64) -> u64 {
    let mut digits: u64 = 0;
    let mut scale: u128 = 1;
    for digit in fraction.bytes() {
        // Further digits are dropped once the number is full, as Go drops them.
        if digits > (MAGNITUDE_MAX - 1) / 10 {
            break;
        }
        let longer = digits * 10 + u64::from(digit - b'0');
        if longer > MAGNITUDE_MAX {
            break;
        }
        digits = longer;
        scale *= 10;
    }
    if digits == 0 {
        return 0;
    }
    // unit / scale, as a binary fraction with far more digits than the rounding needs: a unit has
    // at most 42 bits and a scale at most 64, so the quotient of 2^84 units has at least 63.
    let numerator = u128::from(unit_nanos) << 84;
    let per_digit = Binary::rounded(numerator / scale, numerator % scale != 0);
    let digits = Binary::rounded(u128::from(digits), false);
    let product = Binary::rounded(digits.mantissa * per_digit.mantissa, false);
    let shift = 84_u32.checked_sub(digits.power + per_digit.power + product.power);
    let nanos =
        shift.map_or(product.mantissa, |shift| product.mantissa.checked_shr(shift).unwrap_or(0));
    u64::try_from(nanos).unwrap_or(u64::MAX)
}

/// A mantissa of at most 53 bits times two to a power, as a 64-bit float holds numbers.
struct Binary {
    mantissa: u128,
    power: u32,
}

impl Binary {
    /// The nearest such number, ties to even; `has_rest` says that `number` was cut.
    const fn rounded(number: u128, has_rest: bool) -> Self {
        let bits = u128::BITS - number.leading_zeros();
        let power = bits.saturating_sub(53);
        let mantissa = number >> power;
        if power == 0 {
            return Self { mantissa, power };
        }
        let half = 1_u128 << (power - 1);
        let rest = number & ((half << 1) - 1);
        let is_odd = mantissa & 1 == 1;
        let up = rest > half || (rest == half && (has_rest || is_odd));
        Self { mantissa: mantissa + up as u128, power }
    }
}

/// Writes nanoseconds with the largest unit first, zero parts kept once a larger one is written.
pub(super) fn write(nanos: i64, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let magnitude = nanos.unsigned_abs();
    let mut text = String::new();
    if nanos < 0 {
        text.push('-');
    }
    let (whole, divisor, unit) = match magnitude {
        0 => return f.pad("0s"),
        1..1_000 => (magnitude, 1, "ns"),
        1_000..1_000_000 => (magnitude, 1_000, "\u{b5}s"),
        1_000_000..NANOS_PER_SECOND => (magnitude, 1_000_000, "ms"),
        _ => {
            let minutes = magnitude / NANOS_PER_SECOND / 60;
            if minutes >= 60 {
                text.extend([(minutes / 60).to_string().as_str(), "h"]);
            }
            if minutes > 0 {
                text.extend([(minutes % 60).to_string().as_str(), "m"]);
            }
            (magnitude % (60 * NANOS_PER_SECOND), NANOS_PER_SECOND, "s")
        }
    };
    text += &decimal(whole, divisor);
    text += unit;
    f.pad(&text)
}

/// `number / divisor` with as many fraction digits as it takes; `divisor` is a power of ten.
fn decimal(number: u64, divisor: u64) -> String {
    let (whole, rest) = (number / divisor, number % divisor);
    if rest == 0 {
        return whole.to_string();
    }
    let width = divisor.ilog10() as usize;
    let fraction = format!("{rest:0width$}");
    format!("{whole}.{}", fraction.trim_end_matches('0'))
}
