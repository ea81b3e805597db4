//! What is true of every lower bound, on whole clusters.
#![expect(
    clippy::expect_used,
    reason = "test support: what should be there and is not should stop the test"
)]

mod cluster;
mod offering;
mod plans;
mod statement;
