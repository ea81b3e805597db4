//! The lifecycle, rule by rule: tables, and worlds in which whole lives go by.

mod drift;
mod eviction;
mod finalization;
mod fixture;
mod initialization;
mod launch;
mod liveness;
mod lives;
mod pods;
mod pools;
mod registration;
mod repair;
mod replicas;
mod termination;
mod upkeep;
mod world;
