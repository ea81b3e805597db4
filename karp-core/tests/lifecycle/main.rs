//! The lifecycle, rule by rule: tables, and worlds in which whole lives go by.

mod eviction;
mod finalization;
mod fixture;
mod initialization;
mod launch;
mod liveness;
mod pods;
mod registration;
mod termination;
mod upkeep;
