//! What pools need from time to time: counts, conditions, hashes, replicas; not which machines pods need.

mod census;
mod change;
mod counter;
mod readiness;
mod registration_health;
mod registration_record;
mod replicas;
mod template_claim;

pub use self::{
    census::{ClaimStage, PoolCensus},
    change::PoolChange,
    counter::{count_pool, exceeded_limit, pool_resources},
    readiness::{ClassSight, is_usable, judge_pool},
    registration_health::{Generations, record_registration, reset_registration},
    registration_record::{RegistrationOutcome, RegistrationRecord},
    replicas::{StaticState, scale_down, scale_up},
    template_claim::template_claim,
};
