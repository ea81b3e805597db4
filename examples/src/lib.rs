//! What the tools under `examples/` share: views of a plan, verdicts, sample manifests, the clock of the machine.

pub mod clock;
pub mod program;
pub mod report;
pub mod samples;
pub mod validation;
