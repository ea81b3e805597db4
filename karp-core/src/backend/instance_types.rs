//! Asking which machines can be had; not choosing one.

use std::sync::Arc;

use super::{CapacityPool, ShapeFamily};
use crate::model::{Finding, InstanceType, NodePool};

/// Asks which machines can be had for a pool.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct InstanceTypesRequest {
    /// The pool.
    pub node_pool: Arc<NodePool>,
    /// Its node class as JSON, if the caller has read it.
    pub node_class_object: Option<Arc<str>>,
}

/// Which machines can be had.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct InstanceTypes {
    /// Types, those included that can't be had now: their offerings are unavailable.
    pub types: Vec<Arc<InstanceType>>,
    /// Machines of any size, for clouds that sell them.
    pub families: Vec<ShapeFamily>,
    /// Limits that several types share.
    pub capacity_pools: Vec<CapacityPool>,
    /// What was noticed about the node class.
    pub findings: Vec<Finding>,
}

impl InstanceTypesRequest {
    /// Asks for a pool.
    pub fn new(node_pool: impl Into<Arc<NodePool>>) -> Self {
        Self { node_pool: node_pool.into(), node_class_object: None }
    }

    /// Hands the node class on.
    #[must_use]
    pub fn with_node_class(mut self, json: impl Into<Arc<str>>) -> Self {
        self.node_class_object = Some(json.into());
        self
    }
}

impl InstanceTypes {
    /// Types without more to say.
    pub fn new(types: Vec<Arc<InstanceType>>) -> Self {
        Self { types, ..Self::default() }
    }

    /// Adds machines of any size.
    #[must_use]
    pub fn with_families(mut self, families: impl IntoIterator<Item = ShapeFamily>) -> Self {
        self.families.extend(families);
        self
    }

    /// Adds shared limits.
    #[must_use]
    pub fn with_capacity_pools(mut self, pools: impl IntoIterator<Item = CapacityPool>) -> Self {
        self.capacity_pools.extend(pools);
        self
    }
}
