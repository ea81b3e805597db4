//! Whether a machine still is what its pool, its catalog and its cloud say, and whether it has been quiet; not what is done about it.

mod consolidatable;
mod hash_stamp;
mod instance_type;
mod marks;
mod reason;
mod rollout;
mod verdict;

pub use self::{
    consolidatable::{QuietState, quiet_state},
    hash_stamp::HashStamp,
    marks::mark_claim,
    reason::DriftReason,
    rollout::roll_out_hash,
    verdict::{DriftState, DriftVerdict, ProviderDrift, drift},
};
