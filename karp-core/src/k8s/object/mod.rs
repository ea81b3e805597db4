//! Objects as the API server writes them: narrow structs with the fields that matter; not what they mean.
//!
//! Nulls are removed before an object is read, and fields that are not named here are skipped.

mod admission;
mod amounts;
mod capacity_buffer;
mod condition;
mod container;
mod device;
mod meta;
mod node;
mod node_claim;
mod node_overlay;
mod node_pool;
mod pod;
mod pod_spec;
mod resource_claim;
mod selection;
mod volume;
mod workload;

pub(crate) use self::{
    admission::{LimitRangeItem, LimitRangeObject, PriorityClassObject, RuntimeClassObject},
    amounts::Amounts,
    capacity_buffer::CapacityBufferObject,
    condition::{ConditionFields, conditions},
    container::{Container, ResourceFields},
    device::{DeviceClassObject, ResourceSliceObject},
    meta::{Meta, OwnerReference},
    node::NodeObject,
    node_claim::NodeClaimObject,
    node_overlay::NodeOverlayObject,
    node_pool::NodePoolObject,
    pod::{PodObject, PodStatusFields, TemplateFields},
    pod_spec::{Named, NodeSelector, PodClaimFields, PodSpecFields, Volume},
    resource_claim::{ResourceClaimObject, ResourceClaimTemplateObject},
    selection::{BudgetObject, NamespaceObject, ServiceObject, unread_namespace},
    volume::{ClaimObject, ClaimTemplate, CsiNodeObject, StorageClassObject, VolumeObject},
    workload::{
        CronJobObject, DaemonSetObject, JobObject, PodTemplateObject, ReplicatedObject,
        ReplicationControllerObject, StatefulSetObject,
    },
};
