//! Claims to devices: what is asked for, what was allocated, who uses it; not how devices are chosen.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{DeviceId, NodeSelectorTerm, ObjectId, Quantity, Uid};

/// A `ResourceClaim`.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
#[serde(rename_all = "camelCase")]
pub struct ResourceClaim {
    /// Namespace and name.
    pub id: ObjectId,
    /// What it asks for.
    pub spec: DeviceClaim,
    /// What it was given.
    pub allocation: Option<ClaimAllocation>,
    /// Who may use it (`reservedFor`).
    pub consumers: Vec<ClaimConsumer>,
}

/// A `ResourceClaimTemplate`: a claim for every pod that names it.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
#[serde(rename_all = "camelCase")]
pub struct ResourceClaimTemplate {
    /// Namespace and name.
    pub id: ObjectId,
    /// What its claims ask for.
    pub spec: DeviceClaim,
}

/// A `DeviceClass`: selectors that every request for the class has, too.
#[derive(Clone, Debug, Default, Eq, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
#[serde(rename_all = "camelCase", default)]
pub struct DeviceClass {
    /// Name.
    pub name: String,
    /// Conditions on devices, in the Common Expression Language.
    pub selectors: Vec<String>,
}

/// What a claim asks for.
#[derive(Clone, Debug, Default, Eq, Hash, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
#[serde(rename_all = "camelCase", default)]
pub struct DeviceClaim {
    /// Requests, all of which must be met.
    pub requests: Vec<DeviceRequest>,
    /// Conditions on devices of several requests together.
    pub constraints: Vec<DeviceConstraint>,
}

/// A request of a claim.
#[derive(Clone, Debug, Eq, Hash, PartialEq, Serialize, Deserialize)]
#[expect(clippy::exhaustive_structs, reason = "the API has a name and one of two forms")]
#[serde(rename_all = "camelCase")]
pub struct DeviceRequest {
    /// Name, unique in the claim.
    pub name: String,
    /// What is asked for.
    pub form: RequestForm,
}

/// One way to ask, or several of which the first that can be met is taken.
#[derive(Clone, Debug, Eq, Hash, PartialEq, Serialize, Deserialize)]
#[expect(clippy::exhaustive_enums, reason = "the API has these forms")]
#[serde(rename_all = "camelCase")]
pub enum RequestForm {
    /// Just this.
    Exactly(DeviceSelection),
    /// The first of these that can be met, each with its name.
    FirstAvailable(Vec<(String, DeviceSelection)>),
}

/// Devices of a class.
#[derive(Clone, Debug, Default, Eq, Hash, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
#[serde(rename_all = "camelCase", default)]
pub struct DeviceSelection {
    /// Name of the class.
    pub class: String,
    /// Conditions on each device, in the Common Expression Language, besides those of the class.
    pub selectors: Vec<String>,
    /// How many.
    pub count: DeviceCount,
    /// How much of each device is wanted, by name of a capacity.
    pub capacity: BTreeMap<String, Quantity>,
    /// Whether it is access for administration, which takes nothing; karp refuses pods with such a claim.
    pub admin_access: bool,
}

/// How many devices.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq, Serialize, Deserialize)]
#[expect(clippy::exhaustive_enums, reason = "the API has these modes")]
#[serde(rename_all = "camelCase")]
pub enum DeviceCount {
    /// So many; at least 1.
    Exactly(u32),
    /// All that there are, at least one.
    All,
}

impl Default for DeviceCount {
    fn default() -> Self {
        Self::Exactly(1)
    }
}

/// A condition on the devices of some requests together.
#[derive(Clone, Debug, Eq, Hash, PartialEq, Serialize, Deserialize)]
#[expect(clippy::exhaustive_structs, reason = "the API has a scope and a rule")]
#[serde(rename_all = "camelCase")]
pub struct DeviceConstraint {
    /// Requests, also by `request/alternative`; empty = all of the claim.
    pub requests: Vec<String>,
    /// What must be.
    pub rule: ConstraintRule,
}

/// What must be of devices together.
#[derive(Clone, Debug, Eq, Hash, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
#[serde(rename_all = "camelCase")]
pub enum ConstraintRule {
    /// All have this attribute, with one value.
    MatchAttribute(String),
    /// All have this attribute, each with its own value; karp refuses pods with such a claim.
    DistinctAttribute(String),
    /// A rule that karp does not know; refused as well.
    Unknown,
}

/// What a claim was given.
#[derive(Clone, Debug, Default, Eq, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
#[serde(rename_all = "camelCase", default)]
pub struct ClaimAllocation {
    /// Devices.
    pub devices: Vec<AllocatedDevice>,
    /// Nodes on which all of them can be used, one of these terms; empty = every node.
    pub nodes: Vec<NodeSelectorTerm>,
}

/// A device of a claim.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
#[serde(rename_all = "camelCase")]
pub struct AllocatedDevice {
    /// Request that it answers; `request/alternative` for one of several.
    pub request: String,
    /// The device.
    pub device: DeviceId,
    /// What it takes of a shared device; empty = the device is not shared.
    #[serde(default)]
    pub consumed: BTreeMap<String, Quantity>,
    /// Whether it is access for administration, which takes nothing.
    #[serde(default)]
    pub admin_access: bool,
}

/// Somebody who may use a claim.
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[non_exhaustive]
#[serde(rename_all = "camelCase")]
pub struct ClaimConsumer {
    /// Resource in the plural: `pods`.
    pub resource: String,
    /// Name, in the claim's namespace.
    pub name: String,
    /// UID.
    pub uid: Uid,
}

/// A pod's reference to a claim.
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[expect(clippy::exhaustive_structs, reason = "the API has a name and a source")]
#[serde(rename_all = "camelCase")]
pub struct PodResourceClaim {
    /// Name inside the pod.
    pub name: String,
    /// The claim.
    pub source: PodClaimSource,
}

/// Which claim a pod means.
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[expect(clippy::exhaustive_enums, reason = "the API has these forms")]
#[serde(rename_all = "camelCase")]
pub enum PodClaimSource {
    /// The claim of this name in the pod's namespace.
    Claim(String),
    /// The claim that was made for the pod of the template of this name; its status says under which name.
    Template(String),
    /// A container uses a claim that the pod does not declare.
    Undeclared,
}

impl ResourceClaim {
    /// A claim that was given nothing yet.
    pub const fn new(id: ObjectId, spec: DeviceClaim) -> Self {
        Self { id, spec, allocation: None, consumers: Vec::new() }
    }

    /// Says what the claim was given.
    #[must_use]
    pub fn allocated(mut self, allocation: ClaimAllocation) -> Self {
        self.allocation = Some(allocation);
        self
    }

    /// Lets a pod use the claim.
    #[must_use]
    pub fn used_by(mut self, pod: impl Into<String>, uid: impl Into<Uid>) -> Self {
        self.consumers.push(ClaimConsumer::new("pods", pod, uid));
        self
    }
}

impl ResourceClaimTemplate {
    /// A template.
    pub const fn new(id: ObjectId, spec: DeviceClaim) -> Self {
        Self { id, spec }
    }
}

impl DeviceClass {
    /// A class of all devices.
    pub fn new(name: impl Into<String>) -> Self {
        Self { name: name.into(), selectors: Vec::new() }
    }

    /// Adds a condition.
    #[must_use]
    pub fn selecting(mut self, expression: impl Into<String>) -> Self {
        self.selectors.push(expression.into());
        self
    }
}

impl DeviceClaim {
    /// Asks for nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a request.
    ///
    /// ```
    /// use karp_core::model::{DeviceClaim, DeviceSelection};
    /// let claim = DeviceClaim::new()
    ///     .request("gpu", DeviceSelection::of("gpu.example.com").times(2))
    ///     .matching("example.com/root", ["gpu"]);
    /// assert_eq!(claim.requests.len(), 1);
    /// ```
    #[must_use]
    pub fn request(mut self, name: impl Into<String>, selection: DeviceSelection) -> Self {
        let form = RequestForm::Exactly(selection);
        self.requests.push(DeviceRequest { name: name.into(), form });
        self
    }

    /// Adds a request for the first of several that can be met.
    #[must_use]
    pub fn first_available<N: Into<String>>(
        mut self,
        name: impl Into<String>,
        alternatives: impl IntoIterator<Item = (N, DeviceSelection)>,
    ) -> Self {
        let alternatives = alternatives.into_iter().map(|(name, one)| (name.into(), one)).collect();
        let form = RequestForm::FirstAvailable(alternatives);
        self.requests.push(DeviceRequest { name: name.into(), form });
        self
    }

    /// Demands one value of an attribute of all devices of some requests; of all when none is named.
    #[must_use]
    pub fn matching<N: Into<String>>(
        mut self,
        attribute: impl Into<String>,
        requests: impl IntoIterator<Item = N>,
    ) -> Self {
        let requests = requests.into_iter().map(Into::into).collect();
        let rule = ConstraintRule::MatchAttribute(attribute.into());
        self.constraints.push(DeviceConstraint { requests, rule });
        self
    }
}

impl DeviceRequest {
    /// What is asked for: one selection, or all alternatives in their order.
    pub fn selections(&self) -> impl Iterator<Item = &DeviceSelection> {
        let (one, several) = match &self.form {
            RequestForm::Exactly(one) => (Some(one), &[][..]),
            RequestForm::FirstAvailable(several) => (None, several.as_slice()),
        };
        one.into_iter().chain(several.iter().map(|(_, selection)| selection))
    }
}

impl DeviceSelection {
    /// One device of a class.
    pub fn of(class: impl Into<String>) -> Self {
        Self { class: class.into(), ..Self::default() }
    }

    /// So many devices.
    #[must_use]
    pub const fn times(mut self, count: u32) -> Self {
        self.count = DeviceCount::Exactly(count);
        self
    }

    /// All devices.
    #[must_use]
    pub const fn all(mut self) -> Self {
        self.count = DeviceCount::All;
        self
    }

    /// Adds a condition.
    #[must_use]
    pub fn selecting(mut self, expression: impl Into<String>) -> Self {
        self.selectors.push(expression.into());
        self
    }

    /// Asks for an amount of each device.
    #[must_use]
    pub fn amount(mut self, capacity: impl Into<String>, amount: Quantity) -> Self {
        self.capacity.insert(capacity.into(), amount);
        self
    }
}

impl ClaimAllocation {
    /// Nothing, usable everywhere.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a device.
    #[must_use]
    pub fn device(mut self, device: AllocatedDevice) -> Self {
        self.devices.push(device);
        self
    }

    /// Adds nodes on which all devices can be used.
    #[must_use]
    pub fn on(mut self, term: NodeSelectorTerm) -> Self {
        self.nodes.push(term);
        self
    }
}

impl AllocatedDevice {
    /// A whole device for a request.
    pub fn new(request: impl Into<String>, device: DeviceId) -> Self {
        Self { request: request.into(), device, consumed: BTreeMap::new(), admin_access: false }
    }

    /// Says that an amount of a shared device was taken.
    #[must_use]
    pub fn consuming(mut self, capacity: impl Into<String>, amount: Quantity) -> Self {
        self.consumed.insert(capacity.into(), amount);
        self
    }
}

impl ClaimConsumer {
    /// Somebody of this kind, name and UID.
    pub fn new(resource: impl Into<String>, name: impl Into<String>, uid: impl Into<Uid>) -> Self {
        Self { resource: resource.into(), name: name.into(), uid: uid.into() }
    }
}
