#![doc = include_str!("../README.md")]

pub mod catalog;
mod clock;
mod cloud;
mod cluster;
mod fault;
mod pricing;
#[cfg(feature = "scenario")]
pub mod scenario;
mod seed;

pub use self::{
    clock::FakeClock,
    cloud::FakeCloud,
    cluster::FakeCluster,
    fault::{Fault, FaultPlan, Operation},
    pricing::FakePricing,
    seed::{Seed, Stream},
};
