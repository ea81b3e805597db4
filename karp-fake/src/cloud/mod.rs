//! A cloud in memory, honest about what it does; not a simulation of nodes that join a cluster.

mod fake_cloud;
mod fleet;
mod offer;

pub use self::fake_cloud::FakeCloud;
