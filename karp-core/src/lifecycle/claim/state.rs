//! All that is known of a claim at one instant; not what follows from it.

use std::sync::Arc;

use super::{DriverSlice, HookAnswer, LaunchAnswer};
use crate::{
    lifecycle::Sight,
    model::{Node, NodeClaim},
};

/// All that is known of a claim at one instant: the object, its Nodes, and what was answered since the last pass.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct ClaimState<'a> {
    /// The claim.
    pub claim: &'a NodeClaim,
    /// Nodes; those with the claim's provider id are picked.
    pub nodes: &'a [Arc<Node>],
    /// What the cloud said of the launch.
    pub launch: &'a LaunchAnswer,
    /// What the registration hooks said in this pass; none = they were not asked in this pass, empty = there are none.
    pub hooks: Option<&'a [HookAnswer]>,
    /// What device drivers have published; none = dynamic resources are ignored.
    pub driver_slices: Option<&'a [DriverSlice]>,
    /// What the cloud says of the machine; only asked for when it is to be ended.
    pub sight: &'a Sight,
}

impl<'a> ClaimState<'a> {
    /// A claim of which no more is known; there are no hooks.
    pub const fn new(claim: &'a NodeClaim) -> Self {
        Self {
            claim,
            nodes: &[],
            launch: &LaunchAnswer::NotAsked,
            hooks: Some(&[]),
            driver_slices: None,
            sight: &Sight::Unknown,
        }
    }

    /// Says which Nodes there are.
    #[must_use]
    pub const fn with_nodes(mut self, nodes: &'a [Arc<Node>]) -> Self {
        self.nodes = nodes;
        self
    }

    /// Says what the cloud answered.
    #[must_use]
    pub const fn with_launch(mut self, answer: &'a LaunchAnswer) -> Self {
        self.launch = answer;
        self
    }

    /// Says what the hooks answered, if they were asked.
    #[must_use]
    pub const fn with_hooks(mut self, answers: Option<&'a [HookAnswer]>) -> Self {
        self.hooks = answers;
        self
    }

    /// Says what device drivers have published.
    #[must_use]
    pub const fn with_driver_slices(mut self, slices: &'a [DriverSlice]) -> Self {
        self.driver_slices = Some(slices);
        self
    }

    /// Says what the cloud knows of the machine.
    #[must_use]
    pub const fn with_sight(mut self, sight: &'a Sight) -> Self {
        self.sight = sight;
        self
    }
}
