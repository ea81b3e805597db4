//! A cluster in memory; not its scheduler, kubelets or controllers: nothing happens in it by itself but the end of stopping pods.

mod eviction;
mod fake_cluster;
mod history;
mod write;

pub use self::fake_cluster::FakeCluster;
