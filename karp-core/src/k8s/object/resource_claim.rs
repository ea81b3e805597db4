//! Resource claims and their templates as the API writes them, in all its versions; not how they are met.
//!
//! `v1beta1` puts what a request asks for beside its name, later versions under `exactly`.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::{
    Meta, NodeSelector,
    device::{SelectorFields, check_selectors, expressions},
};
use crate::{
    k8s::field::FieldError,
    model::{
        AllocatedDevice, ClaimAllocation, ClaimConsumer, ConstraintRule, DeviceClaim,
        DeviceConstraint, DeviceCount, DeviceId, DeviceRequest, DeviceSelection, Quantity,
        RequestForm, ResourceClaim, ResourceClaimTemplate,
    },
};

/// A `ResourceClaim`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct ResourceClaimObject {
    pub(crate) metadata: Meta,
    spec: ClaimSpec,
    status: ClaimStatus,
}

/// A `ResourceClaimTemplate`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct ResourceClaimTemplateObject {
    pub(crate) metadata: Meta,
    spec: TemplateSpec,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct TemplateSpec {
    spec: ClaimSpec,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct ClaimSpec {
    devices: DevicesFields,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct DevicesFields {
    requests: Vec<RequestFields>,
    constraints: Vec<ConstraintFields>,
}

/// A request, what it asks for exactly, or one of its alternatives: names are of requests and alternatives, forms of requests alone.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct RequestFields {
    name: String,
    exactly: Option<Box<Self>>,
    first_available: Vec<Self>,
    device_class_name: String,
    selectors: Vec<SelectorFields>,
    allocation_mode: String,
    count: Option<u32>,
    admin_access: bool,
    capacity: CapacityFields,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct CapacityFields {
    requests: BTreeMap<String, Quantity>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct ConstraintFields {
    requests: Vec<String>,
    match_attribute: Option<String>,
    distinct_attribute: Option<String>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct ClaimStatus {
    allocation: Option<AllocationFields>,
    reserved_for: Vec<ConsumerFields>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct AllocationFields {
    devices: ResultsFields,
    node_selector: NodeSelector,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct ResultsFields {
    results: Vec<ResultFields>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct ResultFields {
    request: String,
    driver: String,
    pool: String,
    device: String,
    #[serde(default)]
    admin_access: bool,
    #[serde(default)]
    consumed_capacity: BTreeMap<String, Quantity>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct ConsumerFields {
    resource: String,
    name: String,
    uid: String,
}

impl ResourceClaimObject {
    /// Finds what the types let through and the API server does not.
    pub(crate) fn check_fields(&self) -> Result<(), FieldError> {
        self.spec.check("spec")
    }

    /// The claim in the model's words.
    pub(crate) fn model(&self) -> ResourceClaim {
        let mut claim = ResourceClaim::new(self.metadata.id(), self.spec.model());
        claim.allocation = self.status.allocation.as_ref().map(AllocationFields::model);
        let consumers = self.status.reserved_for.iter();
        claim.consumers = consumers.map(ConsumerFields::model).collect();
        claim
    }
}

impl ResourceClaimTemplateObject {
    /// Finds what the types let through and the API server does not.
    pub(crate) fn check_fields(&self) -> Result<(), FieldError> {
        self.spec.spec.check("spec.spec")
    }

    /// The template in the model's words.
    pub(crate) fn model(&self) -> ResourceClaimTemplate {
        ResourceClaimTemplate::new(self.metadata.id(), self.spec.spec.model())
    }
}

impl ClaimSpec {
    fn check(&self, path: &str) -> Result<(), FieldError> {
        for (index, request) in self.devices.requests.iter().enumerate() {
            request.check(&format!("{path}.devices.requests[{index}]"))?;
        }
        Ok(())
    }

    fn model(&self) -> DeviceClaim {
        let mut claim = DeviceClaim::new();
        claim.requests = self.devices.requests.iter().map(RequestFields::model).collect();
        claim.constraints = self.devices.constraints.iter().map(ConstraintFields::model).collect();
        claim
    }
}

impl RequestFields {
    /// A request.
    fn check(&self, path: &str) -> Result<(), FieldError> {
        self.check_name(path)?;
        let is_flat = !self.device_class_name.is_empty();
        let forms = [self.exactly.is_some(), is_flat, !self.first_available.is_empty()];
        if forms.iter().filter(|is_there| **is_there).count() != 1 {
            return Err(FieldError::new(path, "expected either `exactly` or `firstAvailable`"));
        }
        if let Some(selection) = &self.exactly {
            return selection.check_selection(&format!("{path}.exactly"));
        }
        if is_flat {
            return self.check_selection(path);
        }
        for (index, one) in self.first_available.iter().enumerate() {
            let path = format!("{path}.firstAvailable[{index}]");
            one.check_name(&path)?;
            one.check_selection(&path)?;
        }
        Ok(())
    }

    fn check_name(&self, path: &str) -> Result<(), FieldError> {
        if self.name.is_empty() {
            return Err(FieldError::new(format!("{path}.name"), "required, but not there"));
        }
        Ok(())
    }

    /// What a request asks for.
    fn check_selection(&self, path: &str) -> Result<(), FieldError> {
        let error = |field: &str, problem: &str| {
            Err(FieldError::new(format!("{path}.{field}"), problem.to_owned()))
        };
        if self.device_class_name.is_empty() {
            return error("deviceClassName", "required, but not there");
        }
        check_selectors(&self.selectors, &format!("{path}.selectors"))?;
        match (self.allocation_mode.as_str(), self.count) {
            ("" | "ExactCount", Some(0)) => error("count", "expected at least 1, found 0"),
            ("" | "ExactCount", _) | ("All", None) => Ok(()),
            ("All", Some(_)) => error("count", "expected nothing beside the mode `All`"),
            (other, _) => {
                error("allocationMode", &format!("expected `ExactCount` or `All`, found `{other}`"))
            }
        }
    }

    /// The request in the model's words.
    fn model(&self) -> DeviceRequest {
        let form = if self.first_available.is_empty() {
            RequestForm::Exactly(self.exactly.as_deref().unwrap_or(self).selection())
        } else {
            let alternatives = self.first_available.iter();
            let alternative = |one: &Self| (one.name.clone(), one.selection());
            RequestForm::FirstAvailable(alternatives.map(alternative).collect())
        };
        DeviceRequest { name: self.name.clone(), form }
    }

    fn selection(&self) -> DeviceSelection {
        let mut selection = DeviceSelection::of(self.device_class_name.as_str());
        selection.selectors = expressions(&self.selectors);
        selection.count = if self.allocation_mode == "All" {
            DeviceCount::All
        } else {
            DeviceCount::Exactly(self.count.unwrap_or(1))
        };
        selection.capacity.clone_from(&self.capacity.requests);
        selection.admin_access = self.admin_access;
        selection
    }
}

impl ConstraintFields {
    fn model(&self) -> DeviceConstraint {
        let rule = match (&self.match_attribute, &self.distinct_attribute) {
            (Some(name), None) => ConstraintRule::MatchAttribute(name.clone()),
            (None, Some(name)) => ConstraintRule::DistinctAttribute(name.clone()),
            _ => ConstraintRule::Unknown,
        };
        DeviceConstraint { requests: self.requests.clone(), rule }
    }
}

impl AllocationFields {
    fn model(&self) -> ClaimAllocation {
        let mut allocation = ClaimAllocation::new();
        allocation.devices = self.devices.results.iter().map(ResultFields::model).collect();
        allocation.nodes.clone_from(&self.node_selector.node_selector_terms);
        allocation
    }
}

impl ResultFields {
    fn model(&self) -> AllocatedDevice {
        let id = DeviceId {
            driver: self.driver.clone(),
            pool: self.pool.clone(),
            device: self.device.clone(),
        };
        let mut device = AllocatedDevice::new(self.request.as_str(), id);
        device.consumed.clone_from(&self.consumed_capacity);
        device.admin_access = self.admin_access;
        device
    }
}

impl ConsumerFields {
    fn model(&self) -> ClaimConsumer {
        ClaimConsumer::new(self.resource.as_str(), self.name.as_str(), self.uid.as_str())
    }
}
