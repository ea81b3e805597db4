//! How many nodes of a pool may be disrupted at an instant, and for which reason; not which ones, and not pod disruption budgets.
//!
//! A pool lists [`Budget`](crate::model::Budget)s as written. [`PoolBudgets`] reads them once, keeps what can't be read as an error that allows
//! nothing, and answers for any instant. [`PoolNodes`] counts a pool's nodes, a [`Ledger`] is spent as decisions are taken, and a
//! [`Calendar`] says what the budgets allow over days to come. The rules in words are in `docs/src/budgets.md`.
//!
//! # Example: nothing during business hours
//!
//! ```
//! use karp_core::budget::{DisruptionReason, PoolBudgets};
//! use karp_core::model::{Budget, Span};
//!
//! let mut tenth = Budget::default();
//! tenth.nodes = "10%".to_owned();
//! let mut office = Budget::default();
//! office.nodes = "0".to_owned();
//! office.schedule = Some("0 9 * * mon-fri".to_owned());
//! office.duration = Some(Span::hours(8));
//!
//! let budgets = PoolBudgets::read(&[tenth, office]);
//! let at = |instant: &str| budgets.allowed(DisruptionReason::Drifted, 25, instant.parse().unwrap());
//! assert_eq!(at("2026-03-06T08:59:59Z").nodes, 3);
//! assert_eq!(at("2026-03-06T09:00:00Z").nodes, 0);
//! assert_eq!(at("2026-03-06T17:00:00Z").nodes, 3);
//! ```

mod allowance;
#[cfg(test)]
mod budget_test;
mod calendar;
mod ledger;
mod pool_budgets;
mod pool_nodes;
#[cfg(test)]
mod pool_nodes_test;
mod reason;
mod window;

pub use allowance::{Allowance, ParseAllowanceError};
pub use calendar::{Calendar, CalendarError, Hour, Slot};
pub use ledger::{Exhausted, Ledger};
pub use pool_budgets::{Allowed, BudgetError, Decider, PoolBudgets};
pub use pool_nodes::PoolNodes;
pub use reason::{DisruptionReason, ParseDisruptionReasonError};
pub use window::{Window, WindowError};
