//! What to do, with every detail fixed, and the report on it; not how it was found.

pub(crate) mod decide;
mod plan;
mod provision;

pub use self::{
    decide::decide,
    plan::{CheapestOffering, Plan, PlannedMachine, Totals},
    provision::provision,
};
