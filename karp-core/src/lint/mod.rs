//! Findings about manifests before they hurt; not what validation says, and nothing that is decided.
//!
//! A manifest can be valid and still buy the wrong machines, or lose pods at noon. Each rule has a stable code, and a section in
//! `docs/src/lint.md` with the incident behind it and the mend. Providers add rules of their own for what only they know.
//!
//! # Example: a pool without a ceiling
//!
//! ```
//! use karp_core::{
//!     lint::{Settings, lint},
//!     model::NodePool,
//!     snapshot::Snapshot,
//! };
//!
//! let snapshot = Snapshot::builder("2026-01-15T12:00:00Z".parse()?).node_pool(NodePool::new("general")).build()?;
//! let findings = lint(&snapshot, &Settings::default());
//! let finding = findings.iter().find(|finding| finding.code == "no-limits").unwrap();
//! assert_eq!((finding.object.as_str(), finding.field.as_str()), ("NodePool general", "spec.limits"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod business_hours;
mod cluster;
mod consolidation;
mod controller;
mod eviction;
mod expiry;
mod grace;
mod instance_types;
mod keys;
mod limits;
mod names;
mod offer;
mod overlap;
mod pods;
mod rule;
mod schedules;
mod settings;

use self::cluster::Cluster;
pub use self::{
    offer::pools_that_may_hold,
    overlap::{Overlap, overlaps},
    rule::{RULES, Rule},
    settings::Settings,
};
use crate::{model::Finding, snapshot::Snapshot};

/// Everything that the rules of [`RULES`] find, in the order of codes, then objects.
///
/// The order of the snapshot's lists reaches no finding. What was noticed while reading is in [`Snapshot::findings`] and is not repeated.
///
/// # Cost
///
/// Linear in pods, linear in types for every pool and for every pair of pools of one weight.
pub fn lint(snapshot: &Snapshot, settings: &Settings) -> Vec<Finding> {
    let cluster = Cluster::new(snapshot, settings);
    let lints: [fn(&Cluster<'_>) -> Vec<Finding>; 12] = [
        business_hours::find,
        consolidation::find,
        controller::find,
        eviction::find,
        expiry::find,
        grace::find,
        instance_types::find,
        keys::find,
        limits::find,
        names::find,
        overlap::find,
        schedules::find,
    ];
    let mut findings: Vec<Finding> = lints.iter().flat_map(|find| find(&cluster)).collect();
    findings.sort();
    findings.dedup();
    findings
}
