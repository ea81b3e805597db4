//! Advice for pods without a place, and why placed ones are where they are; each answer is held against plans that the tests make themselves.
#![expect(
    clippy::panic,
    clippy::unwrap_used,
    reason = "a fixture that can't be made fails its test"
)]

mod amounts;
mod company;
mod effort;
mod fixture;
mod labels;
mod placed;
mod policies;
mod properties;
mod storage;
