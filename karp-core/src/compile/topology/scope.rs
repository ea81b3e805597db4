//! Which pods a constraint is about, and over which domains; not what it demands of them.

use std::{collections::BTreeSet, sync::Arc};

use crate::{
    compile::names::KeyId,
    model::{LabelSelector, Labels, Namespace, PodAffinityTerm},
};

/// What the domains of a constraint are.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub(crate) enum Scope {
    /// Every machine is one.
    Host,
    /// Values of a label.
    Key(KeyId),
}

/// Namespaces that a constraint is about.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub(super) enum Namespaces {
    All,
    Only(BTreeSet<String>),
}

impl Namespaces {
    /// Only this one.
    pub(super) fn one(namespace: &str) -> Self {
        Self::Only(BTreeSet::from([namespace.to_owned()]))
    }

    /// Those that a term of a pod in `own` is about.
    pub(super) fn of(term: &PodAffinityTerm, own: &str, known: &[Arc<Namespace>]) -> Self {
        let listed = term.namespaces.iter().cloned();
        match &term.namespace_selector {
            None if term.namespaces.is_empty() => Self::one(own),
            None => Self::Only(listed.collect()),
            Some(selector) if *selector == LabelSelector::default() => Self::All,
            Some(selector) => {
                let selected = known.iter().filter(|known| selector.matches(&known.labels));
                Self::Only(selected.map(|known| known.name.clone()).chain(listed).collect())
            }
        }
    }

    /// Whether a namespace is among them.
    pub(super) fn contains(&self, namespace: &str) -> bool {
        match self {
            Self::All => true,
            Self::Only(names) => names.contains(namespace),
        }
    }
}

/// Pods that a constraint is about; no selector selects nothing.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub(super) struct Audience {
    pub(super) namespaces: Namespaces,
    pub(super) selector: Option<LabelSelector>,
}

impl Audience {
    /// Whether a pod is meant.
    pub(super) fn includes(&self, namespace: &str, labels: &Labels) -> bool {
        self.selector.as_ref().is_some_and(|selector| selector.matches(labels))
            && self.namespaces.contains(namespace)
    }
}
