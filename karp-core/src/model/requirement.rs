//! The permitted values of one label, and what two such sets have in common.
//!
//! Not here: several labels at once; see [`Requirements`](super::Requirements).

use std::cmp::Ordering;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::{Operator, RequirementEntry, Vocabulary, label};

/// Values that a text form shows before it counts the rest.
const VALUES_SHOWN: usize = 5;

/// The permitted values of one label: listed, or all but those listed, within integer bounds.
///
/// The key is the current name of a label that Kubernetes has renamed. `Gt` and `Lt` become
/// inclusive bounds, so that `Gt 1` and `Gte 2` are the same requirement. A label that must be
/// absent is the empty set of values.
///
/// `NotIn` is met by a label that is absent. Joined with a demand for a value (`Exists`, a bound) it
/// no longer is: [`admits_absence`](Self::admits_absence) tells, the operator does not.
///
/// The demand [`min_values`](Self::min_values) says how many different values must remain
/// possible; it takes no part in [`has`](Self::has).
///
/// # Example: two requirements on one label
///
/// ```
/// use karp_core::model::{Operator, Requirement};
///
/// let more_than_4 = Requirement::new("cpu", Operator::Gt, ["4"]);
/// let some = Requirement::new("cpu", Operator::In, ["4", "8", "16"]);
/// let both = more_than_4.intersect(&some);
/// assert_eq!(both.to_string(), "cpu In [16 8]");
/// assert!(both.has("8") && !both.has("4"));
/// assert_eq!(more_than_4.to_string(), "cpu Exists >=5");
/// ```
/// Saved with all its parts ([`to_entries`](Self::to_entries) can't say everything: bounds hide excluded values).
#[derive(Clone, Debug, Deserialize, Eq, Hash, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Requirement {
    key: String,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    is_complement: bool,
    /// Permitted values, or excluded ones; sorted, each once.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    values: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    gte: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    lte: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    min_values: Option<u32>,
    /// Whether the label must be there although only excluded values are listed or none is left; false for all other sets.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    must_exist: bool,
}

impl Requirement {
    /// The requirement that an operator and its values express on a label.
    ///
    /// Bounds take their operand from the first value. One that is missing or no integer counts
    /// as 0: manifests are validated before, so that this concerns objects that bypassed
    /// validation, and those must neither fail a whole decision nor be read in another way than
    /// the scheduler of the cluster reads them. `Gt` of the largest integer and `Lt` of the
    /// smallest admit nothing. Values of `Exists` and `DoesNotExist` are ignored.
    pub fn new<Value: Into<String>>(
        key: &str,
        operator: Operator,
        values: impl IntoIterator<Item = Value>,
    ) -> Self {
        let values = values.into_iter().map(Into::into);
        match operator {
            Operator::DoesNotExist => Self::does_not_exist(key),
            Operator::Exists => Self::exists(key),
            Operator::In => Self::listed(key, false, values.collect()),
            Operator::NotIn => Self::listed(key, true, values.collect()),
            Operator::Gt => Self::bounded(key, operand(values).checked_add(1).map(Bound::Lower)),
            Operator::Gte => Self::bounded(key, Some(Bound::Lower(operand(values)))),
            Operator::Lt => Self::bounded(key, operand(values).checked_sub(1).map(Bound::Upper)),
            Operator::Lte => Self::bounded(key, Some(Bound::Upper(operand(values)))),
        }
    }

    /// The requirement that a label has exactly this value.
    pub fn equals(key: &str, value: impl Into<String>) -> Self {
        Self::listed(key, false, vec![value.into()])
    }

    /// The requirement that a label is present.
    pub fn exists(key: &str) -> Self {
        Self::listed(key, true, Vec::new())
    }

    /// The requirement that a label is absent.
    pub fn does_not_exist(key: &str) -> Self {
        Self::listed(key, false, Vec::new())
    }

    fn listed(key: &str, is_complement: bool, mut values: Vec<String>) -> Self {
        values.sort_unstable();
        values.dedup();
        let key = label::canonical(key).to_owned();
        Self {
            key,
            is_complement,
            values,
            gte: None,
            lte: None,
            min_values: None,
            must_exist: false,
        }
    }

    /// Nothing where there is no bound: it lies beyond the integers.
    fn bounded(key: &str, bound: Option<Bound>) -> Self {
        match bound {
            None => Self::does_not_exist(key),
            Some(Bound::Lower(gte)) => Self { gte: Some(gte), ..Self::exists(key) },
            Some(Bound::Upper(lte)) => Self { lte: Some(lte), ..Self::exists(key) },
        }
    }

    /// This requirement with another demand for different values, or none.
    #[must_use]
    pub fn with_min_values(mut self, min_values: impl Into<Option<u32>>) -> Self {
        self.min_values = min_values.into();
        self
    }

    /// This requirement under the names that a deployment gives keys and values.
    #[must_use]
    pub fn normalized(&self, vocabulary: &Vocabulary) -> Self {
        let values =
            self.values.iter().map(|value| vocabulary.canonical_value(&self.key, value).to_owned());
        let key = vocabulary.canonical_key(&self.key);
        let renamed = Self::listed(key, self.is_complement, values.collect());
        Self {
            gte: self.gte,
            lte: self.lte,
            min_values: self.min_values,
            must_exist: self.must_exist,
            ..renamed
        }
    }

    /// The label key, under its current name.
    pub fn key(&self) -> &str {
        &self.key
    }

    /// The operator that describes the set.
    ///
    /// A set with bounds counts as `Exists`, or as `NotIn` if values are excluded: the bound
    /// operators are never given back.
    pub const fn operator(&self) -> Operator {
        match (self.is_complement, self.values.is_empty()) {
            (true, true) => Operator::Exists,
            (true, false) => Operator::NotIn,
            (false, true) => Operator::DoesNotExist,
            (false, false) => Operator::In,
        }
    }

    /// Whether a label that is absent meets the requirement: it lists nothing, or what it excludes, and nothing joined with it asked
    /// for a value.
    pub const fn admits_absence(&self) -> bool {
        self.operator().admits_absence() && !self.must_exist
    }

    /// Whether a value is asked for and none is left: no place meets that, with the label or without.
    pub const fn is_contradiction(&self) -> bool {
        self.is_empty() && self.must_exist
    }

    /// Whether [`values`](Self::values) are the excluded ones.
    pub const fn is_complement(&self) -> bool {
        self.is_complement
    }

    /// The permitted values, or the excluded ones of a complement, in text order.
    pub fn values(&self) -> impl ExactSizeIterator<Item = &str> + Clone {
        self.values.iter().map(String::as_str)
    }

    /// The inclusive lower bound.
    pub const fn gte(&self) -> Option<i64> {
        self.gte
    }

    /// The inclusive upper bound.
    pub const fn lte(&self) -> Option<i64> {
        self.lte
    }

    /// How many different values must remain possible.
    pub const fn min_values(&self) -> Option<u32> {
        self.min_values
    }

    /// The number of permitted values.
    ///
    /// For a complement, 2⁶³ − 1 less the number of excluded values; bounds do not change it.
    pub const fn len(&self) -> u64 {
        let listed = self.values.len() as u64;
        if self.is_complement { (i64::MAX as u64).saturating_sub(listed) } else { listed }
    }

    /// Whether no value is permitted, so that the label must be absent.
    pub const fn is_empty(&self) -> bool {
        !self.is_complement && self.values.is_empty()
    }

    /// Whether a label may have this value.
    ///
    /// Where there is a bound, a value that is no integer lies outside of it.
    pub fn has(&self, value: &str) -> bool {
        self.lists(value) != self.is_complement && is_within(value, self.gte, self.lte)
    }

    /// One permitted value, always the same for equal requirements.
    ///
    /// Of a list, the first in text order. Of a complement, the smallest integer that is not
    /// excluded, at or above the lower bound, which is 0 where there is none. `None` if there is
    /// no such value: the label must be absent, or no integer from there to the upper bound is
    /// left. An upper bound below 0 alone gives `None`, because `-1` is no label value.
    pub fn any(&self) -> Option<String> {
        if !self.is_complement {
            return self.values.first().cloned();
        }
        let last = self.lte.unwrap_or(i64::MAX);
        // Each step past the first was forced by an excluded value, so that this ends.
        let mut candidates = (self.gte.unwrap_or(0)..=last).map(|integer| integer.to_string());
        candidates.find(|candidate| !self.lists(candidate))
    }

    /// The values that both requirements permit, under the key of this one.
    ///
    /// The demand for different values is the larger of the two, even where nothing is left.
    /// Bounds that cross leave nothing. Once the values are listed there are no bounds; those that
    /// a bound excludes anyway are not listed as excluded.
    #[must_use]
    pub fn intersect(&self, other: &Self) -> Self {
        let (gte, lte) = self.joint_bounds(other);
        let mut joint = Self {
            key: self.key.clone(),
            is_complement: self.is_complement && other.is_complement,
            values: Vec::new(),
            gte,
            lte,
            min_values: self.min_values.max(other.min_values),
            must_exist: !(self.admits_absence() && other.admits_absence()),
        };
        if bounds_cross(gte, lte) {
            return Self { is_complement: false, gte: None, lte: None, ..joint };
        }
        let mut values = match (self.is_complement, other.is_complement) {
            (true, true) => merged(&self.values, &other.values),
            (false, false) => retained(&self.values, |value| other.lists(value)),
            (false, true) => retained(&self.values, |value| !other.lists(value)),
            (true, false) => retained(&other.values, |value| !self.lists(value)),
        };
        if gte.is_some() || lte.is_some() {
            values.retain(|value| is_within(value, gte, lte));
        }
        if !joint.is_complement {
            (joint.gte, joint.lte) = (None, None);
        }
        joint.values = values;
        joint.must_exist &= joint.operator().admits_absence();
        joint
    }

    /// Whether some value is permitted by both, without building the intersection.
    ///
    /// Two complements whose bounds do not cross always are held to have one in common, even in
    /// the odd case that every integer within the bounds is excluded.
    pub fn has_intersection(&self, other: &Self) -> bool {
        let (gte, lte) = self.joint_bounds(other);
        if bounds_cross(gte, lte) {
            return false;
        }
        let (listed, rest) = match (self.is_complement, other.is_complement) {
            (true, true) => return true,
            (false, _) => (self, other),
            (true, false) => (other, self),
        };
        listed
            .values
            .iter()
            .any(|value| rest.lists(value) != rest.is_complement && is_within(value, gte, lte))
    }

    /// The requirement as manifests write it, each entry with the demand for different values.
    ///
    /// A lower and an upper bound need two entries, `Gte` first; `NotIn` and
    /// `DoesNotExist` of a label that must exist need `Exists` before them. Where there
    /// are bounds, excluded values are left out: no list of entries in this form holds both.
    pub fn to_entries(&self) -> Vec<RequirementEntry> {
        let entry = |operator, values| RequirementEntry {
            key: self.key.clone(),
            operator,
            values,
            min_values: self.min_values,
        };
        if self.gte.is_none() && self.lte.is_none() {
            let exists = self.must_exist.then(|| entry(Operator::Exists, Vec::new()));
            let listed = entry(self.operator(), self.values.clone());
            return exists.into_iter().chain([listed]).collect();
        }
        let lower = self.gte.map(|bound| entry(Operator::Gte, vec![bound.to_string()]));
        let upper = self.lte.map(|bound| entry(Operator::Lte, vec![bound.to_string()]));
        lower.into_iter().chain(upper).collect()
    }

    fn lists(&self, value: &str) -> bool {
        self.values.binary_search_by(|own| own.as_str().cmp(value)).is_ok()
    }

    fn joint_bounds(&self, other: &Self) -> (Option<i64>, Option<i64>) {
        let lte = match (self.lte, other.lte) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (a, b) => a.or(b),
        };
        (self.gte.max(other.gte), lte)
    }
}

/// An inclusive bound.
#[derive(Clone, Copy)]
enum Bound {
    Lower(i64),
    Upper(i64),
}

/// The integer that a bound operator compares with; 0 where there is none.
fn operand(mut values: impl Iterator<Item = String>) -> i64 {
    values.next().and_then(|value| value.parse().ok()).unwrap_or(0)
}

const fn bounds_cross(gte: Option<i64>, lte: Option<i64>) -> bool {
    matches!((gte, lte), (Some(gte), Some(lte)) if gte > lte)
}

fn is_within(value: &str, gte: Option<i64>, lte: Option<i64>) -> bool {
    if gte.is_none() && lte.is_none() {
        return true;
    }
    value.parse::<i64>().is_ok_and(|integer| {
        gte.is_none_or(|gte| integer >= gte) && lte.is_none_or(|lte| integer <= lte)
    })
}

fn retained(values: &[String], keeps: impl Fn(&str) -> bool) -> Vec<String> {
    values.iter().filter(|value| keeps(value)).cloned().collect()
}

/// The union of two sorted lists.
fn merged(left: &[String], right: &[String]) -> Vec<String> {
    let mut union = Vec::with_capacity(left.len() + right.len());
    let (mut left, mut right) = (left.iter().peekable(), right.iter().peekable());
    while let (Some(a), Some(b)) = (left.peek(), right.peek()) {
        let order = a.cmp(b);
        let next = if order == Ordering::Greater { right.next() } else { left.next() };
        if order == Ordering::Equal {
            right.next();
        }
        union.extend(next.cloned());
    }
    union.extend(left.chain(right).cloned());
    union
}

impl From<&RequirementEntry> for Requirement {
    /// Reads an entry. `Gt` of the largest integer loses its demand for different values with all
    /// of its values.
    fn from(entry: &RequirementEntry) -> Self {
        let requirement = Self::new(&entry.key, entry.operator, entry.values.iter().cloned());
        let admits_nothing = entry.operator.is_bound() && requirement.is_empty();
        requirement.with_min_values(entry.min_values.filter(|_| !admits_nothing))
    }
}

impl fmt::Display for Requirement {
    /// Writes `key In [a b]`, `key Exists >=2 <=8`, `key DoesNotExist minValues 2`; after five
    /// values the rest is counted.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.key, self.operator())?;
        if !self.values.is_empty() {
            let shown: Vec<&str> = self.values().take(VALUES_SHOWN).collect();
            write!(f, " [{}", shown.join(" "))?;
            if self.values.len() > VALUES_SHOWN {
                write!(f, " and {} others", self.values.len() - VALUES_SHOWN)?;
            }
            f.write_str("]")?;
        }
        if let Some(gte) = self.gte {
            write!(f, " >={gte}")?;
        }
        if let Some(lte) = self.lte {
            write!(f, " <={lte}")?;
        }
        if let Some(min_values) = self.min_values {
            write!(f, " minValues {min_values}")?;
        }
        Ok(())
    }
}
