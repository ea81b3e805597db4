//! Amounts as Kubernetes writes them (`500m`, `1.5Gi`, `1e3`), held exactly and re-emitted faithfully.
//!
//! Not here: what an amount counts, and how much of it is free; see [`Resources`](super::Resources).

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use super::quantity_text;

/// The number of nano-units in one unit.
pub(super) const NANOS_PER_UNIT: i128 = 1_000_000_000;
/// The number of nano-units in a thousandth of a unit.
const NANOS_PER_MILLI: i128 = 1_000_000;

/// The family of suffixes in which a [`Quantity`] is written.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[expect(clippy::exhaustive_enums, reason = "Kubernetes has exactly these three families")]
pub enum QuantityFormat {
    /// Powers of 1024: `Ki`, `Mi`, `Gi`, `Ti`, `Pi`, `Ei`.
    BinarySi,
    /// A decimal exponent: `1e3`.
    DecimalExponent,
    /// Powers of 1000: `n`, `u`, `m`, none, `k`, `M`, `G`, `T`, `P`, `E`.
    DecimalSi,
}

/// An exact amount with the notation that it was written in.
///
/// The finest step is 10⁻⁹; anything finer rounds away from zero, as Kubernetes does. Amounts
/// beyond ±1.7·10²⁹ are held at that bound. Amounts with a binary suffix stop at 2⁶³ − 1 units.
/// Equality and order look at the value alone: `1024Mi` equals `1Gi`.
///
/// [`Display`](fmt::Display) gives the text that a Kubernetes API server would send back: a text
/// that is canonical already stays as it is (`1.500`, `+5`), anything else becomes
/// [`canonical`](Self::canonical). The grammar is described at
/// <https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/>.
///
/// # Example: the value decides equality, the notation is kept
///
/// ```
/// use karp_core::model::Quantity;
///
/// let memory: Quantity = "1.5Gi".parse()?;
/// assert_eq!(memory.units_ceil(), 1_610_612_736);
/// assert_eq!(memory.to_string(), "1536Mi");
/// assert_eq!(memory, "1536Mi".parse()?);
///
/// let cpu: Quantity = "0.5".parse()?;
/// assert_eq!(cpu.milli_ceil(), 500);
/// assert_eq!(cpu.to_string(), "500m");
/// # Ok::<(), karp_core::model::ParseQuantityError>(())
/// ```
#[derive(Clone)]
pub struct Quantity {
    nanos: i128,
    format: QuantityFormat,
    /// The text as read, where Kubernetes would send it back unchanged.
    text: Option<Box<str>>,
}

/// Why a text is not a quantity.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum ParseQuantityError {
    /// There is nothing to read.
    #[error("a quantity must not be empty")]
    Empty,
    /// The text does not start with a decimal number.
    #[error("`{text}` does not start with a number such as `2` or `0.5`")]
    Number {
        /// The text as given.
        text: String,
    },
    /// The number is followed by something that is no suffix and no exponent.
    #[error(
        "`{suffix}` in `{text}` is not a unit (expected `n`, `u`, `m`, `k`, `M`, `G`, `T`, `P`, \
         `E`, `Ki` to `Ei`, or an exponent such as `e3`)"
    )]
    Suffix {
        /// The text as given.
        text: String,
        /// What follows the number.
        suffix: String,
    },
}

impl Quantity {
    /// No amount at all.
    pub const ZERO: Self = Self::from_nanos(0, QuantityFormat::DecimalSi);

    /// An amount of `nanos` billionths of a unit.
    pub const fn from_nanos(nanos: i128, format: QuantityFormat) -> Self {
        Self { nanos, format, text: None }
    }

    /// An amount of `milli` thousandths, written in decimal notation, as CPU is.
    pub const fn from_milli(milli: i64) -> Self {
        Self::from_nanos(milli as i128 * NANOS_PER_MILLI, QuantityFormat::DecimalSi)
    }

    /// An amount of whole units, written in decimal notation, as pods are.
    pub const fn from_units(units: i64) -> Self {
        Self::from_nanos(units as i128 * NANOS_PER_UNIT, QuantityFormat::DecimalSi)
    }

    /// An amount of bytes, written in binary notation, as memory is.
    pub const fn from_bytes(bytes: i64) -> Self {
        Self::from_nanos(bytes as i128 * NANOS_PER_UNIT, QuantityFormat::BinarySi)
    }

    /// The amount in billionths of a unit.
    pub const fn nanos(&self) -> i128 {
        self.nanos
    }

    /// The family of suffixes that the amount is written in.
    pub const fn format(&self) -> QuantityFormat {
        self.format
    }

    /// The amount in thousandths, rounded up; at the bounds of `i64` if it lies beyond.
    pub fn milli_ceil(&self) -> i64 {
        saturate(div_ceil(self.nanos, NANOS_PER_MILLI))
    }

    /// The amount in thousandths, rounded down; at the bounds of `i64` if it lies beyond.
    pub fn milli_floor(&self) -> i64 {
        saturate(self.nanos.div_euclid(NANOS_PER_MILLI))
    }

    /// The amount in whole units, rounded up; at the bounds of `i64` if it lies beyond.
    pub fn units_ceil(&self) -> i64 {
        saturate(div_ceil(self.nanos, NANOS_PER_UNIT))
    }

    /// The amount in whole units, rounded down; at the bounds of `i64` if it lies beyond.
    pub fn units_floor(&self) -> i64 {
        saturate(self.nanos.div_euclid(NANOS_PER_UNIT))
    }

    /// The sum, or `None` beyond the range of the type.
    ///
    /// The result is written in the notation of `self`, or of `other` when `self` is zero.
    pub fn checked_add(&self, other: &Self) -> Option<Self> {
        let nanos = self.nanos.checked_add(other.nanos)?;
        Some(Self::from_nanos(nanos, self.format_of_result(other)))
    }

    /// The difference, or `None` beyond the range of the type; notation as in
    /// [`checked_add`](Self::checked_add).
    pub fn checked_sub(&self, other: &Self) -> Option<Self> {
        let nanos = self.nanos.checked_sub(other.nanos)?;
        Some(Self::from_nanos(nanos, self.format_of_result(other)))
    }

    /// The sum, held at the bounds of the type; notation as in [`checked_add`](Self::checked_add).
    ///
    /// ```
    /// use karp_core::model::Quantity;
    ///
    /// let sum = "1Gi".parse::<Quantity>()?.saturating_add(&"100m".parse()?);
    /// assert_eq!(sum.to_string(), "1073741824100m");
    /// # Ok::<(), karp_core::model::ParseQuantityError>(())
    /// ```
    #[must_use]
    pub fn saturating_add(&self, other: &Self) -> Self {
        Self::from_nanos(self.nanos.saturating_add(other.nanos), self.format_of_result(other))
    }

    /// The difference, held at the bounds of the type; notation as in
    /// [`checked_add`](Self::checked_add).
    #[must_use]
    pub fn saturating_sub(&self, other: &Self) -> Self {
        Self::from_nanos(self.nanos.saturating_sub(other.nanos), self.format_of_result(other))
    }

    /// The shortest text with a whole mantissa, in the notation of the amount.
    ///
    /// A binary amount below 1024 or with a fraction is written in decimal notation.
    ///
    /// ```
    /// use karp_core::model::Quantity;
    ///
    /// for (text, canonical) in [("1.5", "1500m"), ("1024Gi", "1Ti"), ("0.1Gi", "107374182400m")] {
    ///     assert_eq!(text.parse::<Quantity>()?.canonical(), canonical);
    /// }
    /// # Ok::<(), karp_core::model::ParseQuantityError>(())
    /// ```
    pub fn canonical(&self) -> String {
        if self.nanos == 0 {
            return "0".to_owned();
        }
        let whole = self.nanos % NANOS_PER_UNIT == 0;
        let units = self.nanos / NANOS_PER_UNIT;
        if self.format == QuantityFormat::BinarySi && whole && units.unsigned_abs() >= 1024 {
            return binary_text(units);
        }
        decimal_text(self.nanos, self.format)
    }

    const fn format_of_result(&self, other: &Self) -> QuantityFormat {
        if self.nanos == 0 { other.format } else { self.format }
    }
}

fn binary_text(units: i128) -> String {
    const SUFFIXES: [&str; 6] = ["Ki", "Mi", "Gi", "Ti", "Pi", "Ei"];
    let mut mantissa = units;
    let mut suffix = "";
    for larger in SUFFIXES {
        if mantissa % 1024 != 0 {
            break;
        }
        mantissa /= 1024;
        suffix = larger;
    }
    format!("{mantissa}{suffix}")
}

fn decimal_text(nanos: i128, format: QuantityFormat) -> String {
    let mut mantissa = nanos;
    let mut exponent = -9;
    while mantissa % 1000 == 0 {
        mantissa /= 1000;
        exponent += 3;
    }
    let suffix = match exponent {
        0 => return mantissa.to_string(),
        _ if format == QuantityFormat::DecimalExponent => None,
        -9 => Some("n"),
        -6 => Some("u"),
        -3 => Some("m"),
        3 => Some("k"),
        6 => Some("M"),
        9 => Some("G"),
        12 => Some("T"),
        15 => Some("P"),
        18 => Some("E"),
        // There is no suffix beyond `E`; Kubernetes changes to an exponent here.
        _ => None,
    };
    suffix.map_or_else(|| format!("{mantissa}e{exponent}"), |suffix| format!("{mantissa}{suffix}"))
}

const fn div_ceil(nanos: i128, step: i128) -> i128 {
    nanos.div_euclid(step) + (nanos.rem_euclid(step) != 0) as i128
}

fn saturate(amount: i128) -> i64 {
    i64::try_from(amount).unwrap_or(if amount < 0 { i64::MIN } else { i64::MAX })
}

impl FromStr for Quantity {
    type Err = ParseQuantityError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let reading = quantity_text::read(text)?;
        Ok(Self {
            nanos: reading.nanos,
            format: reading.format,
            text: reading.is_reemitted.then(|| text.into()),
        })
    }
}

impl fmt::Display for Quantity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.text {
            Some(text) => f.pad(text),
            None => f.pad(&self.canonical()),
        }
    }
}

impl fmt::Debug for Quantity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Quantity({self})")
    }
}

impl Default for Quantity {
    fn default() -> Self {
        Self::ZERO
    }
}

impl PartialEq for Quantity {
    fn eq(&self, other: &Self) -> bool {
        self.nanos == other.nanos
    }
}

impl Eq for Quantity {}

impl Hash for Quantity {
    fn hash<State: Hasher>(&self, state: &mut State) {
        self.nanos.hash(state);
    }
}

impl Ord for Quantity {
    fn cmp(&self, other: &Self) -> Ordering {
        self.nanos.cmp(&other.nanos)
    }
}

impl PartialOrd for Quantity {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Serialize for Quantity {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Quantity {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(QuantityVisitor)
    }
}

struct QuantityVisitor;

impl de::Visitor<'_> for QuantityVisitor {
    type Value = Quantity;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a quantity such as `500m`, `2Gi` or a number")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Quantity, E> {
        text.parse().map_err(E::custom)
    }

    fn visit_i64<E: de::Error>(self, number: i64) -> Result<Quantity, E> {
        self.visit_str(&number.to_string())
    }

    fn visit_u64<E: de::Error>(self, number: u64) -> Result<Quantity, E> {
        self.visit_str(&number.to_string())
    }

    fn visit_f64<E: de::Error>(self, number: f64) -> Result<Quantity, E> {
        self.visit_str(&number.to_string())
    }
}
