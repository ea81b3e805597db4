//! What only EC2 knows to be wrong with manifests; goes with the lints of [`karp_core::lint`](mod@karp_core::lint), which know no cloud.
//!
//! # Example: an image that changes by itself
//!
//! ```
//! use karp_core::{lint::Settings, snapshot::Snapshot};
//! use serde_json::json;
//!
//! let class = json!({
//!     "apiVersion": "karpenter.k8s.aws/v1",
//!     "kind": "EC2NodeClass",
//!     "metadata": {"name": "default"},
//!     "spec": {"amiSelectorTerms": [{"alias": "al2023@latest"}]},
//! });
//! let snapshot = Snapshot::builder("2026-01-15T12:00:00Z".parse()?).build()?;
//! let findings = karp_aws::lint::lint(&snapshot, [&class], &Settings::default());
//! assert_eq!(findings[0].code, "floating-image-alias");
//! assert_eq!(findings[0].field, "spec.amiSelectorTerms[0].alias");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod image_alias;
mod interruption_queue;
mod object;
mod termination_handler;

use karp_core::{
    lint::{Rule, Settings},
    model::Finding,
    snapshot::Snapshot,
};
use serde_json::Value;

/// The rules of [`lint`], in the order of their codes.
pub const RULES: &[Rule] =
    &[image_alias::FLOATING, interruption_queue::NONE, termination_handler::BESIDE_US];

/// Everything that the rules of [`RULES`] find, in the order of codes, then objects.
///
/// `objects` are the objects of the cluster as they are written, in any order: node classes and the controller's own workload are looked at, all
/// others passed over. Without the controller nothing is said of its queue.
pub fn lint<'a>(
    snapshot: &Snapshot,
    objects: impl IntoIterator<Item = &'a Value>,
    settings: &Settings,
) -> Vec<Finding> {
    let mut findings = termination_handler::find(snapshot);
    for object in objects {
        findings.extend(image_alias::find(object));
        findings.extend(interruption_queue::find(object, snapshot, settings));
    }
    findings.sort();
    findings.dedup();
    findings
}
