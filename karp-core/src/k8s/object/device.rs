//! Resource slices and device classes as the API writes them, in all its versions; not what is asked of devices.
//!
//! `v1beta1` puts what a device is under `basic`, later versions beside its name.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::{Meta, NodeSelector};
use crate::{
    k8s::field::FieldError,
    model::{
        CapacityPolicy, CounterSet, Device, DeviceAttribute, DeviceCapacity, DeviceClass,
        DeviceNodes, NodeName, Portions, Quantity, ResourceSlice,
    },
};

/// A `ResourceSlice`.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct ResourceSliceObject {
    #[serde(default)]
    pub(crate) metadata: Meta,
    spec: SliceSpec,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct SliceSpec {
    driver: String,
    pool: PoolFields,
    #[serde(default)]
    node_name: String,
    node_selector: Option<NodeSelector>,
    #[serde(default)]
    all_nodes: bool,
    #[serde(default)]
    per_device_node_selection: bool,
    #[serde(default)]
    devices: Vec<DeviceFields>,
    #[serde(default)]
    shared_counters: Vec<CounterSetFields>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct PoolFields {
    name: String,
    #[serde(default)]
    generation: i64,
    #[serde(default)]
    resource_slice_count: i64,
}

/// A device; in `v1beta1` all but its name is in another object.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct DeviceFields {
    name: String,
    basic: Option<Box<Self>>,
    attributes: BTreeMap<String, AttributeFields>,
    capacity: BTreeMap<String, CapacityFields>,
    consumes_counters: Vec<ConsumptionFields>,
    allow_multiple_allocations: bool,
    taints: Vec<TaintFields>,
    node_name: String,
    node_selector: Option<NodeSelector>,
    all_nodes: bool,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct AttributeFields {
    bool: Option<bool>,
    int: Option<i64>,
    string: Option<String>,
    version: Option<String>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct CapacityFields {
    value: Quantity,
    request_policy: Option<PolicyFields>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct PolicyFields {
    default: Option<Quantity>,
    valid_values: Vec<Quantity>,
    valid_range: Option<RangeFields>,
}

#[derive(Clone, Debug, Deserialize)]
struct RangeFields {
    #[serde(default)]
    min: Quantity,
    max: Option<Quantity>,
    step: Option<Quantity>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct ConsumptionFields {
    counter_set: String,
    #[serde(default)]
    counters: BTreeMap<String, CounterFields>,
}

#[derive(Clone, Debug, Deserialize)]
struct CounterSetFields {
    name: String,
    #[serde(default)]
    counters: BTreeMap<String, CounterFields>,
}

#[derive(Clone, Debug, Deserialize)]
struct CounterFields {
    value: Quantity,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct TaintFields {
    effect: String,
}

/// A `DeviceClass`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct DeviceClassObject {
    pub(crate) metadata: Meta,
    spec: ClassSpec,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct ClassSpec {
    selectors: Vec<SelectorFields>,
}

/// A condition on a device; the API knows one language for it.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct SelectorFields {
    cel: Option<CelFields>,
}

#[derive(Clone, Debug, Deserialize)]
struct CelFields {
    expression: String,
}

impl ResourceSliceObject {
    /// Finds devices without a name and attributes that are not of one kind.
    pub(crate) fn check_fields(&self) -> Result<(), FieldError> {
        for (index, device) in self.spec.devices.iter().enumerate() {
            let path = format!("spec.devices[{index}]");
            if device.name.is_empty() {
                return Err(FieldError::new(format!("{path}.name"), "required, but not there"));
            }
            let (body, inside) = match &device.basic {
                Some(body) => (&**body, ".basic"),
                None => (device, ""),
            };
            for (name, attribute) in &body.attributes {
                if attribute.model().is_none() {
                    return Err(FieldError::new(
                        format!("{path}{inside}.attributes[{name}]"),
                        "expected exactly one of `bool`, `int`, `string` and `version`",
                    ));
                }
            }
        }
        Ok(())
    }

    /// The slice in the model's words.
    pub(crate) fn model(&self) -> ResourceSlice {
        let spec = &self.spec;
        let mut slice = ResourceSlice::new(
            self.metadata.name.as_str(),
            spec.driver.as_str(),
            spec.pool.name.as_str(),
        )
        .edition(spec.pool.generation, spec.pool.resource_slice_count)
        .on(nodes(&spec.node_name, spec.node_selector.as_ref(), spec.all_nodes));
        let owner = self.metadata.owner_references.iter().find(|owner| owner.kind == "Node");
        slice.owner = owner.map(|owner| NodeName::from(owner.name.as_str()));
        let device = |device: &DeviceFields| device.model(spec.per_device_node_selection);
        slice.devices = spec.devices.iter().map(device).collect();
        slice.counters = spec.shared_counters.iter().map(CounterSetFields::model).collect();
        slice
    }
}

/// Where devices can be used, as slices and devices say it.
fn nodes(name: &str, selector: Option<&NodeSelector>, is_everywhere: bool) -> DeviceNodes {
    match selector {
        _ if is_everywhere => DeviceNodes::All,
        _ if !name.is_empty() => DeviceNodes::Named(NodeName::from(name)),
        Some(selector) => DeviceNodes::Matching(selector.node_selector_terms.clone()),
        None => DeviceNodes::Nowhere,
    }
}

/// Amounts by counter.
fn amounts(counters: &BTreeMap<String, CounterFields>) -> BTreeMap<String, Quantity> {
    counters.iter().map(|(name, own)| (name.clone(), own.value.clone())).collect()
}

impl CounterSetFields {
    fn model(&self) -> CounterSet {
        CounterSet { name: self.name.clone(), counters: amounts(&self.counters) }
    }
}

impl DeviceFields {
    fn model(&self, says_where: bool) -> Device {
        let body = self.basic.as_deref().unwrap_or(self);
        let mut device = Device::new(self.name.as_str());
        let attributes = body.attributes.iter();
        device.attributes = attributes
            .filter_map(|(name, attribute)| Some((name.clone(), attribute.model()?)))
            .collect();
        let capacity = body.capacity.iter();
        device.capacity = capacity.map(|(name, own)| (name.clone(), own.model())).collect();
        device.shareable = body.allow_multiple_allocations;
        device.consumes = body.consumes_counters.iter().map(ConsumptionFields::model).collect();
        device.nodes =
            says_where.then(|| nodes(&body.node_name, body.node_selector.as_ref(), body.all_nodes));
        device.tainted = body.taints.iter().any(|taint| taint.effect != "None");
        device
    }
}

impl AttributeFields {
    fn model(&self) -> Option<DeviceAttribute> {
        match (self.bool, self.int, &self.string, &self.version) {
            (Some(value), None, None, None) => Some(DeviceAttribute::Bool(value)),
            (None, Some(value), None, None) => Some(DeviceAttribute::Int(value)),
            (None, None, Some(text), None) => Some(DeviceAttribute::String(text.clone())),
            (None, None, None, Some(text)) => Some(DeviceAttribute::Version(text.clone())),
            _ => None,
        }
    }
}

impl CapacityFields {
    fn model(&self) -> DeviceCapacity {
        let mut capacity = DeviceCapacity::new(self.value.clone());
        capacity.policy = self.request_policy.as_ref().map(PolicyFields::model);
        capacity
    }
}

impl PolicyFields {
    fn model(&self) -> CapacityPolicy {
        let portions = match &self.valid_range {
            Some(RangeFields { min, max, step }) => {
                Portions::Range { min: min.clone(), max: max.clone(), step: step.clone() }
            }
            None if self.valid_values.is_empty() => Portions::Any,
            None => Portions::Values(self.valid_values.clone()),
        };
        CapacityPolicy { default: self.default.clone(), portions }
    }
}

impl ConsumptionFields {
    fn model(&self) -> CounterSet {
        CounterSet { name: self.counter_set.clone(), counters: amounts(&self.counters) }
    }
}

impl DeviceClassObject {
    /// Finds conditions that karp can't read.
    pub(crate) fn check_fields(&self) -> Result<(), FieldError> {
        check_selectors(&self.spec.selectors, "spec.selectors")
    }

    /// The class in the model's words.
    pub(crate) fn model(&self) -> DeviceClass {
        let mut class = DeviceClass::new(self.metadata.name.as_str());
        class.selectors = expressions(&self.spec.selectors);
        class
    }
}

/// Finds the first condition in another language.
pub(super) fn check_selectors(selectors: &[SelectorFields], path: &str) -> Result<(), FieldError> {
    match selectors.iter().position(|selector| selector.cel.is_none()) {
        Some(index) => {
            Err(FieldError::new(format!("{path}[{index}].cel"), "required, but not there"))
        }
        None => Ok(()),
    }
}

/// The conditions.
pub(super) fn expressions(selectors: &[SelectorFields]) -> Vec<String> {
    let cel = selectors.iter().filter_map(|selector| selector.cel.as_ref());
    cel.map(|cel| cel.expression.clone()).collect()
}
