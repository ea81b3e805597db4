//! What passes of disruption would do over days at unchanged load, in virtual time; not what load, prices and clouds will do.
//!
//! [`forecast`] takes a snapshot and lets time go by: passes find [commands](crate::disrupt::Command), replacements join, nodes drain, pods go where
//! plans put them, claims expire, budgets open and close. It jumps from one instant at which something can change to the next and is a pure function:
//! the same input gives the same days. What is assumed of everything that is not in the snapshot stands with [`Assumptions`].
//!
//! # Example: an empty node goes as soon as it has been quiet for long enough
//!
//! ```
//! use karp_core::{
//!     forecast::{Assumptions, forecast},
//!     model::{CapacityType::OnDemand, Condition, ConditionStatus, InstanceType, Node, NodeClaim, NodePool, Span, label, usd},
//!     policy::Policy,
//!     snapshot::Snapshot,
//! };
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let now = "2026-01-15T12:00:00Z".parse()?;
//! let large = InstanceType::new("m.large").cpu("2").memory("8Gi").offering("z1", OnDemand, usd("0.096"));
//! let mut pool = NodePool::new("general");
//! pool.disruption.consolidate_after = Span::minutes(30).into();
//! let is = |kind: &str| Condition {
//!     kind: kind.into(), status: ConditionStatus::True, reason: String::new(), changed_at: Some(now),
//! };
//! let mut claim = NodeClaim::new("general-1", &pool.name);
//! claim.created_at = now;
//! claim.status.node = Some("n1".into());
//! claim.status.conditions.push(is("Initialized"));
//! let mut node = Node::new("n1").of_pool("general").resource("cpu", "2");
//! for (key, value) in [(label::INSTANCE_TYPE, "m.large"), (label::ZONE, "z1"), (label::CAPACITY_TYPE, "on-demand")] {
//!     node = node.label(key, value);
//! }
//! node.conditions.push(is("Ready"));
//! let snapshot = Snapshot::builder(now)
//!     .instance_types([large])
//!     .node_pool(pool)
//!     .node_claims([claim])
//!     .node(node)
//!     .build()?;
//! let week = forecast(&snapshot, &Policy::compat(), &Assumptions::default());
//! assert_eq!(week.events[0].at, now + Span::minutes(30) + Span::seconds(15));
//! assert_eq!(week.events[0].to_string(), "emptiness: delete n1 (0.00 instead of 0.096 USD per hour)");
//! assert_eq!(week.curve.last().unwrap().fleet.machines, 0);
//! # Ok(())
//! # }
//! ```

mod assumptions;
mod drain;
mod event;
mod held;
mod launch;
mod outcome;
mod run;
mod timers;
mod world;

use crate::{policy::Policy, snapshot::Snapshot};

pub use self::{
    assumptions::Assumptions,
    event::{Event, Happening, Purchase},
    held::Held,
    outcome::{End, Fleet, Forecast, Point},
    timers::{Wait, WaitReason},
};

/// What passes of disruption would do from the instant of the snapshot on.
///
/// # Cost
///
/// A look at the cluster for each instant at which something can change, and a pass for each of those: on a cluster of some hundred nodes a week
/// takes about a second.
pub fn forecast(snapshot: &Snapshot, policy: &Policy, assumptions: &Assumptions) -> Forecast {
    run::Run::new(snapshot, policy, assumptions).finish()
}
