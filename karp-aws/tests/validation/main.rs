//! Custom resources against recorded verdicts, and the definitions against the code.

mod case;
mod definitions;
mod server;
mod verdicts;
