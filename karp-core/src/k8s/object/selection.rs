//! Objects that select pods, and namespaces, as the API writes them; not the pods.

use serde::Deserialize;

use super::{Meta, meta::text_map};
use crate::model::{IntOrPercent, LabelSelector, Labels, Namespace, PodDisruptionBudget, Service};

/// A `Namespace`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct NamespaceObject {
    pub(crate) metadata: Meta,
}

/// A `Service`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct ServiceObject {
    pub(crate) metadata: Meta,
    spec: ServiceSpec,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct ServiceSpec {
    #[serde(deserialize_with = "text_map")]
    selector: Labels,
}

/// A `PodDisruptionBudget`.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct BudgetObject {
    #[serde(default)]
    pub(crate) metadata: Meta,
    spec: BudgetSpec,
    #[serde(default)]
    status: Option<BudgetStatus>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct BudgetSpec {
    selector: Option<LabelSelector>,
    min_available: Option<IntOrPercent>,
    max_unavailable: Option<IntOrPercent>,
    unhealthy_pod_eviction_policy: String,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct BudgetStatus {
    disruptions_allowed: i32,
}

/// Label that the API server gives every namespace.
const NAMESPACE_NAME: &str = "kubernetes.io/metadata.name";

impl NamespaceObject {
    /// The namespace in the model's words, with the label that the API server adds.
    pub(crate) fn model(&self) -> Namespace {
        let mut namespace = unread_namespace(&self.metadata.name);
        namespace.labels.extend(self.metadata.labels.clone());
        namespace
    }
}

/// A namespace of which only the name is known: with the label that the API server adds.
pub(crate) fn unread_namespace(name: &str) -> Namespace {
    let labels = Labels::from([(NAMESPACE_NAME.to_owned(), name.to_owned())]);
    Namespace { name: name.to_owned(), labels }
}

impl ServiceObject {
    /// The service in the model's words; an empty selector selects nothing.
    pub(crate) fn model(&self) -> Service {
        let selector = &self.spec.selector;
        let selector = (!selector.is_empty()).then(|| selector.clone());
        Service { id: self.metadata.id(), selector }
    }
}

impl BudgetObject {
    /// Whether the budget's controller has counted its pods.
    pub(crate) const fn is_counted(&self) -> bool {
        self.status.is_some()
    }

    /// The budget in the model's words; nothing is allowed until somebody counted.
    pub(crate) fn model(&self) -> PodDisruptionBudget {
        let mut budget = PodDisruptionBudget::new(self.metadata.id());
        budget.selector.clone_from(&self.spec.selector);
        budget.min_available.clone_from(&self.spec.min_available);
        budget.max_unavailable.clone_from(&self.spec.max_unavailable);
        budget.disruptions_allowed =
            self.status.as_ref().map_or(0, |status| status.disruptions_allowed);
        budget.always_allows_unhealthy = self.spec.unhealthy_pod_eviction_policy == "AlwaysAllow";
        budget
    }
}
