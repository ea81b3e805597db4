//! A pod spec as the API writes it, the fields that decide where pods run; not their meaning.

use serde::Deserialize;

use super::{Amounts, Container, ResourceFields, meta::text_map};
use crate::{
    k8s::field::FieldError,
    model::{
        Labels, NodeAffinity, NodeSelectorTerm, PodAffinityTerm, PodTerms, PreferredNodeTerm,
        Toleration, TopologySpread, WeightedPodAffinityTerm,
    },
};

/// `spec` of a pod or of a pod template.
#[derive(Clone, Debug, Default, Eq, Hash, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PodSpecFields {
    pub(crate) containers: Vec<Container>,
    #[serde(default)]
    pub(crate) init_containers: Vec<Container>,
    /// Resources of the pod as a whole.
    #[serde(default)]
    pub(crate) resources: ResourceFields,
    #[serde(default)]
    pub(crate) overhead: Amounts,
    #[serde(default)]
    pub(crate) node_name: String,
    #[serde(default, deserialize_with = "text_map")]
    pub(crate) node_selector: Labels,
    #[serde(default)]
    pub(crate) affinity: Affinity,
    #[serde(default)]
    pub(crate) tolerations: Vec<Toleration>,
    #[serde(default)]
    pub(crate) topology_spread_constraints: Vec<TopologySpread>,
    #[serde(default)]
    pub(crate) volumes: Vec<Volume>,
    #[serde(default)]
    pub(crate) resource_claims: Vec<PodClaimFields>,
    #[serde(default)]
    pub(crate) scheduling_gates: Vec<Named>,
    #[serde(default)]
    pub(crate) priority: Option<i32>,
    #[serde(default)]
    pub(crate) priority_class_name: String,
    #[serde(default)]
    pub(crate) runtime_class_name: String,
    #[serde(default)]
    pub(crate) host_network: bool,
    #[serde(default)]
    pub(crate) termination_grace_period_seconds: Option<i64>,
}

/// Something of which only the name matters.
#[derive(Clone, Debug, Default, Eq, Hash, PartialEq, Deserialize)]
pub(crate) struct Named {
    pub(crate) name: String,
}

/// One of `resourceClaims` of a pod.
#[derive(Clone, Debug, Default, Eq, Hash, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct PodClaimFields {
    pub(crate) name: String,
    pub(crate) resource_claim_name: Option<String>,
    pub(crate) resource_claim_template_name: Option<String>,
}

/// `affinity` of a pod.
#[derive(Clone, Debug, Default, Eq, Hash, PartialEq, Deserialize)]
#[serde(default)]
pub(crate) struct Affinity {
    #[serde(rename = "nodeAffinity")]
    pub(crate) to_nodes: NodeAffinityFields,
    #[serde(rename = "podAffinity")]
    pub(crate) near: PodTermFields,
    #[serde(rename = "podAntiAffinity")]
    pub(crate) away: PodTermFields,
}

/// `nodeAffinity` of a pod.
#[derive(Clone, Debug, Default, Eq, Hash, PartialEq, Deserialize)]
#[serde(default)]
pub(crate) struct NodeAffinityFields {
    #[serde(rename = "requiredDuringSchedulingIgnoredDuringExecution")]
    required: NodeSelector,
    #[serde(rename = "preferredDuringSchedulingIgnoredDuringExecution")]
    preferred: Vec<PreferredNodeTerm>,
}

/// Alternatives for a node.
#[derive(Clone, Debug, Default, Eq, Hash, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct NodeSelector {
    pub(crate) node_selector_terms: Vec<NodeSelectorTerm>,
}

/// `podAffinity` or `podAntiAffinity` of a pod.
#[derive(Clone, Debug, Default, Eq, Hash, PartialEq, Deserialize)]
#[serde(default)]
pub(crate) struct PodTermFields {
    #[serde(rename = "requiredDuringSchedulingIgnoredDuringExecution")]
    required: Vec<PodAffinityTerm>,
    #[serde(rename = "preferredDuringSchedulingIgnoredDuringExecution")]
    preferred: Vec<WeightedPodAffinityTerm>,
}

/// A volume of a pod, as far as it has a claim.
#[derive(Clone, Debug, Default, Eq, Hash, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Volume {
    pub(crate) name: String,
    pub(crate) persistent_volume_claim: Option<ClaimSource>,
    pub(crate) ephemeral: Option<EphemeralSource>,
}

/// Names a claim.
#[derive(Clone, Debug, Eq, Hash, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ClaimSource {
    pub(crate) claim_name: String,
}

/// Describes a claim that lives as long as its pod.
#[derive(Clone, Debug, Default, Eq, Hash, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct EphemeralSource {
    pub(crate) volume_claim_template: EphemeralTemplate,
}

/// Template of such a claim.
#[derive(Clone, Debug, Default, Eq, Hash, PartialEq, Deserialize)]
#[serde(default)]
pub(crate) struct EphemeralTemplate {
    pub(crate) spec: EphemeralSpec,
}

/// What such a claim asks for.
#[derive(Clone, Debug, Default, Eq, Hash, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct EphemeralSpec {
    pub(crate) storage_class_name: Option<String>,
}

impl Volume {
    /// Whether the volume has a claim; others (secrets, empty folders) bind a pod to no place.
    pub(crate) const fn has_claim(&self) -> bool {
        self.persistent_volume_claim.is_some() || self.ephemeral.is_some()
    }
}

impl PodSpecFields {
    /// Finds what the types let through and the API server does not.
    pub(crate) fn check(&self, path: &str) -> Result<(), FieldError> {
        let error =
            |field: String, problem: &str| Err(FieldError::new(format!("{path}.{field}"), problem));
        if self.containers.is_empty() {
            return error("containers".to_owned(), "expected at least one container");
        }
        for (index, spread) in self.topology_spread_constraints.iter().enumerate() {
            let field = |name: &str| format!("topologySpreadConstraints[{index}].{name}");
            if spread.topology_key.is_empty() {
                return error(field("topologyKey"), "expected a node label");
            }
            if spread.max_skew == 0 {
                return error(field("maxSkew"), "expected at least 1, found 0");
            }
        }
        for (index, container) in self.containers.iter().enumerate() {
            for (at, port) in container.ports.iter().enumerate() {
                if let Err(problem) = port.on_host() {
                    let field = format!("containers[{index}].ports[{at}].hostIP");
                    return error(field, &problem.to_string());
                }
            }
        }
        for (index, claim) in self.resource_claims.iter().enumerate() {
            let sources = (&claim.resource_claim_name, &claim.resource_claim_template_name);
            if claim.name.is_empty() {
                return error(format!("resourceClaims[{index}].name"), "required, but not there");
            }
            if !matches!(sources, (Some(_), None) | (None, Some(_))) {
                let problem = "expected `resourceClaimName` or `resourceClaimTemplateName`";
                return error(format!("resourceClaims[{index}]"), problem);
            }
        }
        for (name, terms) in
            [("podAffinity", &self.affinity.near), ("podAntiAffinity", &self.affinity.away)]
        {
            if let Some(field) = terms.without_key() {
                return error(format!("affinity.{name}.{field}"), "expected a node label");
            }
        }
        Ok(())
    }
}

impl From<&NodeAffinityFields> for NodeAffinity {
    fn from(fields: &NodeAffinityFields) -> Self {
        let mut affinity = Self::default();
        affinity.required.clone_from(&fields.required.node_selector_terms);
        affinity.preferred.clone_from(&fields.preferred);
        affinity
    }
}

impl From<&PodTermFields> for PodTerms {
    fn from(fields: &PodTermFields) -> Self {
        Self { required: fields.required.clone(), preferred: fields.preferred.clone() }
    }
}

impl PodTermFields {
    /// Path of the first term without a topology key.
    fn without_key(&self) -> Option<String> {
        let required = self
            .required
            .iter()
            .position(|term| term.topology_key.is_empty())
            .map(|at| format!("requiredDuringSchedulingIgnoredDuringExecution[{at}]"));
        let preferred = self
            .preferred
            .iter()
            .position(|term| term.pod_affinity_term.topology_key.is_empty())
            .map(|at| {
                format!("preferredDuringSchedulingIgnoredDuringExecution[{at}].podAffinityTerm")
            });
        required.or(preferred).map(|term| format!("{term}.topologyKey"))
    }
}
