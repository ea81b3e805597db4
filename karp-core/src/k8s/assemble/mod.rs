//! Objects that were read become one snapshot; not the reading.

mod disruption_budgets;
mod pods;
mod pools;
mod references;
mod templates;
mod unused;
mod whole;

pub(super) use self::{unused::unused, whole::snapshot};
