//! Workloads become the pods that they want beyond those that are there; not the pods that were read.
//!
//! | Kind | Pods |
//! |---|---|
//! | `Deployment`, `ReplicaSet`, `ReplicationController` | `replicas`, 1 when not given: `web-1`, `web-2`... |
//! | `StatefulSet` | the same, by ordinal: `db-0`, `db-1`..., with their volume claims |
//! | `Job` | `parallelism`, but no more than what is left of `completions` |
//! | `CronJob`, `DaemonSet` | none: their jobs have, and a daemon's pods follow the nodes |
//!
//! Pods that have ended, or are being deleted, are not counted: a workload's controller replaces them.

mod census;
mod expansion;
mod job;
mod maker;
mod replica;
mod stateful_set;

pub(crate) use self::expansion::{Expansion, Templates, expand};
