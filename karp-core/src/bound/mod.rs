//! What every plan costs at least: certificates that anybody can trust without trusting a solver; not a plan.
//!
//! A [`LowerBound`] is below the price of every plan for the same pods, whatever tool made it. It is found with a linear program and then proved in
//! exact integers by code that shares nothing with it: an error of the program makes the bound weaker, never false. [`certify`] states it beside what a
//! plan costs.
//!
//! What is counted: existing machines are free and may take what fits; a machine costs what its cheapest offering does; daemons take their share of each
//! machine; a pod goes only where its selectors, required terms and tolerations let it. What is left out can only make plans dearer, so that the bound stays
//! true: spread and affinity between pods, host ports, volumes, limits and least numbers of values of pools, whole machines.
//!
//! # Example
//!
//! Ten pods of half a core on machines of 1.9 usable cores, three to a machine: no plan needs less than 10 / 3 machines.
//!
//! ```
//! use karp_core::{
//!     bound::certify,
//!     compile::compile,
//!     model::{CapacityType::OnDemand, InstanceType, NodePool, Pod, usd},
//!     policy::Policy,
//!     provision,
//!     snapshot::Snapshot,
//! };
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let large = InstanceType::new("m.large").cpu("1900m").offering("z1", OnDemand, usd("0.09"));
//! let snapshot = Snapshot::builder("2026-01-15T12:00:00Z".parse()?)
//!     .instance_types([large])
//!     .node_pool(NodePool::new("general"))
//!     .pods((0..10).map(|i| Pod::new(format!("web-{i}")).request("cpu", "500m")))
//!     .build()?;
//! let policy = Policy::compat();
//! let certificate = certify(&compile(&snapshot, &policy), &provision(&snapshot, &policy));
//! assert_eq!(certificate.usd_per_hour(), usd("0.36")?);
//! let bound = certificate.lower_bound().price().expect("every machine has a price");
//! assert!(bound <= usd("0.30")? && bound > usd("0.2999")?);
//! assert!(certificate.gap().is_some_and(|gap| (2000..=2001).contains(&gap.hundredths())));
//! # Ok(())
//! # }
//! ```
#![expect(
    clippy::indexing_slicing,
    reason = "only tables are indexed, by ids that they made; slices never are"
)]

mod certificate;
mod demand;
mod gap;
mod guess;
mod market;
mod proof;
mod room;
mod supply;

pub use self::{
    certificate::{Certificate, LowerBound, certify, lower_bound},
    gap::GapPercent,
};
