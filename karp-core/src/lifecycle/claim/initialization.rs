//! The third stage of a claim: its Node takes pods; not which.

use super::{ClaimState, Draft, driver_pools};
use crate::{
    lifecycle::{
        Waiting,
        conditions::{self, INITIALIZED, REGISTERED},
    },
    model::{ConditionStatus, Node, NodeClaim, Taint, label},
};

/// There is no time limit, and no way back: a Node that is not ready later stays initialized.
pub(super) fn initialize(draft: &mut Draft<'_>, state: &ClaimState<'_>) {
    let is_due = draft.status(INITIALIZED) == ConditionStatus::Unknown
        && draft.status(REGISTERED) == ConditionStatus::True;
    if !is_due {
        return;
    }
    let obstacle = match &draft.node {
        None => Some(("NodeNotFound", Waiting::NodeMissing)),
        Some(node) => obstacle(&draft.claim, node, state),
    };
    if let Some((reason, waiting)) = obstacle {
        draft.set_unknown(INITIALIZED, reason, &waiting.to_string());
        draft.wait_for(waiting, None);
        return;
    }
    if let Some(node) = &mut draft.node {
        node.labels.insert(label::INITIALIZED.to_owned(), "true".to_owned());
    }
    draft.set_true(INITIALIZED);
}

/// The first thing that keeps a Node from taking pods.
fn obstacle(
    claim: &NodeClaim,
    node: &Node,
    state: &ClaimState<'_>,
) -> Option<(&'static str, Waiting)> {
    if !conditions::is_true(&node.conditions, conditions::READY) {
        return Some(("NodeNotReady", Waiting::NodeNotReady));
    }
    let of_node = |is_meant: &dyn Fn(&Taint) -> bool| -> Vec<Taint> {
        node.taints.iter().filter(|taint| is_meant(taint)).cloned().collect()
    };
    let taints = of_node(&|taint| claim.startup_taints.iter().any(|own| own.is_same(taint)));
    if !taints.is_empty() {
        return Some(("StartupTaintsExist", Waiting::StartupTaints { taints }));
    }
    let taints = of_node(&Taint::is_ephemeral);
    if !taints.is_empty() {
        return Some(("KnownEphemeralTaintsExist", Waiting::EphemeralTaints { taints }));
    }
    let missing = claim
        .requests
        .iter()
        .find(|(name, amount)| *amount != 0 && node.allocatable.amount(*name) == 0);
    if let Some((resource, _)) = missing {
        let resource = resource.clone();
        return Some(("ResourceNotRegistered", Waiting::ResourceNotRegistered { resource }));
    }
    let wanted = claim.annotations.get(label::REQUESTED_DRA_DRIVERS)?;
    let drivers = driver_pools::incomplete(wanted, state.driver_slices?);
    (!drivers.is_empty())
        .then_some(("DRADriverPoolsNotPublished", Waiting::DriverPools { drivers }))
}
