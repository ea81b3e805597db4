//! Which label keys have a meaning, which are off limits, and what else they are called.
//!
//! Not here: the keys themselves ([`label`]) and their values on nodes.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::{CapacityType, label};

/// The label keys that a deployment gives a meaning to.
///
/// [`core`](Self::core) holds what is true everywhere; a provider adds its own keys, domains and
/// aliases with the `with_` methods.
///
/// # Example: a provider's vocabulary
///
/// ```
/// use karp_core::model::{Vocabulary, label};
///
/// let words = Vocabulary::core()
///     .with_restricted_domain("example.cloud")
///     .with_well_known(["example.cloud/family"])
///     .with_alias("old.cloud/family", "example.cloud/family")
///     .with_value_alias(label::ZONE, "a", "region-1a");
/// assert_eq!(words.canonical_key("old.cloud/family"), "example.cloud/family");
/// assert_eq!(words.canonical_value("failure-domain.beta.kubernetes.io/zone", "a"), "region-1a");
/// assert!(words.is_restricted("example.cloud/secret"));
/// assert!(!words.is_restricted("example.cloud/family"));
/// assert_eq!(words.typo_hint("colour", []), None);
/// assert_eq!(words.typo_hint("family", []), Some("example.cloud/family"));
/// ```
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Vocabulary {
    well_known: BTreeSet<String>,
    restricted_labels: BTreeSet<String>,
    restricted_domains: BTreeSet<String>,
    aliases: BTreeMap<String, String>,
    value_aliases: BTreeMap<String, BTreeMap<String, String>>,
    closed_values: BTreeMap<String, BTreeSet<String>>,
    reservation_id: Option<String>,
}

impl Default for Vocabulary {
    fn default() -> Self {
        Self::core()
    }
}

impl Vocabulary {
    /// The eight labels that every deployment knows, the five old names of theirs, the restricted
    /// domain `karpenter.sh` and the restricted label `kubernetes.io/hostname`.
    pub fn core() -> Self {
        let well_known = [
            label::ARCH,
            label::CAPACITY_TYPE,
            label::INSTANCE_TYPE,
            label::NODE_POOL,
            label::OS,
            label::REGION,
            label::WINDOWS_BUILD,
            label::ZONE,
        ];
        let empty = Self {
            well_known: BTreeSet::new(),
            restricted_labels: BTreeSet::from([label::HOSTNAME.to_owned()]),
            restricted_domains: BTreeSet::new(),
            aliases: BTreeMap::new(),
            value_aliases: BTreeMap::new(),
            closed_values: BTreeMap::new(),
            reservation_id: None,
        };
        empty
            .with_well_known(well_known)
            .with_restricted_domain(label::DOMAIN)
            .with_closed_values(label::CAPACITY_TYPE, CapacityType::ALL.map(CapacityType::as_str))
    }

    /// Adds keys that requirements may use although no node carries them yet.
    #[must_use]
    pub fn with_well_known<Key: Into<String>>(
        mut self,
        keys: impl IntoIterator<Item = Key>,
    ) -> Self {
        self.well_known.extend(keys.into_iter().map(Into::into));
        self
    }

    /// Adds a domain whose labels, and those of its subdomains, are off limits unless well-known.
    #[must_use]
    pub fn with_restricted_domain(mut self, domain: impl Into<String>) -> Self {
        self.restricted_domains.insert(domain.into());
        self
    }

    /// Adds a key that is off limits.
    #[must_use]
    pub fn with_restricted_label(mut self, key: impl Into<String>) -> Self {
        self.restricted_labels.insert(key.into());
        self
    }

    /// Adds another name of a key.
    #[must_use]
    pub fn with_alias(mut self, from: impl Into<String>, to: impl Into<String>) -> Self {
        self.aliases.insert(from.into(), to.into());
        self
    }

    /// Adds another name of one value of a key.
    #[must_use]
    pub fn with_value_alias(
        mut self,
        key: &str,
        from: impl Into<String>,
        to: impl Into<String>,
    ) -> Self {
        let key = self.canonical_key(key).to_owned();
        self.value_aliases.entry(key).or_default().insert(from.into(), to.into());
        self
    }

    /// Declares that a key has these values and no others.
    #[must_use]
    pub fn with_closed_values<Value: Into<String>>(
        mut self,
        key: impl Into<String>,
        values: impl IntoIterator<Item = Value>,
    ) -> Self {
        let values = values.into_iter().map(Into::into).collect();
        self.closed_values.insert(key.into(), values);
        self
    }

    /// Says which key, a well-known one from then on, names the reservation that a machine takes its capacity from.
    #[must_use]
    pub fn with_reservation_id(mut self, key: impl Into<String>) -> Self {
        let key = key.into();
        self.well_known.insert(key.clone());
        self.reservation_id = Some(key);
        self
    }

    /// The key that names a machine's reservation, if the provider has reservations.
    pub fn reservation_id(&self) -> Option<&str> {
        self.reservation_id.as_deref()
    }

    /// The well-known keys, sorted.
    pub fn well_known(&self) -> impl Iterator<Item = &str> {
        self.well_known.iter().map(String::as_str)
    }

    /// The key under which the values of `key` are kept; itself, unless it is an alias.
    ///
    /// An alias is followed once: aliases of aliases are not resolved.
    pub fn canonical_key<'a>(&'a self, key: &'a str) -> &'a str {
        self.aliases.get(key).map_or_else(|| label::canonical(key), String::as_str)
    }

    /// The value that `value` stands for under `key`, which may be an alias itself.
    pub fn canonical_value<'a>(&'a self, key: &str, value: &'a str) -> &'a str {
        let names = self.value_aliases.get(self.canonical_key(key));
        names.and_then(|names| names.get(value)).map_or(value, String::as_str)
    }

    /// Whether a key is well-known.
    pub fn is_well_known(&self, key: &str) -> bool {
        self.well_known.contains(key)
    }

    /// Whether pools and pods must not use a key.
    ///
    /// A well-known key is never restricted. Otherwise a key is if it is a restricted label, or if
    /// the part before its slash is a restricted domain or a subdomain of one. A key without slash
    /// has no domain.
    pub fn is_restricted(&self, key: &str) -> bool {
        if self.is_well_known(key) {
            return false;
        }
        let domain = key.split_once('/').map_or("", |(domain, _)| domain);
        self.restricted_labels.contains(key)
            || self.restricted_domains.iter().any(|restricted| {
                domain
                    .strip_suffix(restricted.as_str())
                    .is_some_and(|subdomain| subdomain.is_empty() || subdomain.ends_with('.'))
            })
    }

    /// The values of a key that has no others; `None` if any value is possible.
    pub fn closed_values(&self, key: &str) -> Option<&BTreeSet<String>> {
        self.closed_values.get(key)
    }

    /// The key that an unknown key was probably meant to be: a well-known one, else one of `own`.
    pub fn typo_hint<'a>(
        &'a self,
        key: &str,
        own: impl IntoIterator<Item = &'a str>,
    ) -> Option<&'a str> {
        closest_key(key, self.well_known()).or_else(|| closest_key(key, own))
    }
}

/// The first in order of the candidates that resemble `key`.
///
/// A candidate does if it contains the key, or ends with the part of the key after its slash.
pub fn closest_key<'a>(
    key: &str,
    candidates: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    let name = key.split_once('/').map_or(key, |(_, name)| name);
    candidates.into_iter().filter(|known| known.contains(key) || known.ends_with(name)).min()
}
