//! Why one pod has no place; not the search for one.

use std::{fmt, sync::Arc};

use serde::{Deserialize, Serialize};

use super::Reason;
use crate::model::{NodePoolName, PodId};

/// A pod without a place, and why.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
#[serde(rename_all = "camelCase")]
pub struct Unplaced {
    /// The pod.
    pub pod: PodId,
    /// One refusal per pool in the order in which pools are tried, or a single one of no pool that concerns the pod itself.
    /// Equal pods share them.
    pub reasons: Arc<[PoolRefusal]>,
}

/// Why one pool does not take a pod.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
#[serde(rename_all = "camelCase")]
pub struct PoolRefusal {
    /// The pool; none when the reason is the pod's own.
    pub node_pool: Option<NodePoolName>,
    /// The first rule that excludes it.
    pub reason: Reason,
}

impl Unplaced {
    /// A pod with its refusals.
    pub fn new(pod: PodId, reasons: impl Into<Arc<[PoolRefusal]>>) -> Self {
        Self { pod, reasons: reasons.into() }
    }
}

impl PoolRefusal {
    /// The refusal of a pool.
    pub const fn of(node_pool: NodePoolName, reason: Reason) -> Self {
        Self { node_pool: Some(node_pool), reason }
    }

    /// A refusal that concerns the pod itself, whatever the pool.
    pub const fn of_pod(reason: Reason) -> Self {
        Self { node_pool: None, reason }
    }
}

impl fmt::Display for PoolRefusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.node_pool {
            Some(pool) => write!(f, "node pool `{pool}`: {}", self.reason),
            None => self.reason.fmt(f),
        }
    }
}

impl fmt::Display for Unplaced {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "pod `{}` has no place", self.pod)?;
        self.reasons.iter().try_for_each(|refusal| writeln!(f, "  {refusal}"))
    }
}
