//! What the tools under `examples/` share: views of a plan, of budgets and of passes, verdicts, findings, sample manifests, the clock of the machine.

pub mod calendar;
pub mod clock;
pub mod consolidation;
pub mod lint;
pub mod program;
pub mod report;
pub mod samples;
pub mod validation;
