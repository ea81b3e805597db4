//! What a provider answers about its instance types when only manifests are there; not a live provider.

use std::sync::Arc;

use serde_json::Value;

use crate::model::{Finding, InstanceType, NodePool, Vocabulary};

/// Knows the instance types of a provider without asking it: from bundled figures, a file, a test.
pub trait Catalog {
    /// Label keys that the provider knows, and their aliases.
    fn vocabulary(&self) -> Vocabulary;

    /// Whether the provider defines node classes of this group and kind.
    fn knows_node_class(&self, group: &str, kind: &str) -> bool;

    /// The types that machines of `request.pool` can be, unavailable ones included.
    ///
    /// # Errors
    ///
    /// [`CatalogError`] when the pool can't be used: it is then left out with a finding that carries the error's text.
    fn instance_types(&self, request: &CatalogRequest<'_>) -> Result<CatalogAnswer, CatalogError>;
}

/// Whose types are asked for.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct CatalogRequest<'a> {
    /// The pool.
    pub pool: &'a NodePool,
    /// Its node class as it was read (the provider fills in defaults); none when the manifests have none of that name.
    pub node_class: Option<&'a Value>,
}

impl<'a> CatalogRequest<'a> {
    /// Asks for the types of `pool`.
    pub const fn new(pool: &'a NodePool, node_class: Option<&'a Value>) -> Self {
        Self { pool, node_class }
    }
}

/// The types of a pool.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct CatalogAnswer {
    /// The types.
    pub instance_types: Vec<Arc<InstanceType>>,
    /// What was noticed about the class.
    pub findings: Vec<Finding>,
}

impl CatalogAnswer {
    /// Types without remarks.
    pub const fn new(instance_types: Vec<Arc<InstanceType>>) -> Self {
        Self { instance_types, findings: Vec::new() }
    }
}

/// Why a pool has no types.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum CatalogError {
    /// The node class is not among the manifests, and the provider needs it.
    #[error("node class `{name}` of kind {kind} is not there")]
    MissingNodeClass {
        /// Kind of the class.
        kind: String,
        /// Name of the class.
        name: String,
    },
    /// The node class has a field that can't be used.
    #[error("node class `{name}` can't be used: `{field}`: {problem}")]
    InvalidNodeClass {
        /// Name of the class.
        name: String,
        /// Field path.
        field: String,
        /// What is wrong and what was expected.
        problem: String,
    },
    /// The provider does not define this kind of node class.
    #[error("node class kind {kind} of group `{group}` is unknown")]
    UnknownKind {
        /// API group.
        group: String,
        /// Kind.
        kind: String,
    },
}
