//! Which labels may be used where: what the core reserves, and what providers add.
//!
//! Not the syntax of keys and values: that is the model's.

use std::collections::BTreeSet;

use super::report::alternatives;
use crate::model::{Vocabulary, closest_key, label};

/// Where a label key is used; the definitions allow different keys in each place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[expect(clippy::exhaustive_enums, reason = "one per definition that has requirements")]
pub enum LabelUse {
    /// Labels and requirements of a `NodePool`.
    NodePool,
    /// Requirements of a `NodeClaim`.
    NodeClaim,
    /// Requirements of a `NodeOverlay`.
    NodeOverlay,
}

/// A label domain that belongs to a controller, with the keys of it that users may name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReservedDomain {
    name: String,
    allowed: BTreeSet<(LabelUse, String)>,
}

impl ReservedDomain {
    /// A domain of which users may name nothing yet.
    pub fn new(name: impl Into<String>) -> Self {
        Self { name: name.into(), allowed: BTreeSet::new() }
    }

    /// Lets users name a key in some places.
    #[must_use]
    pub fn allow(mut self, key: &str, uses: &[LabelUse]) -> Self {
        self.allowed.extend(uses.iter().map(|place| (*place, key.to_owned())));
        self
    }

    /// Name of the domain, `karpenter.sh` for example.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Keys that users may name in one place, in order.
    pub fn allowed(&self, place: LabelUse) -> impl Iterator<Item = &str> {
        self.allowed.iter().filter(move |(at, _)| *at == place).map(|(_, key)| key.as_str())
    }

    fn allows(&self, place: LabelUse, key: &str) -> bool {
        self.allowed(place).any(|allowed| allowed == key)
    }
}

/// Everything that is known about labels and resources: the core's part, and the provider's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LabelRules {
    vocabulary: Vocabulary,
    domains: Vec<ReservedDomain>,
    resources: BTreeSet<String>,
}

impl LabelRules {
    /// What holds without any provider.
    pub fn core() -> Self {
        use LabelUse::{NodeClaim, NodeOverlay, NodePool};

        let domain = ReservedDomain::new(label::DOMAIN)
            .allow(label::CAPACITY_TYPE, &[NodePool, NodeClaim, NodeOverlay])
            .allow(label::NODE_POOL, &[NodeClaim, NodeOverlay]);
        let resources = ["cpu", "memory", "ephemeral-storage", "pods"];
        Self {
            vocabulary: Vocabulary::core(),
            domains: vec![domain],
            resources: resources.into_iter().map(str::to_owned).collect(),
        }
    }

    /// Replaces what controllers know about labels.
    #[must_use]
    pub fn with_vocabulary(mut self, vocabulary: Vocabulary) -> Self {
        self.vocabulary = vocabulary;
        self
    }

    /// Reserves a domain in the definitions.
    #[must_use]
    pub fn with_domain(mut self, domain: ReservedDomain) -> Self {
        self.domains.push(domain);
        self
    }

    /// Adds resources that the provider measures itself, so that overlays may not set them.
    #[must_use]
    pub fn with_resources<'a>(mut self, names: impl IntoIterator<Item = &'a str>) -> Self {
        self.resources.extend(names.into_iter().map(str::to_owned));
        self
    }

    /// What controllers know about labels.
    pub const fn vocabulary(&self) -> &Vocabulary {
        &self.vocabulary
    }

    /// Domains that the definitions reserve, the core's first.
    pub fn domains(&self) -> &[ReservedDomain] {
        &self.domains
    }

    /// Whether the provider measures the resource itself.
    pub fn measures(&self, resource: &str) -> bool {
        self.resources.contains(resource)
    }

    /// Why the definitions refuse a key; none when they admit it.
    ///
    /// A reserved domain is tested as a plain suffix of what stands before the first slash, without
    /// a boundary: `mykarpenter.sh/x` is refused, too. That is what the definitions say.
    pub(super) fn refused_at_admission(&self, key: &str, place: LabelUse) -> Option<String> {
        if key == label::HOSTNAME {
            return Some(format!("`{key}` is unique to each node"));
        }
        let head = key.split('/').next().unwrap_or_default();
        let domain = self.domains.iter().find(|domain| head.ends_with(&domain.name))?;
        (!domain.allows(place, key)).then(|| refusal(key, domain, place))
    }

    /// Why controllers refuse a key on a pool or an overlay; none when they take it.
    ///
    /// Unlike at admission, a domain covers itself and its subdomains, and well-known labels pass.
    pub(super) fn refused_at_runtime(&self, key: &str) -> Option<String> {
        let message = || format!("`{key}` is reserved, and no label that nodes are known to have");
        self.vocabulary.is_restricted(key).then(message)
    }
}

fn refusal(key: &str, domain: &ReservedDomain, place: LabelUse) -> String {
    let allowed: Vec<_> = domain.allowed(place).collect();
    let known = if allowed.len() <= 3 {
        alternatives(&allowed)
    } else {
        let hint = closest_key(key, allowed.iter().copied());
        hint.map_or_else(
            || "one of its known labels".to_owned(),
            |hint| format!("`{hint}`, perhaps"),
        )
    };
    format!("`{key}` is in the reserved domain `{}`: expected {known}", domain.name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn admission_knows_suffixes_and_runtime_knows_domains() {
        let rules = LabelRules::core();
        let admitted = |key| rules.refused_at_admission(key, LabelUse::NodePool).is_none();
        let used = |key| rules.refused_at_runtime(key).is_none();
        assert!(!admitted("mykarpenter.sh/x") && used("mykarpenter.sh/x"));
        assert!(!admitted("a.karpenter.sh/x") && !used("a.karpenter.sh/x"));
        assert!(!admitted("karpenter.sh") && used("karpenter.sh"));
        assert!(admitted("example.com/x") && used("example.com/x"));
        assert!(!admitted(label::HOSTNAME) && !used(label::HOSTNAME));
        assert!(!admitted(label::NODE_POOL) && used(label::NODE_POOL));
    }

    #[test]
    fn a_refusal_names_what_is_allowed() {
        let refusal =
            LabelRules::core().refused_at_admission("karpenter.sh/x", LabelUse::NodeClaim).unwrap();
        assert_eq!(
            refusal,
            "`karpenter.sh/x` is in the reserved domain `karpenter.sh`: expected \
             `karpenter.sh/capacity-type` or `karpenter.sh/nodepool`"
        );
    }
}
