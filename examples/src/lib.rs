//! What the tools under `examples/` share: views of a plan, sample manifests, the clock of the machine.

pub mod clock;
pub mod report;
pub mod samples;
