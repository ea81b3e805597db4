//! What to do, with every detail fixed, and the report on it; not how it was found.

mod plan;

pub use self::plan::{CheapestOffering, Plan, PlannedMachine, Totals};
