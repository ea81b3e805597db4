//! Spread, affinity and anti-affinity as groups of pods that are counted together; not the counting during a solve.
//!
//! Equal constraints of many pods are one [`Group`]. What one class asks of a group is a [`Slot`]. All groups, those of relaxed forms
//! included, exist before the first pod is placed, so that each sees every placement.

mod census;
mod group;
mod labels;
mod scope;
mod term;
mod universe;

pub(super) use self::{
    census::{Resident, Station, shares, take},
    group::Asking,
    labels::{LabelClasses, LabelsId},
    term::{ShapeTerms, TermReader},
    universe::Universe,
};
pub(crate) use self::{
    census::{Share, Start},
    group::{
        Group, GroupId, Groups, HostSlot, Kind, NodeDomain, Slot, SlotId, Topology, TopologyId,
    },
    scope::Scope,
};
