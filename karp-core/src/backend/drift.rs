//! Asking whether machines still are what their class says; not drift of a pool's template.

use std::sync::Arc;

use crate::model::{NodeClaim, NodePool};

/// Asks which machines drifted from their node class.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct DriftRequest {
    /// Claims of launched machines.
    pub claims: Vec<Arc<NodeClaim>>,
    /// Their pools, each once.
    pub node_pools: Vec<Arc<NodePool>>,
    /// Their node classes as JSON, each once, as far as the caller has read them.
    pub node_class_objects: Vec<Arc<str>>,
}

/// Which machines drifted.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct DriftAnswers {
    /// One per claim, in the order of the request.
    pub answers: Vec<Drift>,
}

/// Whether a machine drifted.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Drift {
    /// It is not what its class says now.
    Drifted {
        /// What differs, in one word: `AMIDrift` for example.
        reason: String,
    },
    /// It is what its class says.
    None,
    /// It could not be judged; ask again.
    Unknown,
}

impl DriftRequest {
    /// Asks about machines of claims.
    pub const fn new(claims: Vec<Arc<NodeClaim>>) -> Self {
        Self { claims, node_pools: Vec::new(), node_class_objects: Vec::new() }
    }

    /// Hands the pools on.
    #[must_use]
    pub fn with_node_pools(mut self, pools: impl IntoIterator<Item = Arc<NodePool>>) -> Self {
        self.node_pools.extend(pools);
        self
    }

    /// Hands the node classes on.
    #[must_use]
    pub fn with_node_classes(mut self, json: impl IntoIterator<Item = Arc<str>>) -> Self {
        self.node_class_objects.extend(json);
        self
    }
}

impl DriftAnswers {
    /// Answers in the order of the request.
    pub const fn new(answers: Vec<Drift>) -> Self {
        Self { answers }
    }
}
