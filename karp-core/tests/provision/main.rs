//! Provisioning rounds on small worlds, from snapshot to plan; the tests are named after what must come out.
//!
//! Comments such as `CON-12` name the behaviour in docs/scheduling.md that a test covers.

mod constraints;
mod fixture;
mod limits;
mod nodes;
mod order;
mod packing;
mod pending;
mod refusals;
mod relaxation;
