//! What would make a pod fit, and why a placed one is where it is: answers to questions about a plan; not the plan.
//!
//! [`Advisor`] takes a snapshot, a policy and the plan that [`provision`](crate::provision) made of them. For pods without a place it looks
//! for [single changes](Change) that would give them one. Nothing is guessed: every change that it names was carried out on the snapshot, and the changed snapshot
//! was planned again by the same code. For pods with a place it says [why it is this one](Why).
//!
//! The page `docs/src/advice.md` shows both in use.

mod advice;
mod advisor;
mod candidate;
mod change;
mod effort;
mod least;
mod trial;
mod why;

pub use self::{
    advice::{Advice, NoRemedy, Remedy},
    advisor::{Advisor, advise},
    change::{Change, PodChange, PolicyChange, PoolChange, Scope, Size, StorageChange},
    effort::Effort,
    why::{GivenUp, PassedBy, PassedOver, Place, Priced, Rule, RuledOut, Why, WhyMachine},
};
