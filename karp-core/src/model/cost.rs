//! What it costs to move pods, in units of one ordinary pod; not money.

use std::{fmt, iter::Sum};

use serde::{Deserialize, Serialize, Serializer};

use super::Pod;

/// Annotation by which a pod says how dear its deletion is.
const DELETION_COST: &str = "controller.kubernetes.io/pod-deletion-cost";

/// Bits behind the point.
const FRACTION: u32 = 40;

/// What it costs to move pods: an ordinary pod counts 1.
///
/// Kept in steps of 2⁻⁴⁰, in which deletion costs and priorities are exact.
#[derive(Clone, Copy, Debug, Default, Eq, Ord, PartialEq, PartialOrd)]
pub struct Cost(i64);

impl Cost {
    /// Nothing.
    pub const ZERO: Self = Self(0);
    /// What an ordinary pod costs.
    pub const ONE: Self = Self(1 << FRACTION);

    /// What it costs to move a pod: `1 + deletion cost / 2²⁷ + priority / 2²⁵`, at least −10, at most 10.
    ///
    /// A deletion cost that is no number counts as 0.
    pub fn of_pod(pod: &Pod) -> Self {
        let deletion = pod.annotations.get(DELETION_COST).map_or(0, |text| fixed(text));
        let priority = i128::from(pod.spec.priority) << (FRACTION - 25);
        let sum = i128::from(Self::ONE.0) + (deletion >> 27) + priority;
        let most = i128::from(Self::ONE.0) * 10;
        Self(i64::try_from(sum.clamp(-most, most)).unwrap_or(0))
    }

    /// Twice and more.
    #[must_use]
    pub const fn times(self, count: i64) -> Self {
        Self(self.0.saturating_mul(count))
    }

    /// The share `part / whole` of it; nothing when `whole` is.
    #[must_use]
    pub fn share(self, part: i64, whole: i64) -> Self {
        if whole == 0 {
            return Self::ZERO;
        }
        let share = i128::from(self.0) * i128::from(part) / i128::from(whole);
        Self(i64::try_from(share).unwrap_or(i64::MAX))
    }

    /// In millionths, rounded to the nearest.
    pub fn micro(self) -> i64 {
        let micro = (i128::from(self.0) * 1_000_000 + (1 << (FRACTION - 1))) >> FRACTION;
        i64::try_from(micro).unwrap_or(i64::MAX)
    }

    /// What it comes to when a cost of 1 is `amount`, rounded up.
    pub(crate) fn of_each(self, amount: i128) -> i128 {
        let whole = i128::from(self.0).saturating_mul(amount);
        whole.saturating_add((1 << FRACTION) - 1) >> FRACTION
    }

    /// In steps of 2⁻⁴⁰.
    pub(crate) const fn steps(self) -> i64 {
        self.0
    }

    /// Both together.
    #[must_use]
    pub const fn plus(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}

impl Sum for Cost {
    fn sum<I: Iterator<Item = Self>>(costs: I) -> Self {
        costs.fold(Self::ZERO, Self::plus)
    }
}

impl fmt::Display for Cost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let micro = self.micro();
        let sign = if micro < 0 { "-" } else { "" };
        let micro = micro.unsigned_abs();
        let text = format!("{sign}{}.{:06}", micro / 1_000_000, micro % 1_000_000);
        f.pad(text.trim_end_matches('0').trim_end_matches('.'))
    }
}

impl Serialize for Cost {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Cost {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let steps = decimal(&text)
            .ok_or_else(|| serde::de::Error::custom(format!("`{text}` is no decimal number")))?;
        i64::try_from(steps).map(Self).map_err(serde::de::Error::custom)
    }
}

/// A number as steps of 2⁻⁴⁰; 0 when it is none.
fn fixed(text: &str) -> i128 {
    decimal(text).unwrap_or(0)
}

/// Reads a decimal number with an optional sign, fraction and power of ten.
fn decimal(text: &str) -> Option<i128> {
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, exponent.parse::<i32>().ok()?),
        None => (text, 0),
    };
    let (sign, digits) = match mantissa.as_bytes().first()? {
        b'-' => (-1, mantissa.get(1..)?),
        b'+' => (1, mantissa.get(1..)?),
        _ => (1, mantissa),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    if whole.is_empty() && fraction.is_empty() {
        return None;
    }
    // Longer numbers are out of every range that counts.
    let all: String = whole.chars().chain(fraction.chars().take(18)).collect();
    if !all.bytes().all(|byte| byte.is_ascii_digit()) || all.len() > 34 {
        return None;
    }
    let number: i128 = all.parse().ok()?;
    let places = i32::try_from(fraction.len().min(18)).ok()?;
    let power = exponent.checked_sub(places)?;
    let scale = 10_i128.checked_pow(power.unsigned_abs());
    // Deletion costs beyond ±2⁵⁰ make the pod as dear or cheap as it gets.
    let bound = 1_i128 << 90;
    let scaled = match scale {
        Some(scale) if power < 0 => number.checked_mul(1 << FRACTION).map(|steps| steps / scale),
        Some(scale) => number.checked_mul(scale).and_then(|whole| whole.checked_mul(1 << FRACTION)),
        None if power < 0 => Some(0),
        None => None,
    };
    Some(sign * scaled.unwrap_or(bound).min(bound))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cost(annotation: &str, priority: Option<i32>) -> String {
        let mut pod = Pod::new("p");
        pod.annotations =
            std::sync::Arc::new([(DELETION_COST.to_owned(), annotation.to_owned())].into());
        pod.spec_mut().priority = priority.unwrap_or(0);
        Cost::of_pod(&pod).to_string()
    }

    #[test]
    fn pods_cost_more_by_deletion_cost_and_priority() {
        assert_eq!(cost("0", None), "1");
        assert_eq!(cost("134217728", None), "2");
        assert_eq!(cost("-134217728", None), "0");
        assert_eq!(cost("2147483647", Some(2_000_000_000)), "10");
        assert_eq!(cost("-2147483648", Some(-2_000_000_000)), "-10");
        assert_eq!(cost("", Some(33_554_432)), "2");
    }

    #[test]
    fn deletion_costs_are_decimal_numbers_or_count_as_nothing() {
        assert_eq!(cost("1.34217728e8", None), "2");
        assert_eq!(cost("+134217728.0", None), "2");
        assert_eq!(cost("1e400", None), "10");
        assert_eq!(cost("1e-400", None), "1");
        for no_number in ["", "x", "1e", "-", ".", "1.2.3", "0x10"] {
            assert_eq!(cost(no_number, None), "1", "{no_number}");
        }
    }

    #[test]
    fn costs_survive_json() {
        let costs = [Cost::ONE, Cost::ONE.share(1, 4), Cost::ZERO];
        let text = serde_json::to_string(&costs).expect("costs are JSON");
        assert_eq!(text, r#"["1","0.25","0"]"#);
        assert_eq!(serde_json::from_str::<[Cost; 3]>(&text).expect("the text is JSON"), costs);
    }
}
