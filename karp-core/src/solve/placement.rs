//! What a solve found: each pod placed once, or refused with its reasons; not what is done about it.

use std::sync::Arc;

use super::{claims::Claims, nodes::NodeSpace};
use crate::{
    compile::{PodIx, forms::Forms},
    explain::PoolRefusal,
};

/// The answer of a solve: every pod of the problem exactly once.
#[derive(Clone, Debug)]
pub struct Placement {
    pub(crate) forms: Forms,
    pub(crate) nodes: NodeSpace,
    pub(crate) claims: Claims,
    /// Pods without a place, in the order of the snapshot.
    pub(crate) unplaced: Vec<(PodIx, Arc<[PoolRefusal]>)>,
}

impl Placement {
    /// How many machines would be bought.
    pub const fn machines(&self) -> usize {
        self.claims.rows.len()
    }

    /// How many pods are left without a place.
    pub const fn unplaced(&self) -> usize {
        self.unplaced.len()
    }
}
