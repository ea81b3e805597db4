//! A part of a Node or claim that is used where it is; not a copy.

use std::{fmt, ops::Deref, sync::Arc};

use crate::model::{Node, NodeClaim};

/// A part of a Node or a claim, read in place; or what was made of parts of both.
///
/// A cluster has thousands of machines with a dozen labels each, and every look at it merges Nodes and claims anew: copies of text would cost more than
/// all that is decided.
#[derive(Clone)]
pub struct Part<T>(Source<T>);

#[derive(Clone)]
enum Source<T> {
    Node(Arc<Node>, fn(&Node) -> &T),
    Claim(Arc<NodeClaim>, fn(&NodeClaim) -> &T),
    Made(T),
}

impl<T> Part<T> {
    pub(super) fn of_node(node: &Arc<Node>, part: fn(&Node) -> &T) -> Self {
        Self(Source::Node(Arc::clone(node), part))
    }

    pub(super) fn of_claim(claim: &Arc<NodeClaim>, part: fn(&NodeClaim) -> &T) -> Self {
        Self(Source::Claim(Arc::clone(claim), part))
    }

    pub(super) const fn made(part: T) -> Self {
        Self(Source::Made(part))
    }
}

impl<T> Deref for Part<T> {
    type Target = T;

    fn deref(&self) -> &T {
        match &self.0 {
            Source::Node(node, part) => part(node),
            Source::Claim(claim, part) => part(claim),
            Source::Made(part) => part,
        }
    }
}

impl<T: fmt::Debug> fmt::Debug for Part<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}
