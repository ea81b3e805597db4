//! What pools need from time to time: counts, conditions, hashes, replicas; not which machines pods need.

mod change;
mod registration_record;

pub use self::{
    change::PoolChange,
    registration_record::{RegistrationOutcome, RegistrationRecord},
};
