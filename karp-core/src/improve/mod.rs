//! Placement to a cheaper placement: the same pods, on other machines to buy; existing nodes and pods without a place stay what they are.
//!
//! Pods are taken off machines that are to be bought and put on others of the same pool which are the same set of requirements. Between such machines nothing
//! changes that a rule could see, except what a machine itself counts: see [`freedom`] for which pods may move and why no constraint can break. A
//! [`Lot`](lot::Lot) is packed in several ways, each a named [step](crate::policy::ImprovementStep); the cheapest packing is kept, and the old machines stay
//! where none is cheaper. Everything is done in integers and counted in steps, so that the answer is the same every time.
#![expect(
    clippy::indexing_slicing,
    reason = "only tables are indexed, by ids that they made; slices never are"
)]

mod basis;
mod columns;
mod filling;
mod freedom;
mod gathering;
mod greedy;
mod lot;
mod packing;
mod pipeline;
mod rebuying;
mod rewriting;
mod work;

pub(crate) use self::pipeline::improve;
