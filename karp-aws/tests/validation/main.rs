//! Custom resources against recorded verdicts, and the definitions against the code.

#![expect(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test that finds something else than it wants fails, wherever that happens"
)]

mod case;
mod definitions;
mod server;
mod verdicts;
