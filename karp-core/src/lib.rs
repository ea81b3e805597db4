//! Decides which machines a Kubernetes cluster should have.
//!
//! karp watches for pods that fit nowhere, finds the machines that should be bought for them, and later finds those that should be
//! removed or replaced: the job of Karpenter, as a library. Everything here is a pure function of a [`Snapshot`](snapshot::Snapshot)
//! and a [`Policy`](policy::Policy): no clock, no network, no global state, the same answer every time.
//!
//! Modules, in the order of the flow:
//!
//! | Module | Holds |
//! |---|---|
//! | [`model`] | nouns: pods, nodes, pools, instance types, requirements, quantities |
#![cfg_attr(feature = "k8s", doc = "| [`k8s`] | reading and judging manifests |")]
//! | [`snapshot`] | one immutable reading of the world |
//! | [`policy`] | how to decide |
//! | [`compile`] | snapshot to problem: names become numbers |
//! | [`solve`] | problem to placement |
//! | [`devices`] | which devices meet a claim in one place; not asked by [`provision`] yet |
//! | [`explain`] | reasons |
//! | [`decision`] | plans; [`provision`] makes one |
//! | [`advise`] | what would make a pod fit, and why a placed one is where it is |
//! | [`budget`] | how many nodes of a pool may be disrupted, and when |
//! | [`disrupt`] | which nodes to remove or replace, and why the others stay |
//! | [`lifecycle`] | what becomes of claims, nodes and pools from creation to end |
//! | [`forecast`](mod@forecast) | what passes of disruption would do over days |
//! | [`lint`](mod@lint) | findings about manifests before they hurt |
#![cfg_attr(feature = "bounds", doc = "| [`bound`] | what every plan costs at least |")]
//! | [`check`](mod@check) | re-verification of plans |
//! | [`backend`] | what a deployment implements: cloud, cluster, prices, clock (unstable) |
#![cfg_attr(feature = "proptest", doc = "| [`arbitrary`] | proptest strategies |")]
#![warn(clippy::exhaustive_enums, clippy::wildcard_enum_match_arm)]

pub mod advise;
#[cfg(feature = "proptest")]
pub mod arbitrary;
pub mod backend;
#[cfg(feature = "bounds")]
pub mod bound;
pub mod budget;
pub mod check;
pub mod compile;
pub mod decision;
pub mod devices;
pub mod disrupt;
pub mod explain;
pub mod forecast;
mod improve;
#[cfg(feature = "k8s")]
pub mod k8s;
pub mod lifecycle;
pub mod lint;
pub mod model;
pub mod policy;
pub mod snapshot;
pub mod solve;

pub use check::check;
pub use decision::provision;
pub use forecast::forecast;
pub use lint::lint;
pub use model::Timestamp;
