//! Why not: typed reasons and verdicts, and their rendering; not the rules that produce them.

mod reason;
mod render;
mod unplaced;
mod volume_problem;

pub use self::{
    reason::{NoInstanceType, Reason, Shortfall, Unsupported},
    render::Explanation,
    unplaced::{PoolRefusal, Unplaced},
    volume_problem::VolumeProblem,
};
