//! The hash of a pool's template as a pool and its claims carry it; not how it is computed.

use serde::{Deserialize, Serialize};

use crate::model::{Labels, label};

/// The hash of a pool's template, and the version of the way in which it was computed, as annotations hold them.
///
/// ```
/// use karp_core::lifecycle::HashStamp;
/// let (old, new) = (HashStamp::new("17", "v3"), HashStamp::new("42", "v3"));
/// assert!(new.shows_drift_of(&old));
/// assert!(!new.shows_drift_of(&HashStamp::new("17", "v2")), "other versions can't be compared");
/// ```
#[derive(Clone, Debug, Default, Eq, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct HashStamp {
    /// The hash, in decimal.
    pub hash: Option<String>,
    /// The version.
    pub version: Option<String>,
}

impl HashStamp {
    /// A complete stamp.
    pub fn new(hash: impl Into<String>, version: impl Into<String>) -> Self {
        Self { hash: Some(hash.into()), version: Some(version.into()) }
    }

    /// What an object's annotations say.
    pub fn of(annotations: &Labels) -> Self {
        Self {
            hash: annotations.get(label::NODE_POOL_HASH).cloned(),
            version: annotations.get(label::NODE_POOL_HASH_VERSION).cloned(),
        }
    }

    /// Annotations that say this.
    pub fn annotations(&self) -> Labels {
        let hash = self.hash.clone().map(|hash| (label::NODE_POOL_HASH.to_owned(), hash));
        let version = self.version.clone();
        let version = version.map(|version| (label::NODE_POOL_HASH_VERSION.to_owned(), version));
        hash.into_iter().chain(version).collect()
    }

    /// Whether a claim with that stamp was made from another template than a pool with this one has now: both are complete, of one version, and
    /// differ.
    pub fn shows_drift_of(&self, claim: &Self) -> bool {
        match (&self.hash, &self.version, &claim.hash, &claim.version) {
            (Some(own), Some(own_version), Some(its), Some(its_version)) => {
                own_version == its_version && own != its
            }
            _ => false,
        }
    }
}
