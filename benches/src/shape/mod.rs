//! Clusters of awkward shapes, the same ones every time, of any size; not those of any real cluster.
//!
//! Each shape is the worst case of some shortcut: nothing to share, nothing to skip, or far more of one thing than usual. Together with a size
//! they show whether cost grows with the input or faster.

mod awkward;
mod crowded;
mod pods;
mod pools;

pub use self::{awkward::Shape, crowded::Crowd};
