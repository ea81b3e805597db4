//! The keys and values that Kubernetes and karp give a meaning.
//!
//! Not here: which of them a pool may use; see [`Vocabulary`](super::Vocabulary). The Kubernetes
//! keys are listed at <https://kubernetes.io/docs/reference/labels-annotations-taints/>.

use std::collections::BTreeMap;

/// Labels or annotations of an object, by key.
pub type Labels = BTreeMap<String, String>;

/// Label: the node pool that a node belongs to.
pub const NODE_POOL: &str = "karpenter.sh/nodepool";
/// Label: the purchase model; see [`CapacityType`](super::CapacityType).
pub const CAPACITY_TYPE: &str = "karpenter.sh/capacity-type";
/// Label: `true` once a node is ready for pods.
pub const INITIALIZED: &str = "karpenter.sh/initialized";
/// Label: `true` once a node has joined and carries its labels and taints.
pub const REGISTERED: &str = "karpenter.sh/registered";
/// Label: `true` on a node whose own start-up writes the taints.
pub const DO_NOT_SYNC_TAINTS: &str = "karpenter.sh/do-not-sync-taints";
/// Label: the zone.
pub const ZONE: &str = "topology.kubernetes.io/zone";
/// Label: the region.
pub const REGION: &str = "topology.kubernetes.io/region";
/// Label: the instance type.
pub const INSTANCE_TYPE: &str = "node.kubernetes.io/instance-type";
/// Label: the processor architecture, [`ARCH_AMD64`] or [`ARCH_ARM64`].
pub const ARCH: &str = "kubernetes.io/arch";
/// Label: the operating system, [`OS_LINUX`] or [`OS_WINDOWS`].
pub const OS: &str = "kubernetes.io/os";
/// Label: the Windows build, such as `10.0.20348`.
pub const WINDOWS_BUILD: &str = "node.kubernetes.io/windows-build";
/// Label: the host name, which no pool may demand.
pub const HOSTNAME: &str = "kubernetes.io/hostname";

/// Value of [`ARCH`].
pub const ARCH_AMD64: &str = "amd64";
/// Value of [`ARCH`].
pub const ARCH_ARM64: &str = "arm64";
/// Value of [`OS`].
pub const OS_LINUX: &str = "linux";
/// Value of [`OS`].
pub const OS_WINDOWS: &str = "windows";

/// The domain of karp's own labels; restricted, its subdomains too.
pub const DOMAIN: &str = "karpenter.sh";

/// Annotation: `true`, or on a pod a duration, keeps a pod or node from disruption.
pub const DO_NOT_DISRUPT: &str = "karpenter.sh/do-not-disrupt";
/// Annotation: hash of a pool's template.
pub const NODE_POOL_HASH: &str = "karpenter.sh/nodepool-hash";
/// Annotation: the way in which [`NODE_POOL_HASH`] was computed.
pub const NODE_POOL_HASH_VERSION: &str = "karpenter.sh/nodepool-hash-version";
/// Annotation: when a node claim is terminated at the latest, RFC 3339.
pub const TERMINATION_TIMESTAMP: &str = "karpenter.sh/nodeclaim-termination-timestamp";
/// Annotation: `true` if a claim was made with fewer values than `minValues` asks for.
pub const MIN_VALUES_RELAXED: &str = "karpenter.sh/nodeclaim-min-values-relaxed";
/// Annotation: comma list of the device drivers that a claim was made for.
pub const REQUESTED_DRA_DRIVERS: &str = "karpenter.sh/requested-dra-drivers";
/// Annotation: `true` if a node overlay changed a price of a claim's options.
pub const PRICE_OVERLAY_APPLIED: &str = "karpenter.sh/price-overlay-applied";
/// Annotation: `true` if a node overlay changed the capacity of a claim's options.
pub const CAPACITY_OVERLAY_APPLIED: &str = "karpenter.sh/capacity-overlay-applied";
/// Annotation: `true` on a pod that stands for spare capacity and does not exist.
pub const CAPACITY_BUFFER_FAKE_POD: &str = "karpenter.sh/capacity-buffer-fake-pod";
/// Annotation: the buffer that such a pod stands for.
pub const CAPACITY_BUFFER_NAME: &str = "karpenter.sh/capacity-buffer-name";
/// Annotation: the namespace of that buffer.
pub const CAPACITY_BUFFER_NAMESPACE: &str = "karpenter.sh/capacity-buffer-namespace";
/// Annotation: reserved for providers.
pub const PROVIDER_COMPATIBILITY: &str = "compatibility.karpenter.sh/provider";

/// Finalizer: holds a node or claim until its machine is gone.
pub const TERMINATION_FINALIZER: &str = "karpenter.sh/termination";

/// Taint key: a node that is being disrupted, effect `NoSchedule`.
pub const DISRUPTED_TAINT: &str = "karpenter.sh/disrupted";
/// Taint key: a node that has not joined yet, effect `NoExecute`.
pub const UNREGISTERED_TAINT: &str = "karpenter.sh/unregistered";
/// Taint key: a node that is not ready.
pub const NOT_READY_TAINT: &str = "node.kubernetes.io/not-ready";
/// Taint key: a node that cannot be reached.
pub const UNREACHABLE_TAINT: &str = "node.kubernetes.io/unreachable";
/// Taint key: a node that its cloud has not set up yet.
pub const CLOUD_UNINITIALIZED_TAINT: &str = "node.cloudprovider.kubernetes.io/uninitialized";
/// Start of the taint keys that hold a node back until it is ready in some respect.
pub const READINESS_TAINT_PREFIX: &str = "readiness.k8s.io/";

/// The key that stands for one of the five old names that Kubernetes has renamed; any other key
/// as it is.
///
/// ```
/// use karp_core::model::label;
///
/// assert_eq!(label::canonical("beta.kubernetes.io/arch"), label::ARCH);
/// assert_eq!(label::canonical("team"), "team");
/// ```
pub fn canonical(key: &str) -> &str {
    match key {
        "beta.kubernetes.io/arch" => ARCH,
        "beta.kubernetes.io/instance-type" => INSTANCE_TYPE,
        "beta.kubernetes.io/os" => OS,
        "failure-domain.beta.kubernetes.io/region" => REGION,
        "failure-domain.beta.kubernetes.io/zone" => ZONE,
        _ => key,
    }
}
