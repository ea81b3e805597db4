//! The answer of every rule: what to do now, and what is waited for; not who does it.

use serde::{Deserialize, Serialize};

use super::{Action, ClaimChange, Event, Waiting};
use crate::model::Timestamp;

/// What is to be done now, and what is waited for.
///
/// Actions are carried out in their order. When one fails, the rest is dropped, the state is read again and the rule is asked again: every
/// prefix of the actions leaves a state from which the rule goes on. Nothing to do and nothing to wait for means that the rule is done with
/// the object.
#[derive(Clone, Debug, Default, Eq, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Next {
    /// In the order in which they are carried out.
    pub actions: Vec<Action>,
    /// What is waited for; several things may be at once.
    pub waits: Vec<Wait>,
}

/// Something that is waited for.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Wait {
    /// What.
    pub reason: Waiting,
    /// When to ask again at the latest; none = when the state changes.
    pub until: Option<Timestamp>,
}

impl Next {
    /// Nothing to do, nothing to wait for.
    pub const fn done() -> Self {
        Self { actions: Vec::new(), waits: Vec::new() }
    }

    /// Nothing to do before something happens.
    pub fn wait(reason: Waiting, until: impl Into<Option<Timestamp>>) -> Self {
        let mut next = Self::done();
        next.wait_for(reason, until);
        next
    }

    /// Adds something to do.
    pub(super) fn act(&mut self, action: Action) {
        self.actions.push(action);
    }

    /// Asks the cloud about a machine, once.
    pub(super) fn look_up(&mut self, machine: &str) {
        let action = Action::LookUp { machine: machine.to_owned() };
        if !self.actions.contains(&action) {
            self.actions.push(action);
        }
    }

    /// Tells people.
    pub(super) fn publish(&mut self, event: Event) {
        self.actions.push(Action::Publish(Box::new(event)));
    }

    /// Writes into a claim, if there is something to write.
    pub(super) fn update_claim(&mut self, change: ClaimChange) {
        if !change.is_empty() {
            self.actions.push(Action::UpdateClaim(Box::new(change)));
        }
    }

    /// Adds something to wait for.
    pub(super) fn wait_for(&mut self, reason: Waiting, until: impl Into<Option<Timestamp>>) {
        self.waits.push(Wait { reason, until: until.into() });
    }

    /// When to ask again although nothing changed: the earliest of what is waited for.
    pub fn look_again_at(&self) -> Option<Timestamp> {
        self.waits.iter().filter_map(|wait| wait.until).min()
    }

    /// Whether nothing is to be done, apart from telling people.
    pub fn is_quiet(&self) -> bool {
        self.actions.iter().all(|action| matches!(action, Action::Publish(_)))
    }
}
