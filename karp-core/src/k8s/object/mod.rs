//! Objects as the API server writes them: narrow structs with the fields that matter; not what they mean.
//!
//! Nulls are removed before an object is read, and fields that are not named here are skipped.

mod admission;
mod amounts;
mod capacity_buffer;
mod condition;
mod container;
mod meta;
mod node;
mod node_claim;
mod node_overlay;
mod node_pool;
mod pod;
mod pod_spec;
mod selection;
mod volume;
mod workload;

pub(crate) use self::{
    admission::{LimitRangeItem, LimitRangeObject, PriorityClassObject, RuntimeClassObject},
    amounts::Amounts,
    capacity_buffer::CapacityBufferObject,
    condition::{ConditionFields, conditions},
    container::{Container, ResourceFields},
    meta::{Meta, OwnerReference},
    node::NodeObject,
    node_claim::NodeClaimObject,
    node_overlay::NodeOverlayObject,
    node_pool::NodePoolObject,
    pod::{PodObject, PodStatusFields, TemplateFields},
    pod_spec::{Named, NodeSelector, PodSpecFields, Volume},
    selection::{BudgetObject, NamespaceObject, ServiceObject, unread_namespace},
    volume::{ClaimObject, ClaimTemplate, CsiNodeObject, StorageClassObject, VolumeObject},
    workload::{
        CronJobObject, DaemonSetObject, JobObject, PodTemplateObject, ReplicatedObject,
        ReplicationControllerObject, StatefulSetObject,
    },
};
