//! What scheduling needs to know of a pod; not images, environment or probes.

use std::{collections::BTreeMap, sync::Arc};

use serde::{Deserialize, Serialize};

use super::{
    HostPort, InvalidField, Labels, NodeAffinity, NodeName, ObjectId, PodAffinityTerm,
    PodClaimSource, PodId, PodResourceClaim, PodTerms, PodVolume, Quantity, RequirementEntry,
    ResourceName, Resources, Span, Timestamp, Toleration, TopologySpread, Uid, label,
    node_affinity::NodeSelectorTerm,
};

/// A pod: who it is, what it asks for, how it stands.
///
/// What many pods share ([`PodSpec`], labels) is behind `Arc`: pods of one workload can share one allocation, and the next
/// compile can tell by pointer what is unchanged.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
#[serde(rename_all = "camelCase")]
pub struct Pod {
    /// Namespace and name.
    pub id: PodId,
    /// UID; empty for a pod that exists only in manifests.
    pub uid: Uid,
    /// Creation time; the Unix epoch when unknown.
    pub created_at: Timestamp,
    /// Labels.
    pub labels: Arc<Labels>,
    /// Annotations that matter to karp (`karpenter.sh/…`, `buffer` markers); others are left out.
    pub annotations: Arc<Labels>,
    /// Owners, the controlling one marked.
    pub owners: Vec<Owner>,
    /// What it asks for.
    pub spec: Arc<PodSpec>,
    /// How it stands.
    pub status: PodStatus,
    /// First setting that could not be read; reported when a snapshot is built.
    #[serde(skip)]
    pub(crate) invalid: Option<Box<InvalidField>>,
}

/// An owner reference of a pod.
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Owner {
    /// API group and version, `apps/v1` for example.
    pub api_version: String,
    /// Kind, `ReplicaSet` for example.
    pub kind: String,
    /// Name in the pod's namespace.
    pub name: String,
    /// UID of the owner.
    pub uid: Uid,
    /// Whether this owner manages the pod.
    pub controller: bool,
}

/// What a pod asks for: everything that decides where it can run, apart from its labels and namespace.
#[derive(Clone, Debug, Default, Eq, Hash, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
#[serde(rename_all = "camelCase", default)]
pub struct PodSpec {
    /// Effective requests: containers, init containers, sidecars, pod-level resources and overhead folded as the Kubernetes
    /// scheduler does, without the `pods` entry.
    pub requests: Resources,
    /// Labels that the node must carry.
    pub node_selector: Labels,
    /// Node terms.
    pub node_affinity: NodeAffinity,
    /// Taints that it accepts.
    pub tolerations: Vec<Toleration>,
    /// Spread constraints, in their order.
    pub topology_spread: Vec<TopologySpread>,
    /// Pods to be near.
    pub pod_affinity: PodTerms,
    /// Pods to be away from.
    pub pod_anti_affinity: PodTerms,
    /// Ports taken on the host.
    pub host_ports: Vec<HostPort>,
    /// Volumes that have a claim.
    pub volumes: Vec<PodVolume>,
    /// Dynamic resource claims that the pod or a container refers to.
    pub resource_claims: Vec<PodResourceClaim>,
    /// Scheduling gates; a gated pod is not provisioned for.
    pub scheduling_gates: Vec<String>,
    /// Priority; higher is more important. Does not change the order of scheduling.
    pub priority: i32,
    /// Time between the stop signal and the kill; Kubernetes' default is 30 s.
    pub termination_grace_period: Option<Span>,
}

/// Where a pod stands.
#[derive(Clone, Debug, Default, Eq, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
#[serde(rename_all = "camelCase", default)]
pub struct PodStatus {
    /// Phase.
    pub phase: PodPhase,
    /// Node that it is bound to.
    pub node: Option<NodeName>,
    /// Node that waits for preemption on its behalf.
    pub nominated_node: Option<NodeName>,
    /// When its deletion was asked for, if it was.
    pub deleting_since: Option<Timestamp>,
    /// When the kubelet started it.
    pub started_at: Option<Timestamp>,
    /// The `Ready` condition, if it is there.
    pub ready: Option<bool>,
    /// Whether the `PodScheduled` condition says `Unschedulable`; none when the condition is absent.
    pub unschedulable: Option<bool>,
    /// Claims that were made for the pod, by the name of the reference; none = it needs no claim.
    pub resource_claims: BTreeMap<String, Option<String>>,
}

/// Phase of a pod (<https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#pod-phase>).
#[derive(
    Clone, Copy, Debug, Default, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize,
)]
#[expect(clippy::exhaustive_enums, reason = "Kubernetes fixes the five phases")]
pub enum PodPhase {
    /// All containers ended, at least one in failure.
    Failed,
    /// Accepted, not yet running.
    #[default]
    Pending,
    /// At least one container runs.
    Running,
    /// All containers ended in success.
    Succeeded,
    /// The node can't be reached.
    Unknown,
}

impl Pod {
    /// A pending pod in namespace `default` that asks for nothing.
    ///
    /// Settings that take text (`request("cpu", "500m")`) never fail; what can't be read is reported by
    /// [`SnapshotBuilder::build`](crate::snapshot::SnapshotBuilder::build), with the pod and the field.
    ///
    /// ```
    /// use karp_core::model::Pod;
    /// let pod = Pod::new("web-0").in_namespace("shop").request("cpu", "500m").label("app", "web");
    /// assert_eq!(pod.id.to_string(), "shop/web-0");
    /// assert_eq!(pod.spec.requests.to_string(), "cpu 500m");
    /// ```
    pub fn new(name: impl AsRef<str>) -> Self {
        Self {
            id: PodId::new("default", name.as_ref()),
            uid: Uid::new(""),
            created_at: Timestamp::EPOCH,
            labels: Arc::default(),
            annotations: Arc::default(),
            owners: Vec::new(),
            spec: Arc::default(),
            status: PodStatus::default(),
            invalid: None,
        }
    }

    /// Moves the pod to `namespace`.
    #[must_use]
    pub fn in_namespace(mut self, namespace: impl AsRef<str>) -> Self {
        self.id = PodId::new(namespace.as_ref(), self.id.name());
        self
    }

    /// Adds a label.
    #[must_use]
    pub fn label(mut self, key: impl Into<String>, value: impl Into<String>) -> Self {
        Arc::make_mut(&mut self.labels).insert(key.into(), value.into());
        self
    }

    /// Asks for an amount of a resource, as Kubernetes writes it; the last word on a resource wins.
    #[must_use]
    pub fn request(mut self, resource: impl AsRef<str>, quantity: impl AsRef<str>) -> Self {
        let (resource, text) = (resource.as_ref(), quantity.as_ref());
        match text.parse::<Quantity>() {
            Ok(quantity) => {
                let name = ResourceName::from(resource);
                let amount = name.round_up(&quantity);
                self.spec_mut().requests.set(name, amount);
            }
            Err(error) => self.reject(format!("request `{resource}`"), error.to_string()),
        }
        self
    }

    /// Demands a node with this label.
    #[must_use]
    pub fn on_nodes_with(mut self, key: impl Into<String>, value: impl Into<String>) -> Self {
        self.spec_mut().node_selector.insert(key.into(), value.into());
        self
    }

    /// Adds a required node term: all of `entries` must hold, or all of another term.
    #[must_use]
    pub fn require_any_of(mut self, entries: impl IntoIterator<Item = RequirementEntry>) -> Self {
        let term = NodeSelectorTerm {
            match_expressions: entries.into_iter().collect(),
            match_fields: Vec::new(),
        };
        self.spec_mut().node_affinity.required.push(term);
        self
    }

    /// Accepts a taint.
    #[must_use]
    pub fn tolerate(mut self, toleration: Toleration) -> Self {
        self.spec_mut().tolerations.push(toleration);
        self
    }

    /// Spreads pods with the same labels over zones, `max_skew` apart at most (`DoNotSchedule`).
    ///
    /// The selector is the pod's labels at this call; a pod without labels gets the label `karp.example/spread: zone` first, so that
    /// pods made alike count each other.
    #[must_use]
    pub fn spread_over_zones(mut self, max_skew: u32) -> Self {
        if self.labels.is_empty() {
            self = self.label("karp.example/spread", "zone");
        }
        let selector = super::LabelSelector {
            match_labels: (*self.labels).clone(),
            match_expressions: Vec::new(),
        };
        self.spread(TopologySpread::new(label::ZONE, max_skew).selecting(selector))
    }

    /// Adds a spread constraint.
    #[must_use]
    pub fn spread(mut self, constraint: TopologySpread) -> Self {
        self.spec_mut().topology_spread.push(constraint);
        self
    }

    /// Demands to be in one domain with other pods.
    #[must_use]
    pub fn near(mut self, term: PodAffinityTerm) -> Self {
        self.spec_mut().pod_affinity.required.push(term);
        self
    }

    /// Demands to be in no domain with other pods.
    #[must_use]
    pub fn away_from(mut self, term: PodAffinityTerm) -> Self {
        self.spec_mut().pod_anti_affinity.required.push(term);
        self
    }

    /// Refers to a dynamic resource claim in the pod's namespace.
    #[must_use]
    pub fn claim(self, name: impl Into<String>) -> Self {
        let name = name.into();
        self.refer(name.clone(), PodClaimSource::Claim(name))
    }

    /// Wants a dynamic resource claim of its own, made as a template says.
    ///
    /// The claim counts as made as the template says, until the pod's [status](PodStatus::resource_claims) names one.
    #[must_use]
    pub fn claim_of_template(self, name: impl Into<String>, template: impl Into<String>) -> Self {
        self.refer(name.into(), PodClaimSource::Template(template.into()))
    }

    fn refer(mut self, name: String, source: PodClaimSource) -> Self {
        self.spec_mut().resource_claims.push(PodResourceClaim { name, source });
        self
    }

    /// Binds the pod to a node, running.
    #[must_use]
    pub fn bound_to(mut self, node: impl Into<NodeName>) -> Self {
        self.status.node = Some(node.into());
        self.status.phase = PodPhase::Running;
        self
    }

    /// For changes that no other setter makes; copies a shared spec first.
    pub fn spec_mut(&mut self) -> &mut PodSpec {
        Arc::make_mut(&mut self.spec)
    }

    /// The owner that manages the pod.
    pub fn controller(&self) -> Option<&Owner> {
        self.owners.iter().find(|owner| owner.controller)
    }

    /// Whether a `DaemonSet` (group apps) owns the pod.
    pub fn is_daemon(&self) -> bool {
        self.owners
            .iter()
            .any(|owner| owner.kind == "DaemonSet" && owner.api_version.starts_with("apps/"))
    }

    /// Whether the pod was put on its node by the kubelet itself (a static pod's mirror).
    pub fn is_mirror(&self) -> bool {
        self.owners.iter().any(|owner| owner.kind == "Node")
    }

    /// The capacity buffer whose room the pod stands for, if it does: such a pod does not exist.
    ///
    /// ```
    /// use karp_core::model::{Pod, label};
    /// let mut pod = Pod::new("capacity-buffer-spare-1");
    /// let annotations = [
    ///     (label::CAPACITY_BUFFER_FAKE_POD, "true"),
    ///     (label::CAPACITY_BUFFER_NAME, "spare"),
    ///     (label::CAPACITY_BUFFER_NAMESPACE, "shop"),
    /// ];
    /// pod.annotations = std::sync::Arc::new(
    ///     annotations.map(|(key, value)| (key.to_owned(), value.to_owned())).into(),
    /// );
    /// assert_eq!(pod.buffer().unwrap().to_string(), "shop/spare");
    /// assert_eq!(Pod::new("web-0").buffer(), None);
    /// ```
    pub fn buffer(&self) -> Option<ObjectId> {
        let said = |key: &str| self.annotations.get(key).map(String::as_str);
        let is_virtual = said(label::CAPACITY_BUFFER_FAKE_POD) == Some("true");
        match (said(label::CAPACITY_BUFFER_NAMESPACE), said(label::CAPACITY_BUFFER_NAME)) {
            (Some(namespace), Some(name)) if is_virtual => Some(ObjectId::new(namespace, name)),
            _ => None,
        }
    }

    /// Whether the pod has ended.
    pub const fn is_finished(&self) -> bool {
        matches!(self.status.phase, PodPhase::Failed | PodPhase::Succeeded)
    }

    /// Notes a setting that could not be read; the first one is kept.
    fn reject(&mut self, field: String, problem: String) {
        self.invalid.get_or_insert_with(|| Box::new(InvalidField { field, problem }));
    }
}
