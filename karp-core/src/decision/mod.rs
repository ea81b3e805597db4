//! What to do, with every detail fixed, and the report on it; not how it was found.

mod buffer_use;
pub(crate) mod decide;
mod plan;
mod provision;

pub use self::{
    buffer_use::{BufferUse, VirtualPod},
    decide::decide,
    plan::{CheapestOffering, Plan, PlannedMachine, Totals},
    provision::{plan_for, plan_while, provision, provision_while},
};
