//! The nouns of scheduling as plain values: amounts, times, labels, requirements, taints.
//!
//! Not here: input and output, Kubernetes objects as the API server sends them, and decisions.

mod capacity_buffer;
mod capacity_type;
mod civil;
mod condition;
mod cost;
mod cron;
mod cron_field;
mod device;
mod do_not_disrupt;
pub(crate) mod eviction_budgets;
mod finding;
mod host_port;
mod id;
mod instance_type;
mod int_or_percent;
mod invalid_field;
pub mod label;
mod label_selector;
mod lifetime;
mod name_syntax;
mod nillable_span;
mod node;
mod node_affinity;
mod node_claim;
mod node_class_ref;
mod node_pool;
mod offering;
mod overlay;
mod pod;
pub mod pod_rules;
mod price;
mod price_adjustment;
mod quantity;
mod quantity_text;
mod repair_policy;
mod requirement;
mod requirement_entry;
mod requirements;
mod resource_claim;
mod resource_name;
mod resource_slice;
mod resources;
mod span;
mod span_text;
mod taint;
mod timestamp;
mod toleration;
mod topology;
mod vocabulary;
mod volume;
mod workload;

pub use capacity_buffer::{CapacityBuffer, NamedPodTemplate, ScalableRef};
pub use capacity_type::{CapacityType, ParseCapacityTypeError};
pub use condition::{Condition, ConditionStatus, condition};
pub use cost::Cost;
pub use cron::{Cron, ParseCronError};
pub use device::{
    CapacityPolicy, CounterSet, Device, DeviceAttribute, DeviceCapacity, DeviceId, DeviceNodes,
    Portions,
};
pub use do_not_disrupt::DoNotDisrupt;
pub use eviction_budgets::{BudgetBlock, EvictionBudgets};
pub use finding::{Finding, Severity};
pub use host_port::{HostPort, ParseHostPortError, Protocol};
pub use id::{
    InstanceTypeName, NodeClaimName, NodeName, NodePoolName, ObjectId, ParseObjectIdError, PodId,
    Uid,
};
pub use instance_type::{InstanceType, Overhead};
pub use int_or_percent::{IntOrPercent, ParseIntOrPercentError};
pub use invalid_field::InvalidField;
pub use label::Labels;
pub use label_selector::{LabelSelector, SelectorExpression, SelectorOperator};
pub use lifetime::over_lifetime;
pub use name_syntax::{LabelSyntaxError, check_label_value, check_qualified_name};
pub use nillable_span::NillableSpan;
pub use node::Node;
pub use node_affinity::{NodeAffinity, NodeSelectorTerm, PreferredNodeTerm};
pub use node_claim::{NodeClaim, NodeClaimStatus};
pub use node_class_ref::NodeClassRef;
pub use node_pool::{Budget, Disruption, NodeClaimTemplate, NodePool};
pub use offering::Offering;
pub use overlay::{NodeOverlay, Overlaid};
pub use pod::{Owner, Pod, PodPhase, PodSpec, PodStatus};
pub use price::{ParsePriceError, Price, usd};
pub use price_adjustment::{ParsePriceAdjustmentError, PriceAdjustment};
pub use quantity::{ParseQuantityError, Quantity, QuantityFormat};
pub use repair_policy::RepairPolicy;
pub use requirement::Requirement;
pub use requirement_entry::{Operator, ParseOperatorError, RequirementEntry};
pub use requirements::{Conflict, Incompatible, Requirements, Undefined};
pub use resource_claim::{
    AllocatedDevice, ClaimAllocation, ClaimConsumer, ConstraintRule, DeviceClaim, DeviceClass,
    DeviceConstraint, DeviceCount, DeviceRequest, DeviceSelection, PodClaimSource,
    PodResourceClaim, RequestForm, ResourceClaim, ResourceClaimTemplate,
};
pub use resource_name::ResourceName;
pub use resource_slice::{AttributeBinding, ResourceSlice, TemplateDevices};
pub use resources::{Resources, amount_text};
pub use span::{ParseSpanError, Span};
pub use taint::{Effect, ParseEffectError, Taint};
pub use timestamp::{Civil, ParseTimestampError, Timestamp, Weekday};
pub use toleration::{Toleration, TolerationOperator, untolerated};
pub use topology::{
    InclusionPolicy, PodAffinityTerm, PodTerms, TopologySpread, WeightedPodAffinityTerm,
    WhenUnsatisfiable,
};
pub use vocabulary::{Vocabulary, closest_key};
pub use volume::{
    CsiNode, EphemeralVolume, PersistentVolume, PersistentVolumeClaim, PodVolume, StorageClass,
};
pub use workload::{DaemonSet, Namespace, PodDisruptionBudget, PodTemplate, Service, Workload};

#[cfg(test)]
mod cron_test;
#[cfg(test)]
mod host_port_test;
#[cfg(test)]
mod int_or_percent_test;
#[cfg(test)]
mod price_test;
#[cfg(test)]
mod quantity_test;
#[cfg(test)]
mod requirement_property_test;
#[cfg(test)]
mod requirement_table_test;
#[cfg(test)]
mod requirement_test;
#[cfg(test)]
mod requirements_test;
#[cfg(test)]
mod resources_test;
#[cfg(test)]
mod span_test;
#[cfg(test)]
mod taint_test;
#[cfg(test)]
mod timestamp_test;
#[cfg(test)]
mod vocabulary_test;
