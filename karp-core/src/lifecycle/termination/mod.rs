//! A Node on its way out: its pods leave, its volumes are detached, its machine is ended, the object goes; not why it goes.

mod deadline;
mod drain;
mod eviction_queue;
mod node_state;
mod steps;
mod volume;

pub use self::{
    eviction_queue::{EvictionAnswer, EvictionQueue, QueuedPod},
    node_state::NodeState,
    steps::terminate_node,
    volume::VolumeAttachment,
};
