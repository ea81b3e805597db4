//! Spread, affinity and anti-affinity as they are counted while pods are placed one after another; not the order in which they are.
//!
//! The counts that a pod saw are not those of the end: pods that came later don't count, machines were not yet what they became, and
//! some pods gave up wishes. So placements are repeated one by one, and every count is worked out anew.

mod census;
mod class;
mod constraint;
mod domains;
mod group;

pub(super) use self::{
    class::{Class, Classes, Tried},
    constraint::Kind,
    group::Refusal,
};
