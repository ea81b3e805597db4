//! A Kubernetes Node as the API shows it; not the merged view with its claim.

use serde::{Deserialize, Serialize};

use super::{
    Condition, InvalidField, Labels, NodeName, Owner, Quantity, ResourceName, Resources, Taint,
    Timestamp, Uid, label,
};

/// A Node object.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
#[serde(rename_all = "camelCase")]
pub struct Node {
    /// Name.
    pub name: NodeName,
    /// UID.
    pub uid: Uid,
    /// Creation time.
    pub created_at: Timestamp,
    /// Labels.
    pub labels: Labels,
    /// Annotations that matter to karp.
    pub annotations: Labels,
    /// What must be done before the object goes, [`label::TERMINATION_FINALIZER`] among it on a machine of a pool.
    #[serde(default)]
    pub finalizers: Vec<String>,
    /// Owners: the claim of a machine of a pool.
    #[serde(default)]
    pub owners: Vec<Owner>,
    /// Taints.
    pub taints: Vec<Taint>,
    /// Whether it is cordoned (`spec.unschedulable`).
    pub unschedulable: bool,
    /// Id of the machine at the cloud; empty when unknown.
    pub provider_id: String,
    /// What it has in all.
    pub capacity: Resources,
    /// What pods can use.
    pub allocatable: Resources,
    /// Conditions.
    pub conditions: Vec<Condition>,
    /// When its deletion was asked for, if it was.
    pub deleting_since: Option<Timestamp>,
    /// First setting that could not be read; reported when a snapshot is built.
    #[serde(skip)]
    pub(crate) invalid: Option<Box<InvalidField>>,
}

impl Node {
    /// A ready node of nobody's with 110 pods and its own name as host name.
    pub fn new(name: impl Into<NodeName>) -> Self {
        let name = name.into();
        let mut resources = Resources::new();
        resources.set(ResourceName::PODS, 110);
        Self {
            labels: Labels::from([(label::HOSTNAME.to_owned(), name.to_string())]),
            name,
            uid: Uid::new(""),
            created_at: Timestamp::EPOCH,
            annotations: Labels::new(),
            finalizers: Vec::new(),
            owners: Vec::new(),
            taints: Vec::new(),
            unschedulable: false,
            provider_id: String::new(),
            capacity: resources.clone(),
            allocatable: resources,
            conditions: Vec::new(),
            deleting_since: None,
            invalid: None,
        }
    }

    /// Adds a label.
    #[must_use]
    pub fn label(mut self, key: impl Into<String>, value: impl Into<String>) -> Self {
        self.labels.insert(key.into(), value.into());
        self
    }

    /// Adds a taint.
    #[must_use]
    pub fn taint(mut self, taint: Taint) -> Self {
        self.taints.push(taint);
        self
    }

    /// Sets capacity and allocatable of a resource, as Kubernetes writes it.
    #[must_use]
    pub fn resource(mut self, resource: &str, quantity: &str) -> Self {
        match quantity.parse::<Quantity>() {
            Ok(quantity) => {
                let name = ResourceName::from(resource);
                let amount = name.round_down(&quantity);
                self.capacity.set(name.clone(), amount);
                self.allocatable.set(name, amount);
            }
            Err(error) => {
                let (field, problem) = (format!("resource `{resource}`"), error.to_string());
                self.invalid.get_or_insert_with(|| Box::new(InvalidField { field, problem }));
            }
        }
        self
    }

    /// Puts the node in a pool, registered and initialized.
    #[must_use]
    pub fn of_pool(self, pool: &str) -> Self {
        self.label(label::NODE_POOL, pool)
            .label(label::REGISTERED, "true")
            .label(label::INITIALIZED, "true")
    }
}
