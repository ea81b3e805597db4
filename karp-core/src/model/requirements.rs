//! What is required of several labels at once, and whether two such demands go together.
//!
//! Not here: one label alone; see [`Requirement`].

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::{Requirement, RequirementEntry, Vocabulary, closest_key, label};

/// One requirement per label key; a key that is missing is not restricted.
///
/// # Example: a pod and a pool
///
/// ```
/// use karp_core::model::{Operator, Requirement, Requirements, Undefined};
///
/// let pool = Requirements::from_iter([Requirement::new("tier", Operator::In, ["web", "db"])]);
/// let pod = Requirements::from_iter([Requirement::equals("tier", "batch")]);
/// let refusal = pool.compatible(&pod, Undefined::Strict).unwrap_err();
/// assert_eq!(refusal.to_string(), "key tier, tier In [batch] not in tier In [db web]");
/// ```
/// Saved as the list of its requirements, in key order.
#[derive(Clone, Debug, Default, Deserialize, Eq, Hash, PartialEq, Serialize)]
#[serde(from = "Vec<Requirement>", into = "Vec<Requirement>")]
pub struct Requirements {
    by_key: BTreeMap<String, Requirement>,
}

impl From<Vec<Requirement>> for Requirements {
    fn from(requirements: Vec<Requirement>) -> Self {
        requirements.into_iter().collect()
    }
}

impl From<Requirements> for Vec<Requirement> {
    fn from(requirements: Requirements) -> Self {
        requirements.by_key.into_values().collect()
    }
}

/// What to make of keys that the receiving side does not define.
#[derive(Clone, Copy, Debug)]
#[expect(clippy::exhaustive_enums, reason = "a key is either known elsewhere or it is not")]
pub enum Undefined<'a> {
    /// They are absent labels: for nodes, which carry all the labels that they will ever have.
    Strict,
    /// Well-known ones get a value later: for machines that do not exist yet.
    WellKnown(&'a Vocabulary),
}

/// Two requirements on one key that have no value in common.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Conflict {
    /// What was demanded.
    pub incoming: Requirement,
    /// What is possible.
    pub existing: Requirement,
}

/// Why a demand cannot be met; see [`Requirements::compatible`].
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Incompatible {
    /// Keys whose requirements have no value in common, in key order.
    Conflicts(Vec<Conflict>),
    /// A label that is demanded and that the receiving side does not have.
    UndefinedLabel {
        /// What was demanded.
        incoming: Box<Requirement>,
        /// A key with a similar name that exists.
        hint: Option<String>,
    },
}

impl Requirements {
    /// No requirements.
    pub const fn new() -> Self {
        Self { by_key: BTreeMap::new() }
    }

    /// Requirements that exactly these labels satisfy: one value each.
    pub fn from_labels<Key: AsRef<str>, Value: Into<String>>(
        labels: impl IntoIterator<Item = (Key, Value)>,
    ) -> Self {
        let labels = labels.into_iter();
        labels.map(|(key, value)| Requirement::equals(key.as_ref(), value)).collect()
    }

    /// The requirements of a list of a manifest; those on one key are intersected.
    pub fn from_entries<'e>(entries: impl IntoIterator<Item = &'e RequirementEntry>) -> Self {
        entries.into_iter().map(Requirement::from).collect()
    }

    /// Adds a requirement: a key that is there already is narrowed to what both permit.
    pub fn add(&mut self, requirement: Requirement) {
        if let Some(own) = self.by_key.get_mut(requirement.key()) {
            *own = own.intersect(&requirement);
        } else {
            self.by_key.insert(requirement.key().to_owned(), requirement);
        }
    }

    /// Adds every requirement of another set.
    pub fn add_all(&mut self, others: &Self) {
        for requirement in others.iter() {
            self.add(requirement.clone());
        }
    }

    /// These as what a pool offers: a label for which nothing is left will be absent, where as a demand it
    /// would be met nowhere ([`is_contradiction`](Requirement::is_contradiction)).
    #[must_use]
    pub fn offered(mut self) -> Self {
        for own in self.by_key.values_mut().filter(|own| own.is_contradiction()) {
            let absent = Requirement::does_not_exist(own.key());
            *own = absent.with_min_values(own.min_values());
        }
        self
    }

    /// Replaces the requirement on a key, without regard to an earlier one.
    pub fn replace(&mut self, requirement: Requirement) {
        self.by_key.insert(requirement.key().to_owned(), requirement);
    }

    /// Removes the requirement on a key.
    pub fn remove(&mut self, key: &str) -> Option<Requirement> {
        self.by_key.remove(key)
    }

    /// The requirement on a key under its current name; `None` stands for any value.
    pub fn get(&self, key: &str) -> Option<&Requirement> {
        self.by_key.get(key)
    }

    /// The requirement on a key, `Exists` if there is none.
    pub fn get_or_exists(&self, key: &str) -> Cow<'_, Requirement> {
        self.get(key).map_or_else(|| Cow::Owned(Requirement::exists(key)), Cow::Borrowed)
    }

    /// Whether there is a requirement on a key.
    pub fn has(&self, key: &str) -> bool {
        self.by_key.contains_key(key)
    }

    /// The requirements in key order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &Requirement> + Clone {
        self.by_key.values()
    }

    /// The keys in order.
    pub fn keys(&self) -> impl ExactSizeIterator<Item = &str> + Clone {
        self.by_key.keys().map(String::as_str)
    }

    /// The number of keys.
    pub fn len(&self) -> usize {
        self.by_key.len()
    }

    /// Whether nothing is required.
    pub fn is_empty(&self) -> bool {
        self.by_key.is_empty()
    }

    /// Whether any requirement demands a number of different values.
    pub fn has_min_values(&self) -> bool {
        self.iter().any(|requirement| requirement.min_values().is_some())
    }

    /// The requirements as manifests write them, in key order.
    pub fn to_entries(&self) -> Vec<RequirementEntry> {
        self.iter().flat_map(Requirement::to_entries).collect()
    }

    /// Whether each key that both sides restrict has a value in common.
    ///
    /// A label that must be absent does not conflict with one that must avoid some values, nor
    /// with one that must be absent.
    ///
    /// # Errors
    ///
    /// Every key without a value in common, in key order.
    pub fn intersects(&self, incoming: &Self) -> Result<(), Vec<Conflict>> {
        let conflicts: Vec<Conflict> = self
            .conflicts(incoming)
            .map(|(existing, incoming)| Conflict {
                incoming: incoming.clone(),
                existing: existing.clone(),
            })
            .collect();
        if conflicts.is_empty() { Ok(()) } else { Err(conflicts) }
    }

    /// Whether what is possible here (a node, a template, a claim) meets the incoming demand (a
    /// pod, an offering).
    ///
    /// First every key of the demand must be defined here, or be excused by `undefined`, or be one
    /// that may be absent (`NotIn`, `DoesNotExist`). Then the two must
    /// [intersect](Self::intersects).
    ///
    /// # Errors
    ///
    /// The first undefined label in key order, or else every conflict.
    pub fn compatible(
        &self,
        incoming: &Self,
        undefined: Undefined<'_>,
    ) -> Result<(), Incompatible> {
        if let Some(missing) = self.first_undefined(incoming, undefined) {
            let own = || closest_key(missing.key(), self.keys());
            let hint = match undefined {
                Undefined::Strict => own(),
                Undefined::WellKnown(words) => words.typo_hint(missing.key(), self.keys()),
            };
            return Err(Incompatible::UndefinedLabel {
                incoming: Box::new(missing.clone()),
                hint: hint.map(str::to_owned),
            });
        }
        self.intersects(incoming).map_err(Incompatible::Conflicts)
    }

    /// Whether [`compatible`](Self::compatible) holds, without saying why not.
    pub fn is_compatible(&self, incoming: &Self, undefined: Undefined<'_>) -> bool {
        self.first_undefined(incoming, undefined).is_none()
            && self.conflicts(incoming).next().is_none()
    }

    fn first_undefined<'a>(
        &self,
        incoming: &'a Self,
        undefined: Undefined<'_>,
    ) -> Option<&'a Requirement> {
        incoming.iter().find(|demand| {
            let is_excused = match undefined {
                Undefined::Strict => false,
                Undefined::WellKnown(words) => words.is_well_known(demand.key()),
            };
            let is_excused = is_excused && !demand.is_contradiction();
            !is_excused && !demand.admits_absence() && !self.has(demand.key())
        })
    }

    fn conflicts<'a>(
        &'a self,
        incoming: &'a Self,
    ) -> impl Iterator<Item = (&'a Requirement, &'a Requirement)> {
        let shared = incoming.iter().filter_map(|demand| Some((self.get(demand.key())?, demand)));
        shared.filter(|(existing, demand)| {
            let both_absent = existing.admits_absence() && demand.admits_absence();
            !both_absent && !existing.has_intersection(demand)
        })
    }
}

impl Conflict {
    /// The key on which the two disagree.
    pub fn key(&self) -> &str {
        self.incoming.key()
    }
}

impl FromIterator<Requirement> for Requirements {
    fn from_iter<I: IntoIterator<Item = Requirement>>(requirements: I) -> Self {
        let mut set = Self::new();
        set.extend(requirements);
        set
    }
}

impl Extend<Requirement> for Requirements {
    fn extend<I: IntoIterator<Item = Requirement>>(&mut self, requirements: I) {
        for requirement in requirements {
            self.add(requirement);
        }
    }
}

impl fmt::Display for Requirements {
    /// Writes every requirement but that on the host name, in key order.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = self.iter().filter(|requirement| requirement.key() != label::HOSTNAME);
        for (place, requirement) in shown.enumerate() {
            let comma = if place == 0 { "" } else { ", " };
            write!(f, "{comma}{requirement}")?;
        }
        Ok(())
    }
}

impl fmt::Display for Conflict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "key {}, {} not in {}", self.key(), self.incoming, self.existing)
    }
}

impl std::error::Error for Conflict {}

impl fmt::Display for Incompatible {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Conflicts(conflicts) => {
                for (place, conflict) in conflicts.iter().enumerate() {
                    let separator = if place == 0 { "" } else { "; " };
                    write!(f, "{separator}{conflict}")?;
                }
                Ok(())
            }
            Self::UndefinedLabel { incoming, hint } => {
                write!(f, "label \"{}\" does not have known values", incoming.key())?;
                hint.as_ref().map_or(Ok(()), |hint| write!(f, " (typo of \"{hint}\"?)"))
            }
        }
    }
}

impl std::error::Error for Incompatible {}
