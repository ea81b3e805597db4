//! The core's registry with everything that EC2 adds.

use karp_core::k8s::validate::{Profile, Registry};

use super::label_rules;
use super::spec::node_class;

/// Judges the kinds of the core and `EC2NodeClass` by the rules of a cluster on EC2.
///
/// The definitions that are installed there reserve the domain `karpenter.k8s.aws`, and in both
/// profiles ask for `consolidateAfter` wherever `disruption` is given.
///
/// # Example: a label of EC2
///
/// ```
/// use karp_aws::node_class::registry;
/// use karp_core::k8s::validate::{Profile, Registry, Verdict};
/// use serde_json::json;
///
/// let pool = json!({
///     "apiVersion": "karpenter.sh/v1", "kind": "NodePool", "metadata": {"name": "general"},
///     "spec": {"template": {"spec": {
///         "nodeClassRef": {"group": "karpenter.k8s.aws", "kind": "EC2NodeClass", "name": "a"},
///         "requirements": [{"key": "karpenter.k8s.aws/cpu", "operator": "Gt", "values": ["4"]}],
///     }}},
/// });
/// assert_eq!(Registry::core(Profile::Head).validate(&pool).verdict(), Verdict::Accept);
/// assert_eq!(
///     registry(Profile::Head).validate(&pool).errors[0].to_string(),
///     "spec.template.spec.requirements[0].key: `karpenter.k8s.aws/cpu` is in the reserved \
///      domain `karpenter.k8s.aws`: expected `karpenter.k8s.aws/instance-cpu`, perhaps"
/// );
/// ```
pub fn registry(profile: Profile) -> Registry {
    let mut registry = Registry::core(profile);
    registry.use_node_pool_of(Profile::V1_14_1);
    registry.set_labels(label_rules::rules(profile));
    registry.register(node_class(profile));
    registry
}
