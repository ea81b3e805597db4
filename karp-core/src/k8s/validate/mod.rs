//! Judges custom resources as the API server and the controllers would: verdicts, defaults, warnings.
//!
//! Not here: typed reading ([`k8s`](super) beside this module), and advice on manifests that are valid.
//!
//! Everything works on raw JSON, because what a typed reader drops (unknown fields, `null`, the
//! difference between `1e3` and `1.5`) is what the API server judges. Three stages, as in a cluster:
//!
//! 1. [`Stage::Admission`]: the server refuses the write. The rules are data in the
//!    [`crd`](super::crd) files and code here; a test holds the two equal.
//! 2. [`Stage::Decode`]: the server takes it, a typed client can't read it.
//! 3. [`Stage::Runtime`]: a controller reads it and reports `ValidationSucceeded=False`.
//!
//! # Where a new field goes
//!
//! Into the `spec` or `status` function of its kind ([`node_pool`](self), `node_claim`,
//! `node_overlay`, `capacity_buffer`): type, bounds and default in one line, cross-field rules as a
//! function below. Then into the CRD file of the kind; the test that compares the two will tell.

mod admit;
mod capacity_buffer;
mod condition;
mod kind;
mod label_rules;
mod metadata;
mod node_claim;
mod node_class_ref;
mod node_overlay;
mod node_pool;
mod path;
mod pattern;
mod profile;
mod registry;
mod report;
mod requirement;
pub mod schema;
mod span;
mod taint;

pub use condition::conditions;
pub use kind::{Kind, RuntimeRule, Scope};
pub use label_rules::{LabelRules, LabelUse, ReservedDomain};
pub use pattern::Pattern;
pub use profile::{ParseProfileError, Profile};
pub use registry::Registry;
pub use report::{Issue, Report, Stage, Verdict, Warning};
