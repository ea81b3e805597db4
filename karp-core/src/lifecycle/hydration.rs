//! The label by which a claim's and a Node's class is known, added where an older release left it out; nothing else is added.

use super::{Action, ClaimChange, Next, NodeChange, Settings};
use crate::model::{Node, NodeClaim};

/// Gives a claim and its Node the label `<group>/<lower-case kind>` of the claim's class, where it is missing or says something else.
pub fn hydrate(claim: &NodeClaim, node: Option<&Node>, settings: &Settings) -> Next {
    let mut next = Next::done();
    if !settings.classes.manage(&claim.node_class) {
        return next;
    }
    let (key, name) = (claim.node_class.label_key(), &claim.node_class.name);
    if claim.labels.get(&key) != Some(name) {
        let mut change = ClaimChange::of(claim);
        change.labels.insert(key.clone(), name.clone());
        next.update_claim(change);
    }
    let is_own =
        |node: &&Node| !node.provider_id.is_empty() && node.provider_id == claim.status.provider_id;
    if let Some(node) = node.filter(is_own).filter(|node| node.labels.get(&key) != Some(name)) {
        let mut change = NodeChange::of(node);
        change.labels.insert(key, name.clone());
        next.act(Action::UpdateNode(Box::new(change)));
    }
    next
}
