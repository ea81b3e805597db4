//! Nodes that are to go beyond what the snapshot shows, and what that means for pods; not who decides it.

use rustc_hash::FxHashSet;

use crate::snapshot::StateNode;

/// Nodes that are to go, by the names of their machines.
#[derive(Clone, Debug, Default)]
pub(crate) struct Going<'a> {
    /// Nodes whose removal is decided already.
    pub(crate) marked: FxHashSet<&'a str>,
    /// Nodes that a simulation takes away.
    pub(crate) removed: FxHashSet<&'a str>,
    /// Nodes that take no pods of `removed` nodes: they are about to be looked at themselves.
    pub(crate) shielded: FxHashSet<&'a str>,
    /// Whether pods of all nodes are read as if they could be moved, though the nodes stay: for simulations of many removals.
    pub(crate) any_may_go: bool,
}

impl Going<'_> {
    /// Whether a machine goes.
    pub(super) fn takes(&self, state: &StateNode) -> bool {
        self.marked.contains(&*state.name) || self.removed.contains(&*state.name)
    }
}
